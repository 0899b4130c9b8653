"""What the terminal can show: its colours, how wide it draws a stone, and whether it is light.

Terminals for Chinese, Japanese and Korean draw `●`, lines and blocks two columns wide. No variable
says so; the terminal is asked to draw one and to report its cursor.
"""

import curses
import os
import re
import select
import sys
import termios
import time
import tty
from dataclasses import dataclass

STONE = "●"
TRUE_COLOUR = 1 << 24
ANSWER_SECONDS = 1.0  # a late answer would be typed into the game; far terminals take 0.3
ASK_GROUND = "\x1b]11;?\x1b\\"  # OSC 11: the background's colour
ASK_CURSOR = "\x1b[6n"
CURSOR_REPORT = re.compile(rb"\x1b\[\d+;(\d+)R")
GROUND_REPORT = re.compile(rb"\x1b\]11;rgba?:([0-9a-fA-F]+)/([0-9a-fA-F]+)/([0-9a-fA-F]+)")
NO_QUESTIONS = ("linux",)  # its console may print the question for the background


@dataclass(frozen=True)
class Terminal:
    """What a terminal can show."""

    num_colours: int = TRUE_COLOUR  # 0, 16, 256 or TRUE_COLOUR
    stone_width: int = 1  # columns of `●`; 0 where the encoding has none
    is_light: bool = False
    is_console: bool = False  # Linux's own, whose font has few characters

    @property
    def has_symbols(self) -> bool:
        """Whether stones, lines and blocks can be drawn as characters of one column."""
        return self.stone_width == 1


def num_colours() -> int:
    """The colours of the terminal: 0, 16, 256 or TRUE_COLOUR; 0 where NO_COLOR is set.

    See https://no-color.org.
    """
    if os.environ.get("NO_COLOR"):
        return 0
    if os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return TRUE_COLOUR
    try:
        curses.setupterm()
        found = curses.tigetnum("colors")
    except curses.error:  # not in the terminfo database: a new terminal
        found = 256 if "256" in os.environ.get("TERM", "") else 8
    return next((count for count in (TRUE_COLOUR, 256) if found >= count), 16 if found >= 8 else 0)


def is_light_by_name() -> bool | None:
    """What COLORFGBG says of the background; None if it says nothing."""
    ground = os.environ.get("COLORFGBG", "").rpartition(";")[2]
    return int(ground) in (7, 15) if ground.isdecimal() else None


def examine_terminal() -> Terminal:
    """Find out what the terminal on standard input and error can show.

    Must run before Textual takes the terminal, which is left as it was.
    """
    colours, is_light = num_colours(), is_light_by_name()
    is_console = os.environ.get("TERM") in NO_QUESTIONS
    has_stone = can_encode(STONE)
    if not (has_stone or is_light is None):
        return Terminal(colours, 0, bool(is_light), is_console)
    ground = ASK_GROUND if is_light is None and not is_console else ""
    stone = f"\r{STONE if has_stone else ''}{ASK_CURSOR}\r\x1b[K"
    answer = ask(ground + stone)
    width = stone_width(answer) if has_stone else 0
    return Terminal(
        colours, width, is_light_ground(answer) if ground else bool(is_light), is_console
    )


def can_encode(text: str) -> bool:
    """Whether the encoding of standard output has these characters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def ask(question: str, seconds: float = ANSWER_SECONDS) -> bytes:
    """Write to the terminal and read what it reports, until the cursor's report or the time is up.

    Echo is off meanwhile; the settings are restored always.
    """
    source, target = sys.stdin.fileno(), sys.__stderr__
    assert target is not None
    before = termios.tcgetattr(source)
    answer = b""
    try:
        tty.setcbreak(source, termios.TCSANOW)
        target.write(question)
        target.flush()
        until = time.monotonic() + seconds
        while not CURSOR_REPORT.search(answer):
            if not select.select([source], [], [], max(0.0, until - time.monotonic()))[0]:
                break
            answer += os.read(source, 1024)
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)
    return answer


def stone_width(answer: bytes) -> int:
    """The columns of a stone by the cursor's report after it; 1 if there is none."""
    report = CURSOR_REPORT.search(answer)
    return int(report[1]) - 1 if report else 1


def is_light_ground(answer: bytes) -> bool:
    """Whether the reported background is light; a terminal that reports none counts as dark."""
    report = GROUND_REPORT.search(answer)
    if report is None:
        return False
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in report.groups())
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
