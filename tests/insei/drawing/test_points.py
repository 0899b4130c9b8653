"""Points of all sizes on all kinds of terminals: what is seen of stones, marks and lines."""

import itertools

import numpy as np
import pytest
from rich.cells import cell_len

from insei.client.board_picture import BoardPicture, rows_of
from insei.client.drawing.characters import console_text, narrow_text
from insei.client.drawing.discs import Cell, coverage
from insei.client.drawing.look import Look
from insei.client.drawing.terminal import TRUE_COLOUR, Terminal
from insei.client.drawing.theme import find_theme
from insei.client.marks import Mark, lettered
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules

RULES = Rules(5, 5, 0.5)
POSITION = Position(RULES).play_all([12, 6, 13, 7])
TERMINALS = {
    "true colour": Terminal(),
    "256": Terminal(256),
    "16": Terminal(16),
    "console": Terminal(16, is_console=True),
    "wide": Terminal(256, stone_width=2),
    "wide, 16": Terminal(16, stone_width=2),
    "ascii": Terminal(TRUE_COLOUR, stone_width=0),
    "none": Terminal(0),
}
CELLS = [Cell(1, 1), Cell(2, 1), Cell(3, 1), Cell(4, 2), Cell(6, 3), Cell(8, 4), Cell(10, 5)]


def look_on(terminal):
    name = {0: "plain", 16: "sixteen"}.get(terminal.num_colours, "wood")
    return Look(find_theme(name), terminal)


LOOKS = {name: look_on(terminal) for name, terminal in TERMINALS.items()}
every_look = pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
every_cell = pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.columns}x{cell.rows}")


def place(lines, cell, move):
    """The character and style at the middle of a point."""
    row, column = divmod(move, RULES.width)
    x, y = 3 + column * cell.columns + cell.centre, 1 + cell.centre_row(row)
    for segment in lines[y]:
        if x < len(segment.text):
            return segment.text[x], segment.style
        x -= len(segment.text)
    raise AssertionError("the line is too short")


def seen(lines, cell, move):
    """What tells a point from others: its character, and its colours where they show."""
    text, style = place(lines, cell, move)
    ink = style.color.name if style.color and text.strip() else None
    return text, ink, style.bgcolor.name if style.bgcolor else None


@every_look
@every_cell
def test_black_white_and_empty_look_different_under_every_overlay(look, cell):
    pictures = [
        BoardPicture(POSITION, look=look),
        BoardPicture(POSITION, cursor=12, look=look),
        BoardPicture(POSITION, ownership=np.ones((5, 5), np.float32), look=look),
        BoardPicture(POSITION, heat=np.full(26, 0.5, np.float32), look=look),
    ]
    for picture in pictures:
        lines = rows_of(picture, cell)
        points = [seen(lines, cell, move) for move in (12, 13, 6, 7, 3)]
        (black, other), (white, last), empty = points[:2], points[2:4], points[4]
        assert len({black, white, empty}) == len({other, last, empty}) == 3


@every_look
@every_cell
def test_a_stone_in_colours_contrasts_with_what_is_below_it(look, cell):
    if look.is_plain:
        return
    lines = rows_of(BoardPicture(POSITION.play(RULES.pass_move), look=look), cell)
    for move, colour in ((12, BLACK), (6, WHITE), (7, WHITE)):
        text, style = place(lines, cell, move)
        shown = style.color if text == "●" else style.bgcolor
        assert distance(shown.name, look.theme.ground) >= 40
        assert (
            distance(shown.name, look.stone(colour)) <= 20 < distance(shown.name, look.ink(colour))
        )


def distance(colour, other):
    """Between the brightness of two colours; of names 0 or 255."""
    if colour == other:
        return 0
    if not (colour.startswith("#") and other.startswith("#")):
        return 255
    return abs(sum(int(colour[at : at + 2], 16) - int(other[at : at + 2], 16) for at in (1, 3, 5)))


@every_look
@every_cell
def test_every_line_is_as_wide_as_the_terminal_will_draw_it(look, cell):
    marks = lettered([0, 1], RULES) | {12: Mark("!", "mistake"), 4: Mark("100", stone=WHITE)}
    picture = BoardPicture(POSITION, cursor=18, marks=marks, dead={6}, look=look)
    lines = rows_of(picture, cell)
    assert len(lines) == cell.height(5) + 2
    texts = ["".join(segment.text for segment in line[:-1]) for line in lines[1:-1]]
    assert {cell_len(text) for text in texts} == {3 + 5 * cell.columns}
    if not look.has_symbols:
        assert all(text.isascii() for text in texts)
    if look.terminal.is_console:
        "".join(texts).encode("cp437")


@every_look
@every_cell
def test_marks_are_read_and_the_stones_below_them_seen(look, cell):
    marks = {12: Mark("7"), 6: Mark("8"), 3: Mark("a", "best"), 4: Mark("9", stone=BLACK)}
    lines = rows_of(BoardPicture(POSITION, marks=marks, look=look), cell)
    text = "".join(segment.text for line in lines[1:-1] for segment in line[1:-1])
    assert {"a", "7", "8", "9"} <= set(text)
    if not look.is_plain:
        grounds = [place(lines, cell, move)[1].bgcolor.name for move in (12, 6, 3)]
        assert len(set(grounds)) == 3
    elif cell.columns > 1:
        assert "X7" in text
        assert "O8" in text
        assert "X9" in text


@pytest.mark.parametrize("look", [look for look in LOOKS.values() if not look.is_plain], ids=str)
@every_cell
def test_stones_in_every_corner_stay_on_the_board(look, cell):
    corners = Position(RULES).play_all([0, 4, 20, 24])
    before, after = (
        ["".join(segment.text for segment in line) for line in rows_of(picture, cell)]
        for picture in (BoardPicture(Position(RULES), look=look), BoardPicture(corners, look=look))
    )
    assert [len(line) for line in before] == [len(line) for line in after]


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.rows > 1], ids=str)
@pytest.mark.parametrize(("is_smooth", "has_halves"), [*itertools.product((True, False), repeat=2)])
def test_a_disc_is_symmetric_about_its_crossing(cell, is_smooth, has_halves):
    shares = np.array(coverage(cell, 1.0, is_smooth, has_halves))
    assert (shares == shares[::-1]).all()
    assert (shares[:, -1] == 0).all()  # a gap to the next stone
    assert (shares[:, :-1] == shares[:, -2::-1]).all()
    assert shares[cell.rows, cell.centre] == 1


def test_a_stone_of_four_by_two_is_three_columns_of_half_blocks():
    look = Look(find_theme("sixteen"), Terminal(16))
    position = Position(RULES).play_all([12, RULES.pass_move])
    lines = rows_of(BoardPicture(position, look=look), Cell(4, 2))
    assert ["".join(segment.text for segment in line) for line in lines] == [
        "    A   B   C   D   E  ",
        "  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄ ",
        " 5  ┌───┬───┬───┬───┐   5",
        "    │   │   │   │   │   ",
        " 4  ├───┼───┼───┼───┤   4",
        "    │   │   ▀   │   │   ",
        " 3  ├───┼──   ──┼───┤   3",
        "    │   │   ▀   │   │   ",
        " 2  ├───┼───┼───┼───┤   2",
        "    │   │   │   │   │   ",
        " 1  └───┴───┴───┴───┘   1",
        "  ▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀ ",
        "    A   B   C   D   E  ",
    ]


@pytest.mark.parametrize(
    ("text", "narrow", "console"),
    [
        ("abc é", "abc e", "abc é"),
        ("●○─│┼╭", "#o-|++", "#o─│┼┌"),
        ("▄█▼…", "##v.", "▄█v."),
        ("囲碁", "囲碁", "囲碁"),
        ("αж", "??", "αж"),
    ],
)
def test_characters_that_a_terminal_lacks_are_replaced_one_by_one(text, narrow, console):
    assert narrow_text(text) == narrow
    assert console_text(text) == console
