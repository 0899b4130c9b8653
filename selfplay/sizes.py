"""The boards of a run: one size, or several with their shares, which may change as the run goes on.

Boards of all sizes lie at the top left of one frame, the largest board's, whose planes have a mask;
no layer of the net knows the size.
"""

from dataclasses import dataclass, replace

import numpy as np

from insei.engine.rules import Rules
from insei.system.errors import UserError


@dataclass(frozen=True)
class BoardSize:
    """A square board size among several.

    Raises:
        UserError: a field is outside what is said beside it.
    """

    side: int  # points, 1 to 19
    komi: float  # the middle of the komi drawn
    share: float = 1.0  # of the games, relative to the other sizes', when the run begins
    last_share: float | None = None  # ... and when it ends, linear between; null: the same
    komi_sigma: float | None = None  # points, for this size; null: that of selfplay

    def __post_init__(self) -> None:
        for name in ("share", "last_share"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1e6:
                raise UserError(f"{name} {value!r}: wanted 0 to 1000000")
        if self.komi_sigma is not None and not 0 <= self.komi_sigma <= 100:
            raise UserError(f"komi_sigma {self.komi_sigma!r}: wanted 0 to 100")
        Rules(self.side, self.side, self.komi)


def check_sizes(sizes: tuple[BoardSize, ...], rules: Rules) -> None:
    """Raise ValueError unless `sizes` are different ones, and the rules' board is the largest."""
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
    """The share at the run's end."""
    return size.share if size.last_share is None else size.last_share


@dataclass(frozen=True)
class BoardMix:
    """The rules that a run's games are played under, the frame's first, and how often each is.

    `boards` and `sizes` go side by side; without `sizes` there is one board.
    """

    boards: tuple[Rules, ...]
    sizes: tuple[BoardSize, ...]

    @classmethod
    def of(cls, rules: Rules, sizes: tuple[BoardSize, ...] = ()) -> "BoardMix":
        """The mix of a configuration; `rules` say all but side and komi, and the frame."""
        ordered = tuple(sorted(sizes, key=lambda size: -size.side))
        boards = tuple(
            replace(rules, width=size.side, height=size.side, komi=size.komi) for size in ordered
        )
        return cls(boards or (rules,), ordered)

    @property
    def frame(self) -> Rules:
        """The rules of the largest board, whose points are the frame."""
        return self.boards[0]

    @property
    def komi_by_size(self) -> dict[str, float]:
        """The komi of each of several boards, smallest first, by its name; empty for one board."""
        several = self.boards if self.sizes else ()
        return {one.size_name: one.komi for one in reversed(several)}

    def shares(self, progress: float) -> list[float]:
        """Each board's share of the games that begin now; `progress` is 0 to 1, the run's."""
        if not self.sizes:
            return [1.0]
        first = np.array([size.share for size in self.sizes])
        last = np.array([last_share(size) for size in self.sizes])
        now = (1 - progress) * first / first.sum() + progress * last / last.sum()
        return [float(one) for one in now]

    def sigma(self, board: int, usual: float) -> float:
        """The deviation of komi on a board of this index, in points."""
        if not self.sizes:
            return usual
        own = self.sizes[board].komi_sigma
        return usual if own is None else own

    def draw(self, progress: float, rng: np.random.Generator) -> int:
        """The index of the board for a new game."""
        if len(self.boards) == 1:
            return 0
        return int(rng.choice(len(self.boards), p=self.shares(progress)))
