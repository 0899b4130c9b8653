"""A session compiles a package's net for the board of each game, once a size."""

import numpy as np
import pytest

from insei.agents.net.net_player import NetPlayer
from insei.agents.net.package import DamagedPackage
from insei.agents.net.session import NetSession, calibration_boards
from insei.engine.planes.net_planes import NUM_PLANES
from insei.engine.position import Position
from insei.engine.rules import Rules

RULES = Rules(5, 4, 3.5)


def test_an_evaluator_is_kept_until_the_size_changes(tiny_package):
    session = NetSession(tiny_package)
    evaluate = session.evaluator(RULES)
    assert session.evaluator(Rules(5, 4, 0.5, "simple")) is evaluate
    turned = session.evaluator(Rules(4, 5, 3.5))
    assert turned is not evaluate
    assert (turned.height, turned.width) == (5, 4)


def test_graphs_of_all_batches_up_to_the_largest_are_there_beforehand(tiny_package):
    graphs = NetSession(tiny_package, max_rows=5).evaluator(RULES).graphs
    assert sorted(graphs) == [(1, True), (2, True), (4, True), (8, True)]


@pytest.mark.parametrize("precision", ["fp32", "bf16", "int8"])
def test_only_int8_is_calibrated(tiny_package, precision):
    evaluate = NetSession(tiny_package, precision).evaluator(RULES)
    convolutions = [f"blocks.{block}.{name}" for block in (0, 1) for name in ("first", "second")]
    assert list(evaluate.quantised) == (convolutions if precision == "int8" else [])


def test_boards_to_calibrate_on_are_of_all_stages_and_come_again(tiny_package):
    evaluate = NetSession(tiny_package, "fp32").evaluator(RULES)
    boards = calibration_boards(evaluate, RULES)
    assert boards.shape == (64, NUM_PLANES, 4, 5)
    stones = boards[:, 1:3].sum((1, 2, 3))  # own ones and the opponent's
    assert stones.min() <= 2
    assert stones.max() >= 10
    assert np.array_equal(boards, calibration_boards(evaluate, RULES))


def test_a_session_names_what_it_cannot_use(tiny_package, tmp_path):
    with pytest.raises(ValueError, match="precision 'int4'"):
        NetSession(tiny_package, "int4")
    with pytest.raises(DamagedPackage, match=r"player\.json"):
        NetSession(tmp_path)


def test_a_player_that_draws_never_draws_an_absurd_move(tiny_package):
    player = NetPlayer(tiny_package, "net", temperature=100.0)
    player.new_game(RULES, 1)

    def evaluate(planes):
        """All moves but two have less than .02 of the best one's probability."""
        answer = player.session.evaluator(RULES)(planes)
        answer.policy[:] = 0
        answer.policy[:, 7] = np.log(51)
        answer.policy[:, 8] = np.log(49)
        return answer

    player.evaluate = evaluate
    drawn = {player.choose(Position(RULES)).move for _ in range(40)}
    assert drawn == {7, 8}
