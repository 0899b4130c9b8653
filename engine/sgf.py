"""SGF FF[4]: one game to and from text, by sgfmill.

Reads the main line with setup stones and handicap before the first move; says where a file
breaks the grammar or the rules.
"""

import re
from dataclasses import dataclass, field, replace

import numpy as np
from sgfmill import sgf

from engine.diagram import result_of
from engine.errors import GameOver, IllegalMove
from engine.position import Position
from engine.rules import (
    BLACK,
    COLOUR_NAMES,
    KO_RULES,
    PRESETS,
    SCORINGS,
    WHITE,
    Rules,
    preset_name,
    tromp_taylor,
)

LETTERS = {"b": BLACK, "w": WHITE}
NAMES = {
    "chinese": "Chinese",
    "new-zealand": "NZ",
    "tromp-taylor": "Tromp-Taylor",
    "japanese": "Japanese",
    "aga": "AGA",
}
SPELT_OUT = re.compile(
    r"ko(SIMPLE|POSITIONAL|SITUATIONAL)score(AREA|TERRITORY)(?:tax(?:NONE|SEKI|ALL))?sui([01])"
    r"(passes)?(?:captures(\d{1,4}))?"
)
RULES_READ = {
    "tromp-taylor": "tromp-taylor",
    "chinese": "chinese",
    "nz": "new-zealand",
    "new zealand": "new-zealand",
    "japanese": "japanese",
    "aga": "aga",
}


class BadSgf(ValueError):
    """Text that is no SGF game, or a game the rules forbid; the message says where."""


@dataclass(frozen=True)
class GameRecord:
    """One game: where it ended, who played, and what was said of it."""

    position: Position
    black: str = "black"
    white: str = "white"
    result: str = ""  # as SGF writes it; empty for the area score of a finished game
    comments: dict[int, str] = field(default_factory=dict)  # by ply, 0 for the root


def write_sgf(record: GameRecord) -> str:
    """Write a game as SGF text."""
    position = record.position
    rules = position.rules
    if rules.width != rules.height:
        return _rectangle(_square_text(record), rules)
    return _square_text(record)


def _square_text(record: GameRecord) -> str:
    position = record.position
    rules = position.rules
    side = max(rules.width, rules.height)
    game = sgf.Sgf_game(size=side, encoding="UTF-8")
    root = game.get_root()
    root.set("AP", ("insei", "1"))
    root.set("KM", rules.komi)
    root.set("RU", rules_name(rules))
    root.set("PB", record.black)
    root.set("PW", record.white)
    result = record.result or (result_of(position) if position.is_over else "")
    if result:
        root.set("RE", result)
    board = position.initial_board
    if board.any():
        stones = {
            colour: [_point(int(move), rules, side) for move in np.flatnonzero(board == colour)]
            for colour in (BLACK, WHITE)
        }
        root.set_setup_stones(stones[BLACK], stones[WHITE])
        root.set("PL", "b" if position.initial_to_play == BLACK else "w")
    if 0 in record.comments:
        root.set("C", record.comments[0])
    for ply, (move, mover) in enumerate(zip(position.moves, position.movers, strict=True), 1):
        node = game.extend_main_sequence()
        node.set_move("b" if mover == BLACK else "w", _point(move, rules, side))
        if ply in record.comments:
            node.set("C", record.comments[ply])
    return game.serialise().decode("utf-8")


def rules_name(rules: Rules) -> str:
    """What RU says: a preset's name, or the rules spelt out as KataGo does.

    It has no word for pass stones and captures that win: `passes`, `captures3` follow.
    """
    if name := preset_name(rules):
        return NAMES[name]
    spelt = f"ko{rules.ko.upper()}score{rules.scoring.upper()}taxNONEsui{int(rules.suicide)}"
    if rules.pass_stones:
        spelt += "passes"
    return spelt + (f"captures{rules.captures_to_win}" if rules.captures_to_win else "")


def _rectangle(text: str, rules: Rules) -> str:
    """sgfmill knows squares alone: points were laid at the top left, only SZ has to change."""
    side = max(rules.width, rules.height)
    return text.replace(f"SZ[{side}]", f"SZ[{rules.width}:{rules.height}]", 1)


def _point(move: int, rules: Rules, side: int) -> tuple[int, int] | None:
    """sgfmill's point: the row from the bottom of the square, and the column; None passes."""
    if move == rules.pass_move:
        return None
    row, column = divmod(move, rules.width)
    return side - 1 - row, column


def read_sgf(text: str | bytes, rules: Rules | None = None) -> GameRecord:
    """Read a game's main line.

    Args:
        rules: ko and suicide are taken from here where the file names no rules we know; the
            size and komi are the file's.

    Raises:
        BadSgf: the grammar is broken, or a move is illegal; says which and where.
    """
    data = text.encode() if isinstance(text, str) else text
    width, height, data = _size(data)
    try:
        game = sgf.Sgf_game.from_bytes(data, override_encoding="UTF-8")
        root = game.get_root()
        rules = _rules(root, width, height, rules)
        position, first = _start(game, rules)
        comments = {0: root.get("C")} if root.has_property("C") else {}
        for ply, node in enumerate(game.get_main_sequence()[first:], 1):
            if node.has_setup_stones():
                raise BadSgf(f"move {ply}: setup stones in the middle of a game")
            if node.has_property("C"):
                comments[ply] = node.get("C")
            colour, point = node.get_move()
            if colour is not None:
                position = _played(position, LETTERS[colour], point, ply)
        return GameRecord(
            position,
            _text(root, "PB", "black"),
            _text(root, "PW", "white"),
            _text(root, "RE", ""),
            comments,
        )
    except BadSgf:
        raise
    except (ValueError, KeyError) as error:
        raise BadSgf(f"not an SGF game: {error}") from error


@dataclass
class GameNode:
    """A node of a game with its variations."""

    position: Position
    comment: str = ""
    parent: "GameNode | None" = None
    children: "list[GameNode]" = field(default_factory=list)  # the main line first

    def main_line(self) -> "list[GameNode]":
        """This node and the first child of each, to the end."""
        line = [self]
        while line[-1].children:
            line.append(line[-1].children[0])
        return line

    def path(self) -> "list[GameNode]":
        """The nodes from the start to this one."""
        line = [self]
        while line[-1].parent is not None:
            line.append(line[-1].parent)
        return line[::-1]


def read_variations(text: str | bytes, rules: Rules | None = None) -> GameNode:
    """Read a game with all its variations; returns the start, setup stones placed.

    Stones set up in the middle begin a game of their own there, whose position has no past.

    Args:
        rules: as for `read_sgf`.

    Raises:
        BadSgf: the grammar is broken, or a move is illegal; says which and where.
    """
    data = text.encode() if isinstance(text, str) else text
    width, height, data = _size(data)
    try:
        game = sgf.Sgf_game.from_bytes(data, override_encoding="UTF-8")
        root = game.get_root()
        position, first = _start(game, _rules(root, width, height, rules))
        start = GameNode(position, _text(root, "C", "") if first else "")
        base = game.get_main_sequence()[first - 1] if first else None
        waiting = [(node, start, 1) for node in (list(base) if base is not None else [root])]
        while waiting:
            node, parent, ply = waiting.pop(0)
            made = GameNode(_after(node, parent.position, ply), _text(node, "C", ""), parent)
            parent.children.append(made)
            waiting += [(child, made, ply + 1) for child in node]
        return start
    except BadSgf:
        raise
    except (ValueError, KeyError) as error:
        raise BadSgf(f"not an SGF game: {error}") from error


def _after(node: sgf.Tree_node, position: Position, ply: int) -> Position:
    """The position after a node's setup stones and its move."""
    if node.has_setup_stones():
        board = position.board
        for stones, colour in zip(node.get_setup_stones(), (BLACK, WHITE, 0), strict=True):
            for point in stones:
                board.flat[_move(point, position.rules)] = colour
        to_play = LETTERS[node.get("PL")] if node.has_property("PL") else position.to_play
        position = Position(position.rules, board, to_play)
    colour, point = node.get_move()
    return position if colour is None else _played(position, LETTERS[colour], point, ply)


def _text(root: sgf.Tree_node, key: str, default: str) -> str:
    return str(root.get(key)) if root.has_property(key) else default


def _size(data: bytes) -> tuple[int, int, bytes]:
    """The board's size; a rectangle is handed on as the square around it."""
    start = data.find(b"SZ[")
    if start < 0:
        return 19, 19, data
    end = data.find(b"]", start)
    said = data[start + 3 : end].strip()
    sides = said.split(b":")
    if end < 0 or len(sides) > 2 or not all(side.strip().isdigit() for side in sides):
        raise BadSgf(f"size SZ[{said.decode('utf-8', 'replace')}]: wanted SZ[9] or SZ[9:7]")
    width, height = int(sides[0]), int(sides[-1])
    if not (1 <= width <= 19 and 1 <= height <= 19):
        raise BadSgf(f"size {width}x{height}: wanted 1 to 19 a side")
    square = b"SZ[%d]" % max(width, height)
    return width, height, data[:start] + square + data[end + 1 :]


def _rules(root: sgf.Tree_node, width: int, height: int, given: Rules | None) -> Rules:
    komi = root.get("KM") if root.has_property("KM") else None
    said = _text(root, "RU", "").strip()
    name = RULES_READ.get(said.lower())
    base = PRESETS[name]() if name else given or tromp_taylor()
    if spelt := SPELT_OUT.match(said):
        base = Rules(
            ko=next(one for one in KO_RULES if one.upper() == spelt[1]),
            scoring=next(one for one in SCORINGS if one.upper() == spelt[2]),
            suicide=spelt[3] == "1",
            pass_stones=bool(spelt[4]),
            captures_to_win=int(spelt[5] or 0),
        )
    if komi is None:
        komi = given.komi if given else base.komi
    return replace(base, width=width, height=height, komi=komi)


def _start(game: sgf.Sgf_game, rules: Rules) -> tuple[Position, int]:
    """The position after the setup nodes, and the index of the first node that may move."""
    board = np.zeros((rules.height, rules.width), np.uint8)
    nodes = game.get_main_sequence()
    first = 0
    to_play = None
    while first < len(nodes) and (first == 0 or nodes[first].has_setup_stones()):
        node = nodes[first]
        if first == 0 and (node.has_property("B") or node.has_property("W")):
            break
        for stones, colour in zip(node.get_setup_stones(), (BLACK, WHITE, 0), strict=True):
            for point in stones:
                move = _move(point, rules)
                board.flat[move] = colour
        if node.has_property("PL"):
            to_play = LETTERS[node.get("PL")]
        first += 1
    if to_play is None:
        movers = [node.get_move()[0] for node in nodes[first:]]
        mover = next((one for one in movers if one), None)
        handicap = bool((board == BLACK).any()) and not (board == WHITE).any()
        to_play = LETTERS[mover] if mover else WHITE if handicap else BLACK
    return Position(rules, board if board.any() else None, to_play), first


def _move(point: tuple[int, int] | None, rules: Rules) -> int:
    if point is None:
        return rules.pass_move
    row, column = max(rules.width, rules.height) - 1 - point[0], point[1]
    if not (0 <= row < rules.height and 0 <= column < rules.width):
        raise BadSgf(f"column {column + 1}, row {row + 1}: off the {rules.size_name} board")
    return row * rules.width + column


def _played(position: Position, colour: int, point: tuple[int, int] | None, ply: int) -> Position:
    if position.to_play != colour:
        position = position.with_to_play(colour)
    if position.is_over:
        position = position.resumed()  # records go on after passes where players disagreed
    try:
        return position.play(_move(point, position.rules))
    except (IllegalMove, GameOver) as error:
        raise BadSgf(f"move {ply} by {COLOUR_NAMES[colour]}: {error}") from error
