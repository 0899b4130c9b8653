"""The graph of the game: Black's chance to win, move by move."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

from insei.client.drawing.look import PLAIN, Look, paint
from insei.engine.rules import BLACK, WHITE

BARS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Graph:
    """What a graph shows.

    Args:
        rates: Black's chance to win by ply, 0 to 1. A ply without one takes the nearest.
        num_plies: of the game.
        columns: of the graph, at most one for each ply and the start.
        marks: signs below the bars, by ply.
    """

    rates: Mapping[int, float]
    num_plies: int
    columns: int
    marks: Mapping[int, str]

    def column_of(self, ply: int) -> int:
        """The column of a ply."""
        return round(ply * (self.columns - 1) / self.num_plies)

    def ply_at(self, column: int) -> int:
        """The ply of a column."""
        last = self.columns - 1
        return round(min(max(0, column), last) * self.num_plies / last)

    def heights(self, steps: int) -> list[int]:
        """The height of each column's bar, in so many steps."""
        estimated = sorted(self.rates)
        heights = []
        for column in range(self.columns):
            ply = self.ply_at(column)
            nearest = min(estimated, key=lambda other: abs(other - ply))
            heights.append(round(self.rates[nearest] * steps))
        return heights

    def bars(self, rows: int, look: Look) -> list[Text]:
        """The bars, top row first: Black's share below in black, White's above in white."""
        heights = self.heights(8 * rows)
        lines = []
        for row in range(rows):
            levels = [min(8, max(0, height - 8 * (rows - 1 - row))) for height in heights]
            lines.append(Text.assemble(*(bar(level, look) for level in levels)))
        return lines

    def mark_line(self) -> str:
        """The signs below the bars; empty without any."""
        signs = [" "] * self.columns
        for ply, sign in self.marks.items():
            signs[self.column_of(ply)] = sign
        return "".join(signs).rstrip()


def bar(level: int, look: Look) -> tuple[str, Style]:
    """A character that is black from below, to so many eighths."""
    if look.is_plain:
        return ("#" if level >= 4 else " "), PLAIN
    black, white = look.stone(BLACK), look.stone(WHITE)
    if not look.has_symbols:
        colour = black if level >= 4 else white
        return " ", paint(colour, colour)
    if look.terminal.is_console:  # its font has the half and the whole block
        level = 8 if level >= 6 else 4 if level >= 3 else 0
    return BARS[level], paint(black, white)
