"""What agents see and earn: planes by choice, masks where clients look, scores."""

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from insei.engine.environments.go_env import GoEnv
from insei.engine.environments.go_vector_env import GoVectorEnv
from insei.engine.planes.feature_planes import history_planes, rich_planes
from insei.engine.planes.net_planes import planes

SETS = {"net": planes, "history": history_planes, "rich": rich_planes}
SHOWN = [
    {"observation": kind, "channels": channels, "dtype": dtype}
    for kind in SETS
    for channels in ("first", "last")
    for dtype in ("float32", "uint8", "bool")
    if kind != "net" or dtype == "float32"
]


def masked(env, info, rng):
    """A legal action, or one for each game of a batch."""
    masks = np.atleast_2d(info["action_mask"])
    chosen = [rng.choice(np.flatnonzero(mask)) if mask.any() else 0 for mask in masks]
    return np.array(chosen) if hasattr(env, "num_envs") else int(chosen[0])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("key", [None, "observation"])
@pytest.mark.parametrize("settings", SHOWN, ids=lambda one: "-".join(one.values()))
def test_every_choice_of_planes_is_a_gymnasium_environment(settings, key):
    env = gymnasium.make("insei/Go-v0", board_size=(5, 4), observation_key=key, **settings)
    check_env(env.unwrapped, skip_render_check=True)


@pytest.mark.parametrize("settings", SHOWN, ids=lambda one: "-".join(one.values()))
def test_planes_are_those_of_the_position_in_layout_and_type(settings):
    env = GoEnv(board_size=(5, 4), opponent=None, **settings)
    batch = GoVectorEnv(2, board_size=(5, 4), opponent=None, **settings)
    observation, _ = env.reset(seed=1)
    many, _ = batch.reset(seed=1)
    for action in (7, 8, 12, 13, 20):
        wanted = SETS[settings["observation"]](env.position)
        if settings["channels"] == "last":
            wanted = np.moveaxis(wanted, 0, -1)
        assert observation.dtype == many.dtype == np.dtype(settings["dtype"])
        assert np.array_equal(observation, wanted.astype(settings["dtype"]))
        assert np.array_equal(many, [observation, observation])
        assert many in batch.observation_space
        observation, *_ = env.step(action)
        many, *_ = batch.step(np.array([action, action]))


@pytest.mark.parametrize("key", ["observation", "observations"])
def test_a_dict_has_the_planes_and_the_legal_actions(key):
    rng = np.random.default_rng(1)
    env = GoEnv(board_size=4, observation_key=key)
    batch = GoVectorEnv(3, board_size=4, observation_key=key, autoreset_mode="SameStep")
    for one in (env, batch):
        observation, info = one.reset(seed=1)
        for _ in range(60):
            assert observation in one.observation_space
            assert set(observation) == {key, "action_mask"}
            assert np.array_equal(observation["action_mask"], info["action_mask"])
            assert np.array_equal(observation["action_mask"], one.action_masks())
            observation, _, terminated, truncated, info = one.step(masked(one, info, rng))
            if "final_obs" in info:
                ended = info["_final_obs"]
                assert info["final_obs"][key][ended].any()
                assert not info["final_obs"]["action_mask"][~ended].any()
            if one is env and (terminated or truncated):
                observation, info = env.reset()


@pytest.mark.parametrize("colour", ["black", "white"])
def test_rewards_are_wins_scores_or_changes_of_the_score(colour):
    """The same games under the three rewards: the end's score is the sum of its changes."""
    settings = {"board_size": 4, "komi": 0.5, "agent_colour": colour}
    sign = 1 if colour == "black" else -1
    for seed in range(12):
        envs = {kind: GoEnv(reward=kind, **settings) for kind in ("win", "score", "score_change")}
        for env in envs.values():
            _, info = env.reset(seed=seed)
        first = sign * envs["score_change"].position.score()
        rng, changes, done = np.random.default_rng(seed), 0.0, False
        while not done:
            action = masked(env, info, rng)
            steps = {kind: env.step(action) for kind, env in envs.items()}
            changes += steps["score_change"][1]
            _, _, terminated, truncated, info = steps["win"]
            done = terminated or truncated
            assert ("score" in info) == done
        score = sign * env.position.score()
        assert {step[4]["score"] for step in steps.values()} == {score}
        assert changes == score - first
        assert steps["score"][1] == (score if terminated else 0)
        assert steps["win"][1] == (np.sign(score) if terminated else 0)


@pytest.mark.parametrize("kind", ["win", "score", "score_change"])
@pytest.mark.parametrize("colour", ["black", "white"])
def test_a_batch_earns_what_single_games_earn(kind, colour):
    settings = {"board_size": 3, "komi": 0.5, "reward": kind, "agent_colour": colour}
    batch = GoVectorEnv(5, opponent=None, autoreset_mode="SameStep", **settings)
    singles = [GoEnv(opponent=None, **settings) for _ in range(5)]
    _, info = batch.reset(seed=1)
    for env in singles:
        env.reset()
    rng, num_ended = np.random.default_rng(3), 0
    for _ in range(150):
        actions = masked(batch, info, rng)
        steps = [env.step(action) for env, action in zip(singles, actions.tolist(), strict=True)]
        _, rewards, terminated, truncated, info = batch.step(actions)
        assert rewards.tolist() == [step[1] for step in steps]
        assert terminated.tolist() == [step[2] for step in steps]
        assert truncated.tolist() == [step[3] for step in steps]
        for game, (env, step) in enumerate(zip(singles, steps, strict=True)):
            if step[2] or step[3]:
                num_ended += 1
                assert info["final_info"]["score"][game] == step[4]["score"]
                assert info["final_info"]["_score"][game]
                env.reset()
    assert num_ended > 20


@pytest.mark.parametrize("opponent", ["random", None])
@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_an_illegal_action_loses_in_a_batch_too(opponent, mode):
    env = GoVectorEnv(
        4, board_size=3, opponent=opponent, illegal="loses", autoreset_mode=mode, reward="score"
    )
    env.reset(seed=1)
    env.step(np.array([4, 4, 4, 4]))
    _, rewards, terminated, _, info = env.step(np.array([4, 99, -1, 9]))
    own = -9.0 if opponent else 9.0  # without opponent it was White's fault; rewards are Black's
    assert rewards[:3].tolist() == [own] * 3
    assert terminated[:3].all()
    last = info["final_info"] if mode == "SameStep" else info
    assert "occupied" in last["illegal"][0]
    assert "wanted 0 to 9" in last["illegal"][1]
    assert last["_illegal"].tolist() == [True, True, True, False]
    assert last["score"][:3].tolist() == [own] * 3
    if mode == "Disabled":
        env.reset(options={"reset_mask": env.ended.copy()})
    elif mode == "NextStep":
        _, rewards, terminated, _, _ = env.step(np.array([4, 4, 4, 0]))
        assert not rewards[:3].any()
        assert not terminated[:3].any()
    assert env.positions.num_moves[:3].tolist() == [0, 0, 0]


def test_state_tells_colours_and_who_is_to_move():
    pytest.importorskip("pettingzoo")
    from insei.engine.environments import go_v0

    env = go_v0.raw_env(board_size=5)
    env.reset()
    before = env.state()
    assert before.shape == env.state_space.shape == (15, 5, 5)
    assert before[-1].all()
    env.step(12)
    after = env.state()
    assert after in env.state_space
    assert not after[-1].any()
    assert after[1, 2, 2] == 1  # a stone of Black's, though White is to move
