"""Problems and guessing line by line, and their commands."""

import io

import pytest

from insei.agents.grammar import make_player
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.player import RESIGN, Choice
from insei.client.teaching.guessing import Guessing
from insei.client.teaching.line_analyst import LineAnalyst
from insei.client.teaching.line_study import LineStudy
from insei.client.teaching.problem import Problem, read_problems
from insei.engine.sgf.variations import read_variations
from tests.helpers.command import insei

PROBLEM = (
    "(;GM[1]FF[4]SZ[5]KM[0]AB[ba][bb]AW[ca][cb]PL[B]C[Live.]"
    "(;B[ab];W[ac];B[bc]C[RIGHT])(;B[ac];W[ab]))"
)
SECOND = "(;GM[1]FF[4]SZ[7]AB[ba]AW[ca]PL[W]C[Second.];W[ab])"
GAME = "(;GM[1]FF[4]SZ[5]KM[14.5];B[cc];W[bc];B[dc])"


class GivesUp(CapturePlayer):
    """Resigns at once."""

    def choose(self, position):
        return Choice(RESIGN)


def said_of(study, text, net=CapturePlayer, analyst=CapturePlayer):
    line = LineStudy(study, LineAnalyst(analyst), lambda name: net())
    return list(line.run(io.StringIO(text))), line


@pytest.fixture
def problems(tmp_path):
    path = tmp_path / "problems.sgf"
    path.write_text(PROBLEM + SECOND)
    return path


def test_the_problems_of_a_file_are_played_out_one_after_another(problems):
    study = Problem(read_problems(problems))
    said, line = said_of(study, "hint\nA4\nB3\nnext\nA6\nnext\n")
    assert said[2] == ("Problem 1 of 2. Live. Black to play. hint tells a move; again begins anew.")
    assert "A4." in said
    assert "Right!" in said
    assert any(line.startswith("Problem 2 of 2. Second. White to play.") for line in said)
    assert said[-1] == "That was the last one."
    assert line.study.outcome == "right"


def test_a_net_answers_where_the_file_does_not(problems):
    said, line = said_of(Problem(read_problems(problems)), "E1\nundo\nundo\nC5\n")
    assert any("The file does not have this move: a net answers." in line for line in said)
    assert "Nothing to take back." in said
    assert "C5 for black: occupied" in said[-1]
    assert line.study.outcome == "open"
    gave_up, _ = said_of(Problem(read_problems(problems)), "E1\n", GivesUp)
    assert "The net gives up." in gave_up


def test_a_hint_off_the_file_comes_from_a_search(problems):
    analyst = lambda: make_player("search:go5,rule=puct")  # noqa: E731
    said, _ = said_of(Problem(read_problems(problems)), "E1\nhint\n", analyst=analyst)
    assert "%" in said[-1]


def test_guesses_are_judged_by_a_search():
    analyst = lambda: make_player("search:go5,rule=puct")  # noqa: E731
    guessing = Guessing(read_variations(GAME))
    said, _ = said_of(guessing, "C3\nA1\nnext\nagain\nquit\n", analyst=analyst)
    assert any(line.startswith("Yes, C3.") for line in said)
    assert any("The game went B3, not A1. A search likes" in line for line in said)
    assert "Guess the next move: black to play." in said
    assert said[-1] == "Left."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["problem", "nowhere.sgf"], "insei: nowhere.sgf: No such file"),
        (["guess", "nowhere.sgf"], "insei: nowhere.sgf: No such file"),
        (["problem", "FILE", "--number", "3"], "insei: number 3: wanted 1 to 2"),
        (["problem", "EMPTY"], "insei: EMPTY"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(problems, tmp_path, words, said):
    empty = tmp_path / "empty.sgf"
    empty.write_text("no game")
    words = [{"FILE": str(problems), "EMPTY": str(empty)}.get(word, word) for word in words]
    done = insei(*words)
    assert done.stderr.startswith(said.replace("EMPTY", str(empty)))
    assert done.stderr.count("\n") == 1
    assert done.returncode == 2


def test_the_commands_run_without_a_terminal(problems):
    done = insei("problem", str(problems), "--number", "2", text="A6\nquit\n")
    assert "Right!" in done.stdout
    done = insei("guess", str(problems), "--colour", "black", text="A4\nquit\n")
    assert "Yes, A4." in done.stdout
