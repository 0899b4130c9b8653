"""AlphaGo Zero's planes and the rich set: what they show, in every frame, type and symmetry."""

import numpy as np
import pytest

from insei.engine.handicap import handicap_position
from insei.engine.planes.feature_planes import (
    NUM_HISTORY_PLANES,
    NUM_RICH_PLANES,
    board_mask,
    history_planes,
    rich_planes,
    write_history_planes,
    write_rich_planes,
)
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.positions import Positions
from insei.engine.reading.ladders import ladder_moves
from insei.engine.rules import BLACK, KO_RULES, Rules
from insei.engine.symmetries import compose, inverse, num_symmetries, transform, transform_move

SETS = [
    (history_planes, write_history_planes, NUM_HISTORY_PLANES),
    (rich_planes, write_rich_planes, NUM_RICH_PLANES),
]


def games(width, height, count=12):
    for seed in range(count):
        rules = Rules(width, height, 0.5, KO_RULES[seed % 3], seed % 2 == 1)
        yield random_game(rules, seed, 3 + 4 * seed)


@pytest.mark.parametrize(("width", "height"), [(5, 5), (6, 4), (9, 9), (1, 3)])
def test_history_shows_the_last_eight_boards(width, height):
    start = handicap_position(Rules(width, height, 0.5), [0]) if width > 1 else None
    for game in [*games(width, height), *([start.play_all([2, 3, 7])] if start else [])]:
        seen = history_planes(game)
        boards = [Position(game.rules, game.initial_board, game.initial_to_play)]
        for move, mover in zip(game.moves, game.movers, strict=True):
            here = boards[-1] if boards[-1].to_play == mover else boards[-1].with_to_play(mover)
            boards.append(here.play(move))
        for back in range(8):
            board = boards[-1 - back].board if back < len(boards) else np.zeros((height, width))
            assert (seen[2 * back] == (board == game.to_play)).all()
            assert (seen[2 * back + 1] == (board == 3 - game.to_play)).all()
        assert (seen[16] == (game.to_play == BLACK)).all()


@pytest.mark.parametrize(("width", "height"), [(5, 5), (4, 6), (9, 9)])
def test_the_rich_planes_say_what_the_rules_say(width, height):
    for game in games(width, height, 20):
        seen = rich_planes(game)
        board, own = game.board, game.to_play
        assert seen[0].all()
        assert (seen[1] == (board == own)).all()
        assert (seen[2] == (board == 3 - own)).all()
        for point in range(width * height):
            liberties = min(3, len(game.liberties(point)))
            assert [seen[2 + n].flat[point] for n in (1, 2, 3)] == [
                liberties == n for n in (1, 2, 3)
            ]
            if not game.is_over:
                why = game.why_illegal(point)
                assert seen[6].flat[point] == (why in ("ko", "superko"))
                assert seen[7].flat[point] == (why == "suicide")
        for back in range(5):
            marked = np.flatnonzero(seen[8 + back]).tolist()
            move = game.moves[-1 - back] if back < game.num_moves else width * height
            assert marked == ([move] if move < width * height else [])
        assert (seen[13] == (game.last_move == width * height)).all()
        alive = game.pass_alive()
        assert (seen[14] == (alive == own)).all()
        assert (seen[15] == (alive == 3 - own)).all()
        if not game.is_over:
            for plane, moves in zip((16, 17), ladder_moves(game), strict=True):
                legal = [move for move in moves if game.is_legal(move)]
                assert np.flatnonzero(seen[plane]).tolist() == legal


def test_something_of_each_kind_is_seen():
    seen = np.zeros(NUM_RICH_PLANES, np.int64)
    for seed in range(300):
        game = random_game(Rules(5, 5, 0.5), seed, 15 + seed % 60)
        seen += rich_planes(game).sum((1, 2), dtype=np.int64)
    assert (seen > 0).all(), np.flatnonzero(seen == 0)


@pytest.mark.parametrize("kind", [planes, history_planes, rich_planes])
@pytest.mark.parametrize(("width", "height"), [(5, 5), (6, 4)])
def test_all_sets_commute_with_the_symmetries(kind, width, height):
    for game in games(width, height):
        for symmetry in range(num_symmetries(height, width)):
            turned = Position(game.rules).play_all(
                [transform_move(move, symmetry, height, width) for move in game.moves]
            )
            wanted = transform(kind(game), symmetry)
            assert (kind(game, symmetry=symmetry) == wanted).all()
            assert (kind(turned) == wanted).all()


@pytest.mark.parametrize(("width", "height"), [(4, 4), (5, 3)])
def test_moves_are_turned_by_a_group(width, height):
    shape = height, width
    everything = range(num_symmetries(*shape))
    for move in range(width * height + 1):
        assert transform_move(move, 0, *shape) == move
        for first in everything:
            turned = transform_move(move, first, *shape)
            assert transform_move(turned, inverse(first), *shape) == move
            assert inverse(first) in everything
            for second in everything:
                assert compose(first, second) in everything
                both = transform_move(turned, second, *shape)
                assert transform_move(move, compose(first, second), *shape) == both
    for first in everything:
        assert compose(first, inverse(first)) == compose(inverse(first), first) == 0
        assert compose(0, first) == compose(first, 0) == first
        for second in everything:
            for third in everything:
                left = compose(compose(first, second), third)
                assert left == compose(first, compose(second, third))


@pytest.mark.parametrize(("read", "write", "count"), SETS)
def test_batches_frames_and_types_change_nothing(read, write, count):
    boards = [game for size in (5, 4) for game in games(size, size + 1, 6)]
    for kind in (np.uint8, np.float32):
        out = np.full((len(boards), count, 7, 8), 9, kind)
        write(boards, out)
        for game, frame in zip(boards, out, strict=True):
            height, width = game.rules.height, game.rules.width
            assert (frame[:, :height, :width] == read(game)).all()
            assert (frame == read(game, 7, 8)).all()
            outside = board_mask(game.rules, 7, 8) == 0
            assert not frame[:, outside].any()
    batch = Positions(Rules(5, 5, 0.5), 3)
    for seed in range(12):
        batch.play_random(seed)
    out = np.empty((3, count, 5, 5), np.float32)
    write(batch, out, 3)
    for game in range(3):
        assert (out[game] == read(batch[game], symmetry=3)).all()


@pytest.mark.parametrize(("read", "write", "count"), SETS)
def test_buffers_are_checked(read, write, count):
    game = random_game(Rules(5, 4), 1, 10)
    room = np.zeros((count, 4, 5), np.uint8)
    frozen = room.copy()
    frozen.flags.writeable = False
    for out, said in [
        (np.zeros((count, 4, 5)), "out of type float64: wanted an array of float32 or uint8"),
        ([1], "out of type list"),
        (np.zeros((count, 5, 4), np.uint8).swapaxes(1, 2), "contiguous"),
        (frozen, "may be written to"),
        (np.zeros((count - 1, 4, 5), np.uint8), rf"wanted \({count}, H, W\)"),
        (np.zeros((count, 4, 4), np.uint8), "frame 4x4: wanted 5x4 or more"),
        (np.zeros((1, count, 4, 5), np.uint8), "out of shape"),
    ]:
        with pytest.raises(ValueError, match=said):
            write(game, out)
    with pytest.raises(ValueError, match="out of shape"):
        write([game, game], np.zeros((1, count, 4, 5), np.uint8))
    with pytest.raises(ValueError, match="symmetry 4"):
        write(game, room, 4)
    with pytest.raises(ValueError, match="wanted a Position"):
        write([None], np.zeros((1, count, 4, 5), np.uint8))
    with pytest.raises(ValueError, match="frame 5x-1"):
        read(game, -1, 5)
    with pytest.raises(TypeError):
        read(None)
