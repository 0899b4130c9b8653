"""What the client draws: board, panel and graph."""

import numpy as np
import pytest

from insei.client.board_picture import BoardPicture, rows_of
from insei.client.board_view import BoardView
from insei.client.drawing.discs import Cell
from insei.client.drawing.look import Look, plain_look
from insei.client.estimate import Estimate
from insei.client.game import ClientGame
from insei.client.panel import PanelSize, graph_of
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.client import (
    SETUP,
    client_of,
    drive,
    note_estimates,
    screen_of,
    type_line,
    until,
    your_turn,
)

pytestmark = pytest.mark.usefixtures("player_thread")


def test_the_board_is_drawn_plain_at_two_widths():
    picture = BoardPicture(
        Position(Rules(5, 5, 0.5)).play_all([12, 6]), cursor=18, look=plain_look()
    )
    wide = ["".join(segment.text for segment in line) for line in rows_of(picture, Cell(3, 1))]
    assert wide == [
        "    A  B  C  D  E ",
        " 5  .  .  .  .  .  5",
        " 4  . (O) .  .  .  4",
        " 3  .  .  X  .  .  3",
        " 2  .  .  . [.] .  2",
        " 1  .  .  .  .  .  1",
        "    A  B  C  D  E ",
    ]
    narrow = ["".join(segment.text for segment in line) for line in rows_of(picture, Cell(2, 1))]
    assert narrow[2] == " 4 . O). . .  4"
    assert narrow[4] == " 2 . . . .].  2"


@pytest.mark.parametrize(("size", "columns"), [((20, 10), 2), ((60, 24), 4), ((120, 40), 4)])
def test_the_screen_fits_terminals_of_all_sizes(size, columns):
    client = client_of()

    async def script(pilot):
        await type_line(pilot, "c3")
        await until(pilot, your_turn(client))
        assert client.query_one(BoardView).cell.columns == columns
        assert screen_of(client).count("X") == 1
        await pilot.resize_terminal(20, 10)
        await pilot.pause()
        assert not client.query_one("#panel").display
        assert screen_of(client).count("X") == 1
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert client.query_one("#panel").display

    drive(client, script, size)


def test_wood_has_colours_and_heat_and_ownership_change_them():
    position = Position(Rules(5, 5, 0.5)).play(12)
    heat = np.zeros(26, np.float32)
    heat[0] = 0.9
    plain = rows_of(BoardPicture(position), Cell(3, 1))[1][1].style
    hot = rows_of(BoardPicture(position, heat=heat), Cell(3, 1))[1][1].style
    owned = rows_of(BoardPicture(position, ownership=np.ones((5, 5), np.float32)), Cell(3, 1))[1][
        1
    ].style
    assert len({plain.bgcolor, hot.bgcolor, owned.bgcolor}) == 3


def test_the_graph_follows_the_win_rate():
    game = ClientGame.begin(SETUP)
    game.play(12)
    game.play(6)
    assert graph_of(game, PanelSize(30, 20, Look())) is None
    note_estimates(game, {0: Estimate(0.5, 0), 1: Estimate(1.0, 9), 2: Estimate(0.0, -9)})
    bars = graph_of(game, PanelSize(30, 20, Look())).bars(4, Look())
    assert [line.plain for line in bars] == [" █ ", " █ ", "██ ", "██ "]
    game.show_ply(1)
    graph = graph_of(game, PanelSize(30, 20, plain_look()))
    assert [line.plain[1] for line in graph.bars(4, plain_look())] == ["#"] * 4
    assert graph.mark_line() == " ^"
