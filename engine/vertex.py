"""Vertices: names of points as people and GTP write them. There is no letter I; row 1 is lowest."""

from insei.engine.rules import Rules
from insei.system.errors import UserError

COLUMNS = "ABCDEFGHJKLMNOPQRST"


def vertex_of(move: int, rules: Rules) -> str:
    """Name a move: "D4", or "pass".

    Raises:
        ValueError: `move` is not from 0 to H·W.
    """
    if move == rules.pass_move:
        return "pass"
    if not 0 <= move < rules.num_points:
        raise ValueError(f"move {move}: wanted 0 to {rules.pass_move}")
    return name_of_point(move, rules.width, rules.height)


def name_of_point(point: int, width: int, height: int) -> str:
    """Name a point of a board of this size: "D4"."""
    row, column = divmod(point, width)
    return f"{COLUMNS[column]}{height - row}"


def move_of(vertex: str, rules: Rules) -> int:
    """Read a vertex in either case, or "pass".

    Raises:
        ValueError: this is not a point of the board.
    """
    name = vertex.upper()
    if name == "PASS":
        return rules.pass_move
    column = COLUMNS.find(name[:1]) if name else -1
    digits = name[1:]
    if column < 0 or not digits.isascii() or not digits.isdigit() or len(digits) > 2:
        raise UserError(f"vertex {vertex!r}: wanted a letter and a number such as D4, or pass")
    row = rules.height - int(digits)
    if column >= rules.width or not 0 <= row < rules.height:
        last = f"{COLUMNS[rules.width - 1]}{rules.height}"
        raise UserError(f"vertex {vertex!r}: off the board, wanted A1 to {last}")
    return row * rules.width + column
