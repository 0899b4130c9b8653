"""The boards of a run: one size, or several with shares that may change during the run.

All boards lie at the top left of one frame, the largest board. A plane of the net's input masks the
board, so that one net plays every size.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from insei.engine.rules import Rules
from insei.system.errors import UserError
from insei.system.setting import Setting, check_settings


@dataclass(frozen=True)
class BoardSize:
    """A square board size among several.

    Raises:
        ValueError: a field is out of its bounds.
    """

    side: Annotated[int, Setting("side of the board", 1, 19, unit="points")]
    komi: Annotated[float, Setting("middle of the komi drawn", -400, 400, unit="points")]
    share: Annotated[
        float,
        Setting("share of the games as the run begins, relative to the other sizes", 0, 10**6),
    ] = 1.0
    last_share: Annotated[
        float | None,
        Setting("that share as the run ends, linear between; null: unchanged", 0, 10**6),
    ] = None
    komi_sigma: Annotated[
        float | None,
        Setting("standard deviation of komi; null: selfplay.komi_sigma", 0, 100, unit="points"),
    ] = None

    def __post_init__(self) -> None:
        check_settings(self)
        Rules(self.side, self.side, self.komi)


def check_sizes(sizes: tuple[BoardSize, ...], rules: Rules) -> None:
    """Raise ValueError unless the sizes differ and the largest is the rules' board."""
    sides = [size.side for size in sizes]
    if len(set(sides)) != len(sides):
        raise UserError(f"sizes of sides {sides}: wanted each once")
    if (rules.width, rules.height) != (max(sides), max(sides)):
        raise UserError(
            f"rules for {rules.size_name}, sizes of sides {sides}: wanted the rules' board to be "
            "the largest of them"
        )
    for name, shares in (
        ("share", [size.share for size in sizes]),
        ("last_share", [last_share(size) for size in sizes]),
    ):
        if not sum(shares) > 0:
            raise UserError(f"sizes' {name} {shares}: wanted one above 0")


def last_share(size: BoardSize) -> float:
    """A size's share at the run's end."""
    return size.share if size.last_share is None else size.last_share


@dataclass(frozen=True)
class BoardMix:
    """The boards of a run, largest first, and how often each is played.

    `boards[i]` are the rules on `sizes[i]`. Without `sizes` there is one board.
    """

    boards: tuple[Rules, ...]
    sizes: tuple[BoardSize, ...]

    @classmethod
    def of(cls, rules: Rules, sizes: tuple[BoardSize, ...] = ()) -> "BoardMix":
        """The mix of a configuration.

        Args:
            rules: of the largest board; other sizes have the same ones but for side and komi.
        """
        ordered = tuple(sorted(sizes, key=lambda size: -size.side))
        boards = tuple(
            replace(rules, width=size.side, height=size.side, komi=size.komi) for size in ordered
        )
        return cls(boards or (rules,), ordered)

    @property
    def frame(self) -> Rules:
        """The rules of the largest board, which is the frame."""
        return self.boards[0]

    @property
    def komi_by_size(self) -> dict[str, float]:
        """The komi by board name, smallest board first; empty if there is one board."""
        several = self.boards if self.sizes else ()
        return {board.size_name: board.komi for board in reversed(several)}

    def shares(self, progress: float) -> list[float]:
        """Each board's share of new games; `progress` is the share of the run that is done."""
        if not self.sizes:
            return [1.0]
        first = np.array([size.share for size in self.sizes])
        last = np.array([last_share(size) for size in self.sizes])
        now = (1 - progress) * first / first.sum() + progress * last / last.sum()
        return [float(share) for share in now]

    def sigma(self, board: int, usual: float) -> float:
        """The standard deviation of komi on a board, in points.

        Args:
            board: index among `boards`.
            usual: if the size states none.
        """
        if not self.sizes:
            return usual
        own = self.sizes[board].komi_sigma
        return usual if own is None else own

    def draw(self, progress: float, rng: np.random.Generator) -> int:
        """Draw the board of a new game; returns its index."""
        if len(self.boards) == 1:
            return 0
        return int(rng.choice(len(self.boards), p=self.shares(progress)))
