"""The best moves of a position as a search found them, kept in the position's SGF node.

The property is `INSEIBEST`. Its first value is the number of visits of the search. Each further
value is one move, the best first: the win rate in percent and the lead in points, both for the
player to move, the visits, then the move and those expected after it, as in B and W, `tt` for a
pass.

Where another program has estimated the position (SBKV), the first value is `200 other`.

    INSEIBEST[200][54.20 1.5 120 ee ce gc][51.00 0.4 44 cc]
"""

from dataclasses import dataclass

from insei.agents.search.analysis import MoveAnalysis
from insei.client.estimate import estimate_of
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.points import move_read, written_move
from insei.engine.sgf.variations import GameNode

PROPERTY = "INSEIBEST"
OTHER = " other"  # behind the visits
PASS_WRITTEN = "tt"
MOST_MOVES = 5  # kept of a position
NUM_NUMBERS = 3  # before the moves of a value


@dataclass(frozen=True)
class BestMove:
    """A move that a search liked; numbers as the player to move sees them."""

    win_rate: float  # 0 to 1
    score: float  # in points
    visits: int
    variation: tuple[int, ...]  # the move itself, then the expected moves

    @property
    def move(self) -> int:
        """The move."""
        return self.variation[0]


def judged_visits(node: GameNode) -> int:
    """The visits of the search that a node's best moves come from; 0 if there are none."""
    visits = (node.properties.get(PROPERTY) or [""])[0].removesuffix(OTHER)
    return int(visits) if visits.isdecimal() else 0


def is_estimated_elsewhere(node: GameNode) -> bool:
    """Whether another program has estimated a node's position."""
    if judged_visits(node):
        return node.properties[PROPERTY][0].endswith(OTHER)
    return estimate_of(node) is not None


def best_moves(node: GameNode) -> tuple[BestMove, ...]:
    """A node's best moves, the best first. Values that make no sense are left out."""
    if not judged_visits(node):
        return ()
    position = node.position
    if position.is_over:
        position = position.resumed()
    found = (_read(value, position) for value in node.properties[PROPERTY][1:])
    return tuple(move for move in found if move is not None)


def keep_best_moves(node: GameNode, visits: int, moves: tuple[MoveAnalysis, ...]) -> None:
    """Write the best moves of a search into a node, unless a longer search has written there."""
    if visits < judged_visits(node):
        return
    rules = node.position.rules
    node.properties[PROPERTY] = [
        f"{visits}{OTHER if is_estimated_elsewhere(node) else ''}",
        *(_written(move, rules) for move in moves[:MOST_MOVES]),
    ]


def _written(move: MoveAnalysis, rules: Rules) -> str:
    numbers = f"{100 * move.win_rate:.2f} {move.score:.1f} {move.visits}"
    points = (written_move(point, rules) or PASS_WRITTEN for point in move.variation)
    return f"{numbers} {' '.join(points)}"


def _read(value: str, position: Position) -> BestMove | None:
    words = value.split()
    try:
        win_rate, score = float(words[0]) / 100, float(words[1])
        visits = int(words[2])
    except (IndexError, ValueError):
        return None
    moves = [move_read(word, position.rules)[0] for word in words[NUM_NUMBERS:]]
    if not 0 <= win_rate <= 1 or not moves or not position.is_legal(moves[0]):
        return None
    return BestMove(win_rate, score, visits, _playable(moves, position))


def _playable(moves: list[int], position: Position) -> tuple[int, ...]:
    """The moves up to the first that can't be played."""
    found = []
    for move in moves:
        if position.is_over or not position.is_legal(move):
            break
        found.append(move)
        position = position.play(move)
    return tuple(found)
