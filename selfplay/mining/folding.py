"""Near-duplicates: the same position, or the same game, up to the board's symmetries."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from insei.engine.planes.net_planes import NUM_BINARY_PLANES
from insei.engine.symmetries import num_symmetries, transform
from insei.selfplay.data.columns import Rows
from insei.selfplay.history.adding import id_of_moves
from insei.selfplay.mining.mined import MinedItem
from insei.selfplay.mining.recording import Recording

STONES = slice(1, 3)  # planes of the mover's stones and the opponent's


@dataclass(frozen=True)
class Candidate:
    """An item before it is folded."""

    item: MinedItem
    key: Hashable  # equal for near-duplicates


def folded(candidates: Iterable[Candidate], most: int) -> tuple[MinedItem, ...]:
    """The first items, each with the number of its near-duplicates among the later ones.

    Args:
        candidates: the most worth a look first.
        most: items that are kept.
    """
    kept: dict[Hashable, MinedItem] = {}
    for candidate in candidates:
        if candidate.key in kept:
            first = kept[candidate.key]
            kept[candidate.key] = replace(first, alike=first.alike + 1)
        elif len(kept) < most:
            kept[candidate.key] = candidate.item
    return tuple(kept.values())


def position_key(rows: Rows, row: int, height: int, width: int) -> bytes:
    """What a row's position has in common with its mirror images: stones, mover and komi.

    Args:
        height, width: of the frame.
    """
    bits = np.unpackbits(rows["planes"][row], count=NUM_BINARY_PLANES * height * width)
    planes = bits.reshape(NUM_BINARY_PLANES, height, width)[STONES]
    own = planes[:, : int(rows["height"][row]), : int(rows["width"][row])]
    komi = rows["global_planes"][row, :1].tobytes()
    turned = (transform(own, symmetry) for symmetry in range(num_symmetries(*own.shape[1:])))
    first = min(np.ascontiguousarray(board).tobytes() for board in turned)
    return bytes(own.shape[1:]) + komi + first


def game_key(recording: Recording, game: str) -> Hashable:
    """What a game has in common with its mirror images: moves and komi."""
    if game not in recording.whole:
        return game
    whole = recording.whole[game]
    rules = whole.rules
    return id_of_moves(np.array(whole.moves, np.uint16), rules.height, rules.width), rules.komi
