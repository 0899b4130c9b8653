"""Layouts: all of the board, its letters and a panel fit every usual terminal; points grow."""

import itertools

import pytest

from insei.client.drawing.layout import FOOTER, Layout, board_columns, cells, layout_for
from insei.client.drawing.look import Look, plain_look
from insei.client.drawing.terminal import Terminal
from insei.client.drawing.theme import Theme
from insei.engine.rules import tromp_taylor

LOOKS = {
    "true colour": Look(),
    "16 colours": Look(Theme(256), Terminal(16)),
    "plain": plain_look(),
    "wide": Look(terminal=Terminal(stone_width=2)),
}
SCREENS = ((60, 20), (80, 24), (120, 40), (200, 50))


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("screen", SCREENS, ids=str)
@pytest.mark.parametrize("size", range(1, 20))
def test_board_letters_and_panel_fit_on_the_usual_screens(look, screen, size):
    columns, rows = screen
    layout = layout_for(tromp_taylor(size), columns, rows, look)
    height = layout.cell.height(size) + layout.letter_rows + FOOTER * layout.has_footer
    assert layout.is_beside
    assert layout.letter_rows >= 1
    assert height <= rows
    assert board_columns(tromp_taylor(size), layout.cell) + 16 <= columns


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("size", [5, 9, 13, 19])
def test_a_larger_screen_never_has_smaller_points(look, size):
    found = [layout_for(tromp_taylor(size), *screen, look).cell.rows for screen in SCREENS]
    assert found == sorted(found)


def test_points_on_known_screens():
    found = {
        (size, screen): layout_for(tromp_taylor(size), *screen, Look())
        for size, screen in itertools.product((9, 13, 19), SCREENS)
    }
    rows = {key: (layout.cell.columns, layout.cell.rows) for key, layout in found.items()}
    assert [rows[9, screen] for screen in SCREENS] == [(3, 1), (4, 2), (8, 4), (10, 5)]
    assert [rows[13, screen] for screen in SCREENS] == [(2, 1), (3, 1), (6, 3), (6, 3)]
    assert [rows[19, screen] for screen in SCREENS] == [(2, 1), (2, 1), (4, 2), (4, 2)]
    assert found[19, (80, 24)].letter_rows == 2
    assert found[19, (120, 40)] == Layout(found[19, (120, 40)].cell, 1, True, False)


@pytest.mark.parametrize("screen", [(20, 10), (30, 14), (10, 5), (44, 30)], ids=str)
@pytest.mark.parametrize("size", [5, 19])
def test_a_small_screen_has_a_layout_too(screen, size):
    layout = layout_for(tromp_taylor(size), *screen, Look())
    assert layout.cell.rows == 1


def test_plain_points_do_not_grow_into_emptiness():
    assert max(cell.rows for cell in cells(plain_look())) == 2
