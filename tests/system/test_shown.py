"""Nothing that is shown steers the terminal."""

import ast
import io
import sys

import pytest

from insei.system.error_log import write_error_log
from insei.system.shown import say, shown, shown_line
from tests.helpers.hostile.text import HOSTILE, steering
from tests.helpers.paths import ROOT

ROOMS = ("system", "engine", "agents", "tournament", "selfplay", "insei")
FILES = [
    path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if not any(parent.is_symlink() for parent in path.parents)
]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("White 許, Łukasz, ж, 👩\u200d🦱", "White 許, Łukasz, ж, 👩\u200d🦱"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\x1b]0;x\x07", r"\x1b]0;x\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("a\u202eb", r"a\u202eb"),
        ("\r\x00\x7f", r"\r\x00\x7f"),
        ("\udcff", r"\udcff"),
        ("\u2028\u200b\ufeff", r"\u2028\u200b\ufeff"),
        ("a\u3000b", "a\u3000b"),
        (3.5, "3.5"),
    ],
)
def test_what_steers_is_shown_as_what_it_is(text, seen):
    assert shown(text) == seen


def test_a_line_is_one_line():
    assert shown_line("a\nb\x1b\n c") == r"a b\x1b c"
    assert not steering(shown(HOSTILE))


def test_what_is_said_is_clean(capsys):
    say(HOSTILE)
    say(HOSTILE, to_error=True)
    out, err = capsys.readouterr()
    assert out == err
    assert not steering(out)


@pytest.mark.parametrize(
    ("encoding", "seen"),
    [("ascii", "a\\u8a31\\xe9\n"), ("latin-1", "a\\u8a31é\n"), ("utf-8", "a許é\n")],
)
def test_letters_that_the_terminal_lacks_are_escaped(monkeypatch, encoding, seen):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    say("a許é", flush=True)
    assert stream.buffer.getvalue().decode(encoding) == seen


def test_nothing_is_said_to_a_closed_stream(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    say("x", to_error=True)
    assert capsys.readouterr().out == ""


def test_an_error_log_is_clean(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    log = write_error_log(ValueError(HOSTILE), ["play", HOSTILE])
    assert not steering(log.read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_say_prints(path):
    """`print`, `sys.stdout.write` and rich's console would show text that nobody cleaned."""
    if path == ROOT / "system" / "shown.py":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        said = ast.unparse(node.func)
        assert said not in ("print", "sys.stdout.write", "sys.stderr.write"), f"line {node.lineno}"
        if said.endswith("console.print"):
            assert ast.unparse(node.args[0]).startswith("shown("), f"line {node.lineno}"
            assert any(
                keyword.arg == "markup" and ast.unparse(keyword.value) == "False"
                for keyword in node.keywords
            ), f"line {node.lineno}"


def test_the_product_has_files_to_look_at():
    assert len(FILES) > 100
