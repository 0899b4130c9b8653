"""The GTP lines that tell a program its time."""

import math
from collections.abc import Callable

from insei.agents.clock import Clock, TimeControl
from insei.engine.rules import COLOUR_NAMES


def settings_line(control: TimeControl, knows: Callable[[str], bool]) -> str:
    """The command for a time control: GTP's own, or that of KGS or KataGo where GTP has no word.

    Args:
        knows: whether the program knows a command.
    """
    main, period = math.floor(control.main), math.floor(control.period)
    if control.increment and knows("kata-time_settings"):
        return f"kata-time_settings fischer {main} {control.increment:g}"
    if not period:
        return f"time_settings {main} 0 0"
    if control.moves == 1 and math.isfinite(control.periods) and knows("kgs-time_settings"):
        return f"kgs-time_settings byoyomi {main} {period} {control.periods:g}"
    return f"time_settings {main} {period} {control.moves}"


def time_left_line(clock: Clock, colour: int) -> str:
    """`time_left`: seconds, and in Canadian byo-yomi moves, in Japanese periods."""
    seconds = max(0, math.floor(clock.seconds_left))
    left = 0
    if clock.in_period:
        is_counted = clock.control.moves == 1 and math.isfinite(clock.periods_left)
        left = int(clock.periods_left) if is_counted else clock.moves_left
    return f"time_left {COLOUR_NAMES[colour]} {seconds} {left}"
