"""A run's rows in the layout of KataGo's training files, for its Python code and others that read
them.

The layout is that of KataGo's cpp/dataio/trainingwrite.h: inputs of version 7, targets of version
2, which has 64 channels. Boards lie at the top left of a square of S × S points, P = S² in all;
everything is seen by the player to move. What our rows don't tell is 0, and has weight 0 where
KataGo has a weight. docs/data.md lists every channel.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from insei.engine.planes.net_planes import KOMI_SCALE
from insei.engine.rules import Rules
from insei.selfplay.data.loading import SelfPlayRows, check_id

NUM_BINARY, NUM_GLOBAL, NUM_TARGETS = 22, 19, 64
SCORE_RADIUS = 60  # points by which a score may exceed the board's area
KOMI_RADIUS = 20  # likewise for komi
POLICY_SUM = 10_000  # of a policy, which KataGo keeps as visits
FULL_SCORE = 100  # of the one score that came
FULL_AREA = 120  # of a point that counts
VERSION = 2
# Our binary planes 0 to 6 are KataGo's; 7 to 11, the last moves, are its 9 to 13.
PLANES = [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13]
NUM_LAST = 5  # last moves


@dataclass(frozen=True)
class Frame:
    """The square that rows are laid into."""

    rules: Rules  # of the run, on its largest board

    @property
    def side(self) -> int:
        """S."""
        return max(self.rules.width, self.rules.height)

    def square(self, points: NDArray) -> NDArray:
        """Lay `[..., H, W]` into `[..., S, S]`."""
        height, width = points.shape[-2:]
        room = [(0, 0)] * (points.ndim - 2) + [(0, self.side - height), (0, self.side - width)]
        return np.pad(points, room)

    def moves(self, values: NDArray) -> NDArray:
        """Lay `[N, H·W + 1]` into `[N, P + 1]`."""
        rules = self.rules
        points = values[:, :-1].reshape(-1, rules.height, rules.width)
        return np.concatenate(
            [self.square(points).reshape(len(values), -1), values[:, -1:]], axis=1
        )


@dataclass(frozen=True)
class KataGoArray:
    """An array of the file.

    `make` takes N rows, their replies and the frame; a reply is the policy of the game's next ply
    where `has_reply`.
    """

    name: str
    dtype: DTypeLike
    shape: Callable[[int], tuple[int, ...]]  # of a row, from S
    make: Callable[[SelfPlayRows, "Replies", Frame], NDArray]


@dataclass(frozen=True)
class Replies:
    """The policies of the plies that follow."""

    policy: NDArray[np.float32]  # [N, A]
    is_there: NDArray[np.bool_]  # [N]

    @classmethod
    def of(cls, rows: SelfPlayRows, following: SelfPlayRows | None) -> "Replies":
        """The replies to N rows, given the rows that follow them in the table."""
        game, ply, policy = rows.game, rows.ply.astype(np.int64), rows.policy
        if following is not None and len(following):
            game = np.append(game, following.game[:1])
            ply = np.append(ply, following.ply[:1])
            policy = np.concatenate([policy, following.policy[:1]])
        follows = np.zeros(len(rows), np.bool_)
        count = len(game) - 1
        follows[:count] = (game[1:] == game[:-1]) & (ply[1:] == ply[:-1] + 1)
        replies = np.zeros_like(rows.policy)
        replies[:count] = policy[1:]
        return cls(replies, follows)


def binary_inputs(rows: SelfPlayRows, replies: Replies, frame: Frame) -> NDArray[np.uint8]:
    """The planes, each packed by itself, the first point in the highest bit."""
    planes = np.zeros((len(rows), NUM_BINARY, frame.side, frame.side), np.uint8)
    planes[:, PLANES] = frame.square(rows.planes)
    return np.packbits(planes.reshape(len(rows), NUM_BINARY, -1), axis=2)


def own_komi(rows: SelfPlayRows) -> NDArray[np.float32]:
    """Komi as the mover sees it: positive for White."""
    return np.where(rows.is_black, -rows.komi, rows.komi).astype(np.float32)


def global_inputs(rows: SelfPlayRows, replies: Replies, frame: Frame) -> NDArray[np.float32]:
    """Passes, komi, and rules."""
    rules = frame.rules
    found = np.zeros((len(rows), NUM_GLOBAL), np.float32)
    stones = rows.planes[:, -NUM_LAST:].any(axis=(2, 3))
    found[:, :NUM_LAST] = ~stones & (rows.ply[:, None] > np.arange(NUM_LAST))
    area = rows.width.astype(np.float32) * rows.height
    komi = np.clip(own_komi(rows), -area - KOMI_RADIUS, area + KOMI_RADIUS)
    found[:, 5] = komi / KOMI_SCALE
    if rules.ko != "simple":
        found[:, 6] = 1
        found[:, 7] = 0.5 if rules.ko == "positional" else -0.5
    found[:, 8] = rules.suicide
    found[:, 9] = rules.scoring == "territory"
    found[:, 14] = found[:, 0]  # a pass would end the game
    if rules.scoring == "area":
        found[:, 18] = parity_wave(komi, area)
    return found


def parity_wave(komi: NDArray[np.float32], area: NDArray[np.float32]) -> NDArray[np.float32]:
    """How near komi is to one that allows ties: a triangle wave with a period of two points."""
    above = (komi - area % 2) % 2  # points above the highest such komi below
    return np.where(above < 0.5, above, np.where(above < 1.5, 1 - above, above - 2))


def policy_targets(rows: SelfPlayRows, replies: Replies, frame: Frame) -> NDArray[np.int16]:
    """This ply's policy and the next one's, in the place of visits."""
    own = np.rint(POLICY_SUM * frame.moves(rows.policy))
    reply = np.rint(POLICY_SUM * frame.moves(replies.policy))
    reply[~replies.is_there] = 1  # uniform, of weight 0
    return np.stack([own, reply], axis=1).astype(np.int16)


def global_targets(rows: SelfPlayRows, replies: Replies, frame: Frame) -> NDArray[np.float32]:
    """Values, scores, weights, and what is known of the row."""
    found = np.zeros((len(rows), NUM_TARGETS), np.float32)
    won = (1 + rows.outcome.astype(np.float32)) / 2
    for first in (0, 4, 8, 12, 16):  # the end; three means over later searches; this search
        found[:, first] = won if first < 16 else (1 + rows.searched_value) / 2
        found[:, first + 1] = 1 - found[:, first]
        found[:, first + 3] = rows.score
    found[:, 20] = rows.score
    found[:, 24] = 1  # the means have weight 0
    found[:, 25] = rows.weight
    found[:, 26] = found[:, 27] = 1
    found[:, 28] = replies.is_there
    policy = rows.policy.astype(np.float64)
    found[:, 31] = -(policy * np.log(np.where(policy > 0, policy, 1))).sum(axis=1)
    found[:, 34] = found[:, 48] = frame.rules.scoring == "area"
    found[:, 36:41] = 1
    for game in np.unique(rows.game):
        check_id(str(game))
    ids = np.array([int(game, 16) for game in rows.game], np.uint64)
    for channel, (shift, bits) in enumerate(((0, 22), (22, 22), (44, 20)), 41):
        found[:, channel] = (ids >> np.uint64(shift)) & np.uint64((1 << bits) - 1)
    found[:, 47] = own_komi(rows)
    found[:, 51] = rows.ply
    found[:, 57] = rows.prior_value
    found[:, 62] = 1
    found[:, 63] = VERSION
    return found


def score_targets(rows: SelfPlayRows, replies: Replies, frame: Frame) -> NDArray[np.int8]:
    """The final score, split between the two half points around it."""
    middle = frame.side**2 + SCORE_RADIUS
    found = np.zeros((len(rows), 2 * middle), np.int8)
    nearest = np.floor(rows.score + 0.5).astype(np.int64)
    upper_share = np.rint(FULL_SCORE * (rows.score - nearest + 0.5)).astype(np.int8)
    every = np.arange(len(rows))
    lower = np.clip(nearest + middle - 1, 0, 2 * middle - 1)
    upper = np.clip(nearest + middle, 0, 2 * middle - 1)
    found[every, lower] += FULL_SCORE - upper_share
    found[every, upper] += upper_share
    return found


def area_targets(rows: SelfPlayRows, replies: Replies, frame: Frame) -> NDArray[np.int8]:
    """Ownership, and under area scoring the points that count."""
    found = np.zeros((len(rows), 5, frame.side, frame.side), np.int8)
    found[:, 0] = frame.square(rows.ownership)
    if frame.rules.scoring == "area":
        found[:, 4] = FULL_AREA * found[:, 0]
    return found


def move_values(rows: SelfPlayRows, replies: Replies, frame: Frame) -> NDArray[np.int16]:
    """Values of moves, which are not recorded: 0 visits each."""
    return np.zeros((len(rows), 3, frame.side**2 + 1), np.int16)


ARRAYS = (
    KataGoArray(
        "binaryInputNCHWPacked", np.uint8,
        lambda side: (NUM_BINARY, (side**2 + 7) // 8), binary_inputs,
    ),
    KataGoArray("globalInputNC", np.float32, lambda side: (NUM_GLOBAL,), global_inputs),
    KataGoArray("policyTargetsNCMove", np.int16, lambda side: (2, side**2 + 1), policy_targets),
    KataGoArray("globalTargetsNC", np.float32, lambda side: (NUM_TARGETS,), global_targets),
    KataGoArray(
        "scoreDistrN", np.int8, lambda side: (2 * (side**2 + SCORE_RADIUS),), score_targets
    ),
    KataGoArray("valueTargetsNCHW", np.int8, lambda side: (5, side, side), area_targets),
    KataGoArray("qValueTargetsNCMove", np.int16, lambda side: (3, side**2 + 1), move_values),
)  # fmt: skip
