"""Where a run's nets come from: generation numbers, roll-backs, milestones.

Values alone, without disk or torch. Nets are numbered in the order in which they are made, and no
number is used twice:

    0 → 1 → 2 → 3 → 4          4 lost to 2 twice
              ↘
               5 → 6           5 is net 2 again; the present net comes from 0, 1, 2, 5 and 6
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, NamedTuple

from annotated_types import Interval

RANDOM_WEIGHTS = -1  # the generation of a net that does not exist yet


Generation = Annotated[int, Interval(ge=0, le=10**9)]


class Rollback(NamedTuple):
    """A run left the net `left` and went on from the earlier net `to`."""

    left: int
    to: int  # RANDOM_WEIGHTS: from a new net


@dataclass(frozen=True)
class Lineage:
    """The number of the present net, and what was left behind on the way to it."""

    generation: int = 0  # of the present net, which plays next
    rollbacks: tuple[Rollback, ...] = ()  # oldest first
    taken_back: int = 0  # roll-backs made by hand
    skipped: int = 0  # numbers that were passed over, where the run was taken back by hand

    @property
    def num_learned(self) -> int:
        """Generations of the run's length that lie behind the present net."""
        return self.generation - self.skipped

    @property
    def num_rollbacks(self) -> int:
        """Roll-backs that the run made by itself."""
        return len(self.rollbacks) - self.taken_back

    def next(self) -> "Lineage":
        """After a generation was learned."""
        return replace(self, generation=self.generation + 1)

    def roll_back(self, to: int) -> "Lineage":
        """After going back: net `to` again, under the next number.

        Raises:
            ValueError: the present net does not come from `to`.
        """
        if to == self.generation or not self.ancestors([to]):
            raise ValueError(f"roll back from {self.generation} to {to}: wanted an ancestor of it")
        last = Rollback(self.generation, to)
        return replace(self, generation=self.generation + 1, rollbacks=(*self.rollbacks, last))

    def count_on(self, present: int, highest: int) -> "Lineage":
        """After somebody took later checkpoints away: the next number beyond all used ones.

        Games, ratings and milestones of the nets that were taken away keep their numbers. The
        run's length counts from where the present net stood.

        Args:
            present: generation of the newest checkpoint that is left, or RANDOM_WEIGHTS.
            highest: the highest number in use, above `present`.
        """
        return replace(
            self,
            generation=highest + 1,
            rollbacks=(*self.rollbacks, Rollback(highest, present)),
            taken_back=self.taken_back + 1,
            skipped=self.skipped + highest + 1 - self.generation,
        )

    def ancestors(self, generations: Iterable[int]) -> list[int]:
        """Those of `generations` that the present net comes from, itself included."""
        return [
            generation
            for generation in generations
            if generation <= self.generation
            and not any(to < generation <= left for left, to in self.rollbacks)
        ]

    def earlier(self, milestones: Iterable[int]) -> int | None:
        """The newest milestone among the ancestors, before the present net."""
        found = [past for past in self.ancestors(milestones) if past < self.generation]
        return max(found, default=None)


def is_milestone(generation: int, every: int | None, is_last: bool = False) -> bool:
    """Whether the net of this generation is kept for good.

    Multiples of `every`, powers of two below it, because nets change most early on, and the run's
    last net. `every` None keeps none.
    """
    if not every:
        return False
    is_power = generation & (generation - 1) == 0
    return is_last or generation % every == 0 or (is_power and generation < every)
