"""Problems: right and wrong branches, moves that the file does not have, and trying again."""

import pytest

from insei.client.teaching.problem import Problem
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.variations import read_variations

#   A B C D E
# 5 . . . . .
# ...
SETUP = "(;GM[1]FF[4]SZ[5]KM[0]AB[ba][bb]AW[ca][cb]PL[B]C[Black to live.]"
MARKED = SETUP + "(;B[ab];W[ac];B[bc]C[RIGHT])(;B[ac]C[hm];W[ab]C[Wrong: dead]))"
UNMARKED = SETUP + "(;B[ab];W[ac];B[bc])(;B[ac];W[ab]))"
VERTICES = {"ab": 5, "ac": 10, "bc": 11, "dd": 18}


def problem_of(text):
    return Problem([read_variations(text)])


@pytest.mark.parametrize("text", [MARKED, UNMARKED])
def test_the_right_line_is_answered_and_told(text):
    problem = problem_of(text)
    assert problem.solver == BLACK
    assert "Black to live. Black to play." in problem.text()
    problem.play(VERTICES["ab"])
    assert problem.outcome == "open"
    assert problem.text().startswith("White A3.")
    assert problem.is_yours
    problem.play(VERTICES["bc"])
    assert problem.outcome == "right"
    assert "Right!" in problem.text()


@pytest.mark.parametrize("text", [MARKED, UNMARKED])
def test_a_wrong_branch_is_played_to_its_refutation(text):
    problem = problem_of(text)
    problem.play(VERTICES["ac"])
    assert problem.outcome == "wrong"
    assert problem.text().startswith("White A4.")
    assert "does not work" in problem.text()
    assert problem.undo()
    assert problem.outcome == "open"
    problem.play(VERTICES["ab"])
    assert problem.outcome == "open"
    problem.again()
    assert not problem.line.shown.last_move


def test_a_move_that_the_file_does_not_have_is_answered_by_a_net():
    problem = problem_of(MARKED)
    problem.play(VERTICES["dd"])
    assert problem.outcome == "off"
    assert not problem.is_yours
    problem.answer(VERTICES["ab"])
    assert problem.is_yours
    assert problem.text().startswith("White A4.")
    problem.play(VERTICES["bc"])
    assert not problem.is_yours
    assert problem.undo()
    assert problem.outcome == "off"
    assert problem.undo()
    assert problem.outcome == "open"
    assert not problem.undo()


def test_a_move_tried_before_is_still_not_in_the_file():
    problem = problem_of(MARKED)
    for _ in range(2):
        problem.play(VERTICES["dd"])
        assert problem.outcome == "off"
        problem.answer(VERTICES["ab"])
        problem.again()
    assert len(problem.line.tree.start.children) == 3


def test_a_hint_leads_to_the_solution():
    problem = problem_of(MARKED)
    assert problem.hint() == VERTICES["ab"]
    problem.play(VERTICES["ab"])
    assert problem.hint() == VERTICES["bc"]
    problem.play(VERTICES["bc"])
    assert problem.hint() is None


def test_an_illegal_move_changes_nothing():
    problem = problem_of(MARKED)
    with pytest.raises(ValueError, match="black"):
        problem.play(1)
    assert problem.outcome == "open"


def test_good_and_bad_moves_are_marks_too():
    text = SETUP + "(;B[ac];W[ab])(;B[ab]TE[1];W[ac];B[bc])(;B[bc]BM[1]))"
    problem = problem_of(text)
    assert problem.hint() == VERTICES["ab"]
    problem.play(VERTICES["ab"])
    problem.play(VERTICES["bc"])
    assert problem.outcome == "right"
    problem.again()
    problem.play(VERTICES["bc"])
    assert problem.outcome == "wrong"


@pytest.mark.parametrize(
    ("comment", "outcome"),
    [
        ("Correct.", "right"), ("RIGHT", "right"), ("正解", "right"), ("Success", "right"),
        ("incorrect", "wrong"), ("Not right", "wrong"), ("失敗", "wrong"), ("不正解", "wrong"),
        ("This fails", "wrong"),
    ],
)  # fmt: skip
def test_words_of_several_collections_are_understood(comment, outcome):
    other = "wrong" if outcome == "right" else "right"
    text = SETUP + f"(;B[ab]C[{comment}])(;B[ac];W[ab];B[bc]C[{other}]))"
    problem = problem_of(text)
    problem.play(VERTICES["ab"])
    assert problem.outcome == outcome


def test_white_solves_where_the_file_begins_with_white():
    problem = problem_of("(;GM[1]FF[4]SZ[5]AB[ba]AW[ca];W[ab])")
    assert problem.solver == WHITE
    problem.play(VERTICES["ab"])
    assert problem.outcome == "right"


def test_setup_in_a_second_node_is_passed_over():
    problem = problem_of("(;GM[1]FF[4]SZ[5];AB[ba][bb]AW[ca][cb]PL[B]C[Live!];B[ab])")
    assert "Live!" in problem.text()
    problem.play(VERTICES["ab"])
    assert problem.outcome == "right"
