"""What KaTrain 1.20 asks of an analysis engine, and that the answers are what it works with.

test_katrain.py drives KaTrain itself where it is installed.
"""

import json
from contextlib import contextmanager

import pytest

from insei.agents.json_analysis.engine import NUM_SEATS
from insei.agents.json_analysis.player import engine_for

SIZE = 7
QUERY = {
    "rules": "chinese",
    "priority": 0,
    "analyzeTurns": [2],
    "maxVisits": 12,
    "komi": 7,
    "boardXSize": SIZE,
    "boardYSize": SIZE,
    "includeOwnership": True,
    "includeMovesOwnership": True,
    "includePolicy": True,
    "initialStones": [],
    "initialPlayer": "B",
    "moves": [["B", "D4"], ["W", "C3"]],
    "overrideSettings": {
        "reportAnalysisWinratesAs": "BLACK",
        "wideRootNoise": 0.04,
        "maxTime": 8.0,
    },
}
CANDIDATE = {"move", "visits", "winrate", "scoreLead", "order", "prior", "pv", "ownership"}


@pytest.fixture(scope="module")
def engine():
    return engine_for("net:go7", "1")


def ask(engine, id, **changes):
    """Send a query; the answers that come at once."""
    return engine.receive(json.dumps({"id": id} | QUERY | changes))


def finish(engine):
    """Search until nothing is left; the answers."""
    answers = []
    while engine.is_busy:
        answers += engine.step()
    return answers


@contextmanager
def terminated(engine, id):
    """End a query, as KaTrain does when it leaves a position."""
    yield
    ended = {"id": f"end {id}", "action": "terminate", "terminateId": id}
    assert engine.receive(json.dumps(ended)) == [ended]


def test_a_position_is_analysed(engine):
    warnings = ask(engine, "QUERY:1")
    assert [each["field"] for each in warnings] == ["overrideSettings"]
    (answer,) = finish(engine)
    assert (answer["id"], answer["turnNumber"], answer["isDuringSearch"]) == ("QUERY:1", 2, False)
    assert answer["moveInfos"][0].keys() >= CANDIDATE
    assert {"visits", "winrate", "scoreLead", "utility"} <= answer["rootInfo"].keys()
    assert len(answer["ownership"]) == SIZE * SIZE
    assert len(answer["policy"]) == SIZE * SIZE + 1
    assert answer["rootInfo"]["visits"] == 12


def test_alternatives_are_searched_where_the_first_candidates_are_avoided(engine):
    ask(engine, "first")
    (first,) = finish(engine)
    found = [each["move"] for each in first["moveInfos"]]
    ask(engine, "more", avoidMoves=[{"moves": found, "player": "B", "untilDepth": 1}])
    (more,) = finish(engine)
    assert more["moveInfos"]
    assert {each["move"] for each in more["moveInfos"]}.isdisjoint(found)


def test_a_region_is_searched_alone(engine):
    outside = [f"{column}{row}" for column in "ABCDEFG" for row in range(1, 8) if row > 2]
    region = [{"moves": outside, "player": player, "untilDepth": 1} for player in "BW"]
    ask(engine, "region", avoidMoves=region)
    (answer,) = finish(engine)
    assert {each["move"][1:] for each in answer["moveInfos"]} <= {"1", "2", "ass"}


def test_pondering_reports_until_it_is_ended(engine):
    with terminated(engine, "ponder"):
        ask(engine, "ponder", maxVisits=10_000_000, reportDuringSearchEvery=1e-9)
        reports = [answer for _ in range(5) for answer in engine.step()]
        assert [each["isDuringSearch"] for each in reports] == [True] * len(reports)
        visits = [each["rootInfo"]["visits"] for each in reports]
        assert visits == sorted(visits)
        assert visits
    (last,) = finish(engine)
    assert not last["isDuringSearch"]


def test_a_whole_game_is_reviewed_and_a_new_one_ends_the_review(engine):
    moves = [["BW"[ply % 2], f"{'ABCDEFG'[ply % 7]}{1 + ply // 7}"] for ply in range(30)]
    for turn in range(31):
        ask(engine, f"review {turn}", moves=moves[:turn], analyzeTurns=[turn], priority=-100)
    engine.step()
    for turn in range(31):
        with terminated(engine, f"review {turn}"):
            pass
    ask(engine, "new", moves=[], analyzeTurns=[0], priority=1)
    answers = finish(engine)
    assert sum("noResults" in each for each in answers) == 31 - NUM_SEATS
    assert [each["rootInfo"]["visits"] for each in answers if each["id"] == "new"] == [12]


@pytest.mark.parametrize(
    "rules",
    ["japanese", "chinese", "korean", "aga", "tromp-taylor", "new zealand", "stone_scoring"],
)
def test_every_ruleset_of_katrain_is_taken(engine, rules):
    assert not [each for each in ask(engine, rules, rules=rules) if "error" in each]
    (answer,) = finish(engine)
    assert answer["moveInfos"]


def test_an_illegal_move_is_told_in_the_words_that_katrain_looks_for(engine):
    (error,) = ask(engine, "bad", moves=[["B", "D4"], ["W", "D4"]])
    assert "Illegal move" in error["error"]
    assert error["id"] == "bad"
