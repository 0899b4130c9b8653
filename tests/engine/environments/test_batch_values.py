"""A vector environment is a value: it is copied, pickled, and begins anywhere."""

import copy
import pickle

import numpy as np
import pytest

from insei.engine.environments.go_vector_env import GoVectorEnv
from insei.engine.position import Position
from insei.engine.rules import tromp_taylor

MODES = ["NextStep", "SameStep"]


def pickled(env):
    return pickle.loads(pickle.dumps(env))


def steps_of(env, num_steps, seed):
    """What an environment gives for masked random actions, as bytes."""
    rng, given = np.random.default_rng(seed), []
    for _ in range(num_steps):
        masks = env.action_masks()
        actions = [rng.choice(np.flatnonzero(mask)) if mask.any() else 0 for mask in masks]
        observations, rewards, terminated, truncated, _ = env.step(np.array(actions))
        given.append([part.tobytes() for part in (observations, rewards, terminated, truncated)])
    return given


@pytest.mark.parametrize("how", [copy.deepcopy, pickled])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("opponent", ["random", None])
def test_a_copy_plays_on_as_the_environment_does(how, mode, opponent):
    env = GoVectorEnv(
        5, board_size=3, opponent=opponent, autoreset_mode=mode, reward="score_change"
    )
    env.reset(seed=3)
    steps_of(env, 7, seed=1)
    again = how(env)
    assert steps_of(env, 60, seed=2) == steps_of(again, 60, seed=2)


@pytest.mark.parametrize("opponent", ["random", "capture"])
def test_a_copy_is_independent(opponent):
    env = GoVectorEnv(2, board_size=5, opponent=opponent)
    env.reset(seed=1)
    again = copy.deepcopy(env)
    again.step(np.array([12, 12]))
    assert env.positions.num_moves.tolist() == [0, 0]
    assert again.positions.num_moves.tolist() == [2, 2]


def test_all_games_or_some_begin_where_options_say():
    env = GoVectorEnv(3, board_size=5, opponent=None)
    env.reset(options={"sgf": "(;SZ[5];B[cc];W[bb])"})
    assert [env.positions[game].moves for game in range(3)] == [[12, 6]] * 3
    there = Position(tromp_taylor(5)).play(7)
    env.reset(
        options={"position": [None, there, there], "reset_mask": np.array([True, True, False])}
    )
    assert [env.positions[game].moves for game in range(3)] == [[], [7], [12, 6]]
    observations, _ = env.reset(options={"handicap": 2})
    assert observations[:, 2].sum((1, 2)).tolist() == [2, 2, 2]  # Black's, seen by White


@pytest.mark.parametrize("opponent", ["random", "capture"])
def test_the_opponent_moves_first_where_it_is_its_turn(opponent):
    env = GoVectorEnv(2, board_size=5, opponent=opponent, reward="score")
    there = Position(tromp_taylor(5)).play(7)
    env.reset(seed=1, options={"position": [None, there]})
    assert env.positions.num_moves.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"position": [None]}, "1 positions: wanted 2, one a game"),
        ({"position": [None, 5]}, "position 5: wanted a Position"),
        ({"position": Position(tromp_taylor(9))}, "position on 9x9: wanted 5x5"),
        ({"resetmask": 1}, "option 'resetmask': wanted"),
        ({"sgf": "(;SZ[5];B[];W[])"}, "the game is over after 2 plies"),
    ],
)
def test_options_that_do_not_fit_are_named(options, said):
    env = GoVectorEnv(2, board_size=5)
    with pytest.raises(ValueError, match=said):
        env.reset(options=options)
