"""Many self-play games as columns: what a worker's call gives back, what is checked and committed.

Whoever handles thousands of games a second handles them together: one array a column, not a dozen
small ones a game.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.selfplay.data.columns import STORED, Rows, num_values
from insei.selfplay.data.game import SelfPlayGame

NEAR_ONE = 0.02  # how far the sum of a policy, kept in half precision, may be from 1
OF_PLIES = tuple(column for column in STORED if not column.is_per_game)
OF_GAMES = tuple(column for column in STORED if column.is_per_game)
NO_DIGIT = 16
DIGITS = np.full(256, NO_DIGIT, np.uint8)  # hexadecimal digits by their letters
DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
PLACES = np.array([1 << place for place in range(60, -1, -4)], np.uint64)


@dataclass(frozen=True)
class SelfPlayGames:
    """G games with M moves and N recorded plies, each game's together and in order.

    `rows` are in the run's frame; `moves` count on the board itself, width × height.
    """

    game: NDArray[np.bytes_]  # [G] ids
    generation: NDArray[np.int32]  # [G] of the net that finished the game
    width: NDArray[np.uint8]  # [G]
    height: NDArray[np.uint8]  # [G]
    komi: NDArray[np.float32]  # [G]
    num_moves: NDArray[np.int64]  # [G] of each game
    num_plies: NDArray[np.int64]  # [G] of each game that were recorded
    moves: NDArray[np.uint16]  # [M] every move of every game, openings included
    rows: Rows  # the columns that differ from ply to ply (columns.py), each [N, ...]

    @classmethod
    def of(cls, games: Sequence[SelfPlayGame]) -> "SelfPlayGames":
        """Lay games side by side, at least one."""
        return cls(
            np.array([game.id for game in games], "S16"),
            np.array([game.generation for game in games], np.int32),
            np.array([game.width for game in games], np.uint8),
            np.array([game.height for game in games], np.uint8),
            np.array([game.komi for game in games], np.float32),
            np.array([len(game.moves) for game in games], np.int64),
            np.array([len(game) for game in games], np.int64),
            np.concatenate([game.moves for game in games]),
            {name: np.concatenate([game.rows[name] for game in games]) for name in games[0].rows},
        )

    @classmethod
    def together(cls, parts: Sequence["SelfPlayGames"]) -> "SelfPlayGames":
        """The games of several calls, at least one."""
        if len(parts) == 1:
            return parts[0]
        columns = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(cls)
            if field.name != "rows"
        }
        rows = {name: np.concatenate([part.rows[name] for part in parts]) for name in parts[0].rows}
        return cls(**columns, rows=rows)

    def __len__(self) -> int:
        """G, the games."""
        return len(self.game)

    @property
    def num_rows(self) -> int:
        """N, the plies of all games that were recorded."""
        return int(self.num_plies.sum())

    @property
    def ids(self) -> list[str]:
        """Of the games."""
        return self.game.astype("U16").tolist()

    def without(self, known: Container[str]) -> "SelfPlayGames":
        """The games whose ids are not among `known`."""
        is_new = np.array([game not in known for game in self.ids], np.bool_)
        if is_new.all():
            return self
        by_ply, by_move = np.repeat(is_new, self.num_plies), np.repeat(is_new, self.num_moves)
        columns = {
            field.name: getattr(self, field.name)[is_new]
            for field in fields(self)
            if field.name not in ("rows", "moves")
        }
        rows = {name: column[by_ply] for name, column in self.rows.items()}
        return SelfPlayGames(**columns, moves=self.moves[by_move], rows=rows)

    def per_ply(self, name: str) -> NDArray:
        """A column of the games, repeated for each recorded ply, `[N]`."""
        return np.repeat(getattr(self, name), self.num_plies)

    def all_rows(self) -> Rows:
        """Every stored column, `[N]` or `[N, numbers]`, as the dataset gives it back."""
        found = {column.name: self.per_ply(column.name) for column in OF_GAMES}
        return found | {"game": found["game"].astype("U16")} | self.rows

    def fault(self, frame: Rules) -> str:
        """What can't be true of these games, in a line; empty if nothing is wrong.

        A worker on a faulty machine, or of another version, may send anything.

        Args:
            frame: the run's rules, on its largest board.
        """
        try:
            return next(self._faults(frame), "")
        except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
            return f"games that can't be read ({type(error).__name__}: {error})"

    def _faults(self, frame: Rules) -> Iterator[str]:
        yield from self._faults_of_lengths()
        bad = (DIGITS[self.game.view(np.uint8).reshape(-1, 16)] == NO_DIGIT).any(1)
        if self.game.dtype != np.dtype("S16") or bad.any():
            yield f"a game called {self.game[bad][:1].tolist()}"
        for name, largest in (("width", frame.width), ("height", frame.height)):
            if self_out := outside(getattr(self, name), 1, largest):
                yield f"a {name} of {self_out} points, in a frame of {frame.size_name}"
        if not np.isfinite(self.komi).all():
            yield "komi with NaN or infinity"
        area = self.width.astype(np.int64) * self.height
        if (self.moves > np.repeat(area, self.num_moves)).any():
            yield f"move {self.moves.max()} of {area.max() + 1}"
        yield from self._faults_of_types(frame)
        yield from self._faults_of_numbers(area)

    def _faults_of_lengths(self) -> Iterator[str]:
        if not len(self):
            yield "no games"
        if (self.num_plies < 1).any():
            yield "a game without rows"
        for name in ("generation", "width", "height", "komi", "num_moves", "num_plies"):
            if getattr(self, name).shape != (len(self),):
                yield f"{name} of shape {getattr(self, name).shape}, wanted ({len(self)},)"
        if (self.num_moves < 1).any() or self.num_moves.sum() != len(self.moves):
            yield f"{len(self.moves)} moves, wanted {self.num_moves.sum()}"

    def _faults_of_types(self, frame: Rules) -> Iterator[str]:
        for column in OF_PLIES:
            values = self.rows[column.name].reshape(self.num_rows, -1)
            if values.shape[1] != num_values(column, frame.height, frame.width):
                yield f"{column.name} of {values.shape[1]} numbers a row"
            if values.dtype != np.dtype(column.dtype):
                yield f"{column.name} of {values.dtype}"
            # numpy is slow with half precision, whose column is checked by its sums
            if column.dtype is np.float32 and not np.isfinite(values).all():
                yield f"{column.name} with NaN or infinity"

    def _faults_of_numbers(self, area: NDArray[np.int64]) -> Iterator[str]:
        rows = self.rows
        policy = rows["policy"].astype(np.float32)
        most = 2.0 * area + np.abs(self.komi)  # prisoners may count too
        bounds: tuple[tuple[str, NDArray, float, Any], ...] = (
            ("outcome", rows["outcome"], -1, 1),
            ("score", rows["score"], -most.max(), most.max()),
            ("prior_value", rows["prior_value"], -1.001, 1.001),
            ("searched_value", rows["searched_value"], -1.001, 1.001),
            ("weight", rows["weight"], 0, np.inf),
            ("policy", policy, 0, 1.001),
            ("ownership", rows["ownership"], -1, 1),
        )
        for name, values, least, largest in bounds:
            if found := outside(values, least, largest):
                yield f"{name} {found}, wanted {least:g} to {largest:g}"
        if not (np.abs(policy.sum(1) - 1) <= NEAR_ONE).all():  # NaN is not
            yield "a policy that does not sum to 1"
        ply = rows["ply"].astype(np.int64)
        num_moves = np.repeat(self.num_moves, self.num_plies)
        if (ply >= num_moves).any():
            yield f"ply {ply.max()}, wanted a move of the game"
        first = np.repeat(np.cumsum(self.num_moves) - self.num_moves, self.num_plies)
        if (rows["move"] != self.moves[first + ply]).any():
            yield "a move that is not the game's"


def outside(values: NDArray, least: float, largest: float) -> str:
    """A value that is not within bounds, NaN among them; empty if all are."""
    low, high = values.min(), values.max()
    if low >= least and high <= largest:
        return ""
    return f"{low:g}" if not low >= least else f"{high:g}"


def numbers_of_ids(games: NDArray[Any]) -> NDArray[np.uint64]:
    """Ids of 16 hexadecimal digits `[N]` as numbers."""
    digits = DIGITS[np.ascontiguousarray(games.astype("S16")).view(np.uint8).reshape(-1, 16)]
    return digits.astype(np.uint64) @ PLACES
