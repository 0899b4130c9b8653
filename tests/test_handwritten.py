"""The handwritten players: what each claims to know, shown on boards and in games."""

import numpy as np
import pytest

from agents.capture import CapturePlayer
from agents.influence import InfluencePlayer
from agents.player import Player
from agents.random_player import RandomPlayer
from engine.diagram import board_from
from engine.position import Position
from engine.rules import BLACK, KO_RULES, WHITE, Rules
from engine.vertex import move_of, vertex_of
from tournament.match import Table
from tournament.schedule import pairing_jobs

MAKERS = [RandomPlayer, CapturePlayer, InfluencePlayer]


def position_of(text, to_play=BLACK, **rules):
    board = board_from(text)
    return Position(Rules(board.shape[1], board.shape[0], 0.5, **rules), board, to_play)


def chosen(player, position, seed=1):
    player.new_game(position.rules, seed)
    return vertex_of(player.choose(position).move, position.rules)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("ko", KO_RULES)
def test_no_player_ever_plays_an_illegal_move_or_fills_its_eye(make, ko):
    for seed in range(6):
        rules = Rules(5, 4, 0.5, ko, bool(seed % 2))
        player: Player = make()
        player.new_game(rules, seed)
        rng = np.random.default_rng(seed)
        position = Position(rules)
        while not position.is_over and position.num_moves < 150:
            if position.num_moves % 5 == 4:  # strange opponents make strange positions
                move = int(rng.choice(position.legal_moves()))
            else:
                move = player.choose(position).move
                assert not position.fills_own_eye(move)
            position.play_in_place(move)


@pytest.mark.parametrize("make", MAKERS)
def test_equal_seeds_give_equal_games(make):
    def game(seed):
        player = make()
        player.new_game(Rules(6, 6), seed)
        position = Position(Rules(6, 6))
        while not position.is_over and position.num_moves < 100:
            position.play_in_place(player.choose(position).move)
        return position.moves

    assert game(3) == game(3)
    assert game(3) != game(4)


@pytest.mark.parametrize("make", MAKERS)
def test_where_only_own_eyes_are_left_every_player_passes(make):
    position = position_of(". X . X\nX X X X\nX X X X\nX . X X")
    assert chosen(make(), position) == "pass"


def test_random_players_choose_among_all_moves():
    position = Position(Rules(2, 2))
    moves = {chosen(RandomPlayer(), position, seed) for seed in range(60)}
    assert moves == {"A1", "A2", "B1", "B2"}


@pytest.mark.parametrize("make", [CapturePlayer, InfluencePlayer])
@pytest.mark.parametrize(
    ("text", "to_play", "wanted"),
    [
        (". X . . .\nX O . . .\n. X . . .\n. . . . .\n. . . . .", BLACK, "C4"),  # takes
        ("O O . . .\nX X O . .\n. . X . .\n. . . . .\n. . . . .", BLACK, "C5"),  # takes the larger
        (". . . . .\nO O . . .\nX X . . .\nO O . . .\n. . . . .", BLACK, "C3"),  # saves
    ],
)
def test_tactics(make, text, to_play, wanted):
    position = position_of(text, to_play)
    assert {chosen(make(), position, seed) for seed in range(10)} == {wanted}


@pytest.mark.parametrize("make", [CapturePlayer, InfluencePlayer])
def test_self_atari_is_avoided(make):
    # A1 would stand with one liberty against a white wall.
    position = position_of(". . . . .\n. . . . .\n. . . . .\nO O . . .\n. . O . .")
    moves = {chosen(make(), position, seed) for seed in range(40)}
    assert not moves & {"A1", "B1"}


def test_influence_prefers_the_open_side():
    position = position_of("O O O . . . .\n" + "O O O . . . .\n" + ". . . . . . .\n" * 5)
    row, column = divmod(move_of(chosen(InfluencePlayer(), position), position.rules), 7)
    assert 1 <= row <= 5
    assert 1 <= column <= 5


def points(first, second, size, komi, games):
    rules = Rules(size, size, komi)
    jobs = pairing_jobs(first, second, rules, games, 2, 5, 6 * size * size)
    total = 0.0
    for game in Table().play(jobs):
        black = 1.0 if game.winner == BLACK else 0.0 if game.winner == WHITE else 0.5
        total += black if game.black == first else 1 - black
    return total / games


@pytest.mark.parametrize(("size", "komi"), [(5, 14.5), (7, 9.0), (9, 7.0)])
def test_each_handwritten_player_beats_the_one_before(size, komi):
    # 200 games: a share of .65 is four standard deviations above one half.
    assert points("capture", "random", size, komi, 200) > 0.65
    assert points("influence", "capture", size, komi, 200) > 0.65
