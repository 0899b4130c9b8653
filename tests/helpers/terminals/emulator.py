"""A terminal emulator around a program: what stands on its screen, and in which colours."""

import codecs
import os
import re
import select
import time
import unicodedata

import pyte
from pyte import screens
from wcwidth import wcwidth

from tests.helpers.terminal import Terminal

# Private sequences that pyte takes for others, or prints: keyboard protocols, OSC answers.
UNKNOWN = re.compile(r"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
PARTIAL = re.compile(r"\x1b(?:[\[\]][^a-zA-Z\x07\\]*)?$")
NAMED = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
GROUND = "\x1b]11;?\x1b\\"


def wide_width(character):
    """Columns of a character where those of ambiguous width take two."""
    return 2 if unicodedata.east_asian_width(character) == "A" else wcwidth(character)


def sgr(place):
    """The codes of a character's style, each after a semicolon."""
    codes = ";1" * place.bold + ";7" * place.reverse
    return codes + colour_code(place.fg, 30, 38) + colour_code(place.bg, 40, 48)


def colour_code(colour, first, exact):
    """The code of a colour as pyte names it."""
    if colour == "default":
        return ""
    if colour in NAMED:
        return f";{first + NAMED.index(colour)}"
    if colour.removeprefix("bright") in NAMED:
        return f";{first + 60 + NAMED.index(colour.removeprefix('bright'))}"
    return f";{exact};2;" + ";".join(str(int(colour[at : at + 2], 16)) for at in (0, 2, 4))


class EmulatedTerminal:
    """A program on an emulated terminal.

    Args:
        is_wide: whether characters of ambiguous width take two columns, as in CJK terminals.
        ground: the answer to OSC 11, as in "ffff/ffff/ffff"; empty for none.
    """

    def __init__(self, *words, environment, size, is_wide=False, ground=""):
        columns, rows = size
        self.width_of = wide_width if is_wide else wcwidth
        self.ground = ground
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)
        self.screen.write_process_input = self.answer
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.rest = ""
        self.terminal = Terminal(*words, environment=environment, size=(rows, columns))

    def answer(self, text):
        os.write(self.terminal.child_fd, text.encode())

    def feed(self, text):
        text = self.rest + text
        partial = PARTIAL.search(text)
        self.rest = text[partial.start() :] if partial else ""
        text = text[: partial.start()] if partial else text
        if self.ground and GROUND in text:
            self.answer(f"\x1b]11;rgb:{self.ground}\x1b\\")
        before = screens.wcwidth
        screens.wcwidth = self.width_of
        try:
            self.stream.feed(UNKNOWN.sub("", text))
        finally:
            screens.wcwidth = before

    def read(self, seconds, longest=5.0):
        """Draw what the program writes, until it has been silent for so long."""
        until = time.monotonic() + longest
        while time.monotonic() < until:
            if not select.select([self.terminal.child_fd], [], [], seconds)[0]:
                return
            try:
                data = os.read(self.terminal.child_fd, 65536)
            except OSError:  # the program has ended
                return
            self.feed(self.decoder.decode(data))

    def wait_for(self, text, seconds=60):
        """Until a text stands on the screen and nothing more is drawn."""
        until = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < until, f"{text!r} never stood on the screen:\n{self.text()}"
            self.read(0.1)
        self.read(0.5)

    def text(self):
        """The screen, a line a row, blanks at the ends cut off."""
        return "\n".join(line.rstrip() for line in self.screen.display) + "\n"

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.terminal.resize(rows, columns)

    def coloured(self):
        """The screen with its colours, as `cat` shows it in a terminal of true colour."""
        return "".join(self.coloured_line(y) for y in range(self.screen.lines))

    def coloured_line(self, y):
        line, before = "", ""
        for x in range(self.screen.columns):
            place = self.screen.buffer[y][x]
            style = sgr(place)
            line += (f"\x1b[0{style}m" if style != before else "") + place.data
            before = style
        return (line + "\x1b[0m" if before else line.rstrip()) + "\n"

    def type(self, keys):
        os.write(self.terminal.child_fd, keys.encode())

    def close(self):
        self.terminal.process.kill()
        self.terminal.process.wait()
        self.terminal.close()
