"""Opponents: any player by its name, any object with `choose`, any function."""

import copy
import pickle

import numpy as np
import pytest

from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.player import RESIGN, Choice
from insei.engine.environments.go_env import GoEnv
from insei.engine.environments.go_vector_env import GoVectorEnv
from insei.engine.errors import IllegalMove


class First:
    """Plays the first legal move; has no `new_game` and no name."""

    def choose(self, position):
        return position.legal_moves()[0]


class Resigning:
    """Resigns at its second move."""

    def new_game(self, rules, seed):
        self.moves = 0

    def choose(self, position):
        self.moves += 1
        return Choice(RESIGN) if self.moves > 1 else Choice(position.legal_moves()[0])


def game_of(env, seed):
    _, info = env.reset(seed=seed)
    rng, done = np.random.default_rng(seed), False
    while not done:
        action = int(rng.choice(np.flatnonzero(info["action_mask"])))
        _, reward, terminated, truncated, info = env.step(action)
        done = terminated or truncated
    return env.position.moves, reward


@pytest.mark.parametrize("name", ["random", "capture", "influence", "uct:playouts=20", "net:go5"])
def test_a_player_of_any_name_opposes_and_equal_seeds_give_equal_games(name):
    games = []
    for _ in range(2):
        env = GoEnv(board_size=5, komi=20, opponent=name, agent_colour="white")
        games.append(game_of(env, seed=4))
        env.close()
    assert games[0] == games[1]
    assert len(games[0][0]) > 3


def test_a_players_object_opposes_with_or_without_new_game():
    env = GoEnv(board_size=3, opponent=First())
    env.reset()
    env.step(4)
    assert env.position.moves == [4, 0]
    assert game_of(GoEnv(board_size=5, opponent=CapturePlayer("capture")), 1)[0]


def test_an_opponent_that_resigns_has_lost():
    for kind, won in (("win", 1), ("score", 9)):
        env = GoEnv(board_size=3, opponent=Resigning(), reward=kind)
        env.reset(seed=1)
        env.step(4)
        _, reward, terminated, truncated, info = env.step(8)
        assert (reward, terminated, truncated) == (won, True, False)
        assert (info["resigned"], info["score"]) == ("white", 9)
    batch = GoVectorEnv(1, board_size=3, opponent=Resigning())
    batch.reset(seed=1)
    batch.step([4])
    _, rewards, terminated, _, _ = batch.step([8])
    assert (rewards[0], terminated[0]) == (1, True)


@pytest.mark.parametrize("said", [4, 99, 2**70, "A1", None, 1.5])
def test_an_opponents_bad_move_is_called_the_opponents(said):
    env = GoEnv(board_size=3, opponent=lambda position: said)
    env.reset()
    with pytest.raises(IllegalMove, match="the opponent chose"):
        env.step(4)


def test_each_game_of_a_batch_has_its_own_player():
    env = GoVectorEnv(3, board_size=5, opponent="capture", agent_colour="white")
    _, info = env.reset(seed=1)
    assert env.positions.num_moves.tolist() == [1, 1, 1]
    for _ in range(40):
        actions = [np.flatnonzero(mask)[0] if mask.any() else 0 for mask in info["action_mask"]]
        _, _, _, _, info = env.step(actions)
    assert len({id(opponent.player) for opponent in env.opponents}) == 3
    with pytest.raises(ValueError, match="for 3 games: it plays one at a time"):
        GoVectorEnv(3, opponent=First())
    batch = GoVectorEnv(2, board_size=3, opponent=First().choose)
    batch.reset()
    batch.step([4, 5])
    assert [batch.positions[game].moves for game in range(2)] == [[4, 0], [5, 0]]


@pytest.mark.parametrize("how", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))])
@pytest.mark.parametrize("opponent", ["random", "capture", None])
def test_a_copy_plays_on_as_the_environment_does(how, opponent):
    env = GoEnv(board_size=5, opponent=opponent)
    env.reset(seed=3)
    env.step(12)
    again = how(env)
    if opponent != "capture":  # a copied player begins its own chance anew
        assert [env.step(action)[1] for action in (3, 4)] == [
            again.step(action)[1] for action in (3, 4)
        ]
        assert env.position == again.position
    else:
        again.step(int(np.flatnonzero(again.action_masks())[0]))
        assert env.position.num_moves == 2
        assert again.position.num_moves == 4
