"""Batches of games: the same games as one by one."""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from insei.engine.errors import GameOver, IllegalMove
from insei.engine.planes.net_planes import NUM_BINARY_PLANES, NUM_PLANES, planes
from insei.engine.playouts import play_random_games, random_game
from insei.engine.position import Position
from insei.engine.positions import LEAVE, Positions
from insei.engine.rules import Rules, chinese


@pytest.mark.parametrize(
    "rules", [Rules(5, 5, 2.5), Rules(4, 3, 0.5, "simple"), Rules(3, 3, 0, "situational", True)]
)
def test_a_batch_plays_the_games_that_positions_play(rules):
    batch = Positions(rules, 7)
    alone = [Position(rules) for _ in range(7)]
    rng = np.random.default_rng(3)
    for _ in range(80):
        masks = batch.legal_masks()
        moves = np.full(7, LEAVE)
        for game, position in enumerate(alone):
            assert masks[game].tolist() == (
                [False] * rules.num_actions if position.is_over else position.legal_mask().tolist()
            )
            if not position.is_over and rng.random() < 0.9:
                moves[game] = rng.choice(np.flatnonzero(masks[game]))
                position.play_in_place(int(moves[game]))
        batch.play(moves)
        assert np.array_equal(batch.planes(), np.stack([planes(position) for position in alone]))
        assert batch.is_over.tolist() == [position.is_over for position in alone]
        assert batch.to_play.tolist() == [position.to_play for position in alone]
        assert batch.num_moves.tolist() == [position.num_moves for position in alone]
        assert batch.scores().tolist() == [position.score() for position in alone]
        assert [batch[game].moves for game in range(7)] == [position.moves for position in alone]


def test_one_illegal_move_leaves_all_games_as_they_were():
    batch = Positions(Rules(3, 3), 3)
    batch.play([0, 1, 2])
    with pytest.raises(IllegalMove, match="game 1: B3 for white: occupied"):
        batch.play([4, 1, 4])
    assert batch.num_moves.tolist() == [1, 1, 1]
    with pytest.raises(IllegalMove, match="game 2: move 99"):
        batch.play([4, 4, 99])
    batch.play([9, LEAVE, 4])
    batch.play([9, LEAVE, 0])
    with pytest.raises(GameOver, match="game 0: "):
        batch.play([0, LEAVE, LEAVE])


def test_games_are_reset_one_by_one():
    batch = Positions(Rules(3, 3), 3)
    batch.play([0, 1, 2])
    batch.reset([1])
    assert batch.num_moves.tolist() == [1, 0, 1]
    batch.reset()
    assert batch.num_moves.tolist() == [0, 0, 0]
    assert batch[0] == Position(Rules(3, 3))


def test_random_moves_are_legal_seeded_and_end_games():
    first, again = Positions(Rules(4, 4), 5), Positions(Rules(4, 4), 5)
    for seed in range(200):
        before = [first[game] for game in range(5)]
        moves = first.play_random(seed)
        assert moves.tolist() == again.play_random(seed).tolist()
        for position, move in zip(before, moves, strict=True):
            assert position.is_over if move == LEAVE else position.is_legal(int(move))
    assert first.is_over.all()
    first.reset()
    assert first.play_random(1, [2]).tolist()[:2] == [LEAVE, LEAVE]


def test_buffers_are_filled_in_place_and_checked():
    batch = Positions(Rules(3, 3), 2)
    masks = np.zeros((2, 10), np.bool_)
    assert batch.legal_masks(masks) is masks
    assert masks.all()
    frames = np.ones((2, NUM_PLANES, 5, 4), np.float32)
    batch.planes(frames)
    assert frames[:, 0].sum() == 18
    for wrong in (np.zeros((2, 9), np.bool_), np.zeros((2, 10)), masks.T, [1]):
        with pytest.raises(ValueError, match="out "):
            batch.legal_masks(wrong)
    for wrong in (np.zeros((2, NUM_PLANES, 2, 5), np.float32), np.zeros((2, 3, 3), np.float32)):
        with pytest.raises(ValueError, match=r"out |frame "):
            batch.planes(wrong)
    with pytest.raises(ValueError, match="1 moves: wanted 2"):
        batch.play([1])
    with pytest.raises(IndexError, match="game 2: wanted 0 to 1"):
        batch[2]
    with pytest.raises(ValueError, match="num_games 0"):
        Positions(Rules(3, 3), 0)


@pytest.mark.parametrize("rules", [Rules(9, 9), Rules(7, 3, ko="situational"), Rules(19, 19)])
def test_a_step_writes_what_single_calls_write(rules):
    together, apart = Positions(rules, 6), Positions(rules, 6)
    masks = np.zeros((6, rules.num_actions), np.bool_)
    frames = np.zeros((6, NUM_PLANES, rules.height, rules.width), np.float32)
    bits = np.zeros((6, NUM_BINARY_PLANES, rules.height, rules.width), np.uint8)
    for seed in range(2 * rules.num_points):
        moves = apart.play_random(seed)
        if (moves == LEAVE).all():
            break
        together.step(moves, masks, frames)
        assert np.array_equal(masks, apart.legal_masks())
        assert np.array_equal(frames, apart.planes())
        assert np.array_equal(together.planes(bits), frames[:, :NUM_BINARY_PLANES])
    masks[:] = 0
    together.legal_masks(masks, [1, 4])
    assert not masks[[0, 2, 3, 5]].any()
    assert np.array_equal(masks[[1, 4]], apart.legal_masks()[[1, 4]])


def test_a_step_answers_only_where_the_game_goes_on():
    rules = Rules(3, 3)
    batch = Positions(rules, 4)
    batch.play([LEAVE, rules.pass_move, LEAVE, 0])
    batch.step([0, rules.pass_move, LEAVE, 1], reply_seed=1, max_plies=2)
    assert batch.num_moves.tolist() == [2, 2, 0, 2]
    assert batch.is_over.tolist() == [False, True, False, False]
    with pytest.raises(IllegalMove, match="game 3"):
        batch.step([1, LEAVE, 0, 1], reply_seed=1)
    assert batch.num_moves.tolist() == [2, 2, 0, 2]


def test_threads_may_read_one_game_and_step_their_own_batches():
    rules = Rules(9, 9)
    position = random_game(rules, 3, 90)
    expected = position.legal_mask()

    def play(seed):
        batch = Positions(rules, 8)
        for ply in range(60):
            assert np.array_equal(position.legal_mask(), expected)
            batch.play_random(seed + ply)
        return [batch[game].moves for game in range(8)]

    with ThreadPoolExecutor(4) as pool:
        games = list(pool.map(play, [1, 100, 1, 100]))
    assert games[0] == games[2] == play(1)
    assert games[1] == games[3] != games[0]


def test_other_threads_run_while_games_are_played():
    counts = []
    done = threading.Event()

    def count():
        while not done.is_set():
            counts.append(None)
            time.sleep(0)

    counter = threading.Thread(target=count)
    switch = sys.getswitchinterval()
    counter.start()
    try:
        sys.setswitchinterval(1000)  # nobody is made to let go: only `nogil` gives others a turn
        before = len(counts)
        for _ in range(100):
            play_random_games(Rules(9, 9), 100_000, 1, True)
            if len(counts) > before + 2:
                break
        assert len(counts) > before + 2
    finally:
        sys.setswitchinterval(switch)
        done.set()
        counter.join()


def test_games_are_named_by_number_or_by_a_mask():
    games = Positions(chinese(5), 3)
    games.play([1, 2, 3])
    mask = np.array([True, False, True])
    assert games.scores(mask).tolist() == games.scores([0, 2]).tolist()
    games.reset(mask)
    assert games.num_moves.tolist() == [0, 1, 0]
    games.reset([-2])
    assert games.num_moves.tolist() == [0, 0, 0]
    assert (games.play_random(1, [False, True, False]) != -1).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("chosen", "error", "said"),
    [
        ([1.5], ValueError, "games float64"),
        ([True], ValueError, "mask"),
        (np.zeros((3, 1), bool), ValueError, "mask"),
        (np.zeros((3, 1), int), ValueError, "wanted integers"),
        (["a"], ValueError, "wanted integers"),
        ([3], IndexError, "game 3: wanted 0 to 2"),
        ([2**40], IndexError, f"game {2**40}: wanted 0 to 2"),
    ],
)
def test_games_that_are_none_are_refused(chosen, error, said):
    games = Positions(chinese(5), 3)
    for door in (games.reset, games.scores, lambda games_: games.play_random(1, games_)):
        with pytest.raises(error, match=said):
            door(chosen)
