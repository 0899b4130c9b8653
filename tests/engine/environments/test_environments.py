"""Environments: what Gymnasium and PettingZoo ask of them, and that their games are Go."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from insei.engine.environments.go_env import GoEnv
from insei.engine.environments.go_vector_env import GoVectorEnv
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.planes.net_planes import planes
from insei.engine.position import Position
from insei.engine.rules import Rules


def play_out(env, seed):
    """Play masked random actions to the end; returns observations and the last step."""
    observation, info = env.reset(seed=seed)
    env.action_space.seed(seed)
    seen = [observation]
    while True:
        step = env.step(env.action_space.sample(info["action_mask"]))
        seen.append(step[0])
        info = step[4]
        if step[2] or step[3]:
            return seen, step


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "settings",
    [
        {"board_size": 9},
        {"board_size": (5, 4), "opponent": None},
        {"board_size": 5, "agent_colour": "white", "illegal": "loses", "rules": "chinese"},
    ],
)
def test_gymnasium_finds_nothing_to_complain_of(settings):
    check_env(gymnasium.make("insei/Go-v0", **settings).unwrapped)


@pytest.mark.parametrize("colour", ["black", "white"])
def test_games_end_with_the_agents_reward(colour):
    rewards = set()
    for seed in range(30):
        env = GoEnv(board_size=4, komi=2.5, agent_colour=colour)
        _, (_, reward, terminated, truncated, info) = play_out(env, seed)
        assert terminated != truncated
        won = env.position.winner() == env.settings.agent
        assert reward == (0 if truncated else 1 if won else -1)
        assert not info["action_mask"].any() or truncated
        rewards.add(reward)
    assert {1.0, -1.0} <= rewards


def test_equal_seeds_give_equal_games():
    (first, _), (again, _) = (play_out(GoEnv(board_size=5), 7) for _ in range(2))
    assert len(first) == len(again)
    assert all(
        np.array_equal(seen, seen_again) for seen, seen_again in zip(first, again, strict=True)
    )


def test_illegal_actions_raise_or_lose_as_was_said():
    env = GoEnv(board_size=3, opponent=None)
    env.reset()
    env.step(4)
    with pytest.raises(IllegalMove, match="B2 for white: occupied"):
        env.step(4)
    env = GoEnv(board_size=3, opponent=None, illegal="loses")
    env.reset()
    env.step(4)
    _, reward, terminated, _, info = env.step(4)  # White's fault, and rewards are Black's
    assert (reward, terminated) == (1.0, True)
    assert "occupied" in info["illegal"]
    with pytest.raises(GameOver, match="wanted reset"):
        env.step(0)
    env.reset()
    assert not env.step(0)[2]


def test_a_game_that_is_over_wants_a_reset():
    env = GoEnv(board_size=3, opponent=None)
    env.reset()
    env.step(9)
    assert env.step(9)[2]
    with pytest.raises(GameOver):
        env.step(0)


def test_a_function_opposes():
    env = GoEnv(board_size=3, opponent=lambda position: position.legal_moves()[0])
    env.reset()
    env.step(4)
    assert env.position.moves == [4, 0]


def test_the_board_is_drawn():
    env = GoEnv(board_size=5, opponent=None, render_mode="rgb_array")
    env.reset()
    env.step(12)
    pixels = env.render()
    assert pixels.shape == (120, 120, 3)
    assert pixels.dtype == np.uint8
    assert pixels[60, 50].max() < 40  # a black stone, beside the mark of the last move
    assert pixels[60, 60].tolist() == [214, 64, 48]
    env = GoEnv(board_size=5, opponent=None, render_mode="ansi")
    env.reset()
    env.step(12)
    assert "(X)" in env.render()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"board_size": 20}, "width 20"),
        ({"opponent": "strong"}, "player 'strong': wanted random, capture"),
        ({"opponent": 3}, "opponent 3: wanted a player's name, an object with `choose`"),
        ({"opponent": GoEnv}, "opponent <class .*GoEnv'>: wanted a player's name"),
        ({"dtype": "uint8"}, "dtype 'uint8' with observation 'net', which has komi in it"),
        ({"observation": "pixels"}, "observation 'pixels': wanted net or history or rich"),
        ({"reward": "points"}, "reward 'points': wanted win or score or score_change"),
        ({"observation_key": "action_mask"}, "observation_key 'action_mask': wanted a name"),
        ({"agent_colour": "red"}, "agent_colour 'red': wanted black or white"),
        ({"illegal": "ignored"}, "illegal 'ignored'"),
        ({"rules": "ing"}, "rules 'ing'"),
        ({"render_mode": "human"}, "render_mode 'human'"),
        ({"max_plies": -1}, "max_plies -1"),
        ({"max_plies": "5"}, "max_plies '5': wanted a whole number"),
        ({"rules": []}, "rules \\[\\]: wanted a Rules"),
        ({"board_size": (5, 5, 5)}, "board_size .*wanted a side"),
    ],
)
def test_wrong_settings_are_named(settings, said):
    with pytest.raises(ValueError, match=said):
        GoEnv(**settings)


@pytest.mark.parametrize("kind", [GoEnv, GoVectorEnv])
def test_unknown_settings_are_refused_in_pythons_words(kind):
    said = rf"{kind.__name__}.__init__\(\) got an unexpected keyword argument"
    with pytest.raises(TypeError, match=rf"{said} 'boardsize'. Did you mean 'board_size'\?"):
        kind(boardsize=5)
    with pytest.raises(TypeError, match=rf"{said} 'zebra'. Wanted board_size, rules, komi"):
        kind(zebra=5)


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("opponent", ["random", None])
def test_the_batch_plays_go_and_resets_as_its_mode_says(mode, opponent):
    env = gymnasium.make_vec(
        "insei/Go-v0",
        num_envs=6,
        autoreset_mode=mode,
        board_size=3,
        opponent=opponent,
        komi=0.5,
    )
    rng = np.random.default_rng(1)
    observation, info = env.reset(seed=1)
    num_ended, rewards = 0, set()
    ended = np.zeros(6, np.bool_)
    for _ in range(200):
        masks = info["action_mask"]
        actions = np.array(
            [rng.choice(np.flatnonzero(mask)) if mask.any() else 0 for mask in masks], np.int64
        )
        before = [env.positions[game] for game in range(6)]
        observation, reward, terminated, truncated, info = env.step(actions)
        assert observation.shape == (6, *env.single_observation_space.shape)
        for game in range(6):
            now = env.positions[game]
            assert np.array_equal(observation[game], planes(now))
            begun = ended[game] or (mode == AutoresetMode.SAME_STEP and terminated[game])
            if begun:
                assert now == Position(env.rules)
            elif not truncated[game]:
                assert now.moves[: before[game].num_moves + 1] == [
                    *before[game].moves,
                    actions[game],
                ]
        now_ended = terminated | truncated
        num_ended += int(now_ended.sum())
        rewards |= set(reward[now_ended].tolist())
        assert not reward[~now_ended].any()
        if mode == AutoresetMode.SAME_STEP and now_ended.any():
            assert info["_final_obs"].tolist() == now_ended.tolist()
            assert not info["final_info"]["action_mask"][terminated].any()
        ended = now_ended if mode == AutoresetMode.NEXT_STEP else np.zeros(6, np.bool_)
        if mode == AutoresetMode.DISABLED and now_ended.any():
            with pytest.raises(ValueError, match="has ended"):
                env.step(actions)
            _, info = env.reset(options={"reset_mask": now_ended})
    assert num_ended > 20
    assert {1.0, -1.0} <= rewards


def test_the_batch_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="GoEnv alone draws"):
        GoVectorEnv(2, render_mode="ansi")
    env = GoVectorEnv(2, board_size=3, opponent=None)
    env.reset()
    with pytest.raises(IllegalMove, match="game 1"):
        env.step(np.array([0, 99]))
    with pytest.raises(IllegalMove, match="game 1: action -1: wanted 0 to 9"):
        env.step(np.array([0, -1]))
    assert env.positions.num_moves.tolist() == [0, 0]


def test_pettingzoo_finds_nothing_to_complain_of():
    pytest.importorskip("pettingzoo")
    from pettingzoo.test import api_test, seed_test

    from insei.engine.environments.go_aec_env import GoAECEnv

    api_test(GoAECEnv(board_size=5), num_cycles=300)
    seed_test(lambda: GoAECEnv(rules=Rules(4, 4, 1.5)), num_cycles=50)


def test_pettingzoo_games_reward_both_sides():
    pytest.importorskip("pettingzoo")
    from insei.engine.environments.go_aec_env import GoAECEnv

    env = GoAECEnv(board_size=3, illegal="loses")
    env.reset()
    env.step(4)
    env.step(4)
    assert env.rewards == {"black_0": 1.0, "white_0": -1.0}
    assert all(env.terminations.values())
    env.reset()
    for move in (4, 9, 9):
        env.step(move)
    assert env.rewards == {"black_0": 1.0, "white_0": -1.0}
    env = GoAECEnv(board_size=3)
    env.reset()
    env.step(4)
    with pytest.raises(IllegalMove):
        env.step(4)


def test_a_reset_cuts_no_game_short():
    env = GoVectorEnv(1, board_size=3, agent_colour="white", max_plies=1)
    _, info = env.reset(seed=1)
    cut = []
    for _ in range(4):
        _, _, _, truncated, info = env.step(info["action_mask"].argmax(1))
        cut.append(bool(truncated[0]))
    assert cut == [True, False, True, False]


def test_an_opponent_may_try_its_moves_out():
    def tries(position):
        move = position.legal_moves()[0]
        position.play_in_place(move)
        return move

    env = GoEnv(board_size=5, opponent=tries)
    env.reset(seed=1)
    env.step(12)
    assert env.position.moves == [12, 0]


@pytest.mark.parametrize("mask", [[True], [True] * 3, [1, 0], [[True, False]]])
def test_a_mask_that_does_not_fit_is_refused(mask):
    env = GoVectorEnv(2, board_size=5)
    env.reset(seed=1)
    with pytest.raises(ValueError, match=r"reset_mask .*wanted bool, one for each of 2 games"):
        env.reset(options={"reset_mask": mask})


def test_seeds_of_all_games_are_heeded():
    def first(seed):
        env = GoVectorEnv(2, board_size=9, agent_colour="white")
        return env.reset(seed=seed)[0].tobytes()

    assert first([1, 2]) == first([1, 2])
    assert len({first(seed) for seed in ([1, 2], [1, 3], [2, 2], [1, None])}) == 4


def test_numbers_of_numpy_are_taken():
    rules = GoEnv(board_size=np.int64(5), komi=np.float32(6.5)).rules
    assert (rules.width, rules.height, rules.komi) == (5, 5, 6.5)
    assert {type(rules.width), type(rules.komi)} == {int, float}
