"""The GTP commands that play a game and score its end."""

from collections.abc import Callable

from insei.agents.dead_stones import stone_status
from insei.agents.gtp.arguments import (
    CommandFailed,
    check_count,
    only_argument,
    read_colour,
    read_plies,
)
from insei.agents.gtp.game import GtpGame
from insei.agents.player import RESIGN, run_to_end
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.rules import Rules
from insei.engine.vertex import move_of, vertex_of


def move_text(move: int, rules: Rules) -> str:
    """A generated move as GTP writes it."""
    return "resign" if move == RESIGN else vertex_of(move, rules)


def play(game: GtpGame, words: list[str]) -> str:
    """`play`."""
    check_count(words, 2, "a colour and a vertex")
    colour = read_colour(words[0])
    try:
        game.play(colour, move_of(words[1], game.rules))
    except (IllegalMove, GameOver) as error:
        raise CommandFailed(f"illegal move: {error}") from error
    except ValueError as error:
        raise CommandFailed(f"syntax error: {error}") from error
    return ""


def play_sequence(game: GtpGame, words: list[str]) -> str:
    """GoGui's `gogui-play_sequence`: all the moves, or none if one is illegal."""
    try:
        game.play_all(read_plies(words, game.rules))
    except IllegalMove as error:
        raise CommandFailed(f"illegal move: {error}") from error
    return ""


def suggest(game: GtpGame, words: list[str]) -> str:
    """`reg_genmove` and `kata-search`: as `genmove`, but the move is not played."""
    return move_text(run_to_end(game.choose_steps(read_colour(only_argument(words)))), game.rules)


def generate(game: GtpGame, words: list[str]) -> str:
    """`genmove`."""
    return move_text(game.generate(read_colour(only_argument(words))), game.rules)


def generate_in_cleanup(game: GtpGame, words: list[str]) -> str:
    """`kgs-genmove_cleanup`: as `genmove`, but dead stones are captured before a pass."""
    colour = read_colour(only_argument(words))
    return move_text(game.generate(colour, cleans_up=True), game.rules)


def undo(game: GtpGame, words: list[str]) -> str:
    """`undo`."""
    game.undo()
    return ""


def final_status_list(game: GtpGame, words: list[str]) -> str:
    """`final_status_list`, one vertex a line."""
    wanted = only_argument(words)
    status = stone_status(game.position, game.dead())
    if wanted not in status:
        raise CommandFailed(f"status {wanted!r}: wanted one of {', '.join(status)}")
    return "\n".join(vertex_of(point, game.rules) for point in status[wanted])


PLAY_COMMANDS: dict[str, Callable[[GtpGame, list[str]], str]] = {
    "play": play,
    "gogui-play_sequence": play_sequence,
    "genmove": generate,
    "reg_genmove": suggest,
    "kata-search": suggest,
    "kgs-genmove_cleanup": generate_in_cleanup,
    "undo": undo,
    "final_score": lambda game, words: game.result(),
    "final_status_list": final_status_list,
}
