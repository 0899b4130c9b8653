"""Programs behind GTP: seated, told the game, and survived when they fail."""

import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from insei.agents.clock import Clock, TimeControl
from insei.agents.gtp import program_player as gtp_player
from insei.agents.gtp.program_player import GtpPlayer
from insei.agents.gtp.time_lines import time_left_line
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.player import RESIGN, PlayerFailed
from insei.engine.handicap import handicap_position
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules, chinese
from insei.tournament.match import GameRunner, Job, play_game
from tests.helpers.paths import HELPERS, ROOT

RULES = Rules(5, 5, 14.5)
# A program whose other thread does the work.
THREADED = """
import sys, threading, time
def work():
    while time.thread_time() < 0.2: pass
for line in sys.stdin:
    if line.startswith("genmove"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    print("= pass\\n" if line.startswith("genmove") else "=\\n")
"""
JOB = Job(0, "capture", "gtp", RULES, (12, 7), 1, 100)

# A program that answers each command by a table, and writes what it was told to standard error.
PROGRAM = """
import sys
answers = {answers!r}
for line in sys.stdin:
    command = line.split()[0]
    sys.stderr.write(line)
    sys.stderr.flush()
    answer = answers.get(command, "= ")
    if answer == "die":
        sys.exit(1)
    if answer is not None:
        sys.stdout.write(answer + "\\n\\n")
        sys.stdout.flush()
"""


@pytest.fixture
def seat(tmp_path):
    """Makes players out of tables of answers."""
    made = []

    def make(**answers):
        path = tmp_path / f"program{len(made)}.py"
        path.write_text(PROGRAM.format(answers=answers))
        made.append(GtpPlayer(f"{sys.executable} {path}", "gtp"))
        return made[-1]

    yield make
    for player in made:
        player.close()


def heard(player):
    errors = player.program.errors
    errors.seek(0)
    return errors.read().decode().splitlines()


def test_a_program_is_told_the_game_and_answers_in_it(seat):
    player = seat(genmove="=7  c3\r")
    player.new_game(RULES, 1)
    position = Position(RULES).play_all([0, 24, 25])
    assert player.choose(position).move == 12
    player.choose(position.play_all([12, 7]))
    assert heard(player) == [
        "boardsize 5",
        "komi 14.5",
        "clear_board",
        "play black A5",
        "play white E1",
        "play black pass",
        "genmove white",
        "play black C4",
        "genmove white",
    ]


@pytest.mark.parametrize(
    ("control", "knows", "told"),
    [
        (TimeControl(60), "", ["time_settings 60 0 0", "time_left black 60 0"]),
        (TimeControl(0, 30, 1, periods=3), "",
         ["known_command kgs-time_settings", "time_settings 0 30 1", "time_left black 30 3"]),
        (TimeControl(0, 30, 1, periods=3), "kgs-time_settings",
         ["known_command kgs-time_settings", "kgs-time_settings byoyomi 0 30 3",
          "time_left black 30 3"]),
        (TimeControl(9, 300, 25), "", ["time_settings 9 300 25", "time_left black 9 0"]),
        (TimeControl(0, 300, 25), "", ["time_settings 0 300 25", "time_left black 300 25"]),
        (TimeControl(60, increment=5), "kata-time_settings",
         ["known_command kata-time_settings", "kata-time_settings fischer 60 5",
          "time_left black 60 0"]),
        (TimeControl(60, increment=5), "",
         ["known_command kata-time_settings", "time_settings 60 0 0", "time_left black 60 0"]),
    ],
)  # fmt: skip
def test_a_program_is_told_its_time(control, knows, told, seat):
    player = seat(genmove="= c3", known_command=f"= {'true' if knows else 'false'}")
    player.new_game(RULES, 1)
    clocks = {BLACK: Clock(control)}
    player.set_clocks(clocks)
    position = Position(RULES)
    player.choose(position)
    assert heard(player)[3:] == [*told, "genmove black"]
    clocks[BLACK].spend(10)
    player.choose(position.play_all([12, 7]))
    again = heard(player)[len(told) + 5 :]
    assert [line.split()[0] for line in again] == ["time_left", "genmove"]  # settings once
    assert again[0] == time_left_line(clocks[BLACK], BLACK)


def test_a_program_that_refuses_its_time_plays_on(seat):
    player = seat(genmove="= c3", time_settings="? unknown command", time_left="? unknown command")
    player.new_game(RULES, 1)
    player.set_clocks({BLACK: Clock(TimeControl(60))})
    assert player.choose(Position(RULES)).move == 12


def test_a_program_is_told_stones_set_up_and_who_moved(seat):
    player = seat(genmove="= c3")
    player.new_game(RULES, 1)
    position = handicap_position(RULES, [6, 18]).play(0)
    position = position.with_to_play(WHITE).play(1)  # White moves twice
    player.choose(position)
    assert heard(player)[3:] == [
        "play black B4",
        "play black D2",
        "play white A5",
        "play white B5",
        "genmove black",
    ]


def test_a_program_is_told_all_anew_where_the_game_is_not_the_one_it_knows(seat):
    player = seat(genmove="= c3")
    player.new_game(RULES, 1)
    position = Position(RULES).play_all([0, 24])
    player.choose(position)
    asked = len(heard(player))
    player.choose(Position(RULES).play_all([0, 23]))  # White's move and its own taken back
    anew = ["boardsize 5", "komi 14.5", "clear_board"]
    assert heard(player)[asked:] == [*anew, "play black A5", "play white D1", "genmove black"]
    asked = len(heard(player))
    player.choose(Position(replace(RULES, komi=6.5)).play_all([0, 23, 12, 1]))  # another komi
    assert heard(player)[asked + 1] == "komi 6.5"
    asked = len(heard(player))
    player.choose(handicap_position(RULES, [6, 8]))  # other stones
    assert heard(player)[asked + 3 :] == ["play black B4", "play black D4", "genmove white"]


def test_our_own_engine_plays_a_whole_game_behind_gtp():
    player = GtpPlayer(f"{sys.executable} -m insei.main gtp --player capture --seed 5", "gtp")
    here = CapturePlayer("capture")
    try:
        game = play_game(JOB, here, player)
    finally:
        player.close()
    assert game.reason == "two passes", game.reason


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"genmove": "die"}, "ended at 'genmove white'; it said: boardsize 5"),
        ({"genmove": None}, "no answer to 'genmove white' within 0.5 s; it said: boardsize 5"),
        ({"genmove": "? cannot think"}, "genmove white refused: cannot think"),
        ({"genmove": "= Z99"}, "answered vertex 'Z99'"),
        ({"genmove": "hello"}, "'genmove white' answered 'hello': wanted = or ?"),
        ({"play": "? illegal move"}, "refused: illegal move"),
        ({"boardsize": "die"}, "ended at 'boardsize 5'"),
    ],
)
def test_a_failing_program_loses_with_the_reason(seat, monkeypatch, answers, said):
    monkeypatch.setattr(gtp_player, "MOVE_SECONDS", 0.5)
    player = seat(**answers)
    game = play_game(JOB, CapturePlayer("capture"), player)
    assert game.winner == 1
    assert game.result == "B+F"
    assert game.reason.startswith("failed: ")
    assert said in game.reason


def test_a_program_that_died_is_started_anew_for_the_next_game(seat):
    player = seat(genmove="die")
    for _ in range(2):
        player.new_game(RULES, 1)
        with pytest.raises(PlayerFailed, match="ended at"):
            player.choose(Position(RULES))


def test_an_illegal_move_loses(seat):
    player = seat(genmove="= C3")
    game = play_game(JOB, CapturePlayer("capture"), player)
    assert game.reason.startswith("illegal move: 12, ")


def test_resigning_is_understood(seat):
    player = seat(genmove="= resign")
    player.new_game(RULES, 1)
    assert player.choose(Position(RULES)).move == RESIGN


def test_nothing_is_left_running(tmp_path):
    path = tmp_path / "stubborn.py"
    path.write_text(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "for line in sys.stdin:\n"
        "    print(f'= {child.pid}\\n', flush=True)\n"
    )
    player = GtpPlayer(f"{sys.executable} {path}", "gtp")
    _, child = player._ask("name", 10.0)
    player.close()
    for _ in range(100):
        if not psutil.pid_exists(int(child)) or psutil.Process(int(child)).status() == "zombie":
            return
        time.sleep(0.05)
    pytest.fail("the program's child goes on")


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="wants setpriv of util-linux")
def test_a_program_that_thinks_ends_with_us_by_kill_9_too():
    program = HELPERS / "programs" / "misbehaving_gtp.py"
    seated = f"""
from insei.agents.gtp.program_player import GtpPlayer
from insei.engine.position import Position
from insei.engine.rules import Rules
player = GtpPlayer({f"{sys.executable} {program} hang"!r}, "gtp")
player.new_game(Rules(5, 5), 1)
print(player.process_id(), flush=True)
player.choose(Position(Rules(5, 5)))
"""
    with subprocess.Popen(
        [sys.executable, "-c", seated], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        left = psutil.Process(int(process.stdout.readline()))
        time.sleep(0.3)  # until it thinks
        assert left.is_running()
        process.kill()
    gone, _ = psutil.wait_procs([left], timeout=10)
    assert gone == [left]


def test_how_long_to_wait_stands_before_the_command(seat):
    player = seat(genmove=None)
    patient = GtpPlayer("start=120 move=0.2 " + " ".join(player.words), "gtp")
    patient.new_game(RULES, 1)
    with pytest.raises(PlayerFailed, match=r"within 0\.2 s"):
        patient.choose(Position(RULES))
    assert patient.timeouts == {"start": 120.0, "move": 0.2, "stop": 5.0}
    with pytest.raises(ValueError, match="wanted gtp:COMMAND"):
        GtpPlayer("move=3", "gtp")


@pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="wants Linux's /proc")
def test_processor_time_counts_all_threads_of_a_program(seat):
    player = GtpPlayer(f"{sys.executable} -u -c {shlex.quote(THREADED)}", "gtp")
    player.new_game(RULES, 1)
    used = player.cpu_seconds()
    player.choose(Position(RULES))
    assert player.cpu_seconds() - used > 0.15
    player.close()


@pytest.mark.parametrize(
    ("command", "said"),
    [("", "wanted gtp:COMMAND"), ("a 'b", "No closing quotation")],
)
def test_a_command_that_is_none_is_refused(command, said):
    with pytest.raises(ValueError, match=said):
        GtpPlayer(command, "gtp:" + command)


def test_a_program_that_is_not_there_says_so():
    with pytest.raises(PlayerFailed, match="can't be started: not found, or not executable"):
        GtpPlayer("/no/such/program", "gtp").new_game(RULES, 1)


def test_what_gtp_cannot_say_is_refused(seat):
    with pytest.raises(ValueError, match="squares alone"):
        seat().new_game(Rules(5, 4), 1)
    with pytest.raises(ValueError, match="'boardsize 5' refused: unacceptable size"):
        seat(boardsize="? unacceptable size").new_game(RULES, 1)


@pytest.mark.gnugo
def test_gnugo_sits_at_the_table():
    program = shutil.which("gnugo") or shutil.which("/usr/games/gnugo")
    if program is None:
        pytest.skip("GNU Go is not installed")
    name = f"gtp:{program} --mode gtp --level 1 --chinese-rules"
    table = GameRunner()
    try:
        (game,) = table.play([replace(JOB, black="random", white=name, rules=chinese(7))])
    finally:
        table.close()
    assert game.reason in ("two passes", "resignation", "ply limit")
    assert game.winner == 2
