"""SGF FF[4] text: nodes and their properties, written in the order of the file."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from insei.engine.position import Position
from insei.engine.rule_names import word_of
from insei.engine.rules import BLACK, EMPTY, WHITE, Rules
from insei.engine.sgf.points import written_move

Properties = dict[str, list[str]]  # raw values, escapes included, by name
LETTERS = {BLACK: "B", WHITE: "W"}
TIMES_LEFT = {BLACK: "BL", WHITE: "WL"}
SETUP = {BLACK: "AB", WHITE: "AW", EMPTY: "AE"}
LONGEST_LINE = 78


CONTROLS = {code: " " for code in (*range(32), *range(127, 160)) if code not in (9, 10, 13)}


def escaped(text: str) -> str:
    """Text as a raw value; characters that steer a terminal become spaces."""
    return text.translate(CONTROLS).replace("\\", "\\\\").replace("]", "\\]")


def node_text(properties: Mapping[str, list[str]]) -> str:
    """A node as SGF."""
    return ";" + "".join(
        name + "".join(f"[{value}]" for value in values)
        for name, values in properties.items()
        if values
    )


class SgfText:
    """SGF that is being written, node by node."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._column = 0

    def add(self, part: str) -> None:
        """Add a node or a parenthesis, on a new line if the present one would become too long."""
        opens = self._parts[-1:] == ["("]  # "(;" stays together
        if self._column and self._column + len(part) > LONGEST_LINE and not opens:
            self._parts.append("\n")
            self._column = 0
        self._parts.append(part)
        line = part.rpartition("\n")[2]
        self._column = len(line) + (self._column if len(line) == len(part) else 0)

    def text(self) -> str:
        """All that was added, closed by the end of a line."""
        return "".join(self._parts) + "\n"


def line_text(nodes: Iterable[Mapping[str, list[str]]]) -> str:
    """A game without variations as SGF."""
    out = SgfText()
    out.add("(")
    for node in nodes:
        out.add(node_text(node))
    out.add(")")
    return out.text()


def root_properties(position: Position, black: str, white: str, result: str) -> Properties:
    """What a root says of a game: its rules, players, result and setup."""
    rules = position.rules
    # Without a decimal point, readers take a komi of hundreds for hundredths.
    komi = f"{rules.komi:g}" if abs(rules.komi) < 100 else f"{rules.komi:.1f}"
    square = rules.width == rules.height
    root = {
        "FF": ["4"],
        "CA": ["UTF-8"],
        "GM": ["1"],
        "SZ": [f"{rules.width}" if square else f"{rules.width}:{rules.height}"],
        "AP": ["insei:1"],
        "KM": [komi],
        "RU": [word_of(rules)],
        "PB": [escaped(black)],
        "PW": [escaped(white)],
    }
    if result:
        root["RE"] = [escaped(result)]
    board = position.initial_board.ravel()
    if board.any():
        root |= setup_properties(board, rules)
        root["PL"] = [LETTERS[position.initial_to_play]]
        handicap = root.get("AB", [])
        if len(handicap) > 1 and "AW" not in root and position.initial_to_play == WHITE:
            root["HA"] = [str(len(handicap))]
    elif position.initial_to_play == WHITE:
        root["PL"] = ["W"]
    return root


def setup_properties(board: NDArray[np.uint8], rules: Rules) -> Properties:
    """AB and AW of the stones of a board `[H·W]`; AE of what is EMPTY beside 255 is not asked."""
    found: Properties = {}
    for colour in (BLACK, WHITE):
        points = [written_move(int(move), rules) for move in np.flatnonzero(board == colour)]
        if points:
            found[SETUP[colour]] = points
    return found


def changes(before: NDArray[np.uint8], after: NDArray[np.uint8], rules: Rules) -> Properties:
    """AB, AW and AE that lead from one board `[H, W]` to another."""
    now, then = after.ravel(), before.ravel()
    found = setup_properties(np.where(now != then, now, EMPTY), rules)
    emptied = np.flatnonzero((now != then) & (now == EMPTY))
    if len(emptied):
        found["AE"] = [written_move(int(move), rules) for move in emptied]
    return found


def move_properties(move: int, mover: int, rules: Rules) -> Properties:
    """B or W of a move."""
    return {LETTERS[mover]: [written_move(move, rules)]}


def move_nodes(position: Position, comments: Mapping[int, str]) -> list[Properties]:
    """The nodes of a position's moves, with comments by ply, and one with PL if it is needed."""
    nodes = [
        move_properties(move, mover, position.rules)
        for move, mover in zip(position.moves, position.movers, strict=True)
    ]
    for ply, comment in comments.items():
        if 0 < ply <= len(nodes):
            nodes[ply - 1]["C"] = [escaped(comment)]
    if is_turn_open(position):
        nodes.append({"PL": [LETTERS[position.to_play]]})
    return nodes


def is_turn_open(position: Position) -> bool:
    """Whether the moves need a PL after them, as they do not say whose turn it is.

    They do not where the same side is to move again, or where a game was resumed after two passes.
    That a single pass was forgotten by `resumed` is lost.
    """
    if not position.num_moves:
        return False
    passed = position.moves[-2:] == [position.rules.pass_move] * 2
    return position.to_play == position.movers[-1] or (passed and not position.is_over)
