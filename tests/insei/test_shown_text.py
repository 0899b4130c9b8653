"""Hostile text at each door of the commands: the terminal gets none of it."""

import json
import os

import pytest

from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from tests.helpers.client import client_of, drive
from tests.helpers.command import insei
from tests.helpers.hostile.text import HOSTILE, MARKUP, steering
from tests.helpers.screen_text import screen_text

SGF_TEXT = (HOSTILE + MARKUP).replace("\\", "\\\\").replace("]", "\\]")


def sgf_file(folder, name="game.sgf", properties=""):
    path = folder / name
    path.write_text(
        f"(;GM[1]SZ[5]PB[{SGF_TEXT}]PW[{SGF_TEXT}]RE[{SGF_TEXT}]C[{SGF_TEXT}]{properties}"
        f";B[aa]C[{SGF_TEXT}];W[bb])",
        encoding="utf-8",
    )
    return path


def check(done):
    """A command's output is clean."""
    assert not steering(done.stdout)
    assert not steering(done.stderr)
    return done


def test_an_sgf_file_loaded_line_by_line(tmp_path):
    path = sgf_file(tmp_path, properties=f"KM[{SGF_TEXT}]RU[{SGF_TEXT}]")
    check(insei("play", "1", "--size", "5", "--plain", "--load", path, text="score\nquit\n"))


@pytest.mark.parametrize("bad", ["GM[{0}]", "SZ[{0}]", "PL[{0}]", "{0}"])
def test_an_sgf_file_that_is_refused(tmp_path, bad):
    path = tmp_path / "bad.sgf"
    path.write_text(f"(;{bad.format(SGF_TEXT)};B[aa])", encoding="utf-8")
    check(insei("play", "1", "--plain", "--load", path, text="quit\n"))


def test_a_file_name_in_an_error(tmp_path):
    name = "\x1b]0;x\x07\u202egame.sgf"
    done = check(insei("play", "1", "--plain", "--load", tmp_path / name))
    assert r"\x1b]0;x\x07\u202egame.sgf" in done.stderr
    os.mkfifo(tmp_path / "pipe")
    check(insei("play", "1", "--plain", text=f"save {tmp_path}/{name}/x\nquit\n"))


def test_players_that_are_no_players():
    for name in ("\x1b[2Jrandom", f"gtp:{HOSTILE.replace(chr(0), '')}", "search:\x9bnet,visits=3"):
        assert check(insei("play", name, "--plain", text="quit\n")).returncode == 2


@pytest.mark.parametrize("command", ["train", "tournament"])
@pytest.mark.parametrize(
    "line", ['"{0}": 1', 'name: "{0}"', 'workers: "{0}"', 'players: ["random", "{0}"]', '"{0}']
)
def test_a_configuration_in_an_error(tmp_path, command, line):
    path = tmp_path / "config.yaml"
    path.write_text(line.format(json.dumps(HOSTILE)[1:-1]) + "\n", encoding="utf-8")
    done = check(insei(command, path, cwd=tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_what_is_typed_to_a_gtp_engine_and_to_a_game():
    typed = "".join(letter for letter in HOSTILE if letter != "\n") + "\n"
    check(insei("gtp", "--player", "random", text=f"{typed}echo {typed}play b {typed}quit\n"))
    check(insei("play", "1", "--plain", "--size", "5", text=f"{typed}save {typed}quit\n"))


def test_a_gtp_programs_answers_and_standard_error(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import sys\n"
        f"sys.stderr.write({HOSTILE!r})\nsys.stderr.flush()\n"
        "for line in sys.stdin:\n"
        f"    sys.stdout.write('? ' + {HOSTILE!r} + '\\n\\n')\n    sys.stdout.flush()\n"
    )
    done = check(insei("play", f"gtp:python3 {program}", "--plain", text="quit\n"))
    assert done.returncode == 2


def test_the_screen_shows_a_files_names_and_comments_as_text(tmp_path):
    game = ClientGame.review(sgf_file(tmp_path))
    game.show_ply(0)
    for size in ((110, 40), (40, 24)):
        screens = []

        async def look(pilot, screens=screens):
            for key in ("n", "e", "x", "t", "enter"):
                await pilot.pause()
                screens.append(screen_text(pilot.app))
                await pilot.press(key)
            screens.append(screen_text(pilot.app))

        client = client_of(GameSetup(size=5, black=YOU, white="random"), game=game, is_review=True)
        drive(client, look, size)
        assert not any(map(steering, screens))
        assert any("\\x1b" in screen for screen in screens)
