"""How games end in the client: the count, failures, clocks."""

from dataclasses import replace

import pytest

from insei.client.board_view import BoardView
from insei.client.estimate import Estimate
from insei.client.game import ClientGame
from insei.client.game_setup import YOU
from insei.client.player_tasks import ChosenMove, Failure
from insei.client.teaching.summary import summary
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from tests.helpers.client import (
    SETUP,
    client_of,
    drive,
    note_estimates,
    place_of,
    type_line,
    until,
)

pytestmark = pytest.mark.usefixtures("player_thread")


def test_two_passes_propose_dead_stones_and_enter_accepts_the_count():
    """White's lone stone in Black's area is proposed, kept by a click, taken by another."""
    game = ClientGame.begin(replace(SETUP, white=YOU, komi=0.5))
    for vertex in (12, 3, 7, 25, 17, 25, 11, 25, 13, 25, 25):
        game.play(vertex)
    client = client_of(game=game)

    async def script(pilot):
        await type_line(pilot, "pass")
        await until(pilot, lambda: "Enter counts" in client.controller.text())
        assert client.controller.count.dead == {3}
        await pilot.click(BoardView, offset=place_of(client, 3))
        assert client.controller.count.dead == set()
        await pilot.click(BoardView, offset=place_of(client, 3))
        await pilot.press("space")  # the cursor is where the click was
        assert client.controller.count.dead == set()
        await type_line(pilot, "d5")
        await pilot.press("enter")

    drive(client, script)
    assert client.game.result == "B+24.5"
    assert "black has 25 points" in client.controller.text().lower()


def test_a_game_without_people_runs_to_its_count():
    client = client_of(replace(SETUP, black="random"))

    async def script(pilot):
        await until(pilot, lambda: client.game.is_ended, 60)

    drive(client, script)
    assert client.game.position.is_over
    assert "points" in client.game.reason
    assert client.game.result[2:] not in ("R", "T", "F")


def test_a_player_that_fails_loses_and_says_why():
    client = client_of()

    async def script(pilot):
        client.game.play(12)
        client.controller.receive(
            client.controller.process, Failure(client.game.position, "its program ended", True)
        )
        await pilot.pause()

    drive(client, script)
    assert client.game.result == "B+F"
    assert "its program ended" in client.controller.text()


def test_a_late_reply_to_another_position_is_ignored():
    client = client_of()

    async def script(pilot):
        client.controller.receive(
            client.controller.process, ChosenMove(Position(Rules(5, 5, 14.5)), 3)
        )
        await pilot.pause()
        assert len(client.game.history) == 1

    drive(client, script)


def test_a_clock_that_runs_out_ends_the_game():
    client = client_of(replace(SETUP, minutes=0.001))

    async def script(pilot):
        await until(pilot, lambda: client.game.is_ended)

    drive(client, script)
    assert client.game.result == "W+T"


def test_the_summary_names_the_move_that_lost_most():
    game = ClientGame.begin(SETUP)
    for move in (12, 6, 8):
        game.play(move)
    rates = (0.6, 0.55, 0.6, 0.1)
    note_estimates(game, {ply: Estimate(rate) for ply, rate in enumerate(rates)})
    game.resign(BLACK)
    said = summary(game)
    assert "White wins, W+R: you lose." in said
    assert "Digits show what lost most: 1 D4 -50 %." in said
    assert "changed hands 1 time" in said
