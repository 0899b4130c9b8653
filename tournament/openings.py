"""Openings: a few random legal plies, so that games of equal players differ."""

import random

from engine.position import Position
from engine.rules import Rules


def random_opening(rules: Rules, num_plies: int, seed: int) -> list[int]:
    """Draw plies uniform over legal stones; shorter where no stone is legal."""
    rng = random.Random(seed)
    position = Position(rules)
    for _ in range(num_plies):
        stones = position.legal_moves()[:-1]
        if not stones:
            break
        position.play_in_place(rng.choice(stones))
    return position.moves


def openings(rules: Rules, count: int, num_plies: int, seed: int) -> list[list[int]]:
    """Draw `count` openings, no two alike while the board has that many."""
    found: list[list[int]] = []
    attempt = 0
    while len(found) < count:
        opening = random_opening(rules, num_plies, seed * 1_000_003 + attempt)
        attempt += 1
        if opening not in found or attempt > 50 * count:
            found.append(opening)
    return found
