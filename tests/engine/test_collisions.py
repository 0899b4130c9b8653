"""Superko compares boards: a hash that collides forbids nothing."""

import numpy as np
import pytest

from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from insei.engine.environments.go_aec_env import GoAECEnv
from insei.engine.playouts import random_reply
from insei.engine.position import Position
from insei.engine.positions import LEAVE, Positions
from insei.engine.rules import Rules
from tests.helpers.hostile.collisions import AFTER_CAPTURES, SUICIDE, collision
from tests.helpers.reference import Reference

CASES = [
    pytest.param(Rules(19, 19, ko=ko, suicide=suicide), kind, id=f"{ko}-{name}-{suicide}")
    for ko in ("positional", "situational")
    for name, kind, suicides in (
        ("after captures", AFTER_CAPTURES, (False, True)),
        ("suicide", SUICIDE, (True,)),
    )
    for suicide in suicides
]


@pytest.mark.parametrize(("rules", "kind"), CASES)
def test_a_move_to_the_hash_of_another_board_is_legal(rules, kind):
    position, move = collision(rules, kind)
    slow = Reference(rules)
    for played in position.moves:
        slow.play(played)
    assert position.legal_mask().tolist() == slow.legal_mask()
    assert position.is_legal(move)
    assert position.why_illegal(move) is None
    assert move in position.legal_moves()
    after = position.play(move)
    assert after.hash == Position(rules).hash
    assert after.board.any()
    slow.play(move)
    assert after.legal_mask().tolist() == slow.legal_mask()


@pytest.mark.parametrize(("rules", "kind"), CASES)
def test_a_batch_and_random_games_play_it(rules, kind):
    position, move = collision(rules, kind)
    batch = Positions(rules, 2)
    for played in position.moves:
        batch.play([played, LEAVE])
    assert batch.legal_masks()[0, move]
    batch.play([move, LEAVE])
    assert batch[0] == position.play(move)
    # The engine's random moves look points up one by one.
    assert move in {random_reply(position, seed) for seed in range(4000)}


@pytest.mark.parametrize(("rules", "kind"), CASES)
def test_a_search_tries_it(rules, kind):
    position, move = collision(rules, kind)
    forest = Forest(1, 19, 19, SearchSettings(visits=9, rule="puct", random_symmetry=False), 1)
    forest.start(0, position)
    policy = np.full(362, -20, np.float32)
    policy[move] = 20
    for _ in range(3):
        rows = forest.select()
        flat = np.zeros(rows, np.float32)
        forest.expand(np.tile(policy, (rows, 1)), flat, flat)
    assert forest.visits_along(0, [move]) == [2]


def test_an_environment_takes_it():
    position, move = collision(*CASES[0].values)
    env = GoAECEnv(rules=position.rules)
    env.reset()
    for played in position.moves:
        env.step(played)
    assert env.observe(env.agent_selection)["action_mask"][move]
    env.step(move)
    assert not any(env.terminations.values())


def test_a_real_repetition_stays_forbidden_among_collisions():
    """After the move the board repeats no board, but taking back the ko there does."""
    position, move = collision(*CASES[0].values)
    after = position.play(move).play(position.rules.pass_move)
    slow = Reference(position.rules)
    for played in after.moves:
        slow.play(played)
    for _ in range(30):
        assert after.legal_mask().tolist() == slow.legal_mask()
        move = after.legal_moves()[after.num_moves * 7 % len(after.legal_moves())]
        after, _ = after.play(move), slow.play(move)
