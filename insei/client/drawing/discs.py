"""Points of two or more rows: stones as discs of half-blocks, whose halves are nearly square.

A half is a pixel here. Each point has a tile of pixels, with the crossing of the lines in the
middle of the character at its centre. Where a point has an even number of rows, its tile begins in
the middle of a character, which it then shares with the tile above.
"""

from dataclasses import dataclass
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style

from insei.client.drawing.look import Look, paint
from insei.client.drawing.points import LINES_DOWN, LINES_UP, PointLook, crossing_of, line_beside
from insei.client.drawing.theme import blend
from insei.engine.rules import EMPTY

FINE = 4  # a pixel's coverage is measured at FINE x FINE places
GRADES = 8  # and rounded, so that there are few colours


@dataclass(frozen=True)
class Cell:
    """The size of a point in characters."""

    columns: int
    rows: int

    @property
    def centre(self) -> int:
        """The column of the crossing within a point."""
        return (self.columns - 1) // 2

    def centre_row(self, row: int) -> int:
        """The line of a row's crossings, counted from the top of the board."""
        return row * self.rows + self.rows // 2

    def height(self, num_rows: int) -> int:
        """The lines of a board of so many rows, without letters."""
        return num_rows * self.rows + (self.rows % 2 == 0)


@lru_cache(64)
def coverage(
    cell: Cell, size: float, is_smooth: bool, has_halves: bool
) -> tuple[tuple[float, ...], ...]:
    """How much of each pixel of a tile a disc covers, 0 to 1.

    A small smooth disc is squarer than a circle, which would look like a diamond.

    Args:
        size: of the disc, 1 for a stone.
        is_smooth: whether colours can be mixed at its edge.
        has_halves: whether a character has two pixels; else both are covered alike.
    """
    wide, high = size * (cell.columns - 1) / 2, size * (cell.rows - (0.1 if is_smooth else 0.3))
    exponent = 2 + 1.2 / cell.rows if is_smooth else 2
    places = [(place + 0.5) / FINE for place in range(FINE)]

    def covered(x: int, y: int) -> float:
        inside = sum(
            abs((x - cell.centre - 0.5 + dx) / wide) ** exponent
            + abs((y - cell.rows + dy) / high) ** exponent
            <= 1
            for dx in places
            for dy in places
        )
        return round(GRADES * inside / FINE**2) / GRADES

    pixels = [[covered(x, y) for x in range(cell.columns)] for y in range(2 * cell.rows)]
    if not has_halves:
        shared = cell.rows % 2 == 0  # the outermost pixels are in a character with another tile's
        pixels[0] = pixels[-1] = [0.0] * cell.columns if shared else pixels[0]
        for y in range(shared, 2 * cell.rows - 1, 2):
            both = zip(pixels[y], pixels[y + 1], strict=True)
            pixels[y] = pixels[y + 1] = [(top + bottom) / 2 for top, bottom in both]
    return tuple(map(tuple, pixels))


@lru_cache(4096)
def tile(point: PointLook, cell: Cell, look: Look) -> tuple[tuple[str, ...], ...]:
    """The colours of a point's pixels; empty where the ground and the lines show."""
    disc = disc_of(point, look)
    if disc is None:
        return ((("",) * cell.columns),) * (2 * cell.rows)
    colour, size = disc
    is_smooth = look.has_blends and look.has_symbols
    is_shaded = look.has_shades and point.stone != EMPTY

    def pixel(x: int, y: int, share: float) -> str:
        if not is_smooth:
            return colour if share >= 0.5 else ""
        if not look.has_shades:  # few of 256 colours lie between the stones' and the ground's
            share = 0.0 if share < 0.2 else 0.5 if share < 0.8 else 1.0
        if not share:
            return ""
        across, down = (x + 0.5) / cell.columns, (y + 0.5) / (2 * cell.rows)
        lit = shaded(colour, across + down - 1) if is_shaded else colour
        return blend(point.ground, lit, share)

    return tuple(
        tuple(pixel(x, y, share) for x, share in enumerate(row))
        for y, row in enumerate(coverage(cell, size, is_smooth, look.has_symbols))
    )


def disc_of(point: PointLook, look: Look) -> tuple[str, float] | None:
    """The colour and size of the disc on a point; None for none."""
    if point.stone != EMPTY:
        colour = look.stone(point.stone)
        return (blend(point.ground, colour, 0.75), 0.7) if point.is_dead else (colour, 1.0)
    if point.text and point.text_colour:
        return point.text_colour, 1.0
    return None


def shaded(colour: str, depth: float) -> str:
    """A stone's colour where it is lit from the upper left.

    Args:
        depth: -1 at the upper left, 1 at the lower right.
    """
    if depth < 0:
        return blend(colour, "#ffffff", round(-0.35 * depth, 2))
    return blend(colour, "#000000", round(0.2 * depth, 2))


@lru_cache(4096)
def text_of(point: PointLook, cell: Cell, look: Look) -> dict[int, tuple[str, str]]:
    """Characters and their ink over the centre line of a point, by column."""
    ink = look.ink(point.stone) if point.stone else look.theme.black
    text = point.text
    if point.text:
        ink = (point.text_colour if point.stone else "") or ink
    elif point.is_dead:
        text = "x"
    elif point.is_cursor:
        text, ink = "[ ]", look.theme.cursor if point.stone else ink
        if point.is_last:
            text = f"[{last_sign(look)}]"
    elif point.is_last:
        text, ink = last_sign(look), look.theme.last
    elif point.stone == EMPTY:
        text = point.shade
    shown = text[: cell.columns]
    start = cell.centre - (len(shown) - 1) // 2
    return {start + at: (letter, ink) for at, letter in enumerate(shown) if letter != " "}


def last_sign(look: Look) -> str:
    """The sign on the last stone."""
    return "●" if look.has_stone else "*"


def pixel_rows(cell: Cell, line: int) -> tuple[int, int, int, int]:
    """The tiles' rows and the pixel rows within them of a line's upper and lower halves.

    Rows outside the board are -1 or its number of rows.
    """
    upper = 2 * line - (cell.rows % 2 == 0)
    lower = upper + 1
    return (*divmod(upper, 2 * cell.rows), *divmod(lower, 2 * cell.rows))


@lru_cache(512)
def line_of_points(
    upper: tuple[PointLook, ...],
    lower: tuple[PointLook, ...],
    inner: tuple[int, int],
    is_centre: bool,
    cell: Cell,
    look: Look,
) -> tuple[Segment, ...]:
    """One line of characters through a row of points, or between two.

    Args:
        upper, lower: the points whose pixels are the upper and the lower halves; one is empty
            above and below the board.
        inner: the pixel rows within their tiles.
        is_centre: whether the line goes through the crossings; `upper` and `lower` are equal then.
    """
    characters: list[tuple[str, Style]] = []
    for first, second in zip(upper or lower, lower or upper, strict=True):
        tops = tile(first, cell, look)[inner[0]]
        bottoms = tile(second, cell, look)[inner[1]]
        texts = text_of(first, cell, look) if is_centre else {}
        for x in range(cell.columns):
            top, bottom = tops[x], bottoms[x]
            if not upper or not lower:
                colour = (bottom or second.ground) if lower else (top or first.ground)
                characters.append(("▄" if lower else "▀", paint(colour, "")))
            elif x in texts:
                letter, ink = texts[x]
                characters.append((letter, paint(ink, top or first.ground, True)))
            elif top or bottom or (look.has_symbols and first.ground != second.ground):
                halves = top or first.ground, bottom or second.ground
                characters.append(two_halves(*halves))
            else:
                ground = first.ground if first.ground == second.ground else look.theme.ground
                sign = line_sign(first, x, inner[0], is_centre, cell, look)
                characters.append((sign, paint(look.theme.line, ground)))
    return merged(characters)


def two_halves(top: str, bottom: str) -> tuple[str, Style]:
    """A character of two colours."""
    return (" ", paint(top, top)) if top == bottom else ("▀", paint(top, bottom))


def line_sign(point: PointLook, x: int, inner: int, is_centre: bool, cell: Cell, look: Look) -> str:
    """The line, crossing or blank at a place where only the ground shows.

    Args:
        inner: the pixel row of the character's upper half, in the point's tile.
    """
    if is_centre and x != cell.centre:
        return line_beside(point, look, x < cell.centre)
    if x != cell.centre:
        return " "
    if is_centre:
        return crossing_of(point, look)
    is_joined = point.crossing in (LINES_UP if inner < cell.rows else LINES_DOWN)
    return (" ", "│" if look.has_symbols else "|")[is_joined]


def merged(characters: list[tuple[str, Style]]) -> tuple[Segment, ...]:
    """Characters as segments, one for each run of a style."""
    segments: list[Segment] = []
    text, style = "", None
    for letter, next_style in characters:
        if next_style is not style and text:
            segments.append(Segment(text, style))
            text = ""
        text, style = text + letter, next_style
    return (*segments, Segment(text, style))
