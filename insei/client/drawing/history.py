"""The moves of a game as lines of the panel."""

from collections.abc import Sequence


def history_lines(vertices: Sequence[str], shown: int, columns: int, rows: int) -> list[str]:
    """The moves around the shown one, numbered, an even number of them a line.

    Args:
        vertices: of all moves.
        shown: how many moves are on the board; the last of these is marked.
    """
    if not vertices or rows < 1:
        return []
    figures = len(str(len(vertices)))
    wide = figures + 1 + max(map(len, vertices)) + 2
    in_a_line = max(1, columns // wide // 2 * 2)
    items = [
        f"{'>' if number == shown else ' '}{number:>{figures}} {vertex}".ljust(wide)
        for number, vertex in enumerate(vertices, 1)
    ]
    lines = [
        "".join(items[start : start + in_a_line]).rstrip()
        for start in range(0, len(items), in_a_line)
    ]
    middle = max(0, shown - 1) // in_a_line
    first = max(0, min(middle - rows // 2, len(lines) - rows))
    return lines[first : first + rows]
