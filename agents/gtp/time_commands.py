"""The GTP commands that set clocks: GTP's own, and those of KGS and KataGo."""

import math
from collections.abc import Callable

from insei.agents.clock import TimeControl
from insei.agents.gtp.arguments import CommandFailed, check_count, read_colour, read_numbers
from insei.agents.gtp.game import GtpGame


def set_gtp_time(game: GtpGame, words: list[str]) -> str:
    """`time_settings`."""
    game.set_clocks(read_gtp_time(words))
    return ""


def set_time_system(game: GtpGame, words: list[str]) -> str:
    """`kgs-time_settings` and `kata-time_settings`."""
    game.set_clocks(read_time_system(words))
    return ""


def set_time_left(game: GtpGame, words: list[str]) -> str:
    """`time_left`. Without clocks it changes nothing."""
    check_count(words, 3, "colour, time and stones")
    colour = read_colour(words[0])
    seconds, moves = read_numbers(words[1:], "time stones")
    TimeControl(max(0.0, seconds), moves=int(moves))  # checks the bounds
    if clock := game.clocks.by_colour.get(colour):
        clock.set(seconds, int(moves))
    return ""


def list_time_systems(game: GtpGame, words: list[str]) -> str:
    """`kata-list_time_settings`: gtp2ogs asks it before it sends `kata-time_settings`."""
    return " ".join(SYSTEMS)


def read_gtp_time(words: list[str]) -> TimeControl | None:
    """Read the arguments of `time_settings`; None for no limit.

    Raises:
        CommandFailed: a number is missing or malformed.
        ValueError: a number is out of bounds.
    """
    main, period, moves = read_numbers(words, "main_time byo_yomi_time byo_yomi_stones")
    if period > 0 and moves == 0:  # the protocol's way to say that there is no limit
        return None
    return TimeControl(main, period, int(moves))


def read_time_system(words: list[str]) -> TimeControl | None:
    """Read a time system and its numbers, as KGS and KataGo name them; None for no limit.

    Raises:
        CommandFailed: an unknown system, or a number is missing or malformed.
        ValueError: a number is out of bounds.
    """
    kind = words[0].lower() if words else ""
    if kind not in SYSTEMS:
        raise CommandFailed(
            f"syntax error: time system {kind!r}, wanted one of {', '.join(SYSTEMS)}"
        )
    wanted, control = SYSTEMS[kind]
    return control(*read_numbers(words[1:], wanted))


def japanese(main: float, period: float, periods: float) -> TimeControl:
    """Byo-yomi of one move a period; without periods there is only the main time."""
    if not periods:
        return TimeControl(main)
    return TimeControl(main, period, 1, periods=periods)


def canadian(main: float, period: float, moves: float) -> TimeControl:
    """Byo-yomi of several moves a period."""
    if not moves:
        raise CommandFailed("moves 0: wanted 1 or more")
    return TimeControl(main, period, int(moves))


def fischer(main: float, increment: float) -> TimeControl:
    """A main time that grows after each move."""
    return TimeControl(main, increment=increment)


def capped_fischer(main: float, increment: float, max_main: float, max_move: float) -> TimeControl:
    """Fischer's increments with two limits; a negative limit means none."""
    limits = [limit if limit >= 0 else math.inf for limit in (max_main, max_move)]
    return TimeControl(main, 0.0, 1, increment, *limits)


SYSTEMS: dict[str, tuple[str, Callable[..., TimeControl | None]]] = {
    "none": ("", lambda: None),
    "absolute": ("main_time", TimeControl),
    "byoyomi": ("main_time period_time periods", japanese),
    "canadian": ("main_time period_time moves", canadian),
    "fischer": ("main_time increment", fischer),
    "fischer-capped": ("main_time increment main_limit move_limit", capped_fischer),
}

TIME_COMMANDS = {
    "time_settings": set_gtp_time,
    "kgs-time_settings": set_time_system,
    "kata-time_settings": set_time_system,
    "kata-list_time_settings": list_time_systems,
    "time_left": set_time_left,
}
