"""A line through a game's tree: its nodes, their positions, and the node on the screen."""

from pathlib import Path

from insei.engine.position import Position
from insei.engine.sgf.variations import GameNode, GameTree, read_variations_file
from insei.system.errors import UserError

MOST_MOVES = 5_000  # of a line: each position has its whole history, 125 MB in all


def read_tree(path: Path) -> GameTree:
    """The first game of a file, with its variations and all its properties.

    Raises:
        UserError: it can't be read, holds no game, or a line of it is too long.
    """
    tree = read_variations_file(path)
    if (longest := tree.longest_line()) > MOST_MOVES:
        raise UserError(f"{path}: a line of {longest:,} moves: wanted at most {MOST_MOVES:,}")
    return tree


class GameLine:
    """A line from the start of a tree to the end of a variation, and a place in it.

    Args:
        tree: changed by `play` and `remove`.

    Attributes:
        nodes: of the line, the start first.
        history: their positions. A position is the same object as long as the node is in the line.
        shown_ply: of the node on the screen; -1 for the last.
        added: the nodes that `play` has added to the tree.
    """

    def __init__(self, tree: GameTree) -> None:
        self.tree = tree
        self.nodes: list[GameNode] = []
        self.history: list[Position] = []
        self.shown_ply = -1
        self.added: set[GameNode] = set()
        self.follow(tree.start.main_line()[-1])

    @property
    def ply(self) -> int:
        """The number of the node on the screen, 0 for the start."""
        return len(self.nodes) - 1 if self.shown_ply < 0 else self.shown_ply

    @property
    def node(self) -> GameNode:
        """The node on the screen."""
        return self.nodes[self.ply]

    @property
    def shown(self) -> Position:
        """The position on the screen."""
        return self.history[self.ply]

    @property
    def siblings(self) -> list[GameNode]:
        """The variations of the move on the screen, itself among them."""
        parent = self.node.parent
        return [self.node] if parent is None else parent.children

    @property
    def is_main(self) -> bool:
        """Whether the line is the tree's main line, or a part of it."""
        return self.nodes == self.tree.start.main_line()[: len(self.nodes)]

    def follow(self, end: GameNode) -> None:
        """Let the line lead from the start to a node, and show that node."""
        nodes = end.path()
        same = 0
        while same < min(len(nodes), len(self.nodes)) and nodes[same] is self.nodes[same]:
            same += 1
        self.nodes = nodes
        self.history = self.history[:same] + [node.position for node in nodes[same:]]
        self.shown_ply = -1

    def go_to(self, node: GameNode) -> None:
        """Show a node of the tree. A line that does not hold it is left for the one that does."""
        if node not in self.nodes:
            self.follow(node.main_line()[-1])
        self.show_ply(self.nodes.index(node))

    def show_ply(self, ply: int) -> None:
        """Show the node after so many. A ply out of range shows the nearest one."""
        last = len(self.nodes) - 1
        self.shown_ply = min(max(0, ply), last) if ply < last else -1

    def play(self, move: int, is_first: bool = False) -> GameNode:
        """Play a move from the node on the screen, and show where it leads.

        A move that the tree has already is followed. Another one becomes the last variation there.
        A game that two passes have ended goes on.

        Args:
            is_first: whether it becomes the first variation instead.

        Raises:
            IllegalMove: as `Position.play`.
        """
        parent = self.node
        position = (self.shown.resumed() if self.shown.is_over else self.shown).play(move)
        node = next((child for child in parent.children if child.position == position), None)
        if node is None:
            node = parent.add(position)
            self.added.add(node)
        if is_first:
            parent.children.remove(node)
            parent.children.insert(0, node)
        self.go_to(node)
        return node

    def remove(self) -> bool:
        """Take the node on the screen from the tree, with what follows; show the one before it.

        Nodes that were in the file are kept: False if there is one at or below the node.
        """
        node = self.node
        if node.parent is None or not self.added.issuperset(node.subtree()):
            return False
        node.parent.children.remove(node)
        self.added.difference_update(node.subtree())
        self.follow(node.parent.main_line()[-1])
        self.go_to(node.parent)
        return True
