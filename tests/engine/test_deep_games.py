"""Random games of all rules and sizes, move by move against the slow reference.

INSEI_DEEP_GAMES says how many; the slow set plays 5,000, `make deep` 100,000.
"""

import os
import random

import numpy as np
import pytest

from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import KO_RULES, Rules
from tests.helpers.reference import Reference

NUM_GAMES = int(os.environ.get("INSEI_DEEP_GAMES", "5000"))
SHARES = 10  # tests that the games are split into


def drawn_rules(rng):
    """Rules of any kind, on a board that is small more often than not."""
    widest = rng.choice((2, 3, 4, 5, 7))
    scoring = rng.choice(("area", "territory"))
    return Rules(
        rng.randint(1, widest),
        rng.randint(1, widest),
        rng.randint(-20, 20) / 2,
        rng.choice(KO_RULES),
        rng.random() < 0.5,
        scoring=scoring,
        pass_stones=scoring == "territory" and rng.random() < 0.5,
    )


def compare(rules, rng):
    """Play one game here and by the reference."""
    position, reference = Position(rules), Reference(rules)
    pass_share = rng.choice((0.02, 0.2))
    for _ in range(rng.randint(1, 3 * rules.num_points + 10)):
        mask = position.legal_mask()
        assert mask.tolist() == reference.legal_mask(), str(position)
        assert [position.is_legal(move) for move in range(rules.num_actions)] == mask.tolist()
        if position.is_over:
            break
        moves = np.flatnonzero(mask[:-1]).tolist()
        passes = not moves or rng.random() < pass_share
        move = rules.pass_move if passes else rng.choice(moves)
        position.play_in_place(move)
        reference.play(move)
        assert position.hash == Position(rules, position.board).hash
    position.check()
    assert position.score(dead=[]) == reference.score(), str(position)
    assert list(position.prisoners) == [reference.prisoners[1], reference.prisoners[2]]


@pytest.mark.slow
@pytest.mark.parametrize("share", range(SHARES))
def test_games_by_any_rules_match_the_reference(share):
    for game in range(share, NUM_GAMES, SHARES):
        rng = random.Random(game)
        rules = drawn_rules(rng)
        try:
            compare(rules, rng)
        except AssertionError as error:
            raise AssertionError(f"game {game} of {rules}: {error}") from error


@pytest.mark.parametrize(("width", "height"), [(12, 12), (13, 13), (19, 7), (19, 19)])
def test_games_on_large_boards_match_the_reference(width, height):
    """Sets of three words of 64 points and more; the masks of every seventh ply, for time."""
    for seed in range(3):
        ko = KO_RULES[seed % len(KO_RULES)]
        rules = Rules(width, height, ko=ko, suicide=seed == 1)
        game = random_game(rules, seed, 2 * rules.num_points)
        position, reference = Position(rules), Reference(rules)
        for ply, move in enumerate(game.moves):
            if ply % 7 == 0:
                assert position.legal_mask().tolist() == reference.legal_mask(), str(position)
            position.play_in_place(move)
            reference.play(move)
        position.check()
        assert position.score(dead=[]) == reference.score()
        assert list(position.prisoners) == [reference.prisoners[1], reference.prisoners[2]]


def test_a_few_games_by_any_rules_match_the_reference():
    for game in range(60):
        rng = random.Random(-1 - game)
        compare(drawn_rules(rng), rng)


def test_a_capture_ends_a_game_that_captures_win():
    winners = {1: 0, 2: 0}
    for seed in range(200):
        position = random_game(Rules(5, 5, 0.5, captures_to_win=1 + seed % 3), seed, 200)
        replayed, reference = Position(position.rules), Reference(position.rules)
        for move in position.moves:
            assert not replayed.is_over
            replayed.play_in_place(move)
            reference.play(move)
        taken = reference.prisoners
        won = [taken[colour] >= position.rules.captures_to_win for colour in (1, 2)]
        assert position.is_over == (any(won) or position.passes == 2)
        if any(won):
            assert position.score() == (1 if won[0] else -1)
            winners[1 if won[0] else 2] += 1
    assert min(winners.values()) > 20
