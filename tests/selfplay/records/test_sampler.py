"""Batches drawn from records: what the net is to say of each position."""

import numpy as np
import pytest

from insei.engine.planes.replays import POINT_BITS, WHITE_BIT
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.engine.symmetries import transform, transform_move
from insei.selfplay.records.recorded_games import Ending
from insei.selfplay.records.sampler import RecordSampler, is_held_out
from insei.selfplay.records.table import RecordTable, read_games
from tests.helpers.records import recorded

SQUARE, WIDE = Rules(5, 5, 3.5, ko="simple"), Rules(7, 4, 0.5, ko="simple")


def sampler_of(games, folder, **changes):
    RecordTable(folder).append(games)
    games = read_games(folder)
    given = {"chosen": np.ones(len(games), bool), "groups": 0, "seed": 1}
    return RecordSampler(games, **given | changes)


def some_games():
    return [recorded(random_game(SQUARE if seed % 2 else WIDE, seed, 200)) for seed in range(6)]


def test_a_batch_fits_the_table_of_columns_and_is_the_same_for_a_step(tmp_path):
    sampler = sampler_of(some_games(), tmp_path)
    batch = sampler.batch(7, 32)
    batch.check()
    again, other = sampler.batch(7, 32), sampler.batch(8, 32)
    assert all((batch[name] == again[name]).all() for name in batch.columns)
    assert not (batch["planes"] == other["planes"]).all()


def test_positions_are_drawn_evenly_over_all_plies(tmp_path):
    sampler = sampler_of(some_games(), tmp_path)
    games, plies = sampler.draw(np.random.default_rng(1), 20_000)
    counts = np.zeros((len(sampler.games), sampler.lengths.max()))
    np.add.at(counts, (games, plies), 1)
    drawn = counts[np.arange(counts.shape[1]) < sampler.lengths[:, None]]
    assert drawn.sum() == 20_000
    assert drawn.min() > 0.5 * drawn.mean()


def test_move_reply_and_result_are_those_of_the_player_to_move(tmp_path):
    games = some_games()
    sampler = sampler_of(games, tmp_path)
    for number, game in enumerate(games):
        for ply in (0, 1, len(game.moves) - 1):
            for symmetry in (0, 3, 5) if game.width == game.height else (0, 3):
                batch = sampler.batch_of(
                    np.array([number]), np.array([ply], np.int32), np.array([symmetry], np.uint8)
                )
                is_white = bool(game.moves[ply] & WHITE_BIT)
                sign = -1 if is_white else 1
                assert place_of(batch["policy"], game, sampler, symmetry) == (
                    game.moves[ply] & POINT_BITS
                )
                assert batch["outcome"][0] == sign * game.winner
                assert batch["score"][0] == pytest.approx(sign * game.score)
                is_last = ply + 1 == len(game.moves)
                assert batch["reply_weight"][0] == (not is_last)
                if not is_last:
                    assert place_of(batch["reply"], game, sampler, symmetry) == (
                        game.moves[ply + 1] & POINT_BITS
                    )


def place_of(policy, game, sampler, symmetry):
    """The move on the board that a one-hot policy of the frame marks."""
    assert policy.sum() == 1
    place = int(policy[0].argmax())
    if place == sampler.height * sampler.width:
        return game.width * game.height
    row, column = divmod(place, sampler.width)
    for move in range(game.width * game.height):
        turned = transform_move(move, symmetry, game.height, game.width)
        turned_width = game.height if symmetry & 4 else game.width
        if divmod(turned, turned_width) == (row, column):
            return move
    raise AssertionError("off the board")


def test_a_player_who_moves_twice_gets_no_reply(tmp_path):
    game = recorded(Position(SQUARE).play(12), moves=np.array([12, 13, 14 | WHITE_BIT], np.uint16))
    sampler = sampler_of([game], tmp_path)
    batch = sampler.batch_of(np.zeros(3, int), np.arange(3, dtype=np.int32), np.zeros(3, np.uint8))
    assert batch["reply_weight"].tolist() == [0, 1, 0]
    assert batch["reply"].sum(1).tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("changes", "outcome", "score"),
    [
        ({"ending": Ending.COUNT, "winner": 1, "score": 2.5}, 1, 1),
        ({"ending": Ending.RESIGNATION, "winner": 1, "score": None}, 1, 0),
        ({"ending": Ending.TIME, "winner": 1, "score": None}, 0.5, 0),
        ({"ending": Ending.FORFEIT, "winner": 1, "score": None}, 0, 0),
        ({"ending": Ending.VOID, "winner": None, "score": None}, 0, 0),
        ({"ending": Ending.RESIGNATION, "winner": None, "score": None}, 0, 0),
        ({"ending": Ending.COUNT, "winner": 0, "score": 0.0}, 1, 1),
    ],
)
def test_a_result_counts_as_much_as_it_says(changes, outcome, score, tmp_path):
    sampler = sampler_of([recorded(Position(SQUARE).play(12), **changes)], tmp_path)
    batch = sampler.batch(1, 4)
    assert (batch["outcome_weight"] == outcome).all()
    assert (batch["score_weight"] == score).all()
    assert np.isfinite(batch["score"]).all()


def test_ownership_is_the_movers_and_turns_with_the_board(tmp_path):
    owned = np.ones((5, 5), np.int8)
    owned[0] = -1
    owned[1, 0] = 0
    game = recorded(Position(SQUARE).play(12).play(13), ownership=owned)
    sampler = sampler_of([game, recorded(Position(WIDE).play(1))], tmp_path)
    batch = sampler.batch_of(
        np.array([0, 0, 1]), np.array([0, 1, 0], np.int32), np.array([0, 5, 0], np.uint8)
    )
    assert batch["ownership_weight"].tolist() == [1, 1, 0]
    assert (batch["ownership"][0, :5, :5] == owned).all()
    assert (batch["ownership"][1, :5, :5] == -transform(owned, 5)).all()
    assert not batch["ownership"][:, :, 5:].any()


def test_games_held_out_are_never_drawn(tmp_path):
    RecordTable(tmp_path).append(some_games())
    games = read_games(tmp_path)
    held = is_held_out(games.ids, 0.5)
    assert 0 < held.sum() < len(held)
    sampler = RecordSampler(games, ~held, 0, 1)
    drawn, _ = sampler.draw(np.random.default_rng(1), 1000)
    assert not held[drawn].any()
    with pytest.raises(ValueError, match="no game with a move"):
        RecordSampler(games, np.zeros(len(games), bool), 0, 1)


def test_the_first_player_may_be_white_and_stones_may_be_set_up(tmp_path):
    board = np.zeros((5, 5), np.uint8)
    board[1, 1] = board[3, 3] = BLACK
    game = recorded(Position(SQUARE, board, 2).play(12).play(13))
    sampler = sampler_of([game], tmp_path)
    batch = sampler.batch_of(np.array([0]), np.array([0], np.int32), np.zeros(1, np.uint8))
    assert batch["planes"][0, 2].sum() == 2  # the opponent's stones
