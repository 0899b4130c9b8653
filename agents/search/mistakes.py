"""Mistakes of a game, by the win rates that a search gave its positions."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE

MIN_LOSS = 0.05  # of the win rate, from which a move counts as a mistake


class Mistake(NamedTuple):
    """A move that lost part of the win rate."""

    ply: int  # the first move is ply 1
    loss: float  # of the mover's win rate


def loss_of(before: float, after: float, mover: int) -> float:
    """What a move lost of its player's win rate, from Black's win rates before and after it."""
    return before - after if mover == BLACK else after - before


def mistakes(
    history: Sequence[Position],
    black_win_rates: Mapping[int, float],
    colours: Collection[int] = (BLACK, WHITE),
) -> list[Mistake]:
    """The moves that lost more than `MIN_LOSS` of their player's win rate, the worst first.

    Args:
        history: the positions of a game, from ply 0.
        black_win_rates: Black's win rate by ply. Plies may be missing.
        colours: whose moves count.
    """
    found = []
    for ply in range(1, len(history)):
        mover = history[ply - 1].to_play
        before, after = black_win_rates.get(ply - 1), black_win_rates.get(ply)
        if before is None or after is None or mover not in colours:
            continue
        loss = loss_of(before, after, mover)
        if loss > MIN_LOSS:
            found.append(Mistake(ply, loss))
    return sorted(found, key=lambda mistake: -mistake.loss)


def worst_mistake(
    history: Sequence[Position],
    black_win_rates: Mapping[int, float],
    colours: Collection[int] = (BLACK, WHITE),
) -> Mistake | None:
    """The first of `mistakes`; None if there is none."""
    return next(iter(mistakes(history, black_win_rates, colours)), None)


def lead_changes(black_win_rates: Mapping[int, float]) -> int | None:
    """How often the lead changed hands; None if fewer than three positions had a leader."""
    leads = [rate > 0.5 for _, rate in sorted(black_win_rates.items()) if rate != 0.5]
    if len(leads) <= 2:
        return None
    return sum(before != after for before, after in pairwise(leads))
