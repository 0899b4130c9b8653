"""The board as text, from one column a point to large stones, in a theme's colours or plain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment

from insei.client.drawing.discs import Cell, line_of_points, pixel_rows
from insei.client.drawing.layout import MARGIN
from insei.client.drawing.look import PLAIN, Look, paint
from insei.client.drawing.points import CROSSINGS, PointLook, row_of_point
from insei.client.drawing.theme import blend
from insei.client.marks import Mark
from insei.engine.diagram import star_points
from insei.engine.position import Position
from insei.engine.rules import EMPTY, Rules
from insei.engine.vertex import COLUMNS

SHADE_FROM = 0.05  # of the net's policy, where it is a digit


@dataclass
class BoardPicture:
    """What to draw: a position and its overlays."""

    position: Position
    cursor: int | None = None
    dead: set[int] = field(default_factory=set)
    marks: Mapping[int, Mark] = field(default_factory=dict)  # by move
    heat: NDArray[np.float32] | None = None  # [A] the net's policy, 0 to 1
    ownership: NDArray[np.float32] | None = None  # [H, W] 1 for Black, -1 for White
    look: Look = field(default_factory=Look)


def rows_of(picture: BoardPicture, cell: Cell, letter_rows: int = 2) -> list[list[Segment]]:
    """The lines of the board.

    Args:
        cell: the size of a point.
        letter_rows: lines of letters: 2 above and below, 1 below, 0 none.
    """
    rules, look = picture.position.rules, picture.look
    points = points_of(picture)
    letters = [Segment(letter_line(rules, cell), PLAIN)]
    lines = [letters] if letter_rows == 2 else []
    centres = {cell.centre_row(row): row for row in range(rules.height)}
    wood = PLAIN if look.is_plain else paint(look.theme.ground, look.theme.ground)
    for line in range(cell.height(rules.height)):
        number = f"{rules.height - centres[line]}" if line in centres else ""
        before = [Segment(f"{number:>2} ", PLAIN)]
        is_half = cell.rows % 2 == 0 and line in (0, cell.height(rules.height) - 1)
        if cell.rows == 1 or look.is_plain or (is_half and not look.has_symbols):
            inner = small_line(points, centres.get(line), cell, look)
        else:
            inner = disc_line(points, line, line in centres, cell, look)
            edge = half_wood(line == 0, look) if is_half else Segment(" ", wood)
            before = [Segment(f"{number:>2}", PLAIN), edge]
        lines.append([*before, *inner, Segment(f" {number}", PLAIN)])
    return [*lines, letters] if letter_rows else lines


def letter_line(rules: Rules, cell: Cell) -> str:
    """The letters of the columns, each over the crossings."""
    before, after = " " * cell.centre, " " * (cell.columns - 1 - cell.centre)
    letters = "".join(f"{before}{COLUMNS[column]}{after}" for column in range(rules.width))
    return " " * MARGIN + letters


def half_wood(is_top: bool, look: Look) -> Segment:
    """The board's edge in half a line."""
    return Segment("▄" if is_top else "▀", paint(look.theme.ground, ""))


def small_line(
    points: list[tuple[PointLook, ...]], row: int | None, cell: Cell, look: Look
) -> Sequence[Segment]:
    """A line with a row of points in characters, or a blank one between them."""
    if row is None:
        return [Segment(" " * cell.columns * len(points[0]), PLAIN)]
    return [segment for point in points[row] for segment in row_of_point(point, cell.columns, look)]


def disc_line(
    points: list[tuple[PointLook, ...]], line: int, is_centre: bool, cell: Cell, look: Look
) -> tuple[Segment, ...]:
    """A line through large points."""
    upper, upper_inner, lower, lower_inner = pixel_rows(cell, line)
    return line_of_points(
        points[upper] if upper >= 0 else (),
        points[lower] if lower < len(points) else (),
        (upper_inner, lower_inner),
        is_centre,
        cell,
        look,
    )


def points_of(picture: BoardPicture) -> list[tuple[PointLook, ...]]:
    """What each point shows, row by row."""
    rules = picture.position.rules
    stars = star_points(rules.width, rules.height)
    stones = picture.position.board.tolist()
    owners = picture.ownership.tolist() if picture.ownership is not None else None
    return [
        tuple(
            point_of(picture, row, column, stone, (row, column) in stars, owners)
            for column, stone in enumerate(stones[row])
        )
        for row in range(rules.height)
    ]


def point_of(
    picture: BoardPicture,
    row: int,
    column: int,
    stone: int,
    is_star: bool,
    owners: list[list[float]] | None,
) -> PointLook:
    """What one point shows."""
    look, rules = picture.look, picture.position.rules
    move = row * rules.width + column
    mark = picture.marks.get(move)
    heat = float(picture.heat[move]) if picture.heat is not None and stone == EMPTY else 0.0
    owner = owners[row][column] if owners is not None else 0.0
    is_last, is_cursor = picture.position.last_move == move, picture.cursor == move
    is_dead = move in picture.dead and stone != EMPTY
    if mark is not None and stone == EMPTY:
        stone = mark.stone
    return PointLook(
        stone,
        "" if look.is_plain else ground_of(look, heat, owner, is_last, is_cursor),
        mark.text if mark else "",
        text_colour(look, mark) if mark else "",
        "" if look.has_blends else shade_of(heat, owner),
        crossing(rules, row, column),
        is_star,
        is_last,
        is_cursor,
        is_dead,
    )


def text_colour(look: Look, mark: Mark) -> str:
    """The theme's colour of a mark; empty for a note."""
    roles = {
        "best": look.theme.best,
        "candidate": look.theme.candidate,
        "mistake": look.theme.mistake,
    }
    return roles.get(mark.role, "")


def shade_of(heat: float, owner: float) -> str:
    """A character for heat or ownership, where colours don't mix."""
    if heat >= SHADE_FROM:
        return str(min(9, int(10 * heat)))
    return "b" if owner > 0.5 else "w" if owner < -0.5 else ""


def ground_of(look: Look, heat: float, owner: float, is_last: bool, is_cursor: bool) -> str:
    """The colour below a point."""
    theme = look.theme
    ground = theme.ground
    if look.has_blends:
        if owner:
            ground = blend(ground, theme.black if owner > 0 else theme.white, 0.6 * abs(owner))
        ground = blend(ground, theme.heat, heat**0.5)
    if is_last:
        ground = blend(ground, theme.last, 0.55)
    return blend(ground, theme.cursor, 0.7) if is_cursor else ground


def crossing(rules: Rules, row: int, column: int) -> str:
    """The crossing lines of a point, fewer at the edges."""
    across = 0 if column == 0 else 2 if column == rules.width - 1 else 1
    return CROSSINGS[0 if row == 0 else 2 if row == rules.height - 1 else 1][across]
