"""The client's keyboard and mouse, without a terminal."""

import pytest

from insei.client.board_view import BoardView
from insei.engine.rules import BLACK
from tests.helpers.client import client_of, drive, screen_of, type_line, until, your_turn

pytestmark = pytest.mark.usefixtures("player_thread")


def test_a_vertex_is_typed_and_the_opponent_answers():
    client = client_of()

    async def script(pilot):
        await type_line(pilot, "c3")
        await until(pilot, lambda: len(client.game.history) == 3)

    drive(client, script)
    assert client.game.position.moves[0] == 12
    assert client.game.position.to_play == BLACK


def test_the_cursor_plays():
    client = client_of()

    async def script(pilot):
        await pilot.press("up", "left", "up", "enter")  # the first key shows it at the centre
        await until(pilot, lambda: len(client.game.history) == 3)

    drive(client, script)
    assert client.game.position.moves[0] == 6


def test_a_click_plays():
    client = client_of()

    async def script(pilot):
        await pilot.click(BoardView, offset=(3 + 3 * 2 + 1, 1 + 2))
        await until(pilot, lambda: len(client.game.history) == 3)

    drive(client, script)
    assert client.game.position.moves[0] == 12


def test_pass_undo_and_an_illegal_move():
    client = client_of()

    async def script(pilot):
        await type_line(pilot, "c3")
        await until(pilot, your_turn(client))
        await type_line(pilot, "c3")
        assert "occupied" in client.controller.text()
        await pilot.press("f7")
        assert len(client.game.history) == 1
        await pilot.press("f6")
        await until(pilot, lambda: len(client.game.history) == 3)
        await type_line(pilot, "undo")
        await type_line(pilot, "undo")
        assert client.controller.text() == "Nothing to take back."
        await type_line(pilot, "z9")
        assert client.controller.text().startswith("vertex 'z9': wanted a letter and a number")

    drive(client, script)


@pytest.mark.slow  # a deep analysis leaves the keys little time in the same process
def test_hints_heat_and_area_are_overlays():
    client = client_of()

    async def script(pilot):
        await pilot.press("f3")
        await until(pilot, lambda: " a " in screen_of(client))
        assert "black wins" in str(client.query_one("#panel").render())
        await pilot.press("f4")
        await until(pilot, lambda: client.picture().heat is not None)
        await pilot.press("f5")
        await until(pilot, lambda: client.picture().ownership is not None)
        await pilot.press("f5")
        assert client.controller.overlay == ""

    drive(client, script)
