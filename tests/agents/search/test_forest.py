"""A forest's games side by side: batches, threads, parts and the cache change nothing."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from tests.helpers.searches import (
    BOTH,
    GUMBEL,
    pseudo_net,
    search,
    searched,
)


@BOTH
def test_a_search_runs_as_many_simulations_as_it_was_asked_for(settings):
    forest = searched(Position(Rules(5, 5, 0.5)), settings)
    assert forest.done() == [0]
    assert sum(candidate.visits for candidate in forest.candidates(0)) == settings.visits


@BOTH
def test_equal_seeds_give_equal_trees(settings):
    position = Position(Rules(5, 5, 0.5)).play_all([12, 6])
    first, second = (searched(position, settings, seed=11) for _ in range(2))
    assert first.candidates(0) == second.candidates(0)
    assert first.choose(0) == second.choose(0)


@BOTH
def test_searching_games_together_changes_nothing(settings):
    quiet = replace(settings, noise=0)
    positions = [Position(Rules(5, 5, 0.5)).play_all(moves) for moves in ([], [12], [12, 6, 8])]
    together = Forest(3, 5, 5, quiet, 1)
    for game, position in enumerate(positions):
        together.start(game, position)
    search(together)
    for game, position in enumerate(positions):
        alone = searched(position, quiet).candidates(0)
        for candidate, other in zip(together.candidates(game), alone, strict=True):
            assert candidate[:2] == other[:2]
            assert candidate[2:] == pytest.approx(other[2:], abs=1e-5)


@pytest.mark.parametrize("size", [(3, 3), (5, 3), (5, 5)])
def test_a_board_in_a_larger_frame_has_its_own_moves(size):
    width, height = size
    settings = replace(GUMBEL, random_symmetry=True)
    forest = Forest(1, 6, 7, settings, 5)
    forest.start(0, Position(Rules(width, height, 0.5)))
    search(forest, lambda planes: pseudo_net(planes))
    policy = forest.policy_target(0)
    assert policy.shape == (43,)
    assert policy.sum() == pytest.approx(1, abs=1e-5)
    points = policy[:-1].reshape(6, 7)
    assert points[height:].sum() == 0
    assert points[:, width:].sum() == 0
    assert points[:height, :width].min() > 0


@pytest.mark.parametrize(("size", "num_symmetries"), [((5, 3), 4), ((3, 5), 4), ((4, 4), 8)])
def test_leaves_are_seen_turned_by_each_symmetry_of_their_board(size, num_symmetries):
    position = random_game(Rules(*size, 0.5), 3, 7)
    turned = [planes(position, 6, 7, symmetry) for symmetry in range(num_symmetries)]
    seen = set()
    for seed in range(60):
        forest = Forest(1, 6, 7, replace(GUMBEL, random_symmetry=True), seed)
        forest.start(0, position)
        assert forest.select() == 1
        (symmetry,) = [i for i, board in enumerate(turned) if (board == forest.planes[0]).all()]
        seen.add(symmetry)
    assert seen == set(range(num_symmetries))


@BOTH
def test_games_that_share_a_walk_stay_as_they_were(settings):
    """Four sizes; one game is longer than its history's first room. Each is as if alone."""
    sizes = [(3, 3, 20), (5, 4, 30), (6, 6, 20), (2, 2, 37)]
    games = [
        random_game(Rules(width, height, 0.5), seed, plies)
        for seed, (width, height, plies) in enumerate(sizes)
    ]
    assert not any(game.is_over for game in games)
    quiet = replace(settings, noise=0)
    forest = Forest(len(games), 6, 6, quiet, 1)
    for number, game in enumerate(games):
        forest.start(number, game)
    search(forest)
    for number, game in enumerate(games):
        found = forest.position(number)
        assert found.moves == game.moves
        assert np.array_equal(found.legal_mask(), game.legal_mask())
        found.check()
        alone = searched(game, quiet, frame=6).candidates(0)
        assert [candidate[:2] for candidate in forest.candidates(number)] == [
            candidate[:2] for candidate in alone
        ]


@BOTH
@pytest.mark.parametrize("leaves", [1, 4])
def test_threads_change_nothing(settings, leaves):
    found = []
    for threads in (1, 3):
        forest = Forest(7, 5, 5, replace(settings, leaves=leaves), 9, threads)
        for game in range(1, 7):  # the first game of the first block is not started
            forest.start(game, Position(Rules(5, 5, 0.5)).play_all([game, 12][: game % 3]))
            forest.set_visits(
                game, 8 * game % settings.visits + 1
            )  # searches end one after another
        batches = []
        while rows := forest.select():
            batches.append(forest.planes[:rows].copy())
            forest.expand(*pseudo_net(batches[-1]))
        found.append((batches, [forest.candidates(game) for game in range(1, 7)]))
    (batches, trees), (threaded_batches, threaded_trees) = found
    assert trees == threaded_trees
    assert len(batches) == len(threaded_batches)
    assert all((a == b).all() for a, b in zip(batches, threaded_batches, strict=True))


@BOTH
def test_parts_have_batches_of_their_own_and_change_nothing(settings):
    quiet = replace(settings, noise=0)
    positions = [Position(Rules(5, 5, 0.5)).play(move) for move in range(5)]
    forest = Forest(5, 5, 5, quiet, 1, parts=2)
    for game, position in enumerate(positions):
        forest.start(game, position)
    assert forest.done(0) == forest.done(1) == []
    out = [forest.select(0), forest.select(1)]
    assert out == [2, 3]
    while any(out):
        for part in (1, 0):  # both are out at a time, and come back in any order
            answers = pseudo_net(forest.batch(part)) if out[part] else None
            if answers:
                forest.expand(*answers, part=part)
            out[part] = forest.select(part)
    assert [forest.done(part) for part in range(2)] == [[0, 1], [2, 3, 4]]
    for game, position in enumerate(positions):
        alone = searched(position, quiet).candidates(0)
        for candidate, other in zip(forest.candidates(game), alone, strict=True):
            assert candidate[:2] == other[:2]
            assert candidate[2:] == pytest.approx(other[2:], abs=1e-5)


@BOTH
@pytest.mark.parametrize("threads", [1, 2])
def test_evaluations_that_are_kept_change_nothing(settings, threads):
    quiet = replace(settings, noise=0)
    found = []
    for cache in (0, 500):
        forest = Forest(4, 5, 5, quiet, 1, threads, cache=cache)
        rows = []
        for ply in range(3):
            for game in range(4):
                if ply == 0:
                    forest.start(game, Position(Rules(5, 5, 0.5 + game // 2)))
                else:
                    forest.play(game, forest.choose(game))
            while count := forest.select():
                rows.append(count)
                forest.expand(*pseudo_net(forest.planes[:count]))
        found.append((sum(rows), [forest.candidates(game) for game in range(4)]))
        hits, total = forest.cache_lookups()
        assert (hits > 0) == (cache > 0)
    assert found[1][0] == total - hits < found[0][0]
    for plain, cached in zip(found[0][1], found[1][1], strict=True):
        assert [a[:2] for a in plain] == [b[:2] for b in cached]
        assert np.allclose(np.array(plain), np.array(cached), atol=1e-4)


def test_what_the_planes_tell_apart_is_kept_apart():
    def rows_of(positions, cache=100):
        forest = Forest(1, 5, 5, replace(GUMBEL, visits=1, noise=0), 1, cache=cache)
        rows = 0
        for position in positions:
            forest.start(0, position)
            while count := forest.select():
                rows += count
                forest.expand(*pseudo_net(forest.planes[:count]))
        return rows

    plain = Position(Rules(5, 5, 0.5)).play_all([12, 6, 7])
    once = rows_of([plain])
    assert rows_of([plain, plain]) == once
    for other in (
        Position(Rules(5, 5, 1.5)).play_all([12, 6, 7]),  # komi
        Position(Rules(5, 5, 0.5)).play_all([7, 6, 12]),  # the last moves
        plain.with_to_play(BLACK),  # the player to move
    ):
        assert rows_of([plain, other]) == once + rows_of([other])
    forest = Forest(1, 5, 5, GUMBEL, 1, cache=100)
    forest.start(0, plain)
    search(forest)
    first = forest.cache_lookups()
    forest.clear_cache()
    forest.begin_search(0, 1)
    assert forest.select() == 1
    assert forest.cache_lookups()[0] == first[0]


def test_a_game_is_played_on_until_it_is_over():
    forest = Forest(1, 3, 3, replace(GUMBEL, visits=8), 2)
    forest.start(0, Position(Rules(3, 3, 0.5)))
    while not forest.position(0).is_over:
        search(forest)
        assert forest.position(0).is_legal(forest.choose(0))
        forest.play(0, forest.choose(0))
    assert forest.position(0).is_over
    assert forest.select() == 0


def test_the_doors_say_what_was_wanted():
    with pytest.raises(ValueError, match="threads 0: wanted 1 to 256"):
        Forest(2, 5, 5, GUMBEL, 1, 0)
    forest = Forest(2, 5, 5, GUMBEL, 1)
    with pytest.raises(ValueError, match="board 7x7: wanted at most 5x5"):
        forest.start(0, Position(Rules(7, 7)))
    with pytest.raises(ValueError, match="game 2: wanted 0 to 1"):
        forest.start(2, Position(Rules(5, 5)))
    with pytest.raises(ValueError, match="game 1 has not been started"):
        forest.choose(1)
    forest.start(0, Position(Rules(5, 5)))
    with pytest.raises(ValueError, match="not been searched"):
        forest.choose(0)
    rows = forest.select()
    policy, value, score = pseudo_net(forest.planes[:rows])
    with pytest.raises(ValueError, match=r"policy \[1, 25\]"):
        forest.expand(np.ascontiguousarray(policy[:, :-1]), value, score)
    forest.expand(policy, value, score)
    forest.play(0, 3)
    with pytest.raises(IllegalMove, match="occupied"):
        forest.play(0, 3)


@BOTH
def test_a_forest_says_how_its_games_stand(settings):
    forest = Forest(1, 4, 4, replace(settings, visits=4), 2)
    position = Position(Rules(3, 2, 0.5)).play(1)
    forest.start(0, position)
    while not position.is_over:
        assert forest.num_moves(0) == position.num_moves
        assert forest.to_play(0) == position.to_play
        assert not forest.is_over(0)
        assert forest.is_settled(0) == position.is_settled()
        search(forest)
        position = position.play(forest.choose(0))
        forest.play(0, position.last_move)
        assert forest.position(0) == position
    assert forest.is_over(0)
    with pytest.raises(GameOver):
        forest.play(0, 0)


def test_a_game_that_was_started_is_the_forests_own():
    forest = Forest(1, 5, 5, GUMBEL, 1)
    for first in (12, 6):  # the second game takes the memory of the first
        position = Position(Rules(5, 5, first / 2)).play(first)
        forest.start(0, position)
        position.play_in_place(7)
        copy = forest.position(0)
        copy.play_in_place(8)
        assert forest.position(0).moves == [first]
        assert forest.position(0).rules.komi == first / 2
