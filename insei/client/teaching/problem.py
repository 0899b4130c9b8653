"""A problem of a file: the user plays it out, the file's variations or a net answer."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from insei.client.game_line import GameLine
from insei.client.game_setup import YOU
from insei.client.marks import Mark
from insei.engine.errors import BadSgf
from insei.engine.rules import BLACK, COLOUR_NAMES, opponent
from insei.engine.sgf.file import file_bytes
from insei.engine.sgf.variations import GameNode, GameTree, read_collection
from insei.engine.vertex import vertex_of
from insei.system.errors import UserError

WRONG = re.compile(
    r"\b(wrong|incorrect|fail(s|ed|ure)?|mistake)\b|\bnot (right|correct)\b|失敗|不正解|失败",
    re.IGNORECASE,
)
RIGHT = re.compile(r"\b(right|correct|solved|success(ful)?)\b|(?<!不)正解|成功|正确", re.IGNORECASE)

THE_FILE = "the file"

Outcome = Literal["open", "right", "wrong", "off"]


def says_wrong(node: GameNode) -> bool:
    """Whether a node is marked as wrong, in its comment or as a bad move (BM)."""
    return "BM" in node.properties or bool(WRONG.search(node.comment))


def says_right(node: GameNode) -> bool:
    """Whether a node is marked as right, in its comment or as a good move (TE)."""
    if says_wrong(node):
        return False
    return "TE" in node.properties or bool(RIGHT.search(node.comment))


class Problem:
    """A problem that is played out.

    A line is right if it ends in a node that is marked so. In a file without such marks, the main
    line is right.

    Args:
        trees: the problems of a file. Moves that they do not have are added to them.
        number: of the problem among them, from 1.

    Attributes:
        line: of the tree; its node is the one on the screen.
        outcome: open; right or wrong, once a line has ended; off, after a move that the file does
            not have.
    """

    def __init__(self, trees: Sequence[GameTree], number: int = 1) -> None:
        self.trees = trees
        self.number = number
        tree = trees[number - 1]
        self.line = GameLine(tree)
        self.solutions = _solutions(tree)
        self.outcome: Outcome = "open"
        self.said = ""  # of the last move
        self.first = self._first()
        self.again()
        self.solver = self.line.shown.to_play

    def again(self) -> None:
        """Go back to the first position."""
        self.line.go_to(self.first)
        self.outcome, self.said = "open", ""

    def _first(self) -> GameNode:
        """The first position, after nodes that only set up stones."""
        node = self.line.tree.start
        while len(node.children) == 1 and _is_setup(node.children[0]):
            node = node.children[0]
        return node

    def next(self) -> "Problem | None":
        """The next problem; None if this is the last."""
        return Problem(self.trees, self.number + 1) if self.number < len(self.trees) else None

    @property
    def names(self) -> tuple[str, str]:
        """The user against the file."""
        return (YOU, THE_FILE) if self.solver == BLACK else (THE_FILE, YOU)

    @property
    def is_yours(self) -> bool:
        """Whether the user moves; else the file has no answer, and a net should move."""
        return self.outcome in ("right", "wrong") or self.line.shown.to_play == self.solver

    def play(self, move: int) -> None:
        """Play the user's move, and the file's answer if it has one.

        Raises:
            IllegalMove: as `Position.play`.
        """
        node = self.line.node
        known = next((child for child in node.children if child.position.last_move == move), None)
        if known is None or known in self.line.added:
            self.line.play(move)
            if self.outcome == "open":
                self.outcome = "off"
            return
        self.line.go_to(known)
        self.outcome, self.said = "open", ""
        self._judge()
        if self.outcome == "open" and known.children:
            self.line.go_to(known.children[0])
            move = self.line.shown.last_move if self.line.shown.last_move is not None else move
            self.said = f"{self._name(opponent(self.solver))} {self._vertex(move)}."
            self._judge()

    def answer(self, move: int) -> None:
        """Play a net's answer to a move that the file does not have."""
        self.line.play(move)
        self.said = f"{self._name(opponent(self.solver))} {self._vertex(move)}."

    def undo(self) -> bool:
        """Take back the user's last move and its answer; False if there is none."""
        node = self.line.node
        while (parent := node.parent) is not None:
            node = parent
            if node.position.to_play == self.solver:
                self.line.go_to(node)
                self.said = ""
                is_off = node in self.line.added
                self.outcome = "off" if is_off else "open"
                return True
        return False

    def hint(self) -> int | None:
        """A move that leads to a solution; None if the file has none from here."""
        right = (child for child in self.line.node.children if child in self.solutions)
        return next((child.position.last_move for child in right), None)

    def marks(self) -> dict[int, Mark]:
        """Nothing is marked: a problem does not tell its answer."""
        return {}

    def text(self) -> str:
        """What the user is told."""
        comment = self.line.node.comment
        if RIGHT.fullmatch(comment.strip(" .!")):  # a mark, and no more
            comment = ""
        is_first = self.line.node is self.first and len(self.trees) > 1
        title = f"Problem {self.number} of {len(self.trees)}." if is_first else ""
        mover = self._name(self.solver)
        endings = {
            "right": "Right!",
            "wrong": "That does not work. undo takes the move back; again begins anew.",
            "off": "The file does not have this move: a net answers. undo takes it back.",
            "open": f"{mover} to play. hint tells a move; again begins anew.",
        }
        return " ".join(word for word in (title, self.said, comment, endings[self.outcome]) if word)

    def _judge(self) -> None:
        """Set the outcome, where the line has ended."""
        node = self.line.node
        if says_wrong(node) and not node.children:
            self.outcome = "wrong"
        elif not [child for child in node.children if child not in self.line.added]:
            self.outcome = "right" if node in self.solutions else "wrong"

    def _name(self, colour: int) -> str:
        return COLOUR_NAMES[colour].capitalize()

    def _vertex(self, move: int) -> str:
        return vertex_of(move, self.line.shown.rules)


def _is_setup(node: GameNode) -> bool:
    """Whether a node has no move."""
    return "B" not in node.properties and "W" not in node.properties


def _solutions(tree: GameTree) -> set[GameNode]:
    """The nodes of the tree from which a right ending can be reached."""
    right = [node for node in tree.start.subtree() if says_right(node)]
    if not right:
        right = [tree.start.main_line()[-1]]
    found: set[GameNode] = set()
    for node in right:
        if "TE" in node.properties or RIGHT.search(node.comment):
            found.update(below for below in node.main_line() if not says_wrong(below))
        found.update(node.path())
    return found


def read_problems(path: Path) -> list[GameTree]:
    """The problems of a file, one a game.

    Raises:
        UserError: the file can't be read, or holds no game.
    """
    try:
        trees = list(read_collection(file_bytes(path)))
    except BadSgf as error:
        raise BadSgf(f"{path}: {error}") from error
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from error
    if not trees:
        raise UserError(f"{path}: wanted a game in it")
    return trees
