"""The arguments of a GTP command: reading them, and the failure that answers bad ones."""

import math

from insei.engine.rules import BLACK, MAX_SIDE, WHITE, Rules
from insei.engine.vertex import move_of
from insei.system.errors import UserError

COLOURS = {"b": BLACK, "black": BLACK, "w": WHITE, "white": WHITE}
COUNTS = {"byo_yomi_stones", "stones", "periods", "moves", "number"}  # whole numbers, 0 or more


class CommandFailed(UserError):
    """A command that the engine can't carry out. GTP answers the message after `?`."""


def check_count(words: list[str], count: int, wanted: str) -> None:
    """See that a command has so many arguments.

    Raises:
        CommandFailed: it has more or fewer.
    """
    if len(words) != count:
        raise CommandFailed(f"syntax error: {len(words)} arguments, wanted {wanted}")


def only_argument(words: list[str]) -> str:
    """The one argument of a command.

    Raises:
        CommandFailed: there are more or fewer.
    """
    check_count(words, 1, "one")
    return words[0]


def is_number(word: str) -> bool:
    """Whether a word consists of digits."""
    return word.isascii() and word.isdigit()


def read_colour(word: str) -> int:
    """BLACK or WHITE.

    Raises:
        CommandFailed: the word is no colour.
    """
    colour = COLOURS.get(word.lower())
    if colour is None:
        raise CommandFailed(f"syntax error: colour {word!r}, wanted black or white")
    return colour


def read_plies(words: list[str], rules: Rules) -> list[tuple[int, int]]:
    """Colours and moves, `COLOUR VERTEX` each.

    Raises:
        CommandFailed: a colour or a vertex is missing or malformed.
    """
    if len(words) % 2:
        raise CommandFailed("syntax error: wanted a colour and a vertex, or several such pairs")
    try:
        return [
            (read_colour(colour), move_of(vertex, rules))
            for colour, vertex in zip(words[::2], words[1::2], strict=True)
        ]
    except ValueError as error:
        raise CommandFailed(f"syntax error: {str(error).removeprefix('syntax error: ')}") from error


def read_side(word: str) -> int:
    """A side of the board.

    Raises:
        CommandFailed: no board has such a side.
    """
    if not is_number(word) or not 1 <= int(word[:9]) <= MAX_SIDE:
        raise CommandFailed("unacceptable size")
    return int(word)


def read_numbers(words: list[str], wanted: str) -> list[float]:
    """Read numbers.

    Args:
        wanted: a name for each number; those in `COUNTS` are whole numbers from 0.

    Raises:
        CommandFailed: too many or too few words, or a word that is no such number.
    """
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise CommandFailed(f"syntax error: wanted {wanted}") from None
    names = wanted.split()
    check_count(words, len(names), wanted or "none")
    for name, word, number in zip(names, words, numbers, strict=True):
        if not math.isfinite(number):
            raise CommandFailed(f"syntax error: {word!r} is not finite, wanted {wanted}")
        if name in COUNTS and not (0 <= number < 1e9 and number.is_integer()):
            raise CommandFailed(f"syntax error: {name} {word!r}, wanted a whole number")
    return numbers
