"""What an analysis over GTP tells of: how many moves, and which ones it leaves out."""

import re

import pytest

from insei.agents.grammar import make_player
from insei.agents.gtp.analysis_request import read_request
from insei.agents.gtp.engine import GtpEngine
from insei.agents.search.search_player import SearchPlayer
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.engine.vertex import vertex_of
from tests.helpers.gtp import Controller

RULES = Rules(5, 5, 0.5)
PUCT = SearchSettings(rule="puct", visits=30, noise=0)


@pytest.fixture
def game(tiny_package):
    return GtpEngine(SearchPlayer(tiny_package, "search", PUCT), RULES, "1")


def asked(game, line):
    """The one report of an analysis that has had a while."""
    return "".join(game.serve(Controller([line], 4)))


def moves_of(answer):
    """Each move that a report tells of, with its visits."""
    assert answer[0] == "=", answer
    return {
        move: int(visits) for move, visits in re.findall(r"info move (\w+) visits (\d+)", answer)
    }


@pytest.mark.parametrize("kind", ["lz-analyze", "kata-analyze"])
def test_as_many_moves_are_told_of_as_were_asked_for(game, kind):
    assert len(moves_of(asked(game, f"{kind} b maxmoves 1"))) == 1
    many = asked(game, f"{kind} b minmoves 20")
    told = moves_of(many)
    assert len(told) == 20
    assert list(told.values())[-1] == 0
    assert [int(order) for order in re.findall(r"order (\d+)", many)] == list(range(20))
    assert len(moves_of(asked(game, f"{kind} b minmoves 999"))) == 26  # the pass too
    assert len(moves_of(asked(game, f"{kind} b minmoves 9 maxmoves 3"))) == 3


def test_a_move_without_visits_is_told_of_with_the_roots_figures(game):
    said = asked(game, "kata-analyze b minmoves 26 rootInfo true")
    root = re.search(r"rootInfo visits \d+ .*?winrate ([\d.]+)", said)[1]
    unvisited = re.findall(
        r"info move (\w+) visits 0 .*?winrate ([\d.]+) .*? pv ([\w ]+?) ?info", said
    )
    assert unvisited
    assert all(winrate == root and move == pv for move, winrate, pv in unvisited)


@pytest.mark.parametrize("kind", ["lz-analyze", "kata-analyze"])
def test_moves_avoided_are_not_told_of(game, kind):
    best, second, *_ = moves_of(asked(game, f"{kind} b"))
    left = moves_of(asked(game, f"{kind} b avoid b {best},{second.lower()} 1"))
    assert left
    assert not {best, second} & set(left)
    left = moves_of(asked(game, f"{kind} b avoid b {best} 1 avoid black {second} 1 minmoves 26"))
    assert len(left) == 24


def test_moves_avoided_by_the_one_who_waits_change_nothing(game):
    best, *_ = moves_of(asked(game, "kata-analyze b"))
    assert best in moves_of(asked(game, f"kata-analyze b avoid w {best} 1"))


def test_moves_allowed_are_told_of_alone_visited_or_not(game):
    every = moves_of(asked(game, "kata-analyze b minmoves 26"))
    last = [move for move, visits in every.items() if not visits][-1]
    assert list(moves_of(asked(game, f"kata-analyze b allow b {last} 1"))) == [last]
    assert set(moves_of(asked(game, f"kata-analyze b allow b {last},pass 1 minmoves 9"))) == {
        last, "pass"
    }  # fmt: skip


def test_the_visits_along_a_variation_are_told_where_they_are_asked_for(game):
    assert "pvVisits" not in asked(game, "kata-analyze b pvVisits false")
    said = asked(game, "kata-analyze b maxmoves 3 pvVisits true")
    lines = re.findall(r"visits (\d+) .*? pv ([\w ]+?) pvVisits ([\d ]+)", said)
    assert len(lines) == 3
    for visits, line, along in lines:
        numbers = [int(one) for one in along.split()]
        assert len(numbers) == len(line.split())
        assert numbers[0] == int(visits)
        assert numbers == sorted(numbers, reverse=True)
        assert numbers[-1] > 0


@pytest.mark.parametrize("kind", ["lz-genmove_analyze", "kata-genmove_analyze"])
def test_a_move_is_made_with_the_reports_of_its_search(game, kind):
    said = "".join(game.serve([f"7 {kind} b interval 0 maxmoves 2"]))
    assert said.startswith("=7\ninfo move ")
    assert said.endswith("\n\n")
    *reports, move = said.splitlines()[1:-1]
    assert reports
    assert all(len(moves_of(f"={report}")) <= 2 for report in reports)
    assert move.split()[0] == "play"
    assert reports[-1].split()[2] == move.split()[1]  # the first of the last report
    assert [vertex_of(one, RULES) for one in game.position.moves] == [move.split()[1]]


def test_a_move_with_reports_is_refused_like_one_without(game):
    assert game.answer("lz-genmove_analyze x").startswith("? syntax error")
    assert not game.position.moves
    plain = GtpEngine(make_player("random"), RULES, "1")
    assert plain.answer("lz-genmove_analyze b").startswith("? random does not search")


def test_the_search_itself_leaves_avoided_moves_out(game):
    best, *_ = moves_of(asked(game, "kata-analyze b"))
    said = asked(game, f"kata-analyze b avoid b {best} 1 rootInfo true minmoves 26")
    assert best not in moves_of(said)
    root = int(re.search(r"rootInfo visits (\d+)", said)[1])
    assert sum(moves_of(said).values()) == root  # no visit went to the move avoided


def test_the_move_made_is_none_of_those_avoided(game):
    for kind in ("kata-genmove_analyze", "kata-search_analyze"):
        said = "".join(game.serve([f"{kind} b allow b A1,B2 1"]))
        assert said.splitlines()[-2] in ("play A1", "play B2")
    assert len(game.position.moves) == 1


def test_moves_are_avoided_as_deep_as_asked(game):
    said = asked(game, "kata-analyze b allow b C3,C4,C5,C2,C1 99 allow w A1,A2,A3,A4,A5 99")
    for line in re.findall(r" pv ([\w ]+?)(?: info|\n)", said):
        for ply, vertex in enumerate(line.split()):
            assert vertex[0] == "CA"[ply % 2]


def test_a_search_that_a_line_cancels_makes_no_move(game):
    lines = Controller(["kata-search_analyze_cancellable b", "name"], patience=2)
    answer, name, _ = "".join(game.serve(lines)).split("\n\n")
    assert answer.splitlines()[-1] == "play cancelled"
    assert name == "= insei search"
    said = "".join(game.serve(Controller(["kata-search_analyze_cancellable b"], 1000)))
    assert re.fullmatch(r"play \w+", said.splitlines()[-2])
    assert not game.position.moves


def test_every_field_of_katago_is_told(game):
    switches = ("rootInfo", "ownership", "ownershipStdev", "movesOwnership", "movesOwnershipStdev")
    others = ("pvVisits", "pvEdgeVisits", "noResultValue")
    words = " ".join(f"{switch} true" for switch in (*switches, *others))
    said = asked(game, f"kata-analyze b maxmoves 1 {words}")
    fields = "move visits edgeVisits utility winrate scoreMean scoreStdev scoreLead scoreSelfplay "
    fields += "prior noResultValue lcb utilityLcb weight order pv pvVisits pvEdgeVisits "
    fields += "movesOwnership movesOwnershipStdev rootInfo ownership ownershipStdev"
    words = said.split()
    places = [words.index(field) for field in fields.split()]
    assert places == sorted(places)
    assert float(words[words.index("scoreStdev") + 1]) > 0
    root = said.split("rootInfo ")[1].split()
    assert root[::2][:8] == [
        *("visits", "utility", "winrate", "scoreMean", "scoreStdev", "scoreLead", "scoreSelfplay"),
        "weight",
    ]


def test_ownership_is_told_of_each_move_that_was_searched(game):
    assert "Ownership" not in asked(game, "kata-analyze b movesOwnership false")
    said = asked(game, "kata-analyze b minmoves 26 movesOwnership true")
    for told in said.split("info ")[1:]:
        move, visits = re.match(r"move (\w+) visits (\d+)", told).groups()
        assert ("movesOwnership" in told) == (visits != "0"), move
        if visits != "0":
            owned = [float(one) for one in told.split(" movesOwnership ")[1].split()]
            assert len(owned) == 25
            assert all(-1 <= one <= 1 for one in owned)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("b what", "'what'"),
        ("interval", "'interval'"),
        ("minmoves x", "'minmoves'"),
        ("avoid", "wanted avoid COLOUR VERTEX"),
        ("avoid b D4", "wanted avoid COLOUR VERTEX"),
        ("allow D4 b 1", "wanted allow COLOUR VERTEX"),
        ("avoid b D4 0", "avoid until depth 0: wanted 1 or more plies"),
        ("avoid b D4 inf", "avoid until depth inf: wanted 1"),
        ("avoid b Z9 1", "vertex 'Z9'"),
        ("avoid b D4, 1", "vertex ''"),
        ("allow b D4 1 allow b C3 1", "wanted one allow a colour"),
        ("avoid b D4 1 allow b C3 1", "wanted one allow a colour"),
    ],
)
def test_an_analysis_request_that_makes_no_sense_is_refused(words, said):
    with pytest.raises(ValueError, match=said):
        read_request(words.split(), RULES)


@pytest.mark.parametrize(
    "words",
    [
        "ownership maxmoves 1",  # a switch without its value
        "ownership yes",
        "ownership",
        "b w",
        "b 1 2",
        "maxmoves x",
    ],
)
def test_what_makes_no_request_is_refused(game, words):
    assert game.answer(f"kata-analyze {words}").startswith("? syntax error: ")


def test_a_switch_may_be_off():
    assert not read_request(["ownership", "true", "ownership", "false"], RULES).switches
    assert read_request(["ownership", "1"], RULES).switches == {"ownership"}


def test_an_analysis_without_a_move_left_is_refused(game):
    game.answer("play b C3")
    for words in ("allow w C3 1", "w allow w C3 1"):
        said = game.answer(f"kata-analyze 1 {words}")
        assert said == "? every legal move is avoided: wanted one to be left"
