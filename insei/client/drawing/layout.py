"""Where everything goes: the size of a point, and the panel beside the board or below it."""

from dataclasses import dataclass

from insei.client.drawing.discs import Cell
from insei.client.drawing.look import Look
from insei.engine.rules import Rules

MARGIN = 3  # columns of the row numbers, on each side
PANEL = 26  # columns of the panel beside large points
NARROW_PANEL = 16  # beside points of two columns
MOST_PLAIN_ROWS = 2  # of a point without colours: more is only empty
FOOTER = 1  # row of the keys
BELOW_ROWS = 3  # of a message and the line to type in, below the board


@dataclass(frozen=True)
class Layout:
    """How a screen is divided."""

    cell: Cell
    letter_rows: int  # 2 above and below the board, 1 below it, 0 none
    is_beside: bool  # whether the panel is beside the board; else two lines below it
    has_footer: bool  # whether the keys have a row at the bottom


def board_columns(rules: Rules, cell: Cell) -> int:
    """Columns of a board with its row numbers."""
    return 2 * MARGIN + cell.columns * rules.width


def cells(look: Look) -> list[Cell]:
    """The sizes of a point, largest first."""
    large = [Cell(2 * rows, rows) for rows in range(12, 1, -1)]
    if look.is_plain:
        large = [cell for cell in large if cell.rows <= MOST_PLAIN_ROWS]
    return [*large, Cell(3, 1), Cell(2, 1)]


def layout_for(rules: Rules, columns: int, rows: int, look: Look) -> Layout:
    """The layout with the largest points.

    The board gives up first the row of keys, then the letters above it, so that points are larger.
    """
    for cell in cells(look):
        height = cell.height(rules.height)
        is_tight = cell.columns == 2 and height + 2 + BELOW_ROWS + FOOTER > rows
        if board_columns(rules, cell) + (NARROW_PANEL if is_tight else PANEL) > columns:
            continue
        for letter_rows, has_footer in ((2, True), (2, False), (1, False)):
            if height + letter_rows + FOOTER * has_footer <= rows:
                return Layout(cell, letter_rows, True, has_footer)
    return narrow_layout(rules, columns, rows)


def narrow_layout(rules: Rules, columns: int, rows: int) -> Layout:
    """The layout of a terminal too small for a panel beside the whole board."""
    cell = next(
        (cell for cell in (Cell(3, 1), Cell(2, 1)) if board_columns(rules, cell) <= columns),
        Cell(2, 1) if board_columns(rules, Cell(2, 1)) - MARGIN <= columns else Cell(1, 1),
    )
    has_footer = rows >= rules.height + 2 + BELOW_ROWS + FOOTER
    is_beside = board_columns(rules, Cell(2, 1)) + PANEL <= columns
    return Layout(Cell(2, 1) if is_beside else cell, 2, is_beside, has_footer)
