"""What a dataset says of single positions, as its edits leave it: for whoever looks, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.selfplay.data.columns import Rows
from insei.selfplay.data.loading import WholeGame
from insei.selfplay.history.fields import FIELDS, numbers_of_bytes
from insei.selfplay.history.game_rows import OF_A_ROW
from insei.selfplay.history.graph import HEAD, Cell, Commit, Edit
from insei.selfplay.history.history import History
from insei.system.errors import UserError

GAMES_KEPT = 64  # in memory
OF_A_LABEL = [*OF_A_ROW, "move", "prior_value", *FIELDS]


@dataclass(frozen=True)
class Label:
    """A row of the dataset on its own board, A = H·W + 1; numbers as the player to move sees them.

    Which commit each value comes from is told by `edits`; what they leave out is as it was played.
    """

    game: str
    ply: int
    move: int  # that was played
    policy: NDArray[np.float32]  # [A]
    outcome: int  # 1 won, 0 drawn, -1 lost
    score: float
    ownership: NDArray[np.int8]  # [H, W] 1 own, -1 the opponent's
    prior_value: float
    searched_value: float
    weight: float
    edits: Mapping[str, Commit]  # by field

    @property
    def sign(self) -> int:
        """What turns a number of the player to move into Black's."""
        return 1 if self.ply % 2 == 0 else -1

    @property
    def black_outcome(self) -> int:
        """1 if Black won, 0 for a draw, -1 if White won."""
        return self.sign * self.outcome


@dataclass(frozen=True)
class LabelledGame:
    """A game, and the plies that have a row, in order."""

    whole: WholeGame
    plies: tuple[int, ...]
    places: Mapping[int, int]  # of the rows in the table, by ply


class Labels:
    """Reads positions of a dataset.

    Args:
        history: of the dataset; later commits are seen.
        at: the commit whose edits count.
    """

    def __init__(self, history: History, at: str = HEAD) -> None:
        self.history = history
        self.at = at
        self.game = lru_cache(GAMES_KEPT)(self._game)
        self._state: tuple[str, dict[Cell, Edit]] | None = None

    def _game(self, game: str) -> LabelledGame:
        """A game of the dataset, by its full id.

        Raises:
            UserError: there is none, or it was not kept whole, as by older runs.
        """
        rows = self.history.games
        places = rows.plies_of([game]).get(game)
        if not places:
            raise UserError(f"game {game[:40]!r}: no such game in {self.history.run}")
        plies = tuple(sorted(places))
        [moves] = rows.moves_at([places[plies[0]]])
        if moves is None:
            raise UserError(f"game {game}: its moves were not kept; wanted a newer run")
        found = rows.read([places[plies[0]]], OF_A_ROW)
        return LabelledGame(
            WholeGame(game, int(found["generation"][0]), rows.rules_of(found, 0), moves),
            plies,
            places,
        )

    def label(self, game: str, ply: int) -> Label:
        """The row of a position.

        Raises:
            UserError: there is none.
        """
        rows = self.history.games
        places = self.game(game).places
        found = rows.read([places[ply]] if ply in places else rows.find([(game, ply)]), OF_A_LABEL)
        rules = rows.rules_of(found, 0)
        values = {name: self._value(game, ply, name, found) for name in FIELDS}
        return Label(
            game, ply, int(found["move"][0]),
            policy_on_board(values["policy"], rules, rows.frame),
            int(values["outcome"]), float(values["score"]),
            points_on_board(values["ownership"], rules, rows.frame),
            float(found["prior_value"][0]), float(values["searched_value"]),
            float(values["weight"]), self._edits(game, ply),
        )  # fmt: skip

    def _value(self, game: str, ply: int, name: str, played: Rows) -> NDArray:
        edit = self.state().get((game, ply, name))
        if edit is None or edit.value is None:
            return np.asarray(played[name][0])
        return np.asarray(numbers_of_bytes([edit.value], name, self.history.frame)[0])

    def state(self) -> dict[Cell, Edit]:
        """The cells that were edited on the way to the commit."""
        graph = self.history.graph
        commit = graph.resolve(self.at)
        if self._state is None or self._state[0] != commit:
            self._state = commit, graph.state(commit)
        return self._state[1]

    def _edits(self, game: str, ply: int) -> dict[str, Commit]:
        graph, names = self.history.graph, list(FIELDS)
        makers = graph.blame(graph.resolve(self.at), [(game, ply, name) for name in names])
        return {name: maker for name, maker in zip(names, makers, strict=True) if maker}


def policy_on_board(policy: NDArray, rules: Rules, frame: Rules) -> NDArray[np.float32]:
    """A policy of the frame as the board's own, `[A]`; the pass is the last move of both."""
    points = points_on_board(policy[:-1], rules, frame).ravel()
    return np.append(points, policy[-1]).astype(np.float32)


def policy_in_frame(policy: NDArray, rules: Rules, frame: Rules) -> NDArray[np.float32]:
    """A board's policy as the frame's; points off the board are 0."""
    points = np.zeros((frame.height, frame.width), np.float32)
    points[: rules.height, : rules.width] = policy[:-1].reshape(rules.height, rules.width)
    return np.append(points.ravel(), np.float32(policy[-1]))


def points_on_board(points: NDArray, rules: Rules, frame: Rules) -> NDArray:
    """Numbers of the frame's points `[H·W]` as `[H, W]` of the board, which is at its top left."""
    return points.reshape(frame.height, frame.width)[: rules.height, : rules.width]
