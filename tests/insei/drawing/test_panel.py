"""The panel's pieces: stones, names, moves."""

import pytest
from rich.cells import cell_len

from insei.client.drawing.graph import Graph
from insei.client.drawing.history import history_lines
from insei.client.drawing.look import Look, plain_look
from insei.client.drawing.terminal import Terminal
from insei.client.drawing.theme import find_theme
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.panel import PanelSize, panel_of, status_lines, stone_sign, wrapped_lines
from insei.engine.rules import BLACK, WHITE

LOOKS = {
    "true colour": Look(),
    "16": Look(find_theme("sixteen"), Terminal(16)),
    "console": Look(find_theme("sixteen"), Terminal(16, is_console=True)),
    "wide": Look(terminal=Terminal(stone_width=2)),
    "light": Look(find_theme("paper"), Terminal(is_light=True)),
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_stone_in_the_panel_has_its_own_colour_whatever_the_terminals_is(look):
    for colour in (BLACK, WHITE):
        sign = stone_sign(colour, look)
        style = sign.style
        shown = style.color if sign.plain == "●" else style.bgcolor
        assert shown.name == look.stone(colour)
        assert style.bgcolor is not None  # else the terminal's own would be behind it
        assert style.color != style.bgcolor


def test_a_plain_panel_has_letters_for_stones():
    assert [stone_sign(colour, plain_look()).plain for colour in (BLACK, WHITE)] == ["X", "O"]


@pytest.mark.parametrize("columns", [14, 15, 23, 24, 40, 60])
@pytest.mark.parametrize("name", ["a", "a-very-long-name-of-a-player" * 3, "囲碁の好きな人" * 5])
def test_names_of_any_width_leave_room_for_the_clock(columns, name):
    game = ClientGame.begin(GameSetup(black=YOU, white=name, minutes=5))
    lines = status_lines(game, PanelSize(columns, 20, plain_look()))
    assert all(cell_len(line.plain) <= columns for line in lines)
    assert lines[1].plain.endswith(("4:59", "5:00"))
    assert cell_len(lines[0].plain) == cell_len(lines[1].plain) == columns


def test_text_is_wrapped_by_columns_and_shows_no_controls():
    lines = wrapped_lines("囲碁 " * 10 + "\x1b[2J", 12)
    assert all(cell_len(line.plain) <= 12 for line in lines)
    assert "\x1b" not in "".join(line.plain for line in lines)


def test_moves_stand_in_even_columns_around_the_shown_one():
    vertices = [f"{letter}{row}" for row in (1, 2, 3, 10) for letter in "ABCD"]
    assert history_lines(vertices, 16, 32, 2) == [
        "  9 A3   10 B3   11 C3   12 D3",
        " 13 A10  14 B10  15 C10 >16 D10",
    ]
    assert history_lines(vertices, 16, 31, 1) == [" 15 C10 >16 D10"]
    assert history_lines(vertices, 1, 18, 1) == ["> 1 A1    2 B1"]
    assert history_lines(vertices, 8, 18, 3) == [
        "  5 A2    6 B2",
        "  7 C2  > 8 D2",
        "  9 A3   10 B3",
    ]
    assert history_lines([], 0, 30, 5) == []
    assert history_lines(vertices, 16, 30, 0) == []


@pytest.mark.parametrize("plies", [1, 2, 19, 20, 399])
def test_every_bar_of_a_graph_leads_to_its_ply(plies):
    graph = Graph({0: 0.5}, plies, min(20, plies + 1), {})
    reached = [graph.ply_at(column) for column in range(graph.columns)]
    assert reached[0] == 0
    assert reached[-1] == plies
    assert [graph.column_of(ply) for ply in reached] == list(range(graph.columns))


@pytest.mark.parametrize("rows", [3, 5, 8, 12, 19, 50])
@pytest.mark.parametrize("columns", [14, 30, 60])
def test_a_panel_never_has_more_lines_than_rows(rows, columns):
    game = ClientGame.begin(GameSetup(size=9, black=YOU, white=YOU))
    for move in range(0, 60, 2):
        game.play(move)
    for message in ("", "word " * 40, "word " * 400):
        panel = panel_of(game, None, message, PanelSize(columns, rows, Look()), True)
        assert len(panel.lines) <= rows
        assert all(cell_len(line.plain) <= columns for line in panel.lines)
