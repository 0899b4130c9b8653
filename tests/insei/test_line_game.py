"""`insei play --plain`: a game line by line."""

import io

import pytest

from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.random_player import RandomPlayer
from insei.agents.player import RESIGN, Choice
from insei.client.line_game import LineGame
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from tests.helpers.command_line import insei


def lines_of(text, player=None, mine=BLACK, size=5):
    start = Position(Rules(size, size, 0.5))
    game = LineGame(player or CapturePlayer(), start, mine, 1, "capture", CapturePlayer)
    return list(game.run(io.StringIO(text))), game


def test_a_game_is_played_by_vertices_until_it_is_over():
    said, game = lines_of("C3\npass\npass\npass\npass\n" + "pass\n" * 60)
    assert game.position.moves[0] == 12
    assert game.is_done
    assert said[-2].startswith("black has ")
    assert "you " in said[-2]


def test_the_player_begins_where_the_user_is_white():
    said, game = lines_of("", mine=WHITE)
    assert game.position.num_moves == 1
    assert said[-1] == "No more input; the game is left as it stands."


def test_undo_takes_back_both_moves():
    said, game = lines_of("undo\nC3\nundo\n")
    assert "Nothing to take back." in said
    assert game.position.num_moves == 0


def test_undo_as_white_keeps_the_first_move():
    _, game = lines_of("C3\nundo\nundo\n", mine=WHITE, player=RandomPlayer())
    assert game.position.num_moves in (1, 3)
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
        ("save", "Type save FILE."),
        ("save /nowhere/x.sgf", "No such file or directory; the game is not saved."),
    ],
)
def test_each_word_is_answered(text, said):
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


def test_a_game_is_saved_and_loaded(tmp_path):
    path = tmp_path / "game.sgf"
    done = insei("play", "capture", "--size", 5, text=f"C3\nsave {path}\nquit\n")
    assert done.returncode == 0, done.stderr
    assert path.read_text().startswith("(;")
    again = insei("play", "capture", "--load", path, text="score\n")
    assert again.returncode == 0, again.stderr
    assert "move 3" in again.stdout
