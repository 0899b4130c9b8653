"""Marks on the board: letters of candidates, numbered variations, a mistake."""

from insei.client.board_picture import BoardPicture, rows_of
from insei.client.drawing.discs import Cell
from insei.client.drawing.look import plain_look
from insei.client.marks import Mark, lettered, numbered
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules

RULES = Rules(5, 5, 0.5)
PASS = RULES.pass_move


def drawn(picture, cell):
    return ["".join(segment.text for segment in line) for line in rows_of(picture, Cell(cell, 1))]


def test_candidates_keep_their_letters_where_one_is_a_pass():
    assert lettered([PASS, 7], RULES) == {7: Mark("b", "candidate")}
    assert lettered([7, PASS, 8], RULES) == {7: Mark("a", "best"), 8: Mark("c", "candidate")}


def test_a_variation_is_numbered_by_turns_and_a_point_keeps_its_first_number():
    assert numbered([0, PASS, 1, 0], WHITE, RULES) == {
        0: Mark("1", stone=WHITE),
        1: Mark("3", stone=WHITE),
    }
    assert numbered([3, 4], BLACK, RULES, first=9)[4] == Mark("10", stone=WHITE)


def test_a_plain_board_tells_stones_of_a_variation_and_their_numbers():
    marks = numbered([0, 1], BLACK, RULES) | numbered([10, 11], BLACK, RULES, first=11)
    picture = BoardPicture(Position(RULES).play(12), marks=marks, look=plain_look())
    assert drawn(picture, 3)[1] == " 5 X1 O2  .  .  .  5"
    assert drawn(picture, 3)[3] == " 3 X11O12(X) .  .  3"
    assert drawn(picture, 2)[1].startswith(" 5 X1O2.")


def test_a_mark_on_a_stone_leaves_the_stone_to_be_seen():
    picture = BoardPicture(Position(RULES).play(12), marks={12: Mark("!", "mistake")})
    segment = next(segment for segment in rows_of(picture, Cell(2, 1))[3] if "!" in segment.text)
    assert segment.style.bgcolor.name == "#141414"
