"""The handwritten players: what each claims to know, shown on boards and in games."""

import numpy as np
import pytest

from insei.agents.grammar import make_player
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.influence import InfluencePlayer
from insei.agents.handwritten.pattern_playouts import PATTERNS, pattern_codes
from insei.agents.handwritten.random_player import RandomPlayer
from insei.agents.handwritten.uct import UctPlayer
from insei.agents.player import Player, TimedPlayer
from insei.engine.diagram import board_from
from insei.engine.position import Position
from insei.engine.rules import BLACK, KO_RULES, WHITE, Rules
from insei.engine.vertex import move_of, vertex_of
from insei.tournament.match import GameRunner
from insei.tournament.schedule import pairing_jobs


def quick_uct():
    return UctPlayer("uct", 60)


MAKERS = [RandomPlayer, CapturePlayer, InfluencePlayer, quick_uct]


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
    for game in GameRunner().play(jobs):
        black = 1.0 if game.winner == BLACK else 0.0 if game.winner == WHITE else 0.5
        total += black if game.black == first else 1 - black
    return total / games


@pytest.mark.parametrize(("size", "komi"), [(5, 14.5), (7, 9.0), (9, 7.0)])
def test_each_handwritten_player_beats_the_one_before(size, komi):
    # 200 games: a share of .65 is four standard deviations above one half.
    assert points("capture", "random", size, komi, 200) > 0.65
    assert points("influence", "capture", size, komi, 200) > 0.65


# UCT


def test_patterns_are_the_same_turned_mirrored_and_with_colours_exchanged():
    codes = pattern_codes()
    for code in codes:
        around = [code >> 2 * i & 3 for i in range(8)]
        cells = np.array([*around[:4], 0, *around[4:]]).reshape(3, 3)
        for other in (np.rot90(cells), np.fliplr(cells), np.array([0, 2, 1, 3])[cells]):
            flat = other.ravel().tolist()
            flat.pop(4)
            assert sum(colour << 2 * i for i, colour in enumerate(flat)) in codes
    assert all(len(pattern) == 9 for pattern in PATTERNS)
    assert 0 not in codes  # an empty neighbourhood is no pattern
    assert 1 << 2 not in codes  # nor is a lone stone


def test_uct_takes_what_decides_the_game():
    text = """
    . O O O .
    O X X X O
    O X . X O
    O X X X O
    . O O O ."""
    assert chosen(UctPlayer("uct", 2000), position_of(text, WHITE)) == "C3"


@pytest.mark.slow
def test_more_playouts_play_better():
    jobs = pairing_jobs("uct:playouts=400", "uct:playouts=20", Rules(5, 5, 20.5), 40, 2, 1, 100)
    table = GameRunner()
    points = 0.0
    for game in table.play(jobs):
        own = BLACK if game.black == "uct:playouts=400" else WHITE
        points += game.winner == own
    assert points >= 24


@pytest.mark.slow
def test_uct_beats_the_other_handwritten_players():
    jobs = pairing_jobs("uct:playouts=500", "influence", Rules(7, 7, 9.0), 20, 2, 1, 200)
    points = 0.0
    for game in GameRunner().play(jobs):
        own = BLACK if game.black == "uct:playouts=500" else WHITE
        points += 1 if game.winner == own else 0.5 if not game.winner else 0
    assert points >= 16


def test_uct_grows_trees_side_by_side_and_equal_seeds_give_equal_games():
    position = Position(Rules(5, 5, 14.5)).play_all([12, 7])
    choices = []
    for _ in range(2):
        player = UctPlayer("uct", 1001, 3)
        player.new_game(position.rules, 5)
        choices.append([player.choose(position) for _ in range(3)])
    assert choices[0] == choices[1]
    assert choices[0][0].operations == 1001


def test_uct_ends_a_won_game_after_a_pass():
    rules = Rules(5, 5, 0.5)
    board = board_from("X . X . X\nX X X X X\nX X X X X\nX X X X X\nX X . X X")
    position = Position(rules, board, WHITE).play(25)
    assert chosen(UctPlayer("uct", 100), position) == "pass"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("uct:playouts=0", "playouts 0: wanted 1 to 10000000"),
        ("uct:playouts=many", "wanted a whole number"),
        ("uct:visits=3", "unknown setting 'visits'; wanted playouts=N, threads=N or seconds=S"),
        ("uct:playouts=10,threads=11", "threads 11: wanted 1 to 256"),
    ],
)
def test_uct_settings_that_make_no_sense_are_refused(name, said):
    with pytest.raises(ValueError, match=said):
        make_player(name)


def test_uct_plays_in_every_corner_of_every_size():
    """Neighbours of the board's corners lie outside the array of cells."""
    for width, height in [(1, 1), (2, 1), (1, 3), (2, 2), (19, 19), (3, 7)]:
        player = UctPlayer("uct", 30)
        player.new_game(Rules(width, height, 0.5), 1)
        position = Position(Rules(width, height, 0.5))
        for _ in range(6):
            if position.is_over:
                break
            position = position.play(player.choose(position).move)


@pytest.mark.parametrize(
    "player", ["uct:playouts=1000000", "uct:playouts=1000000,threads=2", "alphabeta:depth=100"]
)
def test_a_clock_ends_a_search_before_its_other_limits(player):
    """Each would take minutes; what was done is counted, for tests tell no time."""
    position = Position(Rules(9, 9, 7))
    hurried = make_player(player)
    assert isinstance(hurried, TimedPlayer)
    hurried.set_time_limit(0.02)
    for seated in (hurried, make_player(f"{player},seconds=0.02")):
        choice = seated.choose(position)
        assert position.is_legal(choice.move)
        assert 1 <= choice.operations < 200_000


def test_alphabeta_finds_a_move_in_no_time_at_all():
    player = make_player("alphabeta:depth=9")
    position = Position(Rules(9, 9, 7)).play(40)
    player.set_time_limit(0)
    found = player.read(position)
    assert found.depth >= 1
    assert found.move != position.rules.pass_move


def test_uct_without_a_clock_plays_all_its_playouts():
    seated = make_player("uct:playouts=333,threads=2")
    seated.set_time_limit(3600)
    assert seated.choose(Position(Rules(5, 5))).operations == 333
    seated.set_time_limit(None)
    assert seated.choose(Position(Rules(5, 5))).operations == 333


def test_uct_refuses_a_game_that_captures_have_ended():
    rules = Rules(3, 3, captures_to_win=1)
    over = Position(rules).play_all([0, 1, 8, 3])  # White takes the corner
    assert over.is_over
    with pytest.raises(ValueError, match="the game is over"):
        UctPlayer(playouts=10).choose(over)
