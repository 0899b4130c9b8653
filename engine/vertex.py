"""Vertices: how people and GTP name points, "D4", letters without I, row 1 at the bottom."""

from insei.engine.rules import Rules
from insei.system.errors import UserError

COLUMNS = "ABCDEFGHJKLMNOPQRST"


def vertex_of(move: int, rules: Rules) -> str:
    """Name a move: "D4", or "pass".

    Raises:
        ValueError: `move` is not within 0 and H·W.
    """
    if move == rules.pass_move:
        return "pass"
    if not 0 <= move < rules.num_points:
        raise ValueError(f"move {move}: wanted 0 to {rules.pass_move}")
    row, column = divmod(move, rules.width)
    return f"{COLUMNS[column]}{rules.height - row}"


def move_of(vertex: str, rules: Rules) -> int:
    """Read a vertex in either case, or "pass".

    Raises:
        ValueError: it names no point of this board.
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
