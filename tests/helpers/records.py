"""Recorded games, made by random play."""

import numpy as np

from insei.engine.planes.replays import WHITE_BIT
from insei.engine.rules import WHITE
from insei.selfplay.records.recorded_games import Ending
from insei.selfplay.records.table import RecordedGame


def moves_of(position):
    """A position's moves as records hold them."""
    return np.array(
        [
            move | (WHITE_BIT if mover == WHITE else 0)
            for move, mover in zip(position.moves, position.movers, strict=True)
        ],
        np.uint16,
    )


def stones_of(board):
    """The stones of `[H, W]` as records hold them."""
    flat = board.ravel()
    places = np.flatnonzero(flat)
    return (places | np.where(flat[places] == WHITE, WHITE_BIT, 0)).astype(np.uint16)


def recorded(position, **changes):
    """A position's game as a row of the table; counted where it is over."""
    score = position.score() if position.is_over else None
    found = {
        "width": position.rules.width,
        "height": position.rules.height,
        "moves": moves_of(position),
        "stones": stones_of(position.initial_board),
        "komi": position.rules.komi,
        "winner": None if score is None else int(np.sign(score)),
        "score": score,
        "ending": Ending.UNKNOWN if score is None else Ending.COUNT,
        "suicide": position.rules.suicide,
    }
    return RecordedGame(**found | changes)
