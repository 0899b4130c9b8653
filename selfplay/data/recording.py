"""What is recorded of a self-play game: rows as it goes on, targets once it has ended."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insei.engine.planes.net_planes import packed_planes
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.selfplay.data.columns import as_columns
from insei.selfplay.data.game import SelfPlayGame


class Row(NamedTuple):
    """What is recorded of a searched ply of a game under way."""

    ply: int
    colour: int
    planes: NDArray[np.uint8]  # [P] the binary planes, bits packed
    global_planes: NDArray[np.float32]  # [G] what fills the other planes
    policy: NDArray[np.float32]  # [A] the search's
    prior_value: float
    searched_value: float
    surprise: float  # of the policy over its prior, in nats


def row_of(
    position: Position,
    policy: NDArray[np.float32],
    values: tuple[float, float],
    surprise: float,
    frame: Rules,
) -> Row:
    """The row of a searched position, as it lies in the frame."""
    bits, numbers = packed_planes(position, frame.height, frame.width)
    return Row(position.num_moves, position.to_play, bits, numbers, policy, *values, surprise)


def final_area(position: Position) -> tuple[NDArray[np.int8], float]:
    """Black's points 1 and White's -1, `[H, W]`, and the score as `Position.score` gives it.

    Dead stones on a settled board belong to whoever surrounds them.
    """
    if position.is_over or not position.is_settled():
        return position.ownership(), position.score()
    ownership = np.where(position.pass_alive() == BLACK, 1, -1).astype(np.int8)
    return ownership, position.score(position.dead_stones())


def divergence(policy: NDArray[np.float32], prior: NDArray[np.float32]) -> float:
    """The Kullback–Leibler divergence of a searched policy from its prior, in nats."""
    likely = policy > 0
    ratio = policy[likely] / np.maximum(prior[likely], 1e-6)
    return max(0.0, float((policy[likely] * np.log(ratio)).sum()))


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
    rows: Sequence[Row],
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
