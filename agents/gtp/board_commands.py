"""The GTP commands that set up a game: board, komi, handicap, and games from files."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np

from insei.agents.gtp.arguments import (
    CommandFailed,
    check_count,
    only_argument,
    read_colour,
    read_numbers,
    read_plies,
    read_side,
)
from insei.agents.gtp.game import GtpGame
from insei.agents.gtp.history import with_mover
from insei.agents.gtp.query_commands import stones_of
from insei.engine.diagram import diagram
from insei.engine.handicap import fixed_handicap, free_handicap
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.file import file_bytes
from insei.engine.sgf.record import position_before, read_sgf
from insei.engine.vertex import move_of, vertex_of


def begin_on(game: GtpGame, rules: Rules) -> str:
    """Begin a game on an empty board."""
    game.begin(Position(rules))
    return ""


def set_size(game: GtpGame, words: list[str]) -> str:
    """`boardsize`: a side, or the width and the height of a rectangle, "9 7" or "9:7" as KataGo."""
    sides = [read_side(word) for word in " ".join(words).replace(":", " ").split()]
    if len(sides) not in (1, 2):
        raise CommandFailed(f"syntax error: {len(sides)} sides, wanted one, or width and height")
    return begin_on(game, dataclasses.replace(game.rules, width=sides[0], height=sides[-1]))


def set_rectangle(game: GtpGame, words: list[str]) -> str:
    """`rectangular_boardsize`, which KataGo added."""
    check_count(" ".join(words).replace(":", " ").split(), 2, "width and height")
    return set_size(game, words)


def set_komi(game: GtpGame, words: list[str]) -> str:
    """`komi`: any number, as the protocol says. The game goes on."""
    game.set_komi(read_numbers([only_argument(words)], "komi")[0])
    return ""


def set_position(game: GtpGame, words: list[str]) -> str:
    """KataGo's `set_position` and GoGui's `gogui-setup`: stones, as `COLOUR VERTEX` each."""
    board = np.zeros(game.rules.num_points, np.uint8)
    for colour, point in read_plies(words, game.rules):
        if point == game.rules.pass_move or board[point]:
            raise CommandFailed(
                f"invalid position: wanted points, each once, not {' '.join(words)}"
            )
        board[point] = colour
    try:
        start = Position(game.rules, board.reshape(game.rules.height, game.rules.width))
    except ValueError as error:
        raise CommandFailed(f"invalid position: {error}") from error
    game.begin(start)
    return ""


def add_stones(game: GtpGame, words: list[str]) -> str:
    """GoGui's `gogui-setup`: stones beside those on the board, before any move."""
    if game.position.num_moves:
        raise CommandFailed("gogui-setup amid a game: wanted clear_board first")
    there = stones_of(game.position)
    return set_position(game, [*(word for stone in there for word in stone), *words])


def set_mover(game: GtpGame, words: list[str]) -> str:
    """GoGui's `gogui-setup_player`: who moves next."""
    game.begin(with_mover(game.position, read_colour(only_argument(words))))
    return ""


def place_handicap(
    game: GtpGame, words: list[str], place: Callable[[Rules, int], list[int]]
) -> str:
    """`fixed_handicap` and `place_free_handicap`: the engine chooses the points."""
    number = read_numbers(words, "stones")[0]
    try:
        points = place(game.rules, int(number))
    except ValueError as error:
        raise CommandFailed(f"invalid number of stones: {error}") from error
    game.set_handicap(points)
    return " ".join(vertex_of(point, game.rules) for point in points)


def set_handicap(game: GtpGame, words: list[str]) -> str:
    """`set_free_handicap`: the controller names the points."""
    try:
        points = [move_of(word, game.rules) for word in words]
    except ValueError as error:
        raise CommandFailed(f"bad vertex list: {error}") from error
    if len(points) < 2 or game.rules.pass_move in points:
        raise CommandFailed("bad vertex list: wanted two points or more")
    if twice := [point for point in points if points.count(point) > 1]:
        raise CommandFailed(f"bad vertex list: {vertex_of(twice[0], game.rules)} named twice")
    game.set_handicap(points)
    return ""


def load_sgf(game: GtpGame, words: list[str]) -> str:
    """`loadsgf`. With a number, it stops before the move of that number, as the protocol says."""
    if len(words) not in (1, 2):
        raise CommandFailed(
            f"syntax error: {len(words)} arguments, wanted a file and a move number"
        )
    number = int(read_numbers(words[1:], "number")[0]) if len(words) == 2 else None
    try:
        data = file_bytes(Path(words[0]))
        if number is None:
            end = read_sgf(data, game.rules).position
        else:
            end = position_before(data, number, game.rules)
    except OSError as error:
        raise CommandFailed(f"cannot load file: {error.strerror}") from error
    except ValueError as error:
        raise CommandFailed(f"cannot load file: {error}") from error
    game.begin(Position(end.rules, end.initial_board, end.initial_to_play))
    for move, mover in zip(end.moves, end.movers, strict=True):
        game.play(mover, move)
    return ""


BOARD_COMMANDS: dict[str, Callable[[GtpGame, list[str]], str]] = {
    "boardsize": set_size,
    "rectangular_boardsize": set_rectangle,
    "clear_board": lambda game, words: begin_on(game, game.rules),
    "showboard": lambda game, words: "\n" + diagram(game.position),
    "komi": set_komi,
    "get_komi": lambda game, words: f"{game.komi:g}",
    "fixed_handicap": lambda game, words: place_handicap(game, words, fixed_handicap),
    "place_free_handicap": lambda game, words: place_handicap(game, words, free_handicap),
    "set_free_handicap": set_handicap,
    "loadsgf": load_sgf,
    "set_position": set_position,
    "gogui-setup": add_stones,
    "gogui-setup_player": set_mover,
}
