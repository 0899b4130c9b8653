"""The game line by line."""

import io

import pytest

from insei.agents.grammar import make_player
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.random_player import RandomPlayer
from insei.agents.player import RESIGN, Choice
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.line_game import LineGame
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules, opponent
from tests.helpers.command import insei


def game_at(start, mine=BLACK):
    players = {mine: YOU, opponent(mine): "capture"}
    return ClientGame.begin_at(GameSetup(5, black=players[BLACK], white=players[WHITE]), start)


def lines_of(text, player=None, mine=BLACK, size=5):
    start = Position(Rules(size, size, 0.5))
    game = LineGame(player or CapturePlayer(), game_at(start, mine), "capture", CapturePlayer)
    return list(game.run(io.StringIO(text))), game


def test_a_game_is_played_by_vertices_until_it_is_over():
    said, game = lines_of("C3\npass\npass\npass\npass\n" + "pass\n" * 60)
    assert game.position.moves[0] == 12
    assert game.is_done
    assert "black has " in said[-2]
    assert "you " in said[-2]


def test_the_player_begins_where_the_user_is_white():
    said, game = lines_of("", mine=WHITE)
    assert game.position.num_moves == 1
    assert said[-1] == "No more input; the game is left as it stands."


def test_undo_takes_back_both_moves():
    said, game = lines_of("undo\nC3\nundo\n")
    assert "Nothing to take back." in said
    assert game.position.num_moves == 0


class PlaysFirst(RandomPlayer):
    """Plays the first legal point."""

    def choose(self, position):
        return Choice(position.legal_moves()[0])


def test_undo_as_white_keeps_the_first_move():
    said, game = lines_of("C3\nundo\nundo\n", mine=WHITE, player=PlaysFirst())
    assert "Nothing to take back." in said
    assert game.position.moves == [0]
    assert game.position.to_play == WHITE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Z9", "vertex 'Z9': wanted a letter and a number"),
        ("C3 C4", "vertex 'C3 C4'"),
        ("score", "As it stands, black 0, white 0 and komi 0.5."),
        ("help", "a vertex such as C3"),
        ("resign", "You resign"),
        ("quit", "Left as it stands."),
        ("save", "type save and the name of a file."),
        ("save /nowhere/x.sgf", "/nowhere: there is no such folder; the game is not saved."),
    ],
)
def test_each_command_is_answered(text, said):
    lines, _ = lines_of(text + "\n")
    assert any(said in line for line in lines)


class Resigns(RandomPlayer):
    def choose(self, position):
        return Choice(RESIGN)


@pytest.mark.parametrize(
    ("text", "player", "result"),
    [
        ("resign\nsave {}\n", None, "W+R"),
        ("pass\n" * 60 + "done\nsave {}\n", None, "W+"),
        ("pass\n" * 60 + "save {}\nundo\n", None, "W+"),  # as it was about to be counted
        ("C3\nsave {}\nscore\n", Resigns, "B+R"),
    ],
)
def test_a_finished_game_is_saved_with_its_result(text, player, result, tmp_path):
    path = tmp_path / "game.sgf"
    said, _ = lines_of(text.format(path), player and player())
    assert f"Saved to {path}." in said
    assert f"RE[{result}" in path.read_text()


class Passes(RandomPlayer):
    def choose(self, position):
        return Choice(position.rules.pass_move)


def counted_game(text):
    """Black's wall around all but a lone white stone at D5, then both pass."""
    start = Position(Rules(5, 5, 0.5)).play_all([12, 3, 7, 25, 17, 25, 11, 25, 13, 25])
    game = LineGame(Passes(), game_at(start), "passes", CapturePlayer)
    return list(game.run(io.StringIO("pass\n" + text))), game


def test_a_game_saved_while_it_is_counted_has_the_result_of_the_count(tmp_path):
    path = tmp_path / "game.sgf"
    for text, result in (("", "B+24.5"), ("D5\n", "B+3.5")):
        counted_game(f"{text}save {path}\nyes\n")
        assert f"RE[{result}]" in path.read_text()


def test_undo_closes_the_count_and_the_next_vertex_is_played():
    said, game = counted_game("undo\nA1\n")
    assert any(line.startswith("Dead stones: ") for line in said)
    assert game.count is None
    assert game.position.moves[-2:] == [20, 25]


def test_a_game_is_saved_and_loaded(tmp_path):
    path = tmp_path / "game.sgf"
    done = insei("play", "capture", "--size", 5, text=f"C3\nsave {path}\nquit\n")
    assert done.returncode == 0, done.stderr
    assert path.read_text().startswith("(;")
    again = insei("play", "capture", "--load", path, text="score\n")
    assert again.returncode == 0, again.stderr
    assert "move 3" in again.stdout


def game_of(file, name, text, mine):
    player = make_player(f"python:{file}:{name}")
    start = Position(Rules(5, 5, 0.5))
    game = LineGame(player, game_at(start, mine), name, lambda: make_player("random"))
    return list(game.run(io.StringIO(text)))


@pytest.mark.parametrize(
    ("name", "text", "mine", "said"),
    [
        ("Raises", "", WHITE, "Raises loses: it failed, RuntimeError: no idea."),
        ("Babbles", "C3\n", BLACK, "Babbles loses: it failed, chose 'centre': wanted a move's"),
        ("Cheats", "C3\n", BLACK, "Cheats loses: illegal move, C3 for white: occupied"),
    ],
)
def test_a_player_that_fails_loses_the_game(player_file, name, text, mine, said):
    lines = game_of(player_file, name, text + "A1\nscore\n", mine)
    assert lines[-2].startswith(said)
