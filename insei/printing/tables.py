"""Tables as text that fits the terminal."""

import io
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from insei.system.shown import shown_line

NARROWEST = 40  # a terminal that says less is not believed
FOLDED = 16  # columns that a text has at least
GAP = 2  # between columns
WIDEST = 10_000  # where there is no terminal: nothing is folded


@dataclass(frozen=True)
class Heading:
    """A column's heading; numbers stand at the right, and are never folded."""

    name: str
    is_number: bool = True
    is_optional: bool = False  # left out, the last one first, where the terminal is too narrow


def screen_width() -> int:
    """Columns of the terminal that is written to; many where a file is."""
    if sys.stdout is None or not sys.stdout.isatty():
        return WIDEST
    return max(NARROWEST, shutil.get_terminal_size().columns)


def table_text(
    headings: Sequence[Heading], rows: Sequence[Sequence[object]], width: int | None = None
) -> str:
    """A table as lines; texts are folded so that no line is wider than the terminal.

    Optional columns are left out where folding is not enough.

    Args:
        rows: as many cells as headings each; what is in them is shown, and steers nothing.
        width: of the terminal; None asks it.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    width = width or screen_width()
    headings, rows = fitting(headings, rows, width)
    encoding = (sys.stdout.encoding if sys.stdout else None) or "utf-8"
    lines = box.SIMPLE_HEAD if encoding.lower().startswith("utf") else box.ASCII2
    table = Table(box=lines, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(
            Text(shown_line(heading.name)),
            justify="right" if heading.is_number else "left",
            no_wrap=heading.is_number,
            overflow="fold",
        )
    for row in rows:
        table.add_row(*(Text(shown_line(cell)) for cell in row))
    console = Console(file=io.StringIO(), width=width, color_system=None)
    drawn = "".join(segment.text for segment in console.render(table))
    return "\n".join(line.rstrip() for line in drawn.splitlines())


def narrowest(headings: Sequence[Heading], rows: Sequence[Sequence[object]]) -> int:
    """Columns of the terminal that a table takes when its texts are folded."""
    cells = zip(*([heading.name for heading in headings], *rows), strict=True)
    widths = [max(len(shown_line(cell)) for cell in column) for column in cells]
    return sum(
        (width if heading.is_number else min(width, FOLDED)) + GAP
        for width, heading in zip(widths, headings, strict=True)
    )


def fitting(
    headings: Sequence[Heading], rows: Sequence[Sequence[object]], width: int
) -> tuple[list[Heading], list[list[object]]]:
    """A table without the optional columns that a terminal has no room for."""
    kept = list(range(len(headings)))

    def chosen(cells: Sequence[Any]) -> list[Any]:
        return [cells[place] for place in kept]

    while narrowest(chosen(headings), [chosen(row) for row in rows]) > width:
        optional = [place for place in kept if headings[place].is_optional]
        if not optional:
            break
        kept.remove(optional[-1])
    return chosen(headings), [chosen(row) for row in rows]
