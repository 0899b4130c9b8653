"""RL libraries, unmodified, by the Python of docs/rl.md; each test needs its library."""

import dataclasses
import re
import tomllib
from importlib import metadata

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from packaging.requirements import Requirement

from insei.engine.environments.settings import GoSettings
from tests.helpers.paths import ROOT
from tests.helpers.snippets import run_snippet

PAGE = "rl.md"
# Of the libraries themselves: their deprecations, and PettingZoo's version in TorchRL.
pytestmark = pytest.mark.filterwarnings("ignore")


def share_won(model, num_games):
    """The share of games that a model wins as Black against `random` on 5x5."""
    env = gymnasium.make("insei/Go-v0", board_size=5, komi=0.5)
    won = 0
    for seed in range(num_games):
        observation, _ = env.reset(seed=10_000 + seed)
        done, reward = False, 0.0
        while not done:
            masks = env.unwrapped.action_masks()
            action, _ = model.predict(observation, action_masks=masks, deterministic=True)
            observation, reward, terminated, truncated, _ = env.step(int(action))
            done = terminated or truncated
        won += reward > 0
    return won / num_games


def test_gymnasium_plays_a_game_and_its_checker_finds_nothing():
    names = run_snippet(PAGE, "Gymnasium")
    assert names["done"]
    check_env(names["env"].unwrapped, skip_render_check=True)


def test_games_begin_where_options_say():
    assert (run_snippet(PAGE, "Where a game begins")["env"].position.board == 1).sum() == 4


def test_a_gymnasium_vector_environment_steps_many_games():
    names = run_snippet(PAGE, "Many games at once")
    assert names["observations"].shape == (64, 14, 9, 9)
    assert names["observations"] in names["envs"].observation_space


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_maskable_ppo_learns_to_beat_random():
    pytest.importorskip("sb3_contrib")
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = run_snippet(PAGE, "Stable-Baselines3")["model"]
        assert share_won(model, 100) >= 0.8  # 0.2 before it has learned
    finally:
        torch.set_num_threads(threads)


def test_maskable_ppo_finds_masks_through_wrappers_and_in_other_processes():
    pytest.importorskip("sb3_contrib")
    from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import SubprocVecEnv

    settings = {"board_size": 5, "opponent": "capture"}
    for kind in (None, SubprocVecEnv):
        envs = make_vec_env("insei:insei/Go-v0", 2, env_kwargs=settings, vec_env_cls=kind)
        assert is_masking_supported(envs)
        envs.reset()
        assert get_action_masks(envs).shape == (2, 26)
        envs.close()


def test_learners_without_masks_lose_by_illegal_actions():
    stable_baselines3 = pytest.importorskip("stable_baselines3")
    settings = {"board_size": 4, "illegal": "loses", "observation": "history", "dtype": "uint8"}
    env = gymnasium.make("insei/Go-v0", **settings)
    stable_baselines3.PPO("MlpPolicy", env, n_steps=64, batch_size=64, seed=1).learn(128)
    stable_baselines3.DQN("MlpPolicy", env, buffer_size=500, seed=1).learn(200)


def test_pettingzoos_tests_find_nothing():
    pytest.importorskip("pettingzoo")
    from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test

    from insei.engine.environments import go_v0

    assert not run_snippet(PAGE, "PettingZoo")["env"].agents
    for make in (go_v0.env, go_v0.raw_env):
        api_test(make(board_size=5, observation="history", dtype="bool"), num_cycles=200)
        seed_test(lambda make=make: make(board_size=4), num_cycles=50)
    parallel_api_test(go_v0.parallel_env(board_size=4), num_cycles=100)
    parallel_seed_test(lambda: go_v0.parallel_env(board_size=4), num_cycles=50)


def test_torchrl_rolls_out_by_gymnasium_and_by_pettingzoo():
    pytest.importorskip("torchrl")
    names = run_snippet(PAGE, "TorchRL")
    rollout = names["go"].rollout(max_steps=60, break_when_any_done=False)
    assert rollout["next", "reward"].unique().tolist() in ([-1, 0], [-1, 0, 1], [0, 1])
    moves = names["games"].rollout(max_steps=10)
    assert moves["black_0", "mask"].flatten().tolist() == [True, False] * 5


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_rllib_trains_on_pettingzoo_with_its_action_masking_module(monkeypatch):
    pytest.importorskip("ray.rllib")
    pytest.importorskip("tree")  # of the extra: ray.rllib itself comes with ray
    # A cluster of its own: Ray would join whichever one it finds named in /tmp, be it dead.
    monkeypatch.setenv("RAY_ADDRESS", "local")
    results = run_snippet(PAGE, "RLlib")["results"]
    assert results["num_env_steps_sampled_lifetime"] >= 256


def test_tianshou_collects_games():
    pytest.importorskip("tianshou")
    returns = np.asarray(run_snippet(PAGE, "Tianshou")["stats"].returns)
    assert returns.shape == (8, 2)
    assert set(returns.sum(1)) == {0}


def test_rllibs_gymnasium_is_one_that_insei_takes():
    wanted = [Requirement(text) for text in metadata.requires("ray")]
    (pinned,) = [
        one for one in wanted if one.name == "gymnasium" and one.marker.evaluate({"extra": "rllib"})
    ]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (ours,) = [one for one in project["dependencies"] if one.startswith("gymnasium")]
    for pin in pinned.specifier:
        if pin.operator == "==":
            assert Requirement(ours).specifier.contains(pin.version)


def test_the_page_lists_every_setting_with_its_default():
    text = (ROOT / "docs" / PAGE).read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \|.*\| (.*?) \|$", text, re.M))
    defaults = {field.name: field.default for field in dataclasses.fields(GoSettings)}
    assert set(rows) == set(defaults)
    said_otherwise = {"komi", "max_plies"}
    assert {name: rows[name].strip("`") for name in rows if name not in said_otherwise} == {
        name: str(value) for name, value in defaults.items() if name not in said_otherwise
    }
