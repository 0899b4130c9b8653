"""Games with variations, as files hold them."""

import pytest

from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules, tromp_taylor
from insei.engine.sgf.record import GameRecord, read_sgf, write_sgf
from insei.engine.sgf.variations import GameNode, GameTree, read_variations, write_variations

TREE = """(;FF[4]GM[1]SZ[9]KM[7]RU[Chinese]C[start]
;B[ee]
 (;W[gc]C[main];B[cg]
   (;W[cc])
   (;W[gg]C[other];B[cc]))
 (;W[cc]))"""


def lines_of(node):
    """Every line from here to an end, as moves."""
    if not node.children:
        return [node.position.moves]
    return [line for child in node.children for line in lines_of(child)]


def test_all_lines_are_there_the_main_one_first():
    start = read_variations(TREE).start
    assert start.comment == "start"
    assert lines_of(start) == [
        [40, 24, 56, 20],
        [40, 24, 56, 60, 20],
        [40, 20],
    ]
    assert [node.position.moves for node in start.main_line()][-1] == [40, 24, 56, 20]
    assert start.main_line()[-1].position.moves == read_sgf(TREE).position.moves
    other = start.children[0].children[0].children[0].children[1]
    assert other.comment == "other"
    assert [len(node.position.moves) for node in other.path()] == [0, 1, 2, 3, 4]
    assert start.position.rules == read_sgf(TREE).position.rules


def test_variations_that_repeat_each_other_are_told_apart():
    start = read_variations("(;SZ[9];B[aa](;W[bb];B[cc])(;W[bb];B[cc])(;W[bb]))").start
    siblings = start.children[0].children
    assert [siblings.index(node) for node in siblings] == [0, 1, 2]
    assert len(set(siblings)) == 3


def test_a_long_game_is_printed():
    moves = list(range(300))
    tree = read_variations(write_sgf(GameRecord(Position(tromp_taylor(19)).play_all(moves))))
    assert "GameNode" in repr(tree)


def test_a_game_without_variations_is_one_line():
    position = Position(Rules(7, 5, 9.0)).play_all([3, 4, 10])
    start = read_variations(write_sgf(GameRecord(position))).start
    assert lines_of(start) == [[3, 4, 10]]


def test_setup_and_a_move_in_the_first_node_are_understood():
    start = read_variations("(;SZ[5]AB[aa][bb];W[cc])").start
    assert start.position.board.sum() == 2
    assert start.children[0].position.moves == [12]
    assert lines_of(read_variations("(;SZ[5]B[cc];W[bb])").start) == [[12, 6]]


def test_stones_set_up_in_the_middle_begin_anew_there():
    start = read_variations("(;SZ[5];B[cc];AW[bb][dd]AE[cc]PL[B];B[aa])").start
    middle = start.children[0].children[0]
    assert (middle.position.board == 2).sum() == 2
    assert middle.position.board[2, 2] == 0
    assert middle.children[0].position.moves == [0]


def test_moves_before_the_start_are_written_too():
    played = Position(tromp_taylor(5)).play_all([12, 7])
    tree = GameTree(GameNode(played))
    tree.start.add(played.play(3))
    again = read_variations(write_variations(tree))
    assert again.start.main_line()[-1].position == played.play(3)


PLAYED = Position(tromp_taylor(5)).play_all([12])
PASSED = PLAYED.play_all([25, 25])


@pytest.mark.parametrize(
    "position",
    [
        PLAYED.with_to_play(BLACK),
        PASSED,
        PASSED.resumed(),
        PASSED.resumed().with_to_play(BLACK),
        PASSED.resumed().play(7),
        PASSED.resumed().play(25),
    ],
)
def test_whose_turn_it_is_at_the_end_and_whether_the_game_goes_on_come_back(position):
    again = read_sgf(write_sgf(GameRecord(position))).position
    assert (again.to_play, again.is_over) == (position.to_play, position.is_over)
    start = read_variations(write_variations(GameTree(GameNode(position, "begin")))).start
    again = start.main_line()[-1].position
    assert (again.to_play, again.is_over) == (position.to_play, position.is_over)


def test_a_game_resumed_in_a_variation_comes_back():
    tree = GameTree(GameNode(PASSED))
    tree.start.add(PASSED.resumed().with_to_play(WHITE), "they disagree")
    again = read_variations(write_variations(tree)).start.main_line()[-1]
    assert (again.position.is_over, again.position.to_play) == (False, WHITE)
    assert again.comment == "they disagree"


def test_the_turn_at_the_start_comes_back_whoever_moves_first():
    tree = GameTree(GameNode(Position(tromp_taylor(5))))
    tree.start.add(tree.start.position.with_to_play(WHITE).play(12))
    start = read_variations(write_variations(tree)).start
    assert (start.position.to_play, start.children[0].position.movers) == (BLACK, [WHITE])


def test_a_variation_without_its_parenthesis_is_one_all_the_same():
    whole = "(;GM[1]SZ[9];B[ee](;W[cc];B[dd])(;W[gg];B[aa])(;W[ab]))"
    for text in (whole, whole.replace(")(;W[gg]", ");W[gg]"), whole.replace(")(;W", ");W")):
        assert lines_of(read_variations(text).start) == [[40, 20, 30], [40, 60, 0], [40, 9]]
