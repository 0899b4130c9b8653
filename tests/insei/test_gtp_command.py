"""`insei gtp`: standard input and output, and how the command ends."""

import os
import random
import subprocess
import sys

import pytest

from insei.agents.handwritten.capture import CapturePlayer
from insei.commands.gtp import gtp
from insei.system.errors import UserError
from insei.system.lines import TypedLines
from tests.helpers.paths import ROOT


class Closing(CapturePlayer):
    """Counts how often it is closed, and plays on 9x9 alone."""

    closed = 0

    def new_game(self, rules, seed):
        if rules.width != 9:
            raise ValueError("wanted 9x9")
        super().new_game(rules, seed)

    def close(self):
        self.closed += 1


def unreadable():
    yield "name\n"
    raise OSError(5, "Input/output error")


def test_lines_that_cannot_be_read_end_in_an_error():
    lines = TypedLines(unreadable())
    assert lines.next_line() == "name\n"
    with pytest.raises(UserError, match="standard input can't be read: Input/output error"):
        lines.next_line()


@pytest.mark.parametrize(("size", "said"), [(9, "can't be read"), (5, "wanted 9x9")])
def test_the_player_is_closed_where_the_command_ends_with_an_error(monkeypatch, size, said):
    player = Closing("capture")
    monkeypatch.setattr("insei.agents.grammar.make_player", lambda name: player)
    monkeypatch.setattr("insei.system.lines.lines_of_input", unreadable)
    with pytest.raises(ValueError, match=said):
        gtp(size=size)
    assert player.closed == 1


def test_input_that_cannot_be_read_ends_the_command_with_one_line():
    with open(os.devnull, "wb") as write_only:
        done = subprocess.run(
            [sys.executable, "-m", "insei.main", "gtp", "--player", "random"],
            stdin=write_only,
            capture_output=True,
            cwd=ROOT,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr == b"insei: standard input can't be read: Bad file descriptor\n"


def test_input_that_is_closed_is_the_end():
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {sys.executable} -m insei.main gtp --player random <&-"],
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_gtp_over_pipes_with_random_bytes():
    noise = bytes(random.Random(1).randrange(256) for _ in range(3000))
    done = subprocess.run(
        [sys.executable, "-m", "insei.main", "gtp", "--player", "random", "--size", "5"],
        input=noise + b"\n1 genmove b\n2 quit\n",
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    blocks = done.stdout.decode().split("\n\n")
    assert all(block == "" or block[0] in "=?" for block in blocks)
    assert blocks[-2] == "=2"


def test_gtp_quits_cleanly_while_its_input_stays_open():
    with subprocess.Popen(
        [sys.executable, "-m", "insei.main", "gtp", "--player", "random", "--size", "5"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as engine:
        engine.stdin.write(b"1 genmove b\n2 quit\n")
        engine.stdin.flush()
        assert engine.wait(timeout=60) == 0, engine.stderr.read()
        assert engine.stdout.read().endswith(b"\n\n=2\n\n")


CHATTERS = """
class Chatters:
    def choose(self, position):
        print("thinking hard")
        return position.legal_moves()[0]
"""


def test_what_a_player_prints_is_no_part_of_gtp(tmp_path):
    (tmp_path / "own.py").write_text(CHATTERS)
    player = f"python:{tmp_path / 'own.py'}:Chatters"
    done = subprocess.run(
        [sys.executable, "-m", "insei.main", "gtp", "--player", player, "--size", "5"],
        input=b"genmove b\nquit\n",
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stdout == b"= A5\n\n=\n\n"
    assert b"thinking hard" in done.stderr


def answers(monkeypatch, capsys, lines, **options):
    """What `insei gtp` writes to standard output and to standard error."""
    monkeypatch.setattr("insei.system.lines.lines_of_input", lambda: iter(lines))
    gtp(player="random", **options)
    return capsys.readouterr()


SUICIDE = ["play b A1", "play w A2", "play w B2", "play w C1", "play b B1"]


def test_without_rules_an_opponents_suicide_is_played_and_told(monkeypatch, capsys):
    out, err = answers(monkeypatch, capsys, [*SUICIDE, "list_stones b", "kata-get-rules"])
    assert "?" not in out
    assert "B1 for black: suicide under these rules" in err
    assert '"ko": "POSITIONAL"' in out
    assert '"suicide": false' in out


def test_rules_of_the_command_line_are_kept_to_the_letter(monkeypatch, capsys):
    for rules, count in (("cgos", 1), ("tromp-taylor", 0), ('{"suicide": true}', 0)):
        out, err = answers(monkeypatch, capsys, SUICIDE, rules=rules)
        assert out.count("? illegal move: B1 for black: suicide") == count
        assert not err


@pytest.mark.parametrize(
    ("rules", "komi"),
    [
        ("", "7.5"),
        ("new-zealand", "7"),
        ("japanese", "6.5"),
        ("chinese-ogs", "7.5"),
        ("bga", "7.5"),
    ],
)
def test_rules_bring_their_usual_komi(monkeypatch, capsys, rules, komi):
    out, _ = answers(monkeypatch, capsys, ["get_komi"], rules=rules)
    assert out == f"= {komi}\n\n"
    out, _ = answers(monkeypatch, capsys, ["get_komi"], rules=rules, komi=3.5)
    assert out == "= 3.5\n\n"


def test_what_rules_say_and_insei_does_not_play_is_told(monkeypatch, capsys):
    _, err = answers(monkeypatch, capsys, [], rules="aga-button")
    assert err == "insei: button1: not played; the rest of these rules is\n"


def test_unknown_rules_end_the_command(monkeypatch, capsys):
    with pytest.raises(UserError, match="unknown rules 'chess': wanted tromp-taylor"):
        answers(monkeypatch, capsys, [], rules="chess")


def test_the_engine_answers_by_the_name_it_was_given(monkeypatch, capsys):
    out, _ = answers(monkeypatch, capsys, ["name", "version"], called="KataGo 1.16.0")
    assert out == "= KataGo\n\n= 1.16.0\n\n"
    out, _ = answers(monkeypatch, capsys, ["name"], called="Leela")
    assert out == "= Leela\n\n"
