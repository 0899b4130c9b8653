"""SGF FF[4]: a game with variations, a tree of positions, to and from text.

Nothing of a file is lost: a node has all its properties, with their raw values, and
`write_variations` writes them as they were read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from insei.engine.errors import BadSgf
from insei.engine.position import Position
from insei.engine.rule_names import word_of
from insei.engine.rules import Rules
from insei.engine.sgf.file import SgfFile, as_utf8, file_bytes, read_file, read_game
from insei.engine.sgf.node_positions import NodePositions
from insei.engine.sgf.scanned_game import scan_games, unescaped
from insei.engine.sgf.writer import (
    LETTERS,
    Properties,
    SgfText,
    changes,
    escaped,
    move_nodes,
    move_properties,
    node_text,
    root_properties,
)

OPENING = re.compile(r"\(\s*;")
CHARSET = re.compile(r"(?<![A-Za-z])CA\s*\[[^\]\\]*\]")


class _Source:
    """The file that nodes were read from, and their positions."""

    def __init__(self, file: SgfFile, numbers: list[int]) -> None:
        self.file, self.numbers = file, numbers
        self.positions = NodePositions(
            file.start,
            file.scanned.parent,
            lambda position, node: file.advance(position, node, numbers[node]),
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _walked, (self.file,)


class GameNode:
    """A node of a game with variations: the position after a move, a setup, or only a comment.

    Nodes are equal only if they are the same object, as variations may repeat each other.

    Args:
        position: after the node's move or setup.
        comment: C, as text.
        parent: the node before it.

    Attributes:
        children: the nodes after it, the main line first.
        properties: what SGF says of the node, raw values by name, the move and the comment too.
            Change them by `comment`, or by raw values with `]` and backslash escaped.
    """

    __slots__ = ("_number", "_position", "_properties", "_source", "children", "parent")

    def __init__(
        self,
        position: Position | None,
        comment: str = "",
        parent: "GameNode | None" = None,
        children: "list[GameNode] | None" = None,
    ) -> None:
        self._position = position
        self._source: _Source | None = None
        self._number = -1
        self._properties: Properties | None = None
        self.parent = parent
        self.children = [] if children is None else children
        if comment:
            self.comment = comment

    @classmethod
    def _read(cls, source: _Source, number: int, parent: "GameNode | None") -> "GameNode":
        node = cls(None, "", parent)
        node._source, node._number = source, number
        return node

    def __repr__(self) -> str:
        return f"GameNode({self.properties}, {len(self.children)} children)"

    @property
    def position(self) -> Position:
        """The position after the node's setup and move."""
        if self._position is not None:
            return self._position
        assert self._source is not None
        return self._source.positions.after(self._number)

    @property
    def properties(self) -> Properties:
        """Raw values by name; see the class."""
        if self._properties is None:
            source = self._source
            self._properties = source.file.scanned.properties(self._number) if source else {}
        return self._properties

    def text(self) -> str:
        """The node as SGF."""
        if self._properties is None and self._source is not None:
            return node_text(self._source.file.scanned.properties(self._number))
        return node_text(self.properties)

    @property
    def comment(self) -> str:
        """What C says, as text; empty if it is missing."""
        if self._properties is None and self._source is not None:
            return self._source.file.text_of(self._number, "C")
        values = self.properties.get("C")
        return unescaped(values[0]) if values else ""

    @comment.setter
    def comment(self, text: str) -> None:
        if text:
            self.properties["C"] = [escaped(text)]
        else:
            self.properties.pop("C", None)

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

    def subtree(self) -> "Iterator[GameNode]":
        """This node and all below it, each before its children, the main line first."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    def add(self, position: Position, comment: str = "") -> "GameNode":
        """Add a child: the position after a move, or after stones were set up."""
        node = GameNode(position, "", self)
        node._properties = _step(self.position, position)
        node.comment = comment
        self.children.append(node)
        return node

    def __reduce__(self) -> tuple[Any, ...]:
        """The whole tree in a row, as its depth has no bound, and the place of this node in it."""
        nodes = list(self.path()[0].subtree())
        place = {id(node): number for number, node in enumerate(nodes)}
        row = [
            (place[id(node.parent)] if node.parent else -1, node._number, node._properties)
            for node in nodes
        ]
        sources = [node._source for node in nodes]
        return _restored, (row, sources, [node._position for node in nodes], place[id(self)])


def _restored(
    row: list[tuple[int, int, Properties | None]],
    sources: list[_Source | None],
    positions: list[Position | None],
    wanted: int,
) -> GameNode:
    nodes: list[GameNode] = []
    for (parent, number, properties), source, position in zip(row, sources, positions, strict=True):
        node = GameNode(position, "", nodes[parent] if parent >= 0 else None)
        node._source, node._number, node._properties = source, number, properties
        if node.parent is not None:
            node.parent.children.append(node)
        nodes.append(node)
    return nodes[wanted]


@dataclass(eq=False)
class GameTree:
    """A game with its variations, the players and the result.

    Trees are equal if they would be written alike.
    """

    start: GameNode
    black: str = "black"
    white: str = "white"
    result: str = ""  # as SGF writes it
    notes: list[str] = field(default_factory=list)  # where the file bends the standard

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GameTree):
            return NotImplemented
        return write_variations(self) == write_variations(other)

    def longest_line(self) -> int:
        """How many nodes the longest line has after the start."""
        depth, longest = {id(self.start): 0}, 0
        for node in self.start.subtree():
            for child in node.children:
                depth[id(child)] = depth[id(node)] + 1
                longest = max(longest, depth[id(child)])
        return longest

    __hash__ = None  # type: ignore[assignment]  # a tree may change


def read_variations(text: str | bytes, rules: Rules | None = None) -> GameTree:
    """Read a game with all its variations from SGF text.

    Each node of the file is a node of the tree. Where stones are set up amid the game, or a move is
    executed that is illegal, a position without a past begins. An illegal move that at most two
    nodes follow is kept and not played: the position stays as it was. Notes say so.

    Args:
        text, rules: as for `read_sgf`.

    Raises:
        BadSgf: this is not a game of Go on a board to 19x19; the message says why.
    """
    return read_file(text, rules, _with_variations)


def read_variations_file(path: Path, rules: Rules | None = None) -> GameTree:
    """Read a game with all its variations from a file.

    Raises:
        BadSgf: as `read_sgf_file`.
    """
    try:
        return read_variations(file_bytes(path), rules)
    except OSError as error:
        raise BadSgf(f"{path}: {error.strerror}") from error
    except BadSgf as error:
        raise BadSgf(f"{path}: {error}") from error


def read_collection(text: str | bytes, rules: Rules | None = None) -> Iterator[GameTree]:
    """Read the games of a collection one at a time, each as `read_variations` does.

    Raises:
        BadSgf: while iterating, as `read_variations`.
    """
    whole, notes = as_utf8(text)
    start = 0
    for scanned in scan_games(whole):
        yield read_game(whole[start : scanned.end], notes, rules, _with_variations)
        start = scanned.end


def _walked(file: SgfFile) -> _Source:
    """Play all nodes of a file, so that what is wrong with them is noted."""
    scanned = file.scanned
    numbers = [1] * scanned.num_nodes  # of the move of each node, or of the next one
    source = _Source(file, numbers)
    position, before = file.start.copy(), -1
    for node in range(scanned.num_nodes):
        parent = scanned.parent(node)
        if parent >= 0:
            numbers[node] = numbers[parent] + file.has_move(parent)
        if parent != before:
            position = source.positions.after(parent).copy()
        position = file.advance(position, node, numbers[node])
        before = node
    return source


def _with_variations(file: SgfFile) -> GameTree:
    source = _walked(file)
    nodes = [GameNode._read(source, 0, None)]
    for number in range(1, file.scanned.num_nodes):
        parent = nodes[file.scanned.parent(number)]
        nodes.append(GameNode._read(source, number, parent))
        parent.children.append(nodes[-1])
    return GameTree(nodes[0], file.black, file.white, file.result, file.notes)


def write_variations(tree: GameTree) -> str:
    """Return a game with its variations as SGF text, with the moves before its start."""
    out = SgfText()
    out.add("(")
    for properties in _nodes_to_start(tree):
        out.add(node_text(properties))
    waiting: list[GameNode | str] = [")"]
    _wait_for_children(tree.start, waiting)
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            out.add(node)
            continue
        out.add(node.text())
        _wait_for_children(node, waiting)
    return out.text()


def write_file(tree: GameTree) -> str:
    """Return a game as `write_variations` does, and behind it the file's other games, if any."""
    source = tree.start._source
    if source is None:
        return write_variations(tree)
    scanned = source.file.scanned
    others = scanned.text[scanned.end :].decode("utf-8", "replace")
    if OPENING.search(others) is None:  # no game, only what a program left there
        return write_variations(tree)
    return write_variations(tree) + CHARSET.sub("CA[UTF-8]", others).lstrip()


def write_collection(trees: "Iterator[GameTree] | list[GameTree]") -> str:
    """Return several games as the text of one file."""
    return "".join(map(write_variations, trees))


def _wait_for_children(node: GameNode, waiting: list[GameNode | str]) -> None:
    """Let the children of a node be written next, in parentheses if there are several."""
    if len(node.children) == 1:
        waiting.append(node.children[0])
        return
    for child in reversed(node.children):
        waiting += [")", child, "("]


def _nodes_to_start(tree: GameTree) -> list[Properties]:
    """The root and the nodes down to the start of a tree."""
    start = tree.start
    source = start._source
    if source is None:
        position = start.position
        root = root_properties(position, tree.black, tree.white, tree.result)
        root["PL"] = [LETTERS[position.initial_to_play]]  # variations may begin with either
        nodes = [root, *move_nodes(position, {})]
        nodes[position.num_moves] |= start.properties
        return nodes
    root = dict(start.properties)
    file = source.file
    for key, name, read in (
        ("PB", tree.black, file.black),
        ("PW", tree.white, file.white),
        ("RE", tree.result, file.result),
    ):
        if name != read:
            root[key] = [escaped(name)]
    if "CA" in root:
        root["CA"] = ["UTF-8"]
    if file.has_rules and file.lacks_rules:  # the caller's
        root["RU"] = [word_of(file.rules)]
        if file.lacks_komi:
            root["KM"] = [f"{file.rules.komi:.1f}"]
    return [root]


def _step(before: Position, position: Position) -> Properties:
    """The move or setup that leads from one position to another."""
    if position == before:
        return {}
    if position.num_moves == before.num_moves + 1:
        return move_properties(position.moves[-1], position.movers[-1], position.rules)
    changed = changes(before.board, position.board, position.rules)
    return changed | {"PL": [LETTERS[position.to_play]]}
