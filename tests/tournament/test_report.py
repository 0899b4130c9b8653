"""What a report tells beside the ratings: doubts, likelihoods, and what players are made of."""

from insei.agents.grammar import make_player
from insei.agents.net.architecture import NetworkConfig
from insei.engine.planes.net_planes import NUM_PLANES
from insei.engine.rules import Rules
from insei.tournament.cost import ROOTS, cost_of, lines_with_code, modules_of, multiply_adds
from insei.tournament.pace import pace_of, times_of
from insei.tournament.ratings import fit, superiority
from insei.tournament.residuals import count_pairs, significant_residuals
from tests.helpers.tournaments import played

CYCLE = {
    ("a", "b"): 16.0, ("b", "a"): 4.0, ("b", "c"): 16.0,
    ("c", "b"): 4.0, ("c", "a"): 16.0, ("a", "c"): 4.0,
}  # fmt: skip


def test_a_cycle_is_told_as_what_ratings_cannot_explain():
    found = significant_residuals(fit(["a", "b", "c"], CYCLE, "a"), CYCLE)
    assert {(one.player, one.opponent) for one in found} == {("a", "b"), ("b", "c"), ("c", "a")}
    assert all(one.share == 0.8 and 0.4 < one.expected < 0.6 for one in found)
    ladder = {("a", "b"): 14.0, ("b", "a"): 6.0}
    assert significant_residuals(fit(["a", "b"], ladder, "a"), ladder) == []


def test_likelihood_of_superiority_grows_with_the_evidence():
    def chance(won, lost):
        points = {("a", "b"): won, ("b", "a"): lost}
        return superiority(["a", "b"], points, "a", "b")

    assert abs(chance(10, 10) - 0.5) < 1e-6
    assert 0.9 < chance(14, 6) < chance(70, 30) < 1
    assert abs(chance(14, 6) + chance(6, 14) - 1) < 1e-6


def test_openings_are_counted_by_what_decided_them():
    games = [
        played(0, "a", "b", 1), played(1, "b", "a", 2),  # a both times
        played(2, "a", "b", 1), played(3, "b", "a", 1),  # Black both times
        played(4, "a", "b", 2), played(5, "b", "a", 2),
        played(6, "a", "b", 0), played(7, "b", "a", 1),
        played(8, "a", "b", 1),  # its other game is still to come
    ]  # fmt: skip
    found = count_pairs(games)
    assert (found.one_side, found.black, found.white, found.other) == (1, 1, 1, 1)
    assert found.pairs == 4


def test_lines_of_code_leave_prose_out():
    source = (
        '"""What it is."""\n\nimport x  # why\n\n\ndef f(\n    a,\n):\n    """Doc\n\n    more."""\n'
    )
    source += '    # a comment\n    return """two\nlines"""\n'
    assert lines_with_code(source) == {3, 6, 7, 8, 13, 14}
    assert lines_with_code("cdef int x = <int>y & 1  # C\n\ncdef enum:\n    A = 1\n") == {1, 3, 4}


def test_each_kind_of_player_is_all_that_its_module_leads_to():
    made_of = {kind: {name.removeprefix("insei/") for name in modules_of(kind)} for kind in ROOTS}
    assert made_of["random"] == {"agents/handwritten/random_player.py"}
    assert (
        {"agents/handwritten/influence.pyx", "agents/handwritten/static_evaluation.pyx"}
        < made_of["influence"]
        < made_of["alphabeta"] | made_of["influence"]
    )
    assert {"engine/reading/benson.pyx", "agents/handwritten/alphabeta_search.pyx"} < made_of[
        "alphabeta"
    ]
    assert {
        "engine/planes/net_planes.pyx",
        "engine/reading/liberties.pyx",
        "agents/net/gptq.py",
    } < made_of["net"]
    alone = made_of["net"] - made_of["search"]
    assert {"agents/net/net_player.py", "agents/closing.py", "agents/dead_stones.py"} < alone
    assert not {name for name in alone if name.startswith(("engine/", "agents/search/"))}
    for name in ("batch", "cache", "results", "tree", "gumbel", "puct"):
        assert f"agents/search/{name}.pyx" in made_of["search"]
    assert {"agents/search/softmax.h", "engine/spread.h"} < made_of["search"]
    for names in made_of.values():
        assert not names & {"engine/board.pyx", "engine/rules.py", "agents/net/package.py"}
    parts = cost_of(make_player("influence"), Rules(9, 9))
    assert parts.lines > 100
    assert (parts.parameters, parts.multiply_adds, parts.unit) == (0, 0, "boards judged")
    net = cost_of(make_player("search:go9,visits=20"), Rules(9, 9))
    assert net.parameters > 100_000
    assert net.multiply_adds > 10_000_000
    assert cost_of(make_player("gtp:true"), Rules(9, 9)).lines == 0


def test_multiply_adds_of_a_net_counted_by_hand():
    tower = 1 * 2 * 4 * 4 * 9 + NUM_PLANES * 4 * 9
    heads = 4 * 4 + 4 * 4  # to the heads' features, the board's and the policy's
    assert multiply_adds(NetworkConfig(1, 4, head_channels=4, hidden=4), 25) == 25 * (tower + heads)


def test_a_pace_tells_processor_time_from_wall_time():
    assert times_of([0.001] * 99 + [0.1]).median == 1
    games = [
        played(
            0, "a", "gtp:x", 1,
            seconds={"black": [0.1, 0.3], "white": [0.2]},
            cpu_seconds={"black": [0.05, 0.05], "white": [None]},
            operations={"black": 30, "white": 1},
        )
    ]  # fmt: skip
    pace = pace_of("a", games, cost_of(make_player("random"), Rules(5, 5)), None)
    assert (pace.moves, pace.wall.median, pace.operations) == (2, 200, 15)
    assert pace.cpu is not None
    assert (pace.cpu.median, pace.cpu.spread) == (50, 1)
    other = pace_of("gtp:x", games, cost_of(make_player("random"), Rules(5, 5)), None)
    assert other.cpu is None
