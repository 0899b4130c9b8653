"""The rows of a run's games as they were played, found by game and ply."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import lance
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from insei.engine.rules import Rules
from insei.selfplay.data.columns import WHOLE_GAME, Rows
from insei.selfplay.data.dataset import open_table, rows_of
from insei.selfplay.data.loading import clear_errors
from insei.system.errors import UserError

OF_A_ROW = ["game", "ply", "generation", "width", "height", "komi"]
T = TypeVar("T")


@dataclass(eq=False)
class GameRows:
    """The table of games, as it stood when it was first read.

    A run that trains meanwhile compacts the table and deletes its old versions. The rows are then
    read from the newest version. They keep their places, because the table only grows.

    Args:
        path: of the table.
        frame: the run's rules, on its largest board.
    """

    path: Path
    frame: Rules

    @cached_property
    def table(self) -> pa.Table:
        """The columns `game` and `ply`; both are kept in memory.

        Raises:
            UserError: there are no games, or the table can't be read.
        """
        return self._read(lambda table: table.to_table(columns=["game", "ply"])).combine_chunks()

    @cached_property
    def _dataset(self) -> lance.LanceDataset:
        if not self.path.exists():
            raise UserError(f"{self.path}: no games yet; wanted a run that has played some")
        return open_table(self.path, self.frame)

    def _read(self, read: Callable[[lance.LanceDataset], T]) -> T:
        """Read from the table; from its newest version if the files of this one are deleted.

        Raises:
            UserError: it can't be read.
        """
        table = self._dataset
        with clear_errors(self.path):
            try:
                return read(table)
            except (OSError, RuntimeError, pa.ArrowInvalid):
                self._dataset = open_table(self.path, self.frame)
                if self._dataset.version == table.version:
                    raise
                return read(self._dataset)

    def plies_of(self, games: Iterable[str]) -> dict[str, dict[int, int]]:
        """The places of the games' rows in the table, by ply; games without rows are left out."""
        wanted = pa.array(sorted(games), pa.string())
        names = self.table["game"].combine_chunks()
        places = np.flatnonzero(compute.is_in(names, wanted).to_numpy(zero_copy_only=False))
        found: dict[str, dict[int, int]] = {}
        own = names.take(pa.array(places)).to_pylist()
        plies = self.table["ply"].to_numpy()[places].tolist()
        for game, ply, place in zip(own, plies, places.tolist(), strict=True):
            found.setdefault(game, {})[ply] = place
        return found

    def full_id(self, said: str) -> str:
        """The game whose id begins so.

        Raises:
            UserError: there is none, or there are several.
        """
        names = compute.unique(self.table["game"])
        found = names.filter(compute.starts_with(names, said)).to_pylist() if said else []
        if len(found) != 1:
            what = f"{len(found)} games begin so; wanted more digits" if found else "no such game"
            hint = "" if found else f" among {len(names):,}; `insei games RUN --list` shows some"
            raise UserError(f"game {said[:40]!r}: {what}{hint}")
        return str(found[0])

    def find(self, rows: Sequence[tuple[str, int]]) -> list[int]:
        """The places of rows in the table.

        Raises:
            UserError: one isn't there.
        """
        places = self.plies_of({game for game, _ in rows})
        missing = [
            (game, ply) for game, ply in rows if ply not in places.get(game, {})
        ]  # fmt: skip
        if missing:
            game, ply = missing[0]
            known = sorted(places.get(game, {}))
            wanted = f"wanted one of {said_of(known)}" if known else "no such game"
            more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise UserError(f"game {game[:16]!r} has no row of ply {ply}: {wanted}{more}")
        return [places[game][ply] for game, ply in rows]

    def read(self, places: Sequence[int], names: Sequence[str]) -> Rows:
        """Columns of some rows, in the order of `places`."""
        order, back = np.unique(np.asarray(places, np.int64), return_inverse=True)
        taken = self._read(lambda table: table.take(order.tolist(), columns=list(names)))
        found = rows_of(taken)
        return {name: column[back] for name, column in found.items()}

    def moves_at(self, places: Sequence[int]) -> list[list[int] | None]:
        """All moves of the games whose first rows these are; None where they were not kept."""
        if WHOLE_GAME.name not in self._dataset.schema.names:
            return [None] * len(places)
        order, back = np.unique(np.asarray(places, np.int64), return_inverse=True)
        names = [WHOLE_GAME.name]
        found = self._read(lambda table: table.take(order.tolist(), columns=names)).to_pylist()
        return [found[place][WHOLE_GAME.name] for place in back.tolist()]

    def rules_of(self, rows: Rows, place: int) -> Rules:
        """The rules of a row's game; `rows` holds its width, height and komi."""
        return replace(
            self.frame,
            width=int(rows["width"][place]),
            height=int(rows["height"][place]),
            komi=float(rows["komi"][place]),
        )


def said_of(plies: Sequence[int]) -> str:
    """Plies in a few words."""
    if len(plies) > 12:
        return f"{len(plies)} plies from {plies[0]} to {plies[-1]}"
    return ", ".join(map(str, plies))


def boards_of(rows: Rows) -> NDArray[np.int64]:
    """The board of each row as one number."""
    return rows["height"].astype(np.int64) << 8 | rows["width"]
