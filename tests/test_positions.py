"""Batches of games: the same games as one by one."""

import numpy as np
import pytest

from engine.errors import GameOver, IllegalMove
from engine.planes import NUM_PLANES, planes
from engine.position import Position
from engine.positions import LEAVE, Positions
from engine.rules import Rules


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
        assert np.array_equal(batch.planes(), np.stack([planes(one) for one in alone]))
        assert batch.is_over.tolist() == [one.is_over for one in alone]
        assert batch.to_play.tolist() == [one.to_play for one in alone]
        assert batch.num_moves.tolist() == [one.num_moves for one in alone]
        assert batch.scores().tolist() == [one.score() for one in alone]
        assert [batch[game].moves for game in range(7)] == [one.moves for one in alone]


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
