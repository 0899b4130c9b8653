"""Every handwritten player answers under every rule, on boards down to a single point."""

from itertools import product

import pytest

from insei.agents.grammar import make_player
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import KO_RULES, PRESETS, Rules, tromp_taylor
from insei.engine.vertex import move_of

PLAYERS = ["random", "capture", "influence", "alphabeta:nodes=300", "uct:playouts=30"]
SIZES = [(1, 1), (2, 1), (1, 3), (2, 2), (3, 2), (3, 3), (4, 4), (5, 3)]
VARIANTS = [
    *({"ko": ko, "suicide": suicide} for ko, suicide in product(KO_RULES, (False, True))),
    {"scoring": "territory"},
    {"captures_to_win": 1},
]


@pytest.mark.timeout(60)
def test_capture_answers_after_a_suicide_of_several_stones():
    rules = tromp_taylor(3)
    vertices = ["C2", "C3", "C1", "B2", "A2", "A3", "B3", "B1", "C3", "A3"]
    moves = [move_of(vertex, rules) for vertex in vertices]
    position = Position(rules).play_all(moves)
    player = make_player("capture")
    player.new_game(rules, 1)
    assert position.is_legal(player.choose(position).move)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PLAYERS)
@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_a_player_answers_wherever_a_random_game_stands(name, variant):
    player = make_player(name)
    for size, seed in product(SIZES, range(3)):
        rules = Rules(*size, 0.5, **variant)
        player.new_game(rules, seed)
        for plies in range(1, 3 * rules.num_points, 2):
            position = random_game(rules, seed, plies)
            if position.is_over:
                break
            assert position.is_legal(player.choose(position).move)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PLAYERS)
@pytest.mark.parametrize("preset", PRESETS)
def test_a_player_finishes_games_with_itself(name, preset):
    """Random games fill no eye, so only a player's own moves come to the rarest positions."""
    player = make_player(name)
    for side, seed in product((1, 2, 3), range(20)):
        rules = PRESETS[preset](side)
        player.new_game(rules, seed)
        position = Position(rules)
        while not position.is_over and position.num_moves < 60:
            position.play_in_place(player.choose(position).move)
