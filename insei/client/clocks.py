"""Time settings as people type them and as SGF writes them, and clocks as the panel shows them.

| overtime | means |
|---|---|
| `3x30` | Japanese byo-yomi: 3 periods of 30 seconds |
| `25/300` | Canadian byo-yomi: 25 moves in each 300 seconds |
| `+10` | Fischer: 10 seconds more after each move |
"""

import math
import re

from insei.agents.clock import Clock, TimeControl
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.file import LONGEST_TIME
from insei.engine.sgf.writer import TIMES_LEFT, Properties
from insei.system.errors import UserError

NUMBER = r"(\d{1,5}(?:\.\d{1,3})?)"
JAPANESE = re.compile(rf"(\d{{1,3}})x{NUMBER}")
CANADIAN = re.compile(rf"(\d{{1,3}})/{NUMBER}")
FISCHER = re.compile(rf"\+?{NUMBER}")
FISCHER_WRITTEN = re.compile(rf"{NUMBER} fischer")
FORMS = "3x30 (periods x seconds), 25/300 (moves/seconds) or +10 (seconds more a move)"
MOST_MINUTES = 1440
OVERTIME_LEFT = {BLACK: "OB", WHITE: "OW"}  # periods of Japanese byo-yomi, moves of Canadian


def time_control(minutes: float, overtime: str) -> TimeControl | None:
    """The time of each side; None without a limit.

    Args:
        minutes: the main time.
        overtime: as in the table above; empty for none.

    Raises:
        UserError: a number is out of bounds, or the overtime has another form.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise UserError(f"minutes {minutes:g}: wanted 0 to {MOST_MINUTES}")
    main, said = 60 * minutes, overtime.replace(" ", "")
    if not said:
        return TimeControl(main) if main else None
    if found := JAPANESE.fullmatch(said):
        control = TimeControl(main, float(found[2]), 1, periods=int(found[1]))
    elif found := CANADIAN.fullmatch(said):
        # One move a period is what Japanese byo-yomi with endless periods would be.
        control = TimeControl(main, float(found[2]), max(2, int(found[1])))
    elif found := FISCHER.fullmatch(said):
        increment = float(found[1])
        control = TimeControl(main or increment, increment=increment)
    else:
        raise UserError(f"overtime {overtime!r}: wanted {FORMS}")
    if not (control.period or control.increment) or control.periods < 1:
        raise UserError(f"overtime {overtime!r}: wanted more than 0")
    return control


def overtime_text(control: TimeControl) -> str:
    """The overtime as people type it; empty for none."""
    if control.increment:
        return f"+{control.increment:g}"
    if not control.period:
        return ""
    if control.moves > 1:
        return f"{control.moves}/{control.period:g}"
    return f"{control.periods:g}x{control.period:g}"


def control_properties(control: TimeControl) -> Properties:
    """TM and OT of a time control; OT in the words of servers."""
    found = {"TM": [f"{control.main:g}"]}
    kind = "fischer" if control.increment else "Canadian" if control.moves > 1 else "byo-yomi"
    if overtime := overtime_text(control):
        found["OT"] = [f"{overtime.removeprefix('+')} {kind}"]
    return found


def control_read(root: Properties) -> tuple[float, str]:
    """Minutes and overtime by a root's TM and OT; an overtime in other words is left out."""
    said = root.get("OT", [""])[0].strip().lower()
    fischer = FISCHER_WRITTEN.fullmatch(said)
    other = JAPANESE.match(said) or CANADIAN.match(said)
    overtime = f"+{fischer[1]}" if fischer else other[0] if other else ""
    minutes = min(MOST_MINUTES, (seconds_of(root, "TM") or 0.0) / 60)
    try:
        time_control(minutes, overtime)
    except UserError:
        overtime = ""
    return minutes, overtime


def clock_properties(clock: Clock, colour: int) -> Properties:
    """BL and OB, or WL and OW, of a clock."""
    found = {TIMES_LEFT[colour]: [f"{max(0.0, clock.seconds_left):.1f}"]}
    if clock.in_period:
        found[OVERTIME_LEFT[colour]] = [f"{_overtime_left(clock):g}"]
    return found


def set_clock(clock: Clock, properties: Properties, colour: int) -> None:
    """Set a clock to what a node says is left; nothing if it says nothing."""
    seconds = seconds_of(properties, TIMES_LEFT[colour])
    if seconds is None:
        return
    overtime = seconds_of(properties, OVERTIME_LEFT[colour])
    if overtime is None or not clock.control.period:
        clock.main_left = seconds
        return
    clock.main_left, clock.in_period, clock.period_left = 0.0, True, seconds
    if clock.control.moves > 1:
        clock.moves_left = max(1, int(overtime))
    else:
        clock.periods_left = overtime


def seconds_of(properties: Properties, key: str) -> float | None:
    """A number of seconds, or of periods, among a node's properties; None if there is none."""
    said = properties.get(key, [""])[0].strip()
    try:
        seconds = float(said)
    except ValueError:
        return None
    return seconds if 0 <= seconds < LONGEST_TIME else None


def clock_text(clock: Clock) -> str:
    """Minutes and seconds, and in overtime what is left of it: "0:30 (3)", "4:10/25"."""
    total = max(0, math.ceil(clock.seconds_left) if clock.in_period else int(clock.seconds_left))
    text = f"{total // 60}:{total % 60:02}"
    if not clock.in_period:
        return text
    left = _overtime_left(clock)
    return f"{text}/{left:g}" if clock.control.moves > 1 else f"{text} ({left:g})"


def _overtime_left(clock: Clock) -> float:
    return clock.moves_left if clock.control.moves > 1 else clock.periods_left
