"""Marks over points of the board: letters, numbers, signs, and stones of a variation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from insei.engine.rules import EMPTY, Rules, opponent

LETTERS = "abcdefgh"

Role = Literal["best", "candidate", "mistake", "note"]


@dataclass(frozen=True)
class Mark:
    """Text over a point, with or without a stone below it.

    Args:
        text: one to three characters. A point with room for less shows the last of them.
        role: what it tells; the theme has a colour for each. "note" is drawn in the board's own
            colours.
        stone: the colour of a stone that is not on the board, as in a variation; EMPTY for none.
    """

    text: str
    role: Role = "note"
    stone: int = EMPTY


def lettered(moves: Iterable[int], rules: Rules) -> dict[int, Mark]:
    """Candidate moves as letters, the best first. A pass has a letter and no point."""
    found = zip(LETTERS, moves, strict=False)
    return {
        move: Mark(letter, "best" if letter == LETTERS[0] else "candidate")
        for letter, move in found
        if move != rules.pass_move
    }


def numbered(moves: Iterable[int], to_play: int, rules: Rules, first: int = 1) -> dict[int, Mark]:
    """A variation as numbered stones.

    A pass has a number and no stone. Only the first move on a point is shown.

    Args:
        to_play: who plays the first of the moves.
        first: the number of the first move.
    """
    marks: dict[int, Mark] = {}
    for number, move in enumerate(moves, first):
        if move != rules.pass_move:
            marks.setdefault(move, Mark(str(number), stone=to_play))
        to_play = opponent(to_play)
    return marks
