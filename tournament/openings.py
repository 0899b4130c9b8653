"""Openings, so that games of equal players differ: random legal plies, or those of real games."""

import random
from pathlib import Path

from insei.engine.errors import GameOver, IllegalMove
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import read_sgf_file

MOST_REPEATS = 50  # of openings that were drawn already, one after the other


def random_opening(rules: Rules, num_plies: int, seed: int) -> list[int]:
    """Draw plies uniform over legal stones; shorter where none is legal that leaves a game."""
    rng = random.Random(seed)
    position = Position(rules)
    for _ in range(num_plies):
        stones = position.legal_moves()[:-1]
        if rules.captures_to_win:  # a stone taken may be the game
            stones = [one for one in stones if not position.play(one).is_over]
        if not stones:
            break
        position.play_in_place(rng.choice(stones))
    return position.moves


def openings(rules: Rules, count: int, num_plies: int, seed: int) -> list[list[int]]:
    """Draw `count` openings, no two alike while new ones are found; of more the first are equal."""
    found: list[list[int]] = []
    attempt = repeats = 0
    while len(found) < count:
        opening = random_opening(rules, num_plies, seed * 1_000_003 + attempt)
        attempt += 1
        repeats = repeats + 1 if opening in found else 0
        if not repeats or repeats > MOST_REPEATS:
            found.append(opening)
            repeats = 0
    return found


def openings_from(folder: Path, rules: Rules, count: int, num_plies: int) -> list[list[int]]:
    """The first plies of `count` SGF games in a folder, in the order of their names, then again.

    Those that end a game are left out.

    Raises:
        ValueError: no file there is a game on this board with so many plies, from the empty board
            and Black first, or one is illegal by these rules.
    """
    found = []
    for path in sorted(folder.glob("*.sgf")):
        position = read_sgf_file(path).position
        same_size = (position.rules.width, position.rules.height) == (rules.width, rules.height)
        opening = position.moves[:num_plies]
        alternates = position.movers[:num_plies] == [1 + ply % 2 for ply in range(len(opening))]
        is_set_up = bool(position.initial_board.any())
        if not same_size or is_set_up or not alternates or len(opening) < num_plies:
            continue
        try:
            is_over = Position(rules).play_all(opening).is_over
        except (IllegalMove, GameOver) as error:
            raise ValueError(f"{path}: {error}") from error
        if opening not in found and not is_over:
            found.append(opening)
    if not found:
        raise ValueError(
            f"{folder}: wanted SGF games on {rules.size_name} with {num_plies} plies or more"
        )
    return [found[number % len(found)] for number in range(count)]
