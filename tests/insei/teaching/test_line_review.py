"""A review line by line."""

import io

import pytest

from insei.agents.grammar import make_player
from insei.agents.handwritten.capture import CapturePlayer
from insei.client.game import ClientGame
from insei.client.teaching.best_moves import judged_visits
from insei.client.teaching.line_analyst import LineAnalyst
from insei.client.teaching.line_review import LineReview
from insei.client.teaching.teacher import ANALYSIS_VISITS
from tests.helpers.command import insei

GAME = (
    "(;GM[1]FF[4]SZ[5]KM[24.5]PB[Ann]PW[Ben]RE[B+3];B[aa];W[cc](;B[dc];W[bb]C[odd];B[bc])(;B[bb]))"
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text(GAME)
    return path


def said_of(path, text, make=CapturePlayer):
    review = LineReview(ClientGame.review(path), LineAnalyst(make))
    return list(review.run(io.StringIO(text))), review


@pytest.mark.parametrize(
    ("text", "ply"),
    [
        ("next", 1), ("next 3\nback", 2), ("last", 5), ("last\nfirst", 0), ("goto 4", 4),
        ("last\nback 9", 0), ("next\nquit\nnext", 1), ("next 99", 5), ("next x", 0),
    ],
)  # fmt: skip
def test_words_lead_through_the_game(path, text, ply):
    assert said_of(path, text)[1].game.ply == ply


def test_the_position_is_told_with_its_comment_and_variations(path):
    said, _ = said_of(path, "goto 2\nnext\nvariation\ngoto 3\nvariation\ngoto 4\n")
    assert said[0].startswith("Ann against Ben, B+3. Type next, back")
    assert "Moves here: D3, B4." in said
    assert "Variation 2 of 2." in said
    assert "Move 4 of 5, B4; black to play." in said
    assert said[-1] == "odd"


def test_a_move_adds_a_variation_that_can_be_taken_back_and_saved(path, tmp_path):
    said, _ = said_of(path, f"goto 2\nE5\nundo\nE5\nC3\nundo\nsave {tmp_path}/new.sgf\n")
    assert "E5" in said[said.index("Move 3 of 3, E5; white to play.")]
    assert any("occupied" in line for line in said)
    saved = ClientGame.review(tmp_path / "new.sgf")
    assert len(saved.nodes[2].children) == 2
    assert said_of(path, "goto 2\nundo")[0][-1] == "Only moves that you added can be taken back."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("goto 9", "goto 9: wanted a number from 0 to 5."),
        ("goto", "goto: wanted a number from 0 to 5."),
        ("next x", "x: wanted a number of moves."),
        ("3", "No move there lost much, as far as the game is analysed."),
        ("mistake", "No move there lost much, as far as the game is analysed."),
        ("variation", "This move has no other variation."),
        ("hint", "No hints here."),
        ("analyse", "No analysis here."),
        ("Z9", "vertex 'Z9': wanted a letter and a number, as in D4. Type help for the words."),
        ("save a.txt", "a.txt: wanted a name that ends in .sgf"),
    ],
)
def test_what_can_not_be_done_is_said(path, text, said):
    assert said_of(path, text)[0][-1].startswith(said[:40])


def test_a_save_asks_before_it_replaces(path):
    said, _ = said_of(path, "save\nno\nsave\nyes\n")
    assert said[-4].endswith("is there already: type yes to replace it.")
    assert said[-3] == "Not saved."
    assert said[-1].startswith("Saved to ")


def test_a_whole_analysis_ranks_mistakes_and_is_kept_in_the_file(path, tmp_path):
    text = f"analyse\nmistakes\n1\nprevious\nmistake\nscore\nsave {tmp_path}/new.sgf\n"
    said, review = said_of(path, text, lambda: make_player("search:go5,rule=puct"))
    assert any(line.startswith("All 6 positions analysed.") for line in said)
    [told] = {line for line in said if line.startswith("Digits show what lost most: 1 ")}
    lesson = next(line for line in said if line.startswith("Move ") and " lost " in line)
    assert "Better: " in lesson
    assert any(line.startswith("Black wins ") for line in said)

    def refuse():
        raise AssertionError("analysed again")

    again, review = said_of(tmp_path / "new.sgf", "analyse\nmistakes\n1\nhint\n", refuse)
    assert told in again
    assert all(judged_visits(node) >= ANALYSIS_VISITS for node in review.game.nodes)


def test_a_review_without_a_terminal_goes_line_by_line(path):
    done = insei("play", "--review", str(path), text="next\nquit\n")
    assert "Move 1 of 5, A5; white to play." in done.stdout
    assert done.returncode == 0
