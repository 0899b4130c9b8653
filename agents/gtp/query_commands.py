"""The GTP commands that tell of the game, as GNU Go, GoGui and KataGo have them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from insei.agents.gtp.arguments import CommandFailed, check_count, only_argument, read_colour
from insei.agents.gtp.game import GtpGame
from insei.agents.gtp.history import with_mover
from insei.engine.handicap import num_handicap_stones
from insei.engine.position import Position
from insei.engine.rules import COLOUR_NAMES
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.engine.vertex import move_of, vertex_of
from insei.system.files import write_text


def stones_of(position: Position) -> list[tuple[str, str]]:
    """The colour and the vertex of each stone."""
    board = position.board.ravel()
    return [
        (COLOUR_NAMES[board[point]], vertex_of(point, position.rules))
        for point in np.flatnonzero(board).tolist()
    ]


def list_stones(game: GtpGame, words: list[str]) -> str:
    """`list_stones`: the vertices of one colour's stones."""
    wanted = COLOUR_NAMES[read_colour(only_argument(words))]
    return " ".join(vertex for colour, vertex in stones_of(game.position) if colour == wanted)


def is_legal(game: GtpGame, words: list[str]) -> str:
    """GNU Go's `is_legal`: 1 or 0."""
    check_count(words, 2, "a colour and a vertex")
    position = with_mover(game.position, read_colour(words[0]))
    return str(int(position.is_legal(move_of(words[1], game.rules))))


def all_legal(game: GtpGame, words: list[str]) -> str:
    """GNU Go's `all_legal`: the points where a colour may move."""
    position = with_mover(game.position, read_colour(only_argument(words)))
    points = [move for move in position.legal_moves() if move != game.rules.pass_move]
    return " ".join(vertex_of(point, game.rules) for point in points)


def last_move(game: GtpGame, words: list[str]) -> str:
    """GNU Go's `last_move`."""
    if not game.history.moves:
        raise CommandFailed("no previous move known")
    colour, move = game.history.moves[-1]
    return f"{COLOUR_NAMES[colour]} {vertex_of(move, game.rules)}"


def move_history(game: GtpGame, words: list[str]) -> str:
    """GNU Go's `move_history`: each move on a line, the last one first."""
    return "\n".join(
        f"{COLOUR_NAMES[colour]} {vertex_of(move, game.rules)}"
        for colour, move in reversed(game.history.moves)
    )


def print_sgf(game: GtpGame, words: list[str]) -> str:
    """`printsgf`: the game as SGF, into a file or, without one or with `-`, as the answer."""
    if len(words) > 1:
        raise CommandFailed(f"syntax error: {len(words)} arguments, wanted a file or none")
    text = write_sgf(GameRecord(game.position))
    if words in ([], ["-"]):
        return "\n".join(line for line in text.splitlines() if line)
    try:
        write_text(Path(words[0]), text)
    except OSError as error:
        raise CommandFailed(f"cannot write {words[0]}: {error.strerror}") from error
    return ""


def get_handicap(game: GtpGame, words: list[str]) -> str:
    """GNU Go's `get_handicap`."""
    return str(num_handicap_stones(game.history.start, []))


def tell_size(game: GtpGame, words: list[str]) -> str:
    """GNU Go's `query_boardsize`."""
    rules = game.rules
    return str(rules.width) if rules.width == rules.height else f"{rules.width} {rules.height}"


def tell_clocks(game: GtpGame, words: list[str]) -> str:
    """KataGo's `kata-debug-print-tc`: both clocks as JSON."""
    return json.dumps(
        {COLOUR_NAMES[colour]: vars(clock) for colour, clock in game.clocks.by_colour.items()},
        default=str,
    )


def tell_seconds(game: GtpGame, words: list[str]) -> str:
    """`cputime`, and gomill's name of it: seconds that the player has used for moves."""
    return f"{game.seconds_used:.3f}"


QUERY_COMMANDS: dict[str, Callable[[GtpGame, list[str]], str]] = {
    "list_stones": list_stones,
    "is_legal": is_legal,
    "all_legal": all_legal,
    "last_move": last_move,
    "move_history": move_history,
    "printsgf": print_sgf,
    "get_handicap": get_handicap,
    "query_boardsize": tell_size,
    "kata-debug-print-tc": tell_clocks,
    "cputime": tell_seconds,
    "gomill-cpu_time": tell_seconds,
}
