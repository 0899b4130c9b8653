"""SGF FF[4]: a game with variations, a tree of positions, to and from text."""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from sgfmill import sgf

from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, WHITE, Rules
from insei.engine.sgf.file import (
    LETTERS,
    SgfFile,
    finished_text,
    has_move,
    new_file,
    point_of,
    read_file,
    stones_of,
    write_moves,
)


@dataclass(eq=False)
class GameNode:
    """A node of a game with variations: the position after a move, a setup, or only a comment.

    Nodes are equal only if they are the same object, as variations may repeat each other.
    """

    position: Position
    comment: str = ""
    parent: "GameNode | None" = field(default=None, repr=False)
    children: "list[GameNode]" = field(default_factory=list, repr=False)  # the main line first

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

    def add(self, position: Position, comment: str = "") -> "GameNode":
        """Add a child: the position after a move, or after stones were set up."""
        self.children.append(GameNode(position, comment, self))
        return self.children[-1]


@dataclass(eq=False)
class GameTree:
    """A game with its variations, the players and the result."""

    start: GameNode
    black: str = "black"
    white: str = "white"
    result: str = ""  # as SGF writes it
    notes: list[str] = field(default_factory=list)  # where the file bends the standard


def read_variations(text: str | bytes, rules: Rules | None = None) -> GameTree:
    """Read a game with all its variations from SGF text.

    Where stones are set up amid the game, a position without a past begins. A variation whose last
    moves begin with an illegal one ends before it, with a note.

    Args:
        text, rules: as for `read_sgf`.

    Raises:
        BadSgf: this is not an SGF game, or an illegal move has more than two moves after it; the
            message says which and where.
    """
    return read_file(text, rules, _with_variations)


def _with_variations(file: SgfFile) -> GameTree:
    start = GameNode(file.position, file.opening_comment)
    waiting = deque((node, start, 1) for node in file.first_nodes())
    while waiting:
        node, parent, number = waiting.popleft()
        here = parent
        for position in file.after(node, parent.position, number):
            here = here.add(position)
        if here is not parent:
            here.comment = file.text_of(node, "C")
            waiting.extend((child, here, number + has_move(node)) for child in node)
    return GameTree(start, file.black, file.white, file.result, file.notes)


def write_variations(tree: GameTree) -> str:
    """Return a game with its variations as SGF text, with the moves before its start."""
    start = tree.start
    rules = start.position.rules
    game = new_file(start.position, tree.black, tree.white, tree.result)
    first = game.get_root()
    first.set("PL", LETTERS[start.position.initial_to_play])  # variations may begin with either
    comments = {start.position.num_moves: start.comment} if start.comment else {}
    first = write_moves(first, start.position, comments)
    waiting = deque((child, first) for child in start.children)
    while waiting:
        node, above = waiting.popleft()
        below = above.new_child()
        assert node.parent is not None
        _write_node(below, node, node.parent.position)
        waiting.extend((child, below) for child in node.children)
    return finished_text(game, rules)


def _write_node(below: sgf.Tree_node, node: GameNode, before: Position) -> None:
    """Write the move or setup that leads from the position before a node to its own."""
    position, rules = node.position, node.position.rules
    if node.comment:
        below.set("C", node.comment)
    if position == before:
        return
    if position.num_moves == before.num_moves + 1:
        below.set_move(LETTERS[position.movers[-1]], point_of(position.moves[-1], rules))
        return
    now, then = position.board.ravel(), before.board.ravel()
    if (now != then).any():
        changed = np.where(now != then, now, 255)
        below.set_setup_stones(
            *(stones_of(changed, colour, rules) for colour in (BLACK, WHITE, EMPTY))
        )
    below.set("PL", LETTERS[position.to_play])
