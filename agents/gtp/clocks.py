"""Clocks as a GTP controller sets them: GTP's own way, that of KGS, and that of KataGo."""

import math
from collections.abc import Callable

from insei.agents.clock import TimeControl
from insei.agents.gtp.game import CannotDo

COUNTS = {"byo_yomi_stones", "stones", "periods", "moves", "number"}  # whole numbers, 0 or more


def read_numbers(words: list[str], wanted: str) -> list[float]:
    """The numbers that words are, one for each word of `wanted`.

    Raises:
        CannotDo: they are more or fewer, no numbers, not finite, or no whole ones where those of
            `COUNTS` are wanted.
    """
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        raise CannotDo(f"syntax error: wanted {wanted}") from None
    names = wanted.split()
    if len(numbers) != len(names):
        raise CannotDo(f"syntax error: {len(numbers)} arguments, wanted {wanted or 'none'}")
    for name, word, number in zip(names, words, numbers, strict=True):
        if not math.isfinite(number):
            raise CannotDo(f"syntax error: {word!r} is not finite, wanted {wanted}")
        if name in COUNTS and not (0 <= number < 1e9 and number.is_integer()):
            raise CannotDo(f"syntax error: {name} {word!r}, wanted a whole number")
    return numbers


def control_of_gtp(words: list[str]) -> TimeControl | None:
    """What `time_settings` sets; None for no limit.

    Raises:
        CannotDo: a number is none, or missing.
        ValueError: a number is out of bounds.
    """
    main, period, moves = read_numbers(words, "main_time byo_yomi_time byo_yomi_stones")
    if period > 0 and moves == 0:  # the protocol's way to say that there is no limit
        return None
    return TimeControl(main, period, int(moves))


def control_of_system(words: list[str]) -> TimeControl | None:
    """What `kgs-time_settings` and `kata-time_settings` set; None for no limit.

    Raises:
        CannotDo: an unknown system, or one with other numbers than it wants.
        ValueError: a number is out of bounds.
    """
    kind = words[0].lower() if words else ""
    if kind not in SYSTEMS:
        raise CannotDo(f"syntax error: time system {kind!r}, wanted one of {', '.join(SYSTEMS)}")
    wanted, control = SYSTEMS[kind]
    return control(*read_numbers(words[1:], wanted))


def japanese(main: float, period: float, periods: float) -> TimeControl:
    """Byo-yomi of one move a period; without periods the main time is all there is."""
    return TimeControl(main, period if periods else 0.0, 1)


def canadian(main: float, period: float, moves: float) -> TimeControl:
    """Byo-yomi of several moves a period."""
    if not moves:
        raise CannotDo("moves 0: wanted 1 or more")
    return TimeControl(main, period, int(moves))


def capped(main: float, increment: float, most_main: float, most_a_move: float) -> TimeControl:
    """Fischer's increments, up to a main time, and with a limit a move; below 0 for no limit."""
    limits = [one if one >= 0 else math.inf for one in (most_main, most_a_move)]
    return TimeControl(main, 0.0, 1, increment, *limits)


SYSTEMS: dict[str, tuple[str, Callable[..., TimeControl | None]]] = {
    "none": ("", lambda: None),
    "absolute": ("main_time", TimeControl),
    "byoyomi": ("main_time period_time periods", japanese),
    "canadian": ("main_time period_time moves", canadian),
    "fischer": ("main_time increment", lambda main, more: TimeControl(main, increment=more)),
    "fischer-capped": ("main_time increment main_limit move_limit", capped),
}
