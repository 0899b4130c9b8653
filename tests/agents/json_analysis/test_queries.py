"""Queries of the analysis protocol: what each field asks for, and what is refused by its name."""

import json
import tracemalloc

import pytest

from insei.agents.json_analysis.player import read_rules
from insei.agents.json_analysis.query import Action, BadQuery, read_line
from insei.engine.rules import BLACK, WHITE

PLAIN = {"id": "x", "moves": [], "boardXSize": 9, "boardYSize": 9}


def read(**changes):
    values = {key: value for key, value in (PLAIN | changes).items() if value is not None}
    return read_line(json.dumps(values), read_rules)


def test_a_query_names_the_position_after_its_last_move():
    query = read(moves=[["B", "E5"], ["w", "c3"], ["B", "pass"]], komi=6.5, rules="japanese")
    (turn,) = query.turns
    assert turn.number == 3
    assert turn.position.to_play == WHITE
    assert turn.position.rules.komi == 6.5
    assert turn.position.rules.scoring == "territory"


def test_turns_are_those_asked_for_with_their_priorities():
    moves = [["B", "E5"], ["W", "C3"]]
    query = read(moves=moves, analyzeTurns=[0, 2], priorities=[5, 7])
    assert [(turn.number, turn.priority) for turn in query.turns] == [(0, 5), (2, 7)]
    assert [turn.position.num_moves for turn in query.turns] == [0, 2]


def test_a_colour_may_move_twice_and_a_game_goes_on_after_two_passes():
    query = read(moves=[["B", "E5"], ["B", "C3"], ["B", "pass"], ["W", "pass"]], analyzeTurns=[4])
    position = query.turns[0].position
    assert not position.is_over
    assert (position.board == BLACK).sum() == 2


def test_a_turn_before_a_colour_moves_again_is_its_opponents():
    query = read(moves=[["B", "E5"], ["B", "C3"]], analyzeTurns=[1])
    assert query.turns[0].position.to_play == WHITE


def test_an_illegal_move_is_said_in_the_words_that_clients_look_for():
    with pytest.raises(BadQuery, match=r"^Illegal move 1: E5"):
        read(moves=[["B", "E5"], ["W", "E5"]])


def test_coordinates_may_be_written_as_columns_and_rows():
    query = read(moves=[["B", "(4,0)"]])
    assert query.turns[0].position.board[0, 4] == BLACK


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({}, BLACK),
        ({"initialStones": [["B", "C3"], ["B", "G7"]]}, WHITE),
        ({"initialStones": [["B", "C3"], ["W", "G7"]]}, BLACK),
        ({"initialStones": [["B", "C3"], ["B", "G7"]], "initialPlayer": "b"}, BLACK),
        ({"moves": [["W", "C3"]], "analyzeTurns": [0]}, WHITE),
    ],
)
def test_who_moves_first(changes, first):
    assert read(**changes).turns[0].position.to_play == first


@pytest.mark.parametrize(("bonus", "komi"), [("0", 0.5), ("N", 2.5), ("N-1", 1.5)])
def test_white_gets_points_for_handicap_stones(bonus, komi):
    stones = [["B", "C3"], ["B", "G7"]]
    query = read(initialStones=stones, komi=0.5, whiteHandicapBonus=bonus)
    assert query.turns[0].position.rules.komi == komi


@pytest.mark.parametrize(
    ("rules", "komi"),
    [("chinese", 2.5), ("aga", 1.5), ("new zealand", 0.5), ({"whiteHandicapBonus": "N"}, 2.5)],
)
def test_rules_say_whether_handicap_stones_are_paid_for(rules, komi):
    stones = [["B", "C3"], ["B", "G7"]]
    query = read(initialStones=stones, komi=0.5, rules=rules)
    assert query.turns[0].position.rules.komi == komi
    played = read(moves=stones, komi=0.5, rules=rules)  # as moves that Black makes in a row
    assert played.turns[0].position.rules.komi == komi
    assert read(initialStones=stones, komi=0.5, rules=rules, whiteHandicapBonus="0").turns[
        0
    ].position.rules.komi == 0.5  # fmt: skip


def test_a_long_game_takes_memory_in_proportion_to_its_moves():
    moves = [["BW"[ply % 2], "pass"] for ply in range(4000)]
    tracemalloc.start()
    query = read(moves=moves, analyzeTurns=list(range(4001)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(query.turns) == 4001
    assert most < 20_000_000
    assert query.turns[3000].position.num_moves == 3000


def test_moves_are_avoided_or_allowed_by_colour():
    limit = {"player": "B", "moves": ["C3"], "untilDepth": 1}
    assert read(avoidMoves=[limit]).avoided == {BLACK: {6 * 9 + 2: 1}}
    both = read(avoidMoves=[limit, limit | {"moves": ["A9"], "untilDepth": 4}])
    assert both.avoided == {BLACK: {6 * 9 + 2: 1, 0: 4}}
    pair = read(allowMoves=[limit, limit | {"player": "W"}]).avoided
    assert pair[BLACK] == pair[WHITE]
    allowed = read(allowMoves=[limit]).avoided[BLACK]
    assert len(allowed) == 81
    assert 6 * 9 + 2 not in allowed


@pytest.mark.parametrize(
    ("line", "said", "field"),
    [
        ("[1]", "list: wanted a JSON object", ""),
        ("{", "not JSON", ""),
        ("[" * 100_000, "not JSON", ""),
        ('{"id": "x", "action": "query_version", "more": NaN}', "not JSON: NaN", ""),
        ('{"id": "x", "komi": -Infinity}', "not JSON: -Infinity", ""),
        ('{"id": "x", "komi": 1e999}', "not JSON: 1e999", ""),
        ("9" * 5000, "not JSON", ""),
        ('{"moves": []}', "id None: wanted text", "id"),
        ('{"id": "x", "action": "dance"}', "action 'dance': wanted one of", "action"),
        ('{"id": "x", "action": "terminate"}', "terminateId None", "terminateId"),
    ],
)
def test_a_line_that_is_no_query_is_refused(line, said, field):
    with pytest.raises(BadQuery, match=said) as refused:
        read_line(line, read_rules)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"boardXSize": None}, "boardXSize"),
        ({"boardYSize": 20}, "boardYSize"),
        ({"boardXSize": "9"}, "boardXSize"),
        ({"moves": "E5"}, "moves"),
        ({"moves": [["B", "E5"], ["W", "E5"]]}, "moves"),
        ({"moves": [["B", "K5"]]}, "moves"),
        ({"moves": [["B", "(9,0)"]]}, "moves"),
        ({"moves": [["B"]]}, "moves"),
        ({"moves": [["R", "E5"]]}, "moves"),
        ({"initialStones": [["B", "pass"]]}, "initialStones"),
        ({"initialPlayer": "red"}, "initialPlayer"),
        ({"rules": "chess"}, "rules"),
        ({"rules": {"ko": "NEVER"}}, "rules"),
        ({"rules": 7}, "rules"),
        ({"komi": "seven"}, "komi"),
        ({"komi": 7.25}, "komi"),
        ({"komi": 1e9}, "komi"),
        ({"whiteHandicapBonus": "M"}, "whiteHandicapBonus"),
        ({"analyzeTurns": [1]}, "analyzeTurns"),
        ({"analyzeTurns": 0}, "analyzeTurns"),
        ({"analyzeTurns": []}, "analyzeTurns"),
        ({"maxVisits": 0}, "maxVisits"),
        ({"maxVisits": True}, "maxVisits"),
        ({"analysisPVLen": 0}, "analysisPVLen"),
        ({"includePolicy": 1}, "includePolicy"),
        ({"priorities": [1, 2]}, "priorities"),
        ({"priority": 1, "priorities": [1]}, "priorities"),
        ({"priority": "high"}, "priority"),
        ({"reportDuringSearchEvery": 0}, "reportDuringSearchEvery"),
        ({"avoidMoves": [{"player": "B", "moves": ["C3"]}]}, "avoidMoves"),
        ({"avoidMoves": [], "allowMoves": []}, "allowMoves"),
        ({"allowMoves": [{"player": "B", "moves": ["C3"], "untilDepth": 1}] * 2}, "allowMoves"),
        ({"overrideSettings": []}, "overrideSettings"),
        ({"overrideSettings": {"reportAnalysisWinratesAs": "RED"}}, "overrideSettings"),
    ],
)
def test_a_field_that_makes_no_sense_is_named(changes, field):
    with pytest.raises(BadQuery) as refused:
        read(**changes)
    assert refused.value.field == field
    assert refused.value.id == "x"
    assert str(refused.value)


def test_actions_are_read_with_what_they_end():
    line = json.dumps({"id": "y", "action": "terminate", "terminateId": "x", "turnNumbers": [1, 2]})
    action = read_line(line, read_rules)
    assert isinstance(action, Action)
    assert (action.terminate_id, action.turns) == ("x", frozenset({1, 2}))
