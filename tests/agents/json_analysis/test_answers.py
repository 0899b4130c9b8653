"""The analysis engine: what it answers, in which order, and that positions share batches."""

import json

import numpy as np
import pytest

from insei.agents.json_analysis.answer import answer_of
from insei.agents.json_analysis.engine import NUM_SEATS, AnalysisEngine
from insei.agents.json_analysis.player import read_rules
from insei.agents.json_analysis.query import Game, Query, Turn
from insei.agents.net.evaluator import Evaluation
from insei.agents.search.analysis import Analysis, MoveAnalysis
from insei.agents.search.settings import SearchSettings
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.lines import WrittenLines

VISITS = 12


class Net:
    """Answers at once: likes each point a little more than the one before, and favours Black."""

    def __init__(self):
        self.batches = []

    def __call__(self, planes):
        rows, _, height, width = planes.shape
        self.batches.append(rows)
        points = height * width
        policy = np.tile(np.linspace(0, 1, points + 1, dtype=np.float32), (rows, 1))
        value = np.full(rows, 0.25, np.float32)
        ownership = np.full((rows, height, width), 0.5, np.float32)
        return Evaluation(policy, value, np.full(rows, 3, np.float32), ownership)


@pytest.fixture
def net():
    return Net()


@pytest.fixture
def engine(net):
    settings = SearchSettings(rule="puct", visits=200, random_symmetry=False, score_weight=0)
    models = [{"name": "net"}]
    return AnalysisEngine(lambda *_: net, settings, VISITS, read_rules, "1.2.3", models)


def query(id="x", size=5, **fields):
    return {"id": id, "moves": [], "boardXSize": size, "boardYSize": size} | fields


def written(line):
    return line if isinstance(line, str) else json.dumps(line)


def answers(engine, *lines):
    return list(engine.serve(WrittenLines(written(line) for line in lines)))


def test_a_query_is_answered_with_moves_and_the_root(engine):
    (answer,) = answers(engine, query(komi=0))
    assert (answer["id"], answer["turnNumber"], answer["isDuringSearch"]) == ("x", 0, False)
    assert answer["rootInfo"]["visits"] == VISITS
    assert answer["rootInfo"]["currentPlayer"] == "B"
    assert sum(move["visits"] for move in answer["moveInfos"]) == VISITS
    assert [move["order"] for move in answer["moveInfos"]] == list(range(len(answer["moveInfos"])))
    best = answer["moveInfos"][0]
    assert best["pv"][0] == best["move"]
    assert 0 < best["scoreStdev"] < 5
    assert {"ownership", "policy"}.isdisjoint(answer)


def test_turns_of_many_queries_share_batches(engine, net):
    lines = [query(str(number), maxVisits=5) for number in range(NUM_SEATS + 4)]
    found = answers(engine, *lines)
    assert {answer["id"] for answer in found} == {str(number) for number in range(NUM_SEATS + 4)}
    assert max(net.batches) == NUM_SEATS


def test_one_position_is_answered_alike_alone_and_among_others(engine, net):
    (alone,) = answers(engine, query("0", maxVisits=30))
    settings = engine.settings
    other = AnalysisEngine(lambda *_: net, settings, VISITS, read_rules, "1.2.3", [])
    among = answers(other, *[query(str(n), maxVisits=30 + n) for n in range(5)])
    assert next(answer for answer in among if answer["id"] == "0") == alone


def test_higher_priorities_are_seated_first(engine):
    busy = query("busy", analyzeTurns=[0] * NUM_SEATS, maxVisits=50)
    found = answers(engine, busy, query("last"), query("first", priority=3), query("middle"))
    order = [answer["id"] for answer in found]
    assert order.index("first") < order.index("last") <= order.index("middle")
    assert order[0] == "first"  # the busy query waits for it: all lines came before any search


@pytest.mark.parametrize(
    ("perspective", "win_rate", "lead", "owner"),
    [("BLACK", 0.25, -7, -0.5), ("WHITE", 0.75, 7, 0.5), ("SIDETOMOVE", 0.75, 7, 0.5)],
)
def test_figures_are_those_of_the_side_asked_for(perspective, win_rate, lead, owner):
    position = Position(Rules(2, 2, 0)).play(0)  # White moves, and is ahead
    owned = np.full((2, 2), 0.5, np.float32)
    move = MoveAnalysis(3, 8, 0.75, 7.0, 0.9, 0.6, (3,), (8,), owned)
    found = Analysis(position, 8, 0.75, 7.0, (move,), np.zeros(5, np.float32), owned, 8)
    switches = frozenset({"includeOwnership", "includeMovesOwnership"})
    turn = Turn(1, Game(position, ()), 0)
    asked = Query("x", (turn,), switches=switches, perspective=perspective)
    answer = answer_of(asked, turn, found, is_final=True)
    for told in (answer["rootInfo"], answer["moveInfos"][0]):
        assert (told["winrate"], told["scoreLead"]) == (win_rate, lead)
        assert told["utility"] == pytest.approx(2 * win_rate - 1)
    assert answer["moveInfos"][0]["lcb"] == pytest.approx(0.6 if win_rate > 0.5 else 0.4)
    assert answer["ownership"] == answer["moveInfos"][0]["ownership"] == [owner] * 4
    assert answer["rootInfo"]["scoreStdev"] == pytest.approx(3**0.5, abs=1e-6)


def test_what_is_asked_for_is_included(engine):
    asked = query(
        moves=[["B", "C3"]],
        includeOwnership=True,
        includeOwnershipStdev=True,
        includePolicy=True,
        includePVVisits=True,
        includeMovesOwnership=True,
    )
    (answer,) = answers(engine, asked)
    assert len(answer["ownership"]) == len(answer["ownershipStdev"]) == 25
    assert len(answer["policy"]) == 26
    assert [place for place, prior in enumerate(answer["policy"]) if prior == -1] == [12]
    assert sum(prior for prior in answer["policy"] if prior >= 0) == pytest.approx(1, abs=1e-4)
    best = answer["moveInfos"][0]
    assert len(best["pvVisits"]) == len(best["pv"])
    assert len(best["ownership"]) == 25


def test_avoided_moves_are_not_among_the_answers(engine):
    limit = {"player": "B", "moves": ["A5", "B5"], "untilDepth": 1}
    (answer,) = answers(engine, query(allowMoves=[limit], maxVisits=100))
    assert {move["move"] for move in answer["moveInfos"]} <= {"A5", "B5"}


def test_no_visit_goes_to_an_avoided_move(engine):
    limit = {"player": "B", "moves": ["A5", "B5", "E1", "pass"], "untilDepth": 1}
    plain, avoiding = answers(
        engine, query("0", maxVisits=100), query("1", maxVisits=100, avoidMoves=[limit])
    )
    if avoiding["id"] == "0":
        plain, avoiding = avoiding, plain
    assert plain["moveInfos"][0]["move"] in limit["moves"]
    assert {move["move"] for move in avoiding["moveInfos"]}.isdisjoint(limit["moves"])
    assert sum(move["visits"] for move in avoiding["moveInfos"]) == 100


def test_the_policy_holds_avoided_moves_too(engine):
    limit = {"player": "B", "moves": ["A5"], "untilDepth": 1}
    plain, avoiding = answers(
        engine, query("0", includePolicy=True), query("1", includePolicy=True, avoidMoves=[limit])
    )
    assert plain["policy"] == pytest.approx(avoiding["policy"])


def test_where_every_move_is_avoided_only_the_root_is_told(engine):
    limit = {"player": "B", "moves": ["C3"], "untilDepth": 1}
    moves = [["B", "C3"], ["W", "A1"]]
    (answer,) = answers(engine, query(moves=moves, allowMoves=[limit]))
    assert answer["moveInfos"] == []
    assert answer["rootInfo"]["visits"] == VISITS


def test_parts_of_rules_that_are_not_played_are_warned_of(engine):
    warning, answer = answers(engine, query(rules="stone_scoring"))
    assert warning == {"id": "x", "field": "rules", "warning": "taxALL: not played by insei"}
    assert answer["rootInfo"]["visits"] == VISITS


def test_symmetric_positions_share_a_hash(engine):
    found = answers(
        engine,
        query("0", moves=[["B", "B4"]]),
        query("1", moves=[["B", "D4"]]),
        query("2", moves=[["B", "C4"]]),
    )
    roots = {answer["id"]: answer["rootInfo"] for answer in found}
    assert roots["0"]["thisHash"] != roots["1"]["thisHash"]
    assert roots["0"]["symHash"] == roots["1"]["symHash"] != roots["2"]["symHash"]


def test_a_search_under_way_is_reported_and_ended(engine):
    began = engine.receive(json.dumps(query(maxVisits=200, reportDuringSearchEvery=1e-9)))
    assert began == []
    reports = engine.step() + engine.step() + engine.step()
    assert reports
    assert all(report["isDuringSearch"] for report in reports)
    ended = {"id": "y", "action": "terminate", "terminateId": "x"}
    assert engine.receive(json.dumps(ended)) == [ended]
    (last,) = engine.step()
    assert not last["isDuringSearch"]
    assert 0 < last["rootInfo"]["visits"] < 200
    assert not engine.is_busy


def test_a_query_ended_before_it_began_has_no_results(engine):
    found = answers(
        engine,
        query("busy", analyzeTurns=[0] * NUM_SEATS, maxVisits=50),
        query("late", moves=[["B", "C3"]], analyzeTurns=[0, 1]),
        {"id": "t", "action": "terminate", "terminateId": "late", "turnNumbers": [1]},
    )
    late = {answer["turnNumber"]: answer for answer in found if answer["id"] == "late"}
    assert late[1]["noResults"]
    assert "noResults" not in late[0]


def test_terminate_all_ends_everything(engine):
    engine.receive(json.dumps(query("a", maxVisits=200)))
    engine.receive(json.dumps(query("b", maxVisits=200)))
    engine.step()
    engine.receive(json.dumps({"id": "t", "action": "terminate_all"}))
    assert {answer["id"] for answer in engine.step()} == {"a", "b"}
    assert not engine.is_busy


def test_the_engine_tells_its_version_and_models(engine):
    version, models = answers(
        engine,
        {"id": "v", "action": "query_version"},
        {"id": "m", "action": "query_models"},
    )
    assert version == {"id": "v", "action": "query_version", "version": "1.2.3", "git_hash": ""}
    assert models["models"] == [{"name": "net"}]


def test_errors_name_the_field_and_the_query(engine):
    refused, plain = answers(engine, query(komi="x"), "no JSON")
    assert (refused["id"], refused["field"]) == ("x", "komi")
    assert set(plain) == {"error"}


def test_an_error_quotes_no_more_than_a_reader_needs(engine):
    (refused,) = answers(engine, query(moves="E5" * 100_000))
    assert (refused["field"], len(refused["error"]) < 1100) == ("moves", True)


def test_an_ignored_setting_is_warned_of_once(engine):
    asked = query(overrideSettings={"wideRootNoise": 0.1, "maxVisits": 3})
    found = answers(engine, asked, asked)
    warnings = [answer for answer in found if "warning" in answer]
    assert len(warnings) == 1
    assert "wideRootNoise" in warnings[0]["warning"]
    assert [a["rootInfo"]["visits"] for a in found if "rootInfo" in a] == [3, 3]


def test_a_search_ends_when_its_time_is_up(engine):
    (answer,) = answers(engine, query(maxVisits=200, overrideSettings={"maxTime": 1e-9}))
    assert 0 < answer["rootInfo"]["visits"] < 200


def test_boards_of_several_sizes_are_answered(engine):
    found = answers(engine, query("a", 5), query("b", 9), query("c", boardXSize=7, boardYSize=3))
    assert {answer["id"]: answer["rootInfo"]["visits"] for answer in found} == {
        "a": VISITS,
        "b": VISITS,
        "c": VISITS,
    }
