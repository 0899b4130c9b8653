"""Openings, so that games between the same players differ: random plies, or those of real games."""

import random
from pathlib import Path

from insei.engine.errors import GameOver, IllegalMove
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import read_sgf_file
from insei.system.errors import UserError

MOST_REPEATS = 50  # in a row, before repeated openings are accepted


def random_opening(rules: Rules, num_plies: int, seed: int) -> list[int]:
    """Draw plies uniformly from the legal moves on the board; fewer if none is left."""
    rng = random.Random(seed)
    position = Position(rules)
    for _ in range(num_plies):
        stones = position.legal_moves()[:-1]
        if rules.captures_to_win:  # a capture may end the game
            stones = [move for move in stones if not position.play(move).is_over]
        if not stones:
            break
        position.play_in_place(rng.choice(stones))
    return position.moves


def openings(rules: Rules, count: int, num_plies: int, seed: int) -> list[list[int]]:
    """Draw `count` openings, all different while new ones are found.

    A larger count gives the same openings first.
    """
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
    """The first plies of `count` SGF games in a folder, by file name, repeated if there are fewer.

    Only games on this board count that start empty, alternate from Black, and have enough plies.
    Openings that end a game are left out.

    Raises:
        UserError: no game counts, or one is illegal by these rules.
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
            raise UserError(f"{path}: {error}") from error
        if opening not in found and not is_over:
            found.append(opening)
    if not found:
        raise UserError(
            f"{folder}: wanted SGF games on {rules.size_name} with {num_plies} plies or more"
        )
    return [found[number % len(found)] for number in range(count)]
