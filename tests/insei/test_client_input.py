"""The client's keyboard and mouse, without a terminal."""

from dataclasses import replace

import numpy as np
import pytest
from textual.events import MouseScrollDown, MouseScrollUp

from insei.client.board_view import BoardView
from insei.client.drawing.discs import Cell
from insei.client.drawing.layout import MARGIN
from insei.client.drawing.look import Look
from insei.client.estimate import Estimate
from insei.client.game_setup import YOU
from insei.client.panel_view import PanelView
from insei.engine.rules import BLACK
from tests.helpers.client import (
    SETUP,
    client_of,
    drive,
    note_estimates,
    place_of,
    screen_of,
    type_line,
    until,
    your_turn,
)

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


@pytest.mark.parametrize("size", [(90, 30), (60, 14), (30, 10)], ids=str)
def test_a_click_plays(size):
    client = client_of()

    async def script(pilot):
        await pilot.click(BoardView, offset=place_of(client, 12))
        await until(pilot, lambda: len(client.game.history) == 3)

    drive(client, script, size)
    assert client.game.position.moves[0] == 12


def test_every_place_of_a_large_board_belongs_to_the_nearest_point():
    client = client_of(replace(SETUP, white=YOU), look=Look())

    async def script(pilot):
        view = client.query_one(BoardView)
        assert view.cell == Cell(10, 5)
        places = [view.point_at(MARGIN + x, 1 + y) for y in range(25) for x in range(50)]
        rows, columns = np.divmod(np.reshape(places, (25, 50)), 5)
        assert (rows == np.arange(25)[:, None] // 5).all()
        assert (columns == np.arange(50) // 10).all()
        outside = ((MARGIN - 1, 5), (MARGIN + 50, 5), (MARGIN, 0), (MARGIN, 26))
        assert [view.point_at(x, y) for x, y in outside] == [None] * 4

    drive(client, script, (90, 30))


def test_the_wheel_moves_through_the_game_and_not_below_a_dialog():
    client = client_of(replace(SETUP, white=YOU))
    for move in (12, 6, 7):
        client.game.play(move)

    async def script(pilot):
        await pilot.pause()
        wheel = {"widget": client.query_one(BoardView), "offset": (5, 5)}
        await pilot._post_mouse_events([MouseScrollUp], **wheel)
        await pilot._post_mouse_events([MouseScrollUp], **wheel)
        assert client.game.ply == 1
        await pilot._post_mouse_events([MouseScrollDown], **wheel)
        assert client.game.ply == 2
        await pilot.press("f8")
        await pilot._post_mouse_events([MouseScrollDown], offset=(2, 2))
        assert client.game.ply == 2

    drive(client, script)


def test_a_click_on_the_graph_shows_that_position():
    client = client_of(replace(SETUP, white=YOU))
    for move in (12, 6, 7, 8):
        client.game.play(move)
    note_estimates(client.game, {ply: Estimate(ply / 4, 0) for ply in range(5)})
    client.controller.shows_graph = True  # hidden while playing

    async def script(pilot):
        await pilot.pause()
        view = client.query_one(PanelView)
        assert client.game.ply == 4
        row = view.panel.graph_rows[1]
        await pilot.click(view, offset=(1 + 2, row))
        assert client.game.ply == 2
        assert view.panel.graph_rows[1] == row  # though the text above has changed
        await pilot.click(view, offset=(1 + 20, row))  # right of the last bar
        await pilot.click(view, offset=(1, row - 2))  # the title
        assert client.game.ply == 2
        await pilot.click(view, offset=(1, row))
        assert client.game.ply == 0

    drive(client, script)


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
