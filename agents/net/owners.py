"""Who will own each point, as a net sees a board from all sides, either player to move."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.find_package import find_package
from insei.agents.net.session import NetSession
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE
from insei.engine.symmetries import num_symmetries


def net_ownership(position: Position, net: str) -> NDArray[np.float32]:
    """Who owns each point; a game that has ended goes on.

    Args:
        net: the name of a shipped net, or the path of its package. Each is loaded once.

    Returns:
        `[H, W]`, from 1, always Black's, to -1, always White's.

    Raises:
        DamagedPackage: the package is cut short or altered.
    """
    session = session_of(net)
    height, width = position.rules.height, position.rules.width
    symmetries = range(num_symmetries(height, width))
    owned = np.zeros((height, width), np.float32)
    for mover, sign in ((BLACK, 1), (WHITE, -1)):
        seen = position.with_to_play(mover)
        for symmetry in symmetries:
            answer = session.answer(seen, symmetry)
            assert answer.ownership is not None
            owned += sign * answer.ownership[0]
    owned /= 2 * len(symmetries)
    return owned


@cache
def session_of(net: str) -> NetSession:
    """The net, loaded."""
    return NetSession(find_package(net))
