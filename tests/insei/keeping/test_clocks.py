"""Clocks: how time is agreed on, runs, is shown, kept in a file, and counts no start-up."""

from dataclasses import replace

import pytest

from insei.agents.clock import Clock, TimeControl
from insei.client import controller, player_server
from insei.client.clocks import (
    clock_properties,
    clock_text,
    control_properties,
    control_read,
    overtime_text,
    set_clock,
    time_control,
)
from insei.client.controller import GameController
from insei.client.drawing.look import Look
from insei.client.game import ClientGame
from insei.client.game_setup import YOU
from insei.client.keeping.kept_games import keep, kept_game, resume
from insei.client.panel import PanelSize, status_lines
from insei.client.player_server import PlayerServer
from insei.client.player_tasks import ChosenMove, MoveTask, ThinkingBegan
from insei.engine.rules import BLACK, WHITE
from insei.system.errors import UserError
from tests.helpers.client import ANALYST, SETUP
from tests.helpers.command import insei

CONTROLS = {
    (10, "3x30"): TimeControl(600, 30, 1, periods=3),
    (1, "25/300"): TimeControl(60, 300, 25),
    (5, "+10"): TimeControl(300, increment=10),
    (0, "10"): TimeControl(10, increment=10),
    (0, "1x5"): TimeControl(0, 5, 1, periods=1),
    (2, ""): TimeControl(120),
}


@pytest.mark.parametrize("typed", CONTROLS)
def test_time_is_typed_and_comes_back_from_a_file(typed):
    control = time_control(*typed)
    assert control == CONTROLS[typed]
    assert time_control(*control_read(control_properties(control))) == control
    assert time_control(0, "") is None


@pytest.mark.parametrize(
    ("minutes", "overtime", "said"),
    [
        (-1, "", "minutes -1: wanted 0 to 1440"),
        (1, "3y30", "overtime '3y30': wanted 3x30"),
        (1, "0x30", "wanted more than 0"),
        (1, "+0", "wanted more than 0"),
    ],
)
def test_other_times_are_refused(minutes, overtime, said):
    with pytest.raises(UserError, match=said.replace("+", r"\+")):
        time_control(minutes, overtime)


def test_a_server_writes_overtime_so():
    assert control_read({"TM": ["600"], "OT": ["5x30 byo-yomi"]}) == (10, "5x30")
    assert control_read({"TM": ["60"], "OT": ["25/300 Canadian"]}) == (1, "25/300")
    assert control_read({"TM": ["60"], "OT": ["as agreed"]}) == (1, "")
    assert overtime_text(TimeControl(60)) == ""


def test_byo_yomi_counts_periods_down_and_gives_a_full_one_for_each_move():
    clock = Clock(TimeControl(10, 30, 1, periods=3))
    assert clock_text(clock) == "0:10"
    assert clock_text(clock.after(15)) == "0:25 (3)"
    assert clock_text(clock.after(45)) == "0:25 (2)"
    assert not clock.after(99).is_out
    assert clock.after(100).is_out
    assert clock_text(clock) == "0:10"  # to look at a clock changes nothing
    clock.spend(45)
    assert clock_text(clock) == "0:30 (2)"
    clock.spend(29)
    assert clock_text(clock) == "0:30 (2)"
    clock.spend(59)
    assert clock_text(clock) == "0:30 (1)"


def test_canadian_byo_yomi_counts_moves_down():
    clock = Clock(TimeControl(10, 300, 3))
    clock.spend(20)
    assert clock_text(clock) == "4:50/2"
    clock.spend(20)
    assert clock_text(clock) == "4:30/1"
    assert clock.after(270).is_out
    clock.spend(20)
    assert clock_text(clock) == "5:00/3"


def test_fischer_adds_seconds_after_each_move():
    clock = Clock(TimeControl(10, increment=5))
    clock.spend(4)
    assert clock.main_left == 11
    assert clock.after(11).is_out


@pytest.mark.parametrize("typed", [(0, "3x30"), (0, "25/300"), (1, "")])
def test_a_clock_comes_back_from_a_node(typed):
    clock = Clock(time_control(*typed))
    clock.run(40)
    again = Clock(clock.control)
    set_clock(again, clock_properties(clock, WHITE), WHITE)
    assert again == clock


class RecordingProcess:
    """Keeps the tasks and never replies."""

    def __init__(self, on_reply, analyst, seed):
        self.tasks = []

    def submit(self, task):
        self.tasks.append(task)

    def close(self):
        pass


@pytest.fixture
def session(monkeypatch):
    """A game with clocks, and the time of day, which a test changes."""
    now = [1000.0]
    monkeypatch.setattr("insei.client.game.time.monotonic", lambda: now[0])
    monkeypatch.setattr(controller, "PlayerProcess", RecordingProcess)
    game = ClientGame.begin(replace(SETUP, minutes=1))
    game.begin_turn()
    return GameController(game, ANALYST, None, False, False, 0.0, None), now


def test_the_opponents_start_up_is_not_its_time(session):
    session, now = session
    game = session.game
    session.play(12)
    now[0] += 100  # more than there is
    assert session.tick()
    assert not game.is_ended
    assert clock_text(game.clock_now(WHITE)) == "1:00"
    session.receive(session.process, ThinkingBegan(game.position))
    now[0] += 7
    assert clock_text(game.clock_now(WHITE)) == "0:53"
    session.receive(session.process, ChosenMove(game.position, 6, 6.5))
    assert game.clock_now(WHITE).main_left == 53.5
    now[0] += 2
    assert game.clock_now(BLACK).main_left == 58
    task = session.process.tasks[-2]
    assert isinstance(task, MoveTask)
    assert task.clocks[WHITE].control == TimeControl(60)


def test_the_users_clock_starts_with_the_screen(session):
    session, now = session
    now[0] += 30
    session.switch_to(session.game, False)
    assert session.game.clock_now(BLACK).main_left == 60


def test_a_player_is_timed_from_when_it_is_ready(monkeypatch):
    """It takes 8 seconds to be made and 3 to move."""
    now = [0.0]

    class SlowPlayer:
        name = "slow"

        def __init__(self):
            now[0] += 8

        def new_game(self, rules, seed): ...

        def choose(self, position):
            now[0] += 3
            from insei.agents.player import Choice

            return Choice(12)

    replies = []
    server = PlayerServer(None, lambda number, reply: replies.append(reply), ANALYST, 0)
    monkeypatch.setattr(player_server.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(server, "_analyse_quickly", lambda position: None)
    monkeypatch.setattr("insei.agents.grammar.make_player", lambda name: SlowPlayer())
    server._choose_move(MoveTask(SETUP.start(), "slow"))
    assert [type(reply) for reply in replies] == [ThinkingBegan, ChosenMove]
    assert replies[1].seconds == 3


def test_the_panel_shows_overtime():
    game = ClientGame.begin(replace(SETUP, overtime="3x30"))
    black = status_lines(game, PanelSize(40, 20, Look()))[0]
    assert black.plain.endswith(" 0:30 (3)")


def test_a_kept_game_has_its_overtime_again():
    game = ClientGame.begin(replace(SETUP, white=YOU, minutes=1, overtime="3x30"))
    game.play(12, seconds=75.0)
    keep(game)
    text = kept_game(1).read_text()
    assert "TM[60]OT[3x30 byo-yomi]" in text
    assert "BL[30.0]OB[3]" in text
    again = resume(kept_game(1))
    assert again.setup == game.setup
    assert again.clocks[BLACK] == game.clocks[BLACK]


def test_the_line_takes_overtime_and_refuses_nonsense():
    done = insei("play", "capture", "--overtime", "3y30")
    assert done.returncode == 2
    assert "overtime '3y30': wanted 3x30" in done.stderr
    done = insei("play", "capture", "--overtime", "3x30", "--plain")
    assert "where no clock runs" in done.stderr
