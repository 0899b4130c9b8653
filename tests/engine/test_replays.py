"""Replayed games: the same positions and planes as those of Position."""

from dataclasses import replace

import numpy as np
import pytest

from insei.engine.planes.extra_planes import GROUPS, num_extra_planes
from insei.engine.planes.net_planes import NUM_PLANES, planes
from insei.engine.planes.replays import WHITE_BIT, Replays
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.reading.ladders import is_caught, ladder_moves
from insei.engine.rules import BLACK, EMPTY, WHITE, Rules
from insei.engine.symmetries import num_symmetries
from tests.helpers.records import moves_of, stones_of

RULES = [Rules(9, 9, 7.0, ko="simple"), Rules(5, 7, 0.5, ko="simple"), Rules(19, 19, ko="simple")]


def replays_of(games):
    """Games, given as positions, to be replayed."""
    moves = [moves_of(game) for game in games]
    stones = [stones_of(game.initial_board) for game in games]
    return Replays(
        [(game.rules.height, game.rules.width) for game in games],
        [game.rules.komi for game in games],
        [game.rules.suicide for game in games],
        np.concatenate(moves),
        np.cumsum([0, *map(len, moves)]),
        np.concatenate(stones),
        np.cumsum([0, *map(len, stones)]),
    )


def some_games():
    """Games on boards of several sizes, one of them from a setup."""
    games = [random_game(rules, seed, 80) for seed, rules in enumerate(RULES)]
    board = np.zeros((9, 9), np.uint8)
    board[2, 2], board[6, 6], board[2, 6] = BLACK, BLACK, WHITE
    handicap = Position(RULES[0], board, WHITE)
    return [*games, handicap.play(40).play(41).play(handicap.rules.pass_move).play(3)]


def position_at(game, ply):
    """The position in which a game's move at `ply` was played."""
    position = Position(game.rules, game.initial_board, game.initial_to_play)
    for move, mover in zip(game.moves[:ply], game.movers[:ply], strict=True):
        if position.to_play != mover:
            position = position.with_to_play(mover)
        position = position.play(move)
    mover = game.movers[ply]
    return position if position.to_play == mover else position.with_to_play(mover)


def planes_at(replays, game, ply, symmetry=0, groups=0, frame=(19, 19)):
    out = np.full((1, NUM_PLANES + num_extra_planes(groups), *frame), 7, np.float32)
    replays.write_planes([game], [ply], [symmetry], out, groups)
    return out[0]


def test_planes_are_those_of_the_position_before_the_move_under_each_symmetry():
    games = some_games()
    replays = replays_of(games)
    rng = np.random.default_rng(1)
    for _ in range(200):
        number = int(rng.integers(len(games)))
        game = games[number]
        ply = int(rng.integers(game.num_moves))
        symmetry = int(rng.integers(num_symmetries(game.rules.height, game.rules.width)))
        wanted = planes(position_at(game, ply), 19, 19, symmetry)
        assert (planes_at(replays, number, ply, symmetry) == wanted).all(), (number, ply, symmetry)


def test_many_threads_write_the_same_planes():
    replays = replays_of(some_games())
    games = np.arange(200) % len(replays)
    plies = np.arange(200) % replays.lengths[games]
    one, many = (np.zeros((200, NUM_PLANES, 19, 19), np.float32) for _ in range(2))
    replays.write_planes(games, plies, np.zeros(200, int), one)
    replays.write_planes(games, plies, np.zeros(200, int), many, threads=3)
    assert (one == many).all()


def test_legal_moves_are_counted_up_to_the_first_illegal_one():
    games = some_games()
    replays = replays_of(games)
    assert replays.num_legal().tolist() == [game.num_moves for game in games]
    ko = Position(replace(RULES[0], ko="simple"))
    for move in (1, 2, 9, 12, 19, 20, 11, 10):  # White has taken a ko at B8
        ko = ko.play(move)
    taken_back = np.append(moves_of(ko), np.uint16(11))
    assert not ko.legal_mask()[11]
    broken = Replays(
        [(9, 9)] * 2, [0, 0], [False] * 2,
        np.concatenate([taken_back, [40, 40 | WHITE_BIT]]), [0, 9, 11], [], [0, 0, 0],
    )  # fmt: skip
    assert broken.num_legal(threads=2).tolist() == [8, 1]


def test_a_player_may_move_twice_and_games_go_on_after_two_passes():
    moves = [40, 41, 81, 81 | WHITE_BIT, 3 | WHITE_BIT, 4]
    replays = Replays([(9, 9)], [6.5], [False], moves, [0, 6], [], [0, 0])
    assert replays.num_legal().tolist() == [6]
    seen = planes_at(replays, 0, 5, frame=(9, 9))
    assert seen[1].sum() == 2  # Black's stones, who is to move
    assert seen[2, 0, 3] == 1
    assert seen[12, 0, 0] == pytest.approx(-6.5 / 20)


def test_ladder_planes_are_what_the_reader_finds():
    games = [random_game(RULES[0], seed, 45) for seed in range(30)]
    replays = replays_of(games)
    found = 0
    for number, game in enumerate(games):
        position = position_at(game, game.num_moves - 1)
        seen = planes_at(replays, number, game.num_moves - 1, 0, GROUPS["ladders"], (9, 9))
        captures, escapes = ladder_moves(position)
        legal = position.legal_mask()
        for plane, moves in zip(seen[NUM_PLANES:], (captures, escapes), strict=False):
            assert sorted(np.flatnonzero(plane)) == sorted(m for m in moves if legal[m])
        other = position.with_to_play(BLACK + WHITE - position.to_play)
        for point in range(81):
            is_own = position.board.flat[point] == position.to_play
            caught = is_own and is_caught(other, point)
            assert seen[NUM_PLANES + 2].flat[point] == caught
            found += caught
    assert found > 50


def test_planes_of_what_is_alive_are_bensons():
    diagram = np.zeros((5, 5), np.uint8)
    diagram[1] = BLACK
    diagram[0, 2] = BLACK  # two eyes in the corners
    position = Position(Rules(5, 5, ko="simple"), diagram, WHITE).play(20)
    replays = replays_of([position.play(24)])
    seen = planes_at(replays, 0, 1, 0, GROUPS["alive"], (5, 5))[NUM_PLANES:]
    owner = position.pass_alive()
    assert (seen[0] == (owner == BLACK)).all()
    assert seen[0].sum() == 10
    assert not seen[1].any()


def test_planes_of_what_a_move_does_are_found_by_playing_it():
    games = [random_game(RULES[0], seed, 50) for seed in range(20)]
    replays = replays_of(games)
    for number, game in enumerate(games):
        position = position_at(game, game.num_moves - 1)
        seen = planes_at(replays, number, game.num_moves - 1, 0, GROUPS["after"], (9, 9))
        for move in range(81):
            wanted = np.zeros(4)
            if position.legal_mask()[move]:
                then = position.play(move)
                liberties = planes(then.with_to_play(position.to_play))[3:6].reshape(3, -1)[:, move]
                wanted[:3] = liberties
                wanted[3] = (then.board != EMPTY).sum() <= (position.board != EMPTY).sum()
            assert (seen[NUM_PLANES:].reshape(4, -1)[:, move] == wanted).all(), move


def test_planes_of_the_past_are_the_moves_before_the_last_five():
    game = random_game(RULES[0], 4, 30)
    seen = planes_at(replays_of([game]), 0, 20, 0, GROUPS["past"], (9, 9))[NUM_PLANES:]
    assert [int(plane.argmax()) for plane in seen] == [game.moves[ply] for ply in (14, 13, 12)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sizes": [(9, 20)]}, "sizes 9 to 20: wanted 1 to 19"),
        ({"sizes": [9, 9]}, "sizes of shape"),
        ({"komi": [0.25]}, "komi: wanted"),
        ({"komi": [np.nan]}, "komi: wanted"),
        ({"moves": [82]}, "moves: 82 is off the board"),
        ({"starts": [0, 2]}, "moves: wanted"),
        ({"starts": [1, 1]}, "moves: wanted"),
        ({"stones": [81], "stone_starts": [0, 1]}, "stones: 81 is off the board"),
        ({"stones": [3, 3], "stone_starts": [0, 2]}, "game 0: stones set up on one another"),
        (
            {"stones": [0, 1 | WHITE_BIT, 9 | WHITE_BIT], "stone_starts": [0, 3]},
            "game 0: stones set up without a liberty",
        ),
        ({"suicide": [False, True]}, "suicide of shape"),
    ],
)
def test_arrays_that_are_no_games_are_refused(changes, message):
    given = {
        "sizes": [(9, 9)], "komi": [0], "suicide": [False], "moves": [40], "starts": [0, 1],
        "stones": [], "stone_starts": [0, 0],
    }  # fmt: skip
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        Replays(**given | changes)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (([4], [0], [0]), "game 4"),
        (([-1], [0], [0]), "game -1"),
        (([0], [80], [0]), "ply 80"),
        (([0], [0], [8]), "symmetry 8"),
        (([1], [0], [4]), "symmetry 4 of 5x7"),
        (([0, 0], [0], [0]), "as many of each"),
    ],
)
def test_positions_that_are_not_there_are_refused(where, message):
    replays = replays_of(some_games())
    out = np.zeros((len(where[0]), NUM_PLANES, 19, 19), np.float32)
    with pytest.raises(ValueError, match=message):
        replays.write_planes(*where, out)


def test_arrays_of_another_shape_are_refused():
    replays = replays_of(some_games())
    for shape in ((1, NUM_PLANES, 18, 19), (1, NUM_PLANES + 1, 19, 19), (2, NUM_PLANES, 19, 19)):
        with pytest.raises(ValueError, match="out of shape"):
            replays.write_planes([0], [0], [0], np.zeros(shape, np.float32))
    with pytest.raises(ValueError, match="groups 16"):
        replays.write_planes([0], [0], [0], np.zeros((1, NUM_PLANES, 19, 19), np.float32), 16)
    with pytest.raises(ValueError, match="threads 0"):
        replays.num_legal(0)
