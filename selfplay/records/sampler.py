"""Draws batches from recorded games: any ply of any game, under any symmetry."""

import zlib

import numpy as np
from numpy.typing import NDArray

from insei.engine.planes.extra_planes import num_extra_planes
from insei.engine.planes.net_planes import NUM_PLANES
from insei.engine.planes.replays import POINT_BITS, WHITE_BIT
from insei.engine.symmetries import num_symmetries, transform
from insei.selfplay.data.batch import Batch, one_hot
from insei.selfplay.records.recorded_games import UNKNOWN_WINNER, WORTH_OF_WINNER, RecordedGames


def is_held_out(ids: NDArray[np.str_], share: float) -> NDArray[np.bool_]:
    """Which games are never learned from, by a hash of their ids, `[G]`."""
    return np.array([zlib.crc32(game.encode()) < share * 2**32 for game in ids.tolist()], np.bool_)


class RecordSampler:
    """Draws positions of recorded games with what the net is to say of them.

    Equal seeds and steps give equal batches, so that learning may stop and go on anywhere.

    Args:
        games: of any sizes; the frame is the largest.
        chosen: `[G]`, which of them to draw from; at least one move among them.
        groups: of extra planes that the net sees.
        seed: of the draws.
    """

    def __init__(
        self, games: RecordedGames, chosen: NDArray[np.bool_], groups: int, seed: int
    ) -> None:
        self.games = games
        self.replays = games.replays
        self.height, self.width = self.replays.height, self.replays.width
        self.groups = groups
        self.seed = seed
        self.lengths = games.lengths
        self.chosen = np.flatnonzero(chosen & (self.lengths > 0))
        self.ends = np.cumsum(self.lengths[self.chosen])
        if not len(self.ends):
            raise ValueError("no game with a move to draw from")
        worth = np.zeros(len(WORTH_OF_WINNER), np.float32)
        for ending, weight in WORTH_OF_WINNER.items():
            worth[ending] = weight
        self.worth = np.where(games.winner == UNKNOWN_WINNER, 0, worth[games.ending])
        height, width = games.sizes[:, 0].astype(np.int64), games.sizes[:, 1].astype(np.int64)
        self.num_symmetries = np.where(height == width, 8, 4)
        self.action_at = {
            (h, w): action_table(h, w, self.width, self.height * self.width)
            for h, w in {(int(h), int(w)) for h, w in games.sizes}
        }

    @property
    def num_positions(self) -> int:
        """Positions that are drawn from."""
        return int(self.ends[-1])

    def batch(self, step: int, batch_size: int) -> Batch:
        """The batch of a step: positions drawn uniformly, each under a random symmetry."""
        rng = np.random.default_rng([self.seed, step])
        games, plies = self.draw(rng, batch_size)
        symmetries = rng.integers(self.num_symmetries[games]).astype(np.uint8)
        return self.batch_of(games, plies, symmetries)

    def draw(
        self, rng: np.random.Generator, count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Games and plies, each `[count]`, drawn uniformly from all positions."""
        at = rng.integers(self.ends[-1], size=count)
        place = np.searchsorted(self.ends, at, side="right")
        before = self.ends[place] - self.lengths[self.chosen[place]]
        return self.chosen[place], (at - before).astype(np.int32)

    def batch_of(
        self,
        games: NDArray[np.int64],
        plies: NDArray[np.int32],
        symmetries: NDArray[np.uint8],
    ) -> Batch:
        """The batch of these positions, `[B]` each."""
        count, area = len(games), self.height * self.width
        num_planes = NUM_PLANES + num_extra_planes(self.groups)
        planes = np.empty((count, num_planes, self.height, self.width), np.float32)
        self.replays.write_planes(games, plies, symmetries, planes, self.groups)
        at = self.games.starts[games] + plies
        moves = self.games.moves[at]
        sign = np.where(moves & WHITE_BIT, -1, 1)
        is_last = plies + 1 >= self.lengths[games]
        replies = self.games.moves[np.minimum(at + 1, len(self.games.moves) - 1)]
        # A reply is the opponent's; where a player moves twice there is none.
        has_reply = ~is_last & ((replies ^ moves) & WHITE_BIT != 0)
        winner = np.where(self.worth[games] > 0, self.games.winner[games], 0)
        outcome = (sign * winner).astype(np.float32)
        score = self.games.score[games] * sign
        ownership, owned = self._ownership(games, sign, symmetries)
        return Batch(
            {
                "planes": planes,
                "policy": self._moves(games, moves, symmetries, np.ones(count, np.bool_), area),
                "reply": self._moves(games, replies, symmetries, has_reply, area),
                "reply_weight": has_reply.astype(np.float32),
                "outcome": outcome,
                "outcome_weight": self.worth[games].astype(np.float32),
                "chances": one_hot(outcome),
                "score": np.nan_to_num(score).astype(np.float32),
                "score_weight": np.isfinite(score).astype(np.float32),
                "ownership": ownership,
                "ownership_weight": owned,
                "weight": np.ones(count, np.float32),
            }
        )

    def _moves(
        self,
        games: NDArray[np.int64],
        moves: NDArray[np.uint16],
        symmetries: NDArray[np.uint8],
        counts: NDArray[np.bool_],
        area: int,
    ) -> NDArray[np.float32]:
        """Moves as policies `[B, A]` of the frame, all zero where they do not count."""
        policy = np.zeros((len(games), area + 1), np.float32)
        for row in np.flatnonzero(counts):
            height, width = self.games.sizes[games[row]].tolist()
            table = self.action_at[height, width]
            policy[row, table[symmetries[row], moves[row] & POINT_BITS]] = 1
        return policy

    def _ownership(
        self,
        games: NDArray[np.int64],
        sign: NDArray[np.int64],
        symmetries: NDArray[np.uint8],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Who owns each point at the end, `[B, H, W]`, and whether that is known, `[B]`."""
        found = np.zeros((len(games), self.height, self.width), np.float32)
        known = np.zeros(len(games), np.float32)
        for row, game in enumerate(games.tolist()):
            if game in self.games.ownership:
                board = transform(self.games.ownership[game], int(symmetries[row]))
                found[row, : board.shape[0], : board.shape[1]] = sign[row] * board
                known[row] = 1
        return found, known


def action_table(height: int, width: int, frame_width: int, pass_move: int) -> NDArray[np.int64]:
    """Where each move of a board stands in a frame's policy under each symmetry, `[8, A]`."""
    table = np.full((num_symmetries(height, width), height * width + 1), pass_move)
    places = np.arange(height * width).reshape(height, width)
    for symmetry in range(len(table)):
        turned = transform(places, symmetry)
        rows, columns = np.indices(turned.shape)
        table[symmetry, turned.ravel()] = (rows * frame_width + columns).ravel()
    return table
