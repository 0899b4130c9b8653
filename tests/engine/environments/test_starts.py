"""`reset(options=...)`: games begin at a position, at a file's, or with handicap stones."""

import numpy as np
import pytest

from insei.engine.environments.go_env import GoEnv
from insei.engine.position import Position
from insei.engine.rules import Rules, chinese, tromp_taylor
from insei.engine.sgf.record import GameRecord, write_sgf

GAME = "(;GM[1]SZ[5]KM[6.5]RU[Chinese];B[cc];W[bb];B[dd])"
OVER = "(;GM[1]SZ[5];B[cc];W[];B[])"


def test_a_game_begins_at_a_position():
    env = GoEnv(board_size=5, opponent=None)
    there = Position(tromp_taylor(5)).play(12).play(6)
    observation, info = env.reset(options={"position": there})
    assert env.position == there
    assert info["to_play"] == "black"
    assert observation[1, 2, 2] == 1
    env.step(0)
    assert there.num_moves == 2  # left unchanged


def test_the_environments_rules_and_komi_apply():
    env = GoEnv(board_size=5, opponent=None)
    env.reset(options={"position": Position(chinese(5, komi=3)).play(12)})
    assert env.position.rules == tromp_taylor(5)
    assert env.position.moves == [12]


def test_a_game_begins_where_a_file_ends_or_at_one_of_its_plies(tmp_path):
    env = GoEnv(board_size=5, opponent=None)
    path = tmp_path / "game.sgf"
    path.write_text(GAME)
    for said in (GAME, path, str(path), GAME.encode()):
        env.reset(options={"sgf": said})
        assert env.position.moves == [12, 6, 18]
        assert env.position.rules.komi == 7.5
    env.reset(options={"sgf": GAME, "ply": 1})
    assert env.position.moves == [12]
    assert env.position.to_play == 2
    env.reset(options={"sgf": OVER, "ply": 2})
    assert not env.position.is_over


def test_set_up_stones_and_turns_out_of_order_are_kept():
    there = Position(tromp_taylor(5)).play(12).with_to_play(1).play(6)
    env = GoEnv(board_size=5, opponent=None)
    env.reset(options={"sgf": write_sgf(GameRecord(there))})
    assert np.array_equal(env.position.board, there.board)
    assert env.position.to_play == 2
    env.reset(options={"sgf": "(;SZ[5]AB[aa][bb]AW[ee]PL[W];W[cc])", "ply": 0})
    assert env.position.board.sum() == 4
    assert env.position.to_play == 2


@pytest.mark.parametrize("opponent", [None, "random"])
def test_handicap_stones_are_placed_and_white_moves(opponent):
    env = GoEnv(board_size=9, opponent=opponent)
    env.reset(seed=1, options={"handicap": 4})
    assert (env.position.board == 1).sum() == 4
    assert env.position.to_play == (1 if opponent else 2)  # the opponent has moved
    env.reset(options={"handicap": 0})
    assert not (env.position.board == 1).any()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"positon": 1}, "option 'positon': wanted position"),
        ({"zebra": 1}, "option 'zebra': wanted position, sgf, handicap, ply"),
        ({"position": 5}, "position 5: wanted a Position"),
        ({"position": Position(tromp_taylor(9))}, "position on 9x9: wanted 5x5"),
        ({"position": Position(Rules(5, 4))}, "position on 5x4: wanted 5x5"),
        ({"sgf": GAME, "handicap": 2}, "options sgf and handicap: wanted one of them"),
        ({"sgf": OVER}, "the game is over after 3 plies; wanted one that goes on: ply=1 or less"),
        ({"sgf": GAME, "ply": 4}, "ply 4: wanted 0 to 3"),
        ({"sgf": GAME, "ply": -1}, "ply -1: wanted 0 to 3"),
        ({"sgf": GAME, "ply": "two"}, "ply 'two': wanted a whole number"),
        ({"ply": 2}, "option ply: wanted it with sgf or position"),
        ({"sgf": 7}, "sgf 7: wanted a file's path or its text"),
        ({"sgf": "nowhere.sgf"}, "nowhere.sgf: No such file"),
        ({"sgf": "(;SZ[9])"}, "position on 9x9: wanted 5x5"),
        ({"handicap": "two"}, "handicap 'two': wanted a whole number"),
        ({"handicap": 25}, "handicap 25 on 5x5: wanted 2 to 24"),
        ({"handicap": -1}, "handicap -1 on 5x5"),
    ],
)
def test_options_that_do_not_fit_are_named(options, said):
    env = GoEnv(board_size=5)
    env.reset(seed=1)
    with pytest.raises(ValueError, match=said):
        env.reset(options=options)


def test_a_position_beyond_the_plies_allowed_is_refused():
    env = GoEnv(board_size=5, max_plies=2)
    with pytest.raises(ValueError, match="3 plies: wanted fewer than max_plies, 2"):
        env.reset(options={"sgf": GAME})


def test_a_move_that_the_environments_rules_forbid_is_named():
    suicide_of_two = [2, 24, 6, 0, 5, 25, 23, 1]
    there = Position(tromp_taylor(5)).play_all(suicide_of_two)
    assert there.board[0, 0] == 0
    env = GoEnv(board_size=5, opponent=None, rules="chinese")
    with pytest.raises(ValueError, match="ply 8 of the position: B5 for white: suicide"):
        env.reset(options={"position": there})


def test_an_opponent_that_ends_the_game_at_once_is_told():
    env = GoEnv(board_size=5, opponent=lambda position: 25)
    there = Position(tromp_taylor(5)).play(25)
    with pytest.raises(ValueError, match="the opponent ends the game at once"):
        env.reset(options={"position": there})


def test_pettingzoo_games_begin_anywhere():
    pytest.importorskip("pettingzoo")
    from insei.engine.environments import go_v0

    env = go_v0.env(board_size=5)
    env.reset(options={"sgf": GAME})
    assert env.agent_selection == "white_0"
    env.reset(options={"handicap": 2})
    assert env.agent_selection == "white_0"
    assert env.last()[0]["action_mask"].sum() == 24
