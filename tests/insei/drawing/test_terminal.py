"""What a terminal can show: asked for and guessed."""

import os
import pty
import subprocess
import sys
import termios
import threading

import pytest

from insei.client.drawing import terminal
from insei.client.drawing.terminal import TRUE_COLOUR, Terminal, examine_terminal


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in ("NO_COLOR", "COLORTERM", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm"}, 16),
        ({"TERM": "linux"}, 16),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE_COLOUR),
        ({"TERM": "xterm", "COLORTERM": "24bit"}, TRUE_COLOUR),
        ({"TERM": "xterm", "COLORTERM": "1"}, 16),
        ({"TERM": "vt100"}, 0),
        ({"TERM": "of-next-year-256color"}, 256),
        ({"TERM": "of-next-year"}, 16),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"}, 0),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, 256),
    ],
    ids=str,
)
def test_the_number_of_colours(environment, colours):
    # terminfo is read once in a process, so each case has one of its own
    code = "from insei.client.drawing.terminal import num_colours; print(num_colours())"
    assert int(output_of(code, environment)) == colours


def output_of(code, environment):
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR",)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=plain | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


class FakeTerminal:
    """A pseudo-terminal as standard input and error, answered by a thread.

    Args:
        reply: from what was asked to what the terminal reports.
    """

    def __init__(self, monkeypatch, reply, encoding="utf-8"):
        self.ours, self.theirs = pty.openpty()
        self.asked = ""
        self.reply = reply
        source = os.fdopen(os.dup(self.theirs), "r")
        target = os.fdopen(os.dup(self.theirs), "w", encoding=encoding, errors="replace")
        monkeypatch.setattr(sys, "stdin", source)
        monkeypatch.setattr(sys, "stdout", target)
        monkeypatch.setattr(sys, "__stderr__", target)
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self):
        while not self.asked.endswith("\x1b[K"):
            self.asked += os.read(self.ours, 1024).decode(errors="replace")
        os.write(self.ours, self.reply(self.asked).encode())


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("\x1b[7;2R", Terminal(256, 1)),
        ("\x1b[7;3R", Terminal(256, 2)),
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[1;2R", Terminal(256, 1, True)),
        ("\x1b]11;rgb:f0/f0/e0\x07\x1b[1;3R", Terminal(256, 2, True)),
        ("\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\\x1b[1;2R", Terminal(256, 1, False)),
        ("typed ahead\x1b[3;2R", Terminal(256, 1)),
        ("", Terminal(256, 1)),
    ],
    ids=repr,
)
def test_a_terminal_is_asked_and_left_as_it_was(monkeypatch, reply, found):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(terminal, "num_colours", lambda: 256)
    fake = FakeTerminal(monkeypatch, lambda asked: reply)
    before = termios.tcgetattr(fake.theirs)
    assert examine_terminal() == found
    assert termios.tcgetattr(fake.theirs) == before
    assert fake.asked.endswith("\r●\x1b[6n\r\x1b[K")  # what was drawn is wiped again


def test_a_terminal_is_left_as_it_was_when_the_user_interrupts(monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    fake = FakeTerminal(monkeypatch, lambda asked: "")
    before = termios.tcgetattr(fake.theirs)

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal.select, "select", interrupt)
    with pytest.raises(KeyboardInterrupt):
        examine_terminal()
    assert termios.tcgetattr(fake.theirs) == before


def test_a_named_background_and_the_console_are_not_asked_for_it(monkeypatch):
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.setattr(terminal, "num_colours", lambda: 16)
    fake = FakeTerminal(monkeypatch, lambda asked: "\x1b[1;2R")
    assert examine_terminal() == Terminal(16, 1, False, True)
    assert "\x1b]11" not in fake.asked
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLORFGBG", "0;default;15")
    fake = FakeTerminal(monkeypatch, lambda asked: "\x1b[1;2R")
    assert examine_terminal() == Terminal(16, 1, True)
    assert "\x1b]11" not in fake.asked


def test_an_encoding_without_stones_is_not_asked_for_one(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(terminal, "num_colours", lambda: 16)
    fake = FakeTerminal(monkeypatch, lambda asked: "\x1b[1;1R", encoding="latin-1")
    assert examine_terminal() == Terminal(16, 0)
    assert "?" not in fake.asked.replace("\x1b]11;?", "")


def test_a_silent_terminal_costs_a_second_at_most(monkeypatch):
    assert terminal.ANSWER_SECONDS <= 1
    waits = []
    monkeypatch.setattr(
        terminal.select, "select", lambda *of: (waits.append(of[3]), ([], [], []))[1]
    )
    FakeTerminal(monkeypatch, lambda asked: "")
    assert terminal.ask("x\x1b[K") == b""
    assert 0 < waits[0] <= terminal.ANSWER_SECONDS
