"""`insei gtp` and the program behind it: what goes wrong is told, and nothing is left over."""

import shlex
import sys
import threading
import time

import pytest

from insei.agents.gtp import program_player as gtp_player
from insei.agents.gtp.engine import GtpEngine
from insei.agents.gtp.program_player import GtpPlayer
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.player import PlayerFailed
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from tests.helpers.paths import HELPERS

PROGRAM = HELPERS / "programs" / "misbehaving_gtp.py"
RULES = Rules(5, 5, 0.5)

# Answers as a program should, and dies at its first `genmove` unless FILE is there, which it makes.
DIES_ONCE = """
import pathlib, sys
dead = pathlib.Path(sys.argv[1])
for line in sys.stdin:
    answer = "="
    if line.startswith("genmove"):
        if not dead.exists():
            dead.touch()
            sys.exit("I am tired")
        answer = "= B2"
    print(answer + "\\n", flush=True)
"""


@pytest.fixture
def seat(tmp_path, monkeypatch):
    """A maker of engines with a program in the seat."""
    monkeypatch.setattr(gtp_player, "MOVE_SECONDS", 1.0)
    monkeypatch.setattr(gtp_player, "STOP_SECONDS", 0.2)
    made = []

    def make(*words):
        made.append(GtpPlayer(" ".join([sys.executable, *map(str, words)]), "gtp:bad"))
        return GtpEngine(made[-1], RULES, "1")

    yield make
    for player in made:
        player.close()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("hang", "? gtp:bad failed: no answer to 'genmove black' within 1 s"),
        ("die", "? gtp:bad failed: ended at 'genmove black'; it said: I am tired"),
        ("garbage", "wanted = or ?"),
        ("nonsense", "? gtp:bad failed: genmove black answered vertex 'Z99'"),
        ("refuse", "? gtp:bad failed: genmove black refused: no"),
        ("illegal", "? A1 for black: occupied"),
    ],
)
def test_a_program_that_fails_is_told_of_and_the_engine_goes_on(seat, how, said):
    game = seat(PROGRAM, how)
    game.answer("play w A1")
    for _ in range(2):  # the program is seated anew for the second
        answer = game.answer("genmove b")
        assert answer.startswith("?")
        assert said in answer
        assert "\n" not in answer
    assert game.answer("name") == "= insei gtp:bad"
    assert game.position.moves == [20]


def test_a_program_that_failed_is_told_the_whole_game_before_its_next_move(seat, tmp_path):
    script = tmp_path / "program.py"
    script.write_text(DIES_ONCE)
    game = seat(script, tmp_path / "dead")
    game.answer("play w A1")
    assert "I am tired" in game.answer("genmove b")
    assert game.answer("genmove b") == "= B2"
    assert game.game.player.program_game.moves == [(WHITE, 20), (BLACK, 16)]


def test_a_program_that_cannot_begin_again_is_told_of(seat, tmp_path):
    game = seat(PROGRAM, "well")
    game.game.player.close()
    game.game.player.words = ["no-such-program-anywhere"]
    for line in ("clear_board", "boardsize 4", "kata-set-rules japanese", "genmove b"):
        said = game.answer(line)
        assert said.startswith("? gtp:bad failed: no-such-program-anywhere can't be started"), line
    assert game.position.rules == RULES


class FailsOnce(CapturePlayer):
    """Fails at its first move, and counts its games."""

    games = moves = 0

    def new_game(self, rules, seed):
        self.games += 1
        super().new_game(rules, seed)

    def choose(self, position):
        self.moves += 1
        if self.moves == 1:
            raise PlayerFailed("tired")
        return super().choose(position)


def test_a_player_that_failed_begins_a_new_game_before_its_next_move():
    player = FailsOnce()
    game = GtpEngine(player, RULES, "1")
    assert game.answer("genmove b") == "? capture failed: tired"
    assert player.games == 1
    for _ in range(2):
        assert game.answer("genmove b").startswith("= ")
        assert player.games == 2


def test_a_move_is_taken_back_from_a_program_too(seat):
    game = seat(PROGRAM, "well")
    for line in ("play b C3", "genmove w", "undo", "genmove w", "undo", "undo", "genmove b"):
        assert game.answer(line)[0] == "=", line


def test_the_komi_is_told_to_the_program(tmp_path):
    heard = tmp_path / "heard"
    source = (
        "import sys\nheard = open(sys.argv[1], 'a', buffering=1)\n"
        "for line in sys.stdin:\n    heard.write(line)\n"
        "    print('= pass' if 'genmove' in line else '=', '\\n', flush=True)\n"
    )
    player = GtpPlayer(f"{sys.executable} -c {shlex.quote(source)} {heard}", "program")
    game = GtpEngine(player, RULES, "1")
    for line in ("komi 6.5", "genmove b", "genmove w"):
        assert game.answer(line)[0] == "="
    player.close()
    told = [line for line in heard.read_text().splitlines() if line.startswith(("komi", "gen"))]
    assert told == ["komi 0.5", "komi 6.5", "genmove black", "genmove white"]


def test_a_program_outlives_the_thread_that_seated_it():
    player = GtpPlayer(f"{sys.executable} {PROGRAM} obeys", "program")
    thread = threading.Thread(target=player.new_game, args=(RULES, 1))
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert player.choose(Position(RULES)).move >= 0
    player.close()
