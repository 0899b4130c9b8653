"""Makes the record of a self-play game that has ended: rows with their targets."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from insei.agents.search.analysis import SearchedPly
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.selfplay.data.columns import as_columns
from insei.selfplay.data.game import SelfPlayGame


def final_area(position: Position) -> tuple[NDArray[np.int8], float]:
    """Black's points 1 and White's -1, `[H, W]`, and the score as `Position.score` gives it.

    Dead stones on a settled board belong to whoever surrounds them.
    """
    if position.is_over or not position.is_settled():
        return position.ownership(), position.score()
    ownership = np.where(position.pass_alive() == BLACK, 1, -1).astype(np.int8)
    return ownership, position.score(position.dead_stones())


def stacked(arrays: Sequence[NDArray]) -> NDArray:
    """Arrays of one length as the rows of one; many short ones sooner than by `numpy.stack`."""
    return np.concatenate(arrays).reshape(len(arrays), -1)


def surprise_weights(surprise: Sequence[float], share: float) -> NDArray[np.float32]:
    """How much each row of a game counts; their mean is 1.

    A share of a game's weight goes to its rows in proportion to how much the search changed the
    net's mind there, the rest evenly (policy surprise weighting, KataGo's methods, where the share
    is one half).
    """
    found = np.array(surprise, np.float32)
    mean = float(found.mean())
    if share == 0 or mean <= 0:
        return np.ones(len(found), np.float32)
    return (1 - share) + share * found / np.float32(mean)


def finished(
    position: Position,
    rows: Sequence[SearchedPly],
    generation: int,
    game_id: str,
    frame: Rules,
    surprise_share: float = 0.0,
) -> SelfPlayGame:
    """Make a game's record from its end: every row's targets, as its mover sees them.

    Args:
        rows: at least one.
    """
    rules = position.rules
    ply, colour, bits, numbers, policy, prior, searched, surprise = zip(*rows, strict=True)
    sign = np.where(np.array(colour) == BLACK, 1, -1)
    area, score = final_area(position)
    ownership = np.zeros((frame.height, frame.width), np.int8)
    ownership[: rules.height, : rules.width] = area
    moves = np.array(position.moves, np.uint16)
    return SelfPlayGame(
        id=game_id,
        generation=generation,
        width=rules.width,
        height=rules.height,
        komi=rules.komi,
        moves=moves,
        rows=as_columns(
            {
                "move": moves[np.array(ply)],
                "ply": np.array(ply),
                "outcome": sign * np.sign(score),
                "score": sign * score,
                "prior_value": np.array(prior),
                "searched_value": np.array(searched),
                "weight": surprise_weights(surprise, surprise_share),
                "planes": stacked(bits),
                "global_planes": stacked(numbers),
                "policy": stacked(policy),
                "ownership": sign[:, None] * ownership.reshape(1, -1),
            }
        ),
    )
