"""The line of `insei play`, and the commands around it: review, games, help, completion."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from insei.commands.play import opponent_and_file
from insei.levels import levels_on, opponent_named
from insei.main import command_names, main
from insei.opponents import typed_player
from insei.progress import progress_path, record_game
from insei.system.errors import UserError
from tests.helpers.command import insei
from tests.helpers.terminal import Terminal

GNU_GO = shutil.which("gnugo") or shutil.which("/usr/games/gnugo")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("level5", "5"), ("Level 5", "5"), ("level-5", "5"), ("lvl5", "5"), (" 5 ", "5"),
     ("influence", "influence"), ("gtp:gnugo --mode gtp", "gtp:gnugo --mode gtp")],
)  # fmt: skip
def test_opponents_are_typed_in_several_ways(text, meant):
    assert typed_player(text) == meant


def test_a_level_by_name_is_the_level():
    assert opponent_named("level3", 7) == levels_on(7)[2].player


def test_a_program_is_found_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="there is no program gnugo on the PATH"):
        typed_player("gnugo")
    (tmp_path / "gnugo").touch(mode=0o755)
    assert typed_player("GNUgo") == "gtp:gnugo --mode gtp --chinese-rules"


@pytest.mark.gnugo
@pytest.mark.skipif(GNU_GO is None, reason="GNU Go is not installed")
def test_gnugo_plays():
    path = f"{Path(GNU_GO).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "insei", "play", "gnugo", "--size", "5"],
        input="C3\nscore\nquit\n", capture_output=True, text=True, timeout=60,
        env=os.environ | {"PATH": path},
    )  # fmt: skip
    assert "You are black against gtp:gnugo" in done.stdout
    assert "move 3" in done.stdout


@pytest.mark.parametrize(
    ("player", "level", "load", "found"),
    [
        ("", None, None, ("", None)),
        ("influence", None, None, ("influence", None)),
        ("game.sgf", None, None, ("", Path("game.sgf"))),
        ("GAME.SGF", 3, None, ("3", Path("GAME.SGF"))),
        ("", 3, None, ("3", None)),
        ("2", None, Path("game.sgf"), ("2", Path("game.sgf"))),
    ],
)
def test_a_line_names_an_opponent_and_a_file(player, level, load, found):
    assert opponent_and_file(player, level, load) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("play", "5", "--level", 3), "player 5 and --level 3: wanted one opponent"),
        (("play", "a.sgf", "--load", "b.sgf"), "a.sgf and --load b.sgf: wanted one file"),
        (("play", "none.sgf"), "none.sgf: No such file or directory"),
        (("play", "--level", 99), "level 99: wanted 1 to"),
        (("play", "level99"), "level 99: wanted 1 to"),
        (("play", "gnugi"), "player 'gnugi': wanted random"),
        (("review",), "no game is kept yet"),
        (("help", "plai"), "did you mean play?"),
    ],
)
def test_a_wrong_line_is_answered_in_one_line(words, said):
    done = insei(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_is_gone_on_with_by_the_level_for_its_board(tmp_path):
    path = tmp_path / "seven.sgf"
    path.write_text("(;SZ[7]KM[9.5]RU[Chinese];B[dd];W[cc])")
    done = insei("play", path, text="score\nquit\n")
    assert "You are black against level 5." in done.stdout
    assert "move 3, last C5" in done.stdout


def test_the_own_level_is_that_of_the_files_board(tmp_path):
    for _ in range(3):
        record_game(progress_path(), 5, True, 7)
    path = tmp_path / "seven.sgf"
    path.write_text("(;SZ[7];B[dd];W[cc])")
    assert "against level 6." in insei("play", path, text="quit\n").stdout
    path.write_text("(;SZ[5];B[cc];W[bb])")
    assert "against level 5." in insei("play", path, text="quit\n").stdout


def test_an_unknown_command_lists_all():
    done = insei("plya")
    assert done.returncode == 2
    assert all(name in done.stderr for name in command_names())
    assert "did you mean play?" in done.stderr


def test_insei_alone_says_what_to_do_first(capsys):
    main([])
    said = capsys.readouterr().out
    assert "insei play " in said
    assert "insei review " in said
    assert "insei help " in said


def test_help_is_a_command(capsys):
    main(["help"])
    assert "Play a game in the terminal" in capsys.readouterr().out
    main(["help", "review"])
    assert "Step through a game" in capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes(shell, capsys):
    main(["completion", shell])
    script = capsys.readouterr().out
    assert "tournament" in script
    assert "handicap" in script
    if shell == "bash":
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)


def test_games_are_listed_with_their_numbers():
    assert "No game is kept yet" in insei("games").stdout
    for text in ("C3\nresign\n", "D4\nquit\n"):
        insei("play", "capture", "--size", 5, text=text)
    _, _, last, first, folder = insei("games").stdout.splitlines()
    assert last.split()[0] == "1"
    assert "you - insei capture" in last
    assert "unfinished" in last
    assert "W+R" in first
    assert folder.startswith("The files are in ")


@pytest.mark.slow
def test_review_opens_the_last_game():
    insei("play", "capture", "--size", 5, text="C3\nresign\n")
    environment = {"TERM": "xterm", "NO_COLOR": "1"}
    terminal = Terminal(sys.executable, "-m", "insei", "review", environment=environment)
    terminal.expect("insei capture")
    terminal.send("\x11")
    assert terminal.read_to_end()[1] == 0
