"""Guess the move: hits, misses judged by a search, and one colour alone."""

import pytest

from insei.client.teaching.guessing import Guessing
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.variations import read_variations

GAME = "(;GM[1]FF[4]SZ[5]KM[0];B[cc];W[bb];B[db];W[])"
BEST = "INSEIBEST[200][60.00 3.0 90 cc][59.00 2.5 60 bb][40.00 -2.0 9 dd]"
JUDGED = GAME.replace("KM[0]", f"KM[0]{BEST}")


def test_a_hit_and_a_miss_are_counted_and_the_game_goes_on():
    guessing = Guessing(read_variations(GAME))
    assert guessing.text() == "Guess the next move: black to play."
    guessing.play(12)
    assert guessing.text().startswith("Yes, C3. Found 1 of 1. ")
    guessing.play(0)
    assert guessing.text().startswith("The game went B4, not A5. Found 1 of 2. ")
    assert guessing.marks()[0].text == "?"
    guessing.next()
    assert guessing.text().startswith("The game went D4. Found 1 of 2.")
    guessing.play(25)
    assert guessing.text() == "Yes, pass. The game ends here. Found 2 of 3."
    guessing.play(0)
    assert guessing.num_guessed == 3


def test_the_tree_is_left_as_it_was():
    tree = read_variations(GAME)
    guessing = Guessing(tree)
    guessing.play(0)
    assert len(list(tree.start.subtree())) == 5


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        (6, "not B4. Yours is as good, says a search. Found 0 of 1, 1 more as good."),
        (18, "not D2. Yours loses 20 % to C3. Found 0 of 1."),
        (20, "not A1. A search likes C3. Found 0 of 1."),
    ],
)
def test_a_search_tells_what_a_miss_is_worth(guess, said):
    guessing = Guessing(read_variations(JUDGED))
    guessing.play(guess)
    assert guessing.text().startswith(f"The game went C3, {said}")


def test_one_colour_is_guessed_and_the_other_plays_by_itself():
    guessing = Guessing(read_variations(GAME), [WHITE])
    assert guessing.line.shown.last_move == 12
    guessing.play(6)
    assert guessing.num_found == 1
    assert guessing.line.shown.last_move == 8
    assert guessing.line.shown.to_play == WHITE
    black = Guessing(read_variations(GAME), [BLACK])
    black.play(12)
    black.play(8)
    assert black.num_found == 2
    assert black.next_node is None


def test_an_illegal_guess_is_refused_and_not_counted():
    guessing = Guessing(read_variations(GAME))
    guessing.play(12)
    with pytest.raises(ValueError, match="C3"):
        guessing.play(12)
    assert guessing.num_guessed == 1
