"""A worker with several batches under way, several threads, and evaluations kept."""

import pytest

from insei.engine.planes.net_planes import packed_planes
from insei.engine.position import Position
from tests.helpers.games import quick_worker


@pytest.mark.parametrize("changes", [{}, {"batches": 2, "stops_settled": True, "cache": 500}])
def test_the_plies_of_a_game_under_way_are_those_of_the_game(changes):
    worker = quick_worker(3, **changes)
    frame = worker.mix.frame
    num_plies = 0
    for _ in range(10):
        worker.play(1)
        for game, slot in enumerate(worker.slots):
            position = worker.forest.position(game)
            num_plies += len(slot.plies)
            assert len({ply.ply for ply in slot.plies}) == len(slot.plies)
            for ply in slot.plies:
                then = Position(position.rules).play_all(position.moves[: ply.ply])
                bits, numbers = packed_planes(then, frame.height, frame.width)
                assert ply.colour == then.to_play
                assert (ply.planes == bits).all()
                assert (ply.global_planes == numbers).all()
                assert (ply.policy[:-1][~then.legal_mask()[:-1]] == 0).all()
    assert num_plies > 100


def games_of(**changes):
    worker = quick_worker(3, **changes)
    first, counts = worker.play(6)
    second, _ = worker.play(6)
    return [game.moves.tolist() for game in first + second], counts


@pytest.mark.parametrize("changes", [{"batches": 2}, {"batches": 3, "cache": 1000}])
def test_games_played_in_several_batches_are_whole_and_repeatable(changes):
    games, counts = games_of(**changes)
    assert games == games_of(**changes)[0]
    assert len(games) >= 12
    assert min(map(len, games)) > 2
    assert counts.evaluations > 0
    assert (counts.cache_hits > 0) == ("cache" in changes)


def test_threads_play_the_same_games():
    assert games_of(threads=3)[0] == games_of()[0]


def test_no_answer_of_the_old_net_comes_after_the_new_one():
    worker = quick_worker(batches=3, cache=1000)
    worker.play(2)
    assert any(worker.answers)
    worker.load({}, 1)
    assert not any(worker.answers)
    assert len(worker.play(3)[0]) >= 3


def test_an_error_in_the_other_thread_comes_out():
    worker = quick_worker(batches=2)

    def broken(planes):
        raise RuntimeError("the net is gone")

    worker.evaluate = broken
    with pytest.raises(RuntimeError, match="the net is gone"):
        worker.play(1)
