"""Points of the board that are one row high."""

from dataclasses import dataclass
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style

from insei.client.drawing.look import PLAIN, REVERSE, Look, paint
from insei.client.drawing.theme import blend
from insei.engine.rules import BLACK, EMPTY


@dataclass(frozen=True)
class PointLook:
    """What a point shows, whatever its size."""

    stone: int
    ground: str  # a colour of the theme, or a mixture
    text: str = ""  # of a mark
    text_colour: str = ""  # on a stone the text's, elsewhere what is below it; empty for neither
    shade: str = ""  # a character for heat or ownership, where colours don't mix
    crossing: str = "┼"
    is_star: bool = False
    is_last: bool = False
    is_cursor: bool = False
    is_dead: bool = False


CROSSINGS = ("┌┬┐", "├┼┤", "└┴┘")
LINES_LEFT, LINES_RIGHT = "┬┐┼┤┴┘", "┌┬├┼└┴"  # crossings with a line on that side
LINES_UP, LINES_DOWN = "├┼┤└┴┘", "┌┬┐├┼┤"


def symbol_of(point: PointLook, look: Look) -> str:
    """The character in the middle of a point without text."""
    if point.stone != EMPTY:
        black = point.stone == BLACK
        if point.is_dead:
            return "x" if black else "o"
        return "●" if look.has_stone else "X" if black else "O"
    if point.shade:
        return point.shade
    if look.is_plain:
        return "+" if point.is_star else "."
    return crossing_of(point, look)


def crossing_of(point: PointLook, look: Look) -> str:
    """The crossing lines of an empty point."""
    if not look.has_symbols:
        return "*" if point.is_star else "+"
    if point.is_star:
        return "╬" if look.terminal.is_console else "╋"
    return point.crossing


def line_beside(point: PointLook, look: Look, is_left: bool) -> str:
    """The line from a point to the next."""
    if look.is_plain or point.crossing not in (LINES_LEFT if is_left else LINES_RIGHT):
        return " "
    return "─" if look.has_symbols else "-"


@lru_cache(4096)
def row_of_point(point: PointLook, columns: int, look: Look) -> tuple[Segment, ...]:
    """A point that is one row high.

    Args:
        columns: of the point, 1 or more; those beyond the third are lines.
    """
    if look.is_plain:
        return (plain_row(point, columns, look),)
    theme = look.theme
    symbol = symbol_of(point, look)
    left, right = (line_beside(point, look, is_left) for is_left in (True, False))
    if point.stone != EMPTY and (point.text or not (look.has_stone or point.is_dead)):
        return filled_stone(point, columns, look, left, right)
    if point.text:
        ground = point.text_colour or point.ground
        style = paint(theme.black, ground, True)
        return spread(point.text, columns, Segment(right, paint(theme.line, ground)), style)
    ink = look.stone(point.stone) if point.stone else theme.black if point.shade else theme.line
    style = paint(ink, point.ground, point.stone != EMPTY)
    line_style = paint(theme.line, point.ground)
    if point.is_cursor:
        left, right, line_style = "[", "]", paint(theme.black, point.ground, True)
    parts = [Segment(symbol, style)]
    if columns >= 2:
        parts.append(Segment(right, line_style))
    if columns >= 3:
        parts.insert(0, Segment(left, line_style))
    return tuple(parts)


def plain_row(point: PointLook, columns: int, look: Look) -> Segment:
    """A point without colours: brackets for the cursor, round ones for the last move."""
    symbol = symbol_of(point, look)
    left = right = " "
    if point.is_cursor:
        left, right = "[", "]"
    elif point.is_last:
        left, right = "(", ")"
    if point.text:
        stone = symbol if point.stone else ""
        if columns >= 3:
            shown = f"{stone + point.text:^3}"[:3]
        else:  # the stone matters more than the first figure
            shown = stone[: columns - 1] + point.text[-1:] if stone else point.text[-columns:]
            shown = shown if len(shown) >= columns else shown + right
    else:
        shown = {1: symbol, 2: symbol + right}.get(columns, left + symbol + right)
    lead = " " * ((columns - 1) // 2 - 1)  # the symbol is where lines would cross
    return Segment((lead + shown).ljust(columns), REVERSE if point.is_cursor else PLAIN)


def filled_stone(
    point: PointLook, columns: int, look: Look, left: str, right: str
) -> tuple[Segment, ...]:
    """A stone as its colour with text: brackets that make it round, or a mark."""
    stone, ink = look.stone(point.stone), look.ink(point.stone)
    if point.text:
        style = paint(point.text_colour or ink, stone, True)
        line = Segment(right, paint(look.theme.line, point.ground)) if look.has_stone else None
        return spread(point.text, columns, line, style)
    edge = blend(stone, ink, 0.5) if look.has_blends else ink
    style = paint(look.theme.cursor if point.is_cursor else edge, stone, True)
    if columns == 1:
        return (Segment(symbol_of(point, look), style),)
    brackets = "[]" if point.is_cursor else "{}" if point.is_last else "()"
    return (Segment(brackets[0] + " " * (columns - 2) + brackets[1], style),)


def spread(text: str, columns: int, line: Segment | None, style: Style) -> tuple[Segment, ...]:
    """Text over a point; its last characters if there is little room.

    Args:
        line: to the next point, where a point of two columns has one character.
    """
    shown = text[-columns:]
    if line is not None and columns == 2 and len(shown) == 1:
        return Segment(shown, style), line
    return (Segment(shown.center(columns), style),)
