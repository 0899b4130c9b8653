"""The search: its tree's sums, its two root rules, and that batches change nothing."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from insei.engine.errors import IllegalMove
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules

GUMBEL = SearchSettings(rule="gumbel", visits=32, considered=8, random_symmetry=False)
PUCT = SearchSettings(rule="puct", visits=64, random_symmetry=False)
BOTH = pytest.mark.parametrize("settings", [GUMBEL, PUCT], ids=["gumbel", "puct"])


def pseudo_net(planes, value_scale=0.5):
    """Logits and values that depend on the stones alone, as a net's would; `[B, C, H, W]`."""
    batch, _, height, width = planes.shape
    rng = np.random.default_rng(7)
    mixer = rng.normal(size=(planes[0].size, height * width + 2))
    mixed = np.tanh(planes.reshape(batch, -1).astype(np.float64) @ mixer)
    policy = np.ascontiguousarray(mixed[:, :-1], np.float32)
    value = np.ascontiguousarray(mixed[:, -1] * value_scale, np.float32)
    return policy, value, value * 3


def flat_net(planes):
    batch, _, height, width = planes.shape
    zeros = np.zeros(batch, np.float32)
    return np.zeros((batch, height * width + 1), np.float32), zeros, zeros


def search(forest, net=pseudo_net):
    while rows := forest.select():
        forest.expand(*net(forest.planes[:rows]))


def searched(position, settings, net=pseudo_net, seed=3, frame=0):
    height, width = (frame, frame) if frame else (position.rules.height, position.rules.width)
    forest = Forest(1, height, width, settings, seed)
    forest.start(0, position)
    search(forest, net)
    return forest


@BOTH
def test_a_search_runs_as_many_simulations_as_it_was_asked_for(settings):
    forest = searched(Position(Rules(5, 5, 0.5)), settings)
    assert forest.done() == [0]
    assert sum(one.visits for one in forest.candidates(0)) == settings.visits


@BOTH
def test_the_searched_value_is_that_of_playing_by_the_policys_target(settings):
    forest = searched(Position(Rules(5, 5, 0.5)), settings)
    tried = [one for one in forest.candidates(0) if one.visits]
    target = forest.policy_target(0)
    searched_value = sum(target[one.move] * one.value for one in tried)
    untried = 1 - sum(target[one.move] for one in tried)
    prior = sum(one.prior for one in tried)
    mean = sum(one.prior * one.value for one in tried) / prior
    value, weight = forest.values(0)[0], settings.score_weight
    own = (value + weight * np.tanh(3 * value / (2 * 5))) / (1 + weight)  # as `pseudo_net` scores
    mixed = (own + settings.visits * mean) / (1 + settings.visits)
    assert forest.values(0)[1] == pytest.approx(searched_value + untried * mixed, abs=1e-5)


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
        for one, other in zip(together.candidates(game), alone, strict=True):
            assert one[:2] == other[:2]
            assert one[2:] == pytest.approx(other[2:], abs=1e-5)


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


@BOTH
def test_games_that_share_a_walk_stay_as_they_were(settings):
    """Of four sizes, one longer than room is made for at first; each as if searched alone."""
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
        assert [one[:2] for one in forest.candidates(number)] == [one[:2] for one in alone]


def board_of(text):
    symbols = {".": 0, "X": 1, "O": 2}
    return np.array([[symbols[one] for one in row.split()] for row in text.split("\n") if row])


@BOTH
def test_a_flat_net_finds_a_win_that_the_rules_can_see(settings):
    # A1 takes all of White's stones; left alone, White takes all of Black's at D4.
    board = board_of("X X X .\nX X X X\nO O O X\n. O O X")
    position = Position(Rules(4, 4, 9.5), board.astype(np.uint8), BLACK)
    forest = searched(position, replace(settings, visits=400, noise=0), flat_net)
    assert forest.choose(0) == 12


@BOTH
def test_a_won_game_is_ended_by_a_pass_after_a_pass(settings):
    board = board_of("X . X\nX X X\nX . X").astype(np.uint8)
    position = Position(Rules(3, 3, 2.5), board, BLACK).with_to_play(2).play(9)
    forest = searched(position, replace(settings, visits=128, noise=0), flat_net)
    assert forest.choose(0) == 9
    assert {one.move: one.value for one in forest.candidates(0)}[9] > 0.9


def test_gumbel_considers_the_moves_that_priors_and_noise_put_first():
    forest = searched(Position(Rules(5, 5, 0.5)), replace(GUMBEL, noise=0), flat_net)
    visited = [one.visits for one in forest.candidates(0) if one.visits]
    assert len(visited) == GUMBEL.considered
    # 3 phases: 8 moves once, 4 moves twice more, then 2 moves eight times more.
    assert visited == [11, 11, 3, 3, 1, 1, 1, 1]


def test_gumbel_noise_makes_games_differ_and_its_absence_makes_them_equal():
    position = Position(Rules(5, 5, 0.5))
    noisy = {searched(position, GUMBEL, flat_net, seed).choose(0) for seed in range(20)}
    quiet = {
        searched(position, replace(GUMBEL, noise=0), flat_net, seed).choose(0) for seed in range(5)
    }
    assert len(noisy) > 5
    assert len(quiet) == 1


def test_the_improved_policy_leans_to_better_moves():
    forest = searched(Position(Rules(5, 5, 0.5)), GUMBEL)
    policy = forest.policy_target(0)
    visited = [one for one in forest.candidates(0) if one.visits]
    gains = [policy[one.move] / one.prior for one in visited]
    values = [one.value for one in visited]
    assert np.corrcoef(values, np.log(gains))[0, 1] > 0.99


def test_dirichlet_noise_keeps_the_priors_a_distribution():
    settings = replace(PUCT, visits=1, dirichlet_weight=0.25)
    forest = searched(Position(Rules(5, 5, 0.5)), settings, flat_net)
    priors = [one.prior for one in forest.candidates(0)]
    assert sum(priors) == pytest.approx(1, abs=1e-5)
    assert max(priors) > 1.2 / 26 > min(priors)


def test_moves_are_drawn_by_the_priors_to_the_power_of_the_temperature():
    forest = searched(Position(Rules(3, 2, 0.5)), replace(GUMBEL, visits=8))
    priors = forest.priors(0)
    for one in forest.candidates(0):
        assert priors[one.move] == np.float32(one.prior)
    assert priors.sum() == pytest.approx(1, abs=1e-6)
    for temperature in (0.5, 1.0, 2.0):
        drawn = [forest.draw(0, temperature, (i + 0.5) / 4000) for i in range(4000)]
        shares = priors.astype(float) ** (1 / temperature)
        counted = np.bincount(drawn, minlength=len(priors)) / len(drawn)
        assert counted == pytest.approx(shares / shares.sum(), abs=1e-3)
    assert forest.draw(0, 0.01, 0.5) == priors.argmax()
    for temperature, number in ((0.0, 0.5), (-1.0, 0.5), (np.nan, 0.5), (1.0, 1.0), (1.0, np.nan)):
        with pytest.raises(ValueError, match="wanted"):
            forest.draw(0, temperature, number)


def test_priors_stand_where_the_frame_has_the_moves():
    forest = searched(Position(Rules(2, 2, 0.5)), GUMBEL, flat_net, frame=3)
    assert np.flatnonzero(forest.priors(0)).tolist() == [0, 1, 3, 4, 9]


def test_virtual_loss_fills_a_batch_from_one_game():
    settings = replace(PUCT, leaves=8, visits=64)
    forest = Forest(1, 5, 5, settings, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    rows = []
    while count := forest.select():
        rows.append(count)
        forest.expand(*pseudo_net(forest.planes[:count]))
    assert max(rows) == 8
    assert sum(one.visits for one in forest.candidates(0)) == 64


@BOTH
@pytest.mark.parametrize("leaves", [1, 4])
def test_threads_change_nothing(settings, leaves):
    found = []
    for threads in (1, 3):
        forest = Forest(7, 5, 5, replace(settings, leaves=leaves), 9, threads)
        for game in range(1, 7):  # of the first block one seat stays empty
            forest.start(game, Position(Rules(5, 5, 0.5)).play_all([game, 12][: game % 3]))
            forest.set_visits(
                game, 8 * game % settings.visits + 1
            )  # searches end one after another
        batches = []
        while rows := forest.select():
            batches.append(forest.planes[:rows].copy())
            forest.expand(*pseudo_net(batches[-1]))
        found.append((batches, [forest.candidates(game) for game in range(1, 7)]))
    (one, trees), (other, again) = found
    assert trees == again
    assert len(one) == len(other)
    assert all((a == b).all() for a, b in zip(one, other, strict=True))


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
        for one, other in zip(forest.candidates(game), alone, strict=True):
            assert one[:2] == other[:2]
            assert one[2:] == pytest.approx(other[2:], abs=1e-5)


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
    for one, other in zip(found[0][1], found[1][1], strict=True):
        assert [a[:2] for a in one] == [b[:2] for b in other]
        assert np.allclose(np.array(one), np.array(other), atol=1e-4)


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


def test_the_priors_are_the_softmax_of_the_logits():
    logits = np.random.default_rng(5).normal(size=(1, 26)) * 30
    logits[0, :4] = 60, -500, -1e4, 59.5
    zero = np.zeros(1, np.float32)
    forest = searched(
        Position(Rules(5, 5, 0.5)),
        replace(PUCT, visits=1, noise=0),
        lambda planes: (np.ascontiguousarray(logits, np.float32), zero, zero),
    )
    exact = np.exp(logits[0].astype(np.float32).astype(np.float64) - logits.max())
    exact /= exact.sum()
    for one in forest.candidates(0):
        assert one.prior == pytest.approx(exact[one.move], rel=2e-6, abs=1e-37)


def test_passes_are_left_out_of_the_tree_before_their_time():
    settings = replace(GUMBEL, visits=64, considered=26)
    forest = Forest(1, 5, 5, settings, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)), 10)
    search(forest, flat_net)
    assert 25 not in [one.move for one in forest.candidates(0)]
    assert forest.policy_target(0)[25] == 0


def test_a_game_goes_on_in_its_seat_until_it_is_over():
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


def tree_below(forest, depth=3):
    """What a search knows, a few plies deep, as plain data."""
    return [
        (one.move, one.visits, round(one.value, 4), forest.variation(0, one.move, depth))
        for one in forest.candidates(0)
        if one.visits
    ]


def test_what_was_searched_below_a_move_is_kept():
    position = Position(Rules(5, 5, 0.5))
    forest = searched(position, replace(PUCT, visits=200))
    before = forest.candidates(0)[0]
    line = forest.variation(0, before.move)
    forest.advance(0, before.move)
    assert forest.num_visits(0) == before.visits - 1
    assert forest.position(0) == position.play(before.move)
    assert forest.candidates(0)[0].move == line[1]
    assert forest.variation(0, line[1])[: len(line) - 1] == line[1:]
    win, score = forest.outlook(0)
    assert win == pytest.approx(-before.win, abs=1e-5)
    assert score == pytest.approx(-before.score, abs=1e-5)
    search(forest)
    assert forest.num_visits(0) == 200
    assert sum(one.visits for one in forest.candidates(0)) == 200


def test_a_leaf_that_was_met_once_becomes_a_root_with_its_priors():
    forest = searched(Position(Rules(5, 5, 0.5)), replace(PUCT, visits=12, c_puct=20))
    once = next(one for one in forest.candidates(0) if one.visits == 1 and one.move < 25)
    forest.advance(0, once.move)
    logits = pseudo_net(planes(forest.position(0))[None])[0][0]
    logits[once.move] = -np.inf  # occupied
    priors = np.exp(logits - logits.max())
    np.testing.assert_allclose(forest.priors(0), priors / priors.sum(), atol=1e-6)
    search(forest)
    assert forest.num_visits(0) == 12


def local_net(planes):
    """Logits that turn with the board: what stones a point has near it."""
    batch = len(planes)
    seen = planes[:, 1] - 0.7 * planes[:, 2] + 0.3 * planes[:, 7] + 0.1 * planes[:, 0]
    for _ in range(2):
        padded = np.pad(seen, ((0, 0), (1, 1), (1, 1)))
        seen = planes[:, 0] * (
            0.5 * seen
            + padded[:, :-2, 1:-1]
            + padded[:, 2:, 1:-1]
            + padded[:, 1:-1, :-2]
            + padded[:, 1:-1, 2:]
        )
    policy = np.concatenate([seen.reshape(batch, -1), np.full((batch, 1), 0.2)], 1)
    value = np.tanh(seen.sum((1, 2)) / 10).astype(np.float32)
    return policy.astype(np.float32), value, value


@pytest.mark.parametrize(("side", "frame"), [(1, 1), (2, 3), (5, 9), (8, 8), (9, 9)])
@pytest.mark.parametrize(("leaves", "cache"), [(1, 0), (4, 0), (1, 4096)])
def test_a_root_reached_through_the_tree_has_the_nets_priors(side, frame, leaves, cache):
    settings = replace(PUCT, visits=40, leaves=leaves, c_puct=5, random_symmetry=True)
    forest = Forest(1, frame, frame, settings, 1, cache=cache)
    forest.start(0, Position(Rules(side, side, 0.5)), no_pass_before=3)
    rng = np.random.default_rng(2)
    for _ in range(20):
        search(forest, local_net)
        now = forest.position(0)
        moves = now.legal_moves()
        if now.num_moves < 3 and len(moves) > 1:
            moves.remove(side * side)
        logits = local_net(planes(now)[None])[0][0][moves]
        priors = np.exp(logits) / np.exp(logits).sum()
        found = {one.move: one.prior for one in forest.candidates(0)}
        assert sorted(found) == sorted(moves)
        np.testing.assert_allclose([found[move] for move in moves], priors, atol=1e-5)
        visited = [one.move for one in forest.candidates(0) if one.visits]
        forest.advance(0, int(rng.choice(visited)))
        if forest.position(0).is_over:
            return


@BOTH
def test_logits_that_are_no_numbers_harm_no_memory(settings):
    def spoilt(planes):
        policy, value, score = pseudo_net(planes)
        policy[:, 3] = np.nan
        return policy, value, score

    forest = searched(Position(Rules(5, 5, 0.5)), settings, spoilt)
    assert forest.num_visits(0) == settings.visits


def test_a_whole_game_goes_on_in_one_tree():
    settings = replace(PUCT, visits=100)
    forest = searched(Position(Rules(5, 5, 0.5)), settings)
    rng = np.random.default_rng(4)
    for _ in range(40):
        if forest.position(0).is_over:
            break
        visited = [one.move for one in forest.candidates(0)]  # with and without a subtree
        forest.advance(0, int(rng.choice(visited)))
        search(forest)
        if not forest.position(0).is_over:
            assert forest.num_visits(0) >= 100
            total = sum(one.visits * one.value for one in forest.candidates(0))
            assert abs(total) <= 2 * forest.num_visits(0)


def test_advancing_to_a_move_that_was_not_searched_begins_anew():
    forest = Forest(1, 5, 5, PUCT, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    forest.advance(0, 7)
    assert forest.num_visits(0) == 0
    search(forest)
    assert forest.num_visits(0) == PUCT.visits
    with pytest.raises(IllegalMove):
        forest.advance(0, 7)


def test_a_tree_whose_leaves_never_came_back_does_not_advance():
    forest = Forest(1, 5, 5, PUCT, 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    forest.expand(*pseudo_net(forest.planes[: forest.select()]))
    assert forest.select() == 1
    while not (rows := forest.select()):  # the leaf that the first one gave out is nobody's now
        continue
    forest.expand(*pseudo_net(forest.planes[:rows]))
    with pytest.raises(ValueError, match="wanted expand first"):
        forest.advance(0, forest.choose(0))
    forest.begin_search(0, PUCT.visits)
    search(forest)
    forest.advance(0, forest.choose(0))


def test_no_more_leaves_are_selected_than_there_is_room_for():
    forest = Forest(1, 5, 5, replace(PUCT, leaves=4), 1)
    forest.start(0, Position(Rules(5, 5, 0.5)))
    forest.expand(*pseudo_net(forest.planes[: forest.select()]))
    assert forest.select(most=3) == 3
    with pytest.raises(ValueError, match="most 5: wanted 0 to the 4 leaves"):
        forest.select(most=5)


def test_gumbel_does_not_advance():
    forest = searched(Position(Rules(5, 5, 0.5)), GUMBEL)
    with pytest.raises(ValueError, match="wanted rule puct"):
        forest.advance(0, 12)


def searched_for_stones(visits):
    """A search whose net gives each point to the stone that stands there."""
    forest = Forest(1, 5, 5, replace(PUCT, visits=visits, random_symmetry=True), 1)
    forest.start(0, Position(Rules(5, 5, 0.5)).play_all([12, 6, 7, 8]), no_pass_before=100)
    while rows := forest.select():
        seen = forest.planes[:rows]  # planes 1 and 2: the mover's stones, and the other's
        forest.expand(*pseudo_net(seen), np.ascontiguousarray(seen[:, 1] - seen[:, 2]))
    return forest


def test_ownership_is_the_mean_over_the_leaves_as_the_root_sees_them():
    forest = searched_for_stones(50)
    owned = forest.ownership(0)
    # Stones on the board at the root are there in nearly every leaf.
    assert owned[2, 2] > 0.9
    assert owned[1, 1] < -0.9
    assert np.abs(owned).max() <= 1
    forest.advance(0, forest.choose(0))
    assert (forest.ownership(0) == 0).all()
    assert all(forest.ownership_after(0, one.move) is None for one in forest.candidates(0))


def test_ownership_is_known_of_each_move_by_itself():
    forest = searched_for_stones(80)
    total = np.zeros((5, 5))
    for one in forest.candidates(0):
        owned = forest.ownership_after(0, one.move)
        if not one.visits:
            assert owned is None
            continue
        assert owned.flat[one.move] == 1  # the stone just played, in every leaf below
        total += one.visits * owned
    total.flat[[12, 7]] += 1  # the root's own evaluation
    total.flat[[6, 8]] -= 1
    np.testing.assert_allclose(total / 81, forest.ownership(0), atol=1e-5)
    with pytest.raises(ValueError, match="move 12: wanted one of the root's candidates"):
        forest.ownership_after(0, 12)


def test_forced_simulations_leave_the_policy_target():
    position = Position(Rules(5, 5, 0.5))
    plain = searched(position, replace(PUCT, visits=300))
    forced = searched(position, replace(PUCT, visits=300, forced=2.0))

    def tried(forest):
        return sum(one.visits > 1 for one in forest.candidates(0))

    assert tried(forced) >= tried(plain)
    target = forced.policy_target(0)
    visits = {one.move: one.visits for one in forced.candidates(0)}
    assert target.sum() == pytest.approx(1, abs=1e-5)
    raw = np.array([visits.get(move, 0) for move in range(26)]) / 300
    best = int(raw.argmax())
    assert target[best] > raw[best]  # what was forced elsewhere is taken off
    assert (target[raw == 0] == 0).all()


def test_a_sure_move_goes_before_a_lucky_one():
    forest = searched(Position(Rules(5, 5, 0.5)), replace(PUCT, visits=200))
    chosen = forest.choose(0)
    candidates = forest.candidates(0)
    enough = [one for one in candidates if one.visits >= 0.15 * candidates[0].visits]
    assert chosen == max(enough, key=lambda one: one.bound).move
    assert all(one.bound < one.value for one in candidates if one.visits)
    by_visits = searched(Position(Rules(5, 5, 0.5)), replace(PUCT, visits=200, deviations=0))
    assert by_visits.choose(0) == by_visits.candidates(0)[0].move
