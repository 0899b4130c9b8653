"""Bad moves, setups and passes: none makes a file unreadable, and each is noted."""

import numpy as np
import pytest

from insei.engine.diagram import board_from
from insei.engine.rules import BLACK, WHITE, chinese, tromp_taylor
from insei.engine.sgf.file import MOST_EXECUTED
from insei.engine.sgf.points import board_after, take_dead
from insei.engine.sgf.record import position_before, read_sgf, write_sgf
from insei.engine.sgf.variations import read_variations, write_variations
from insei.engine.vertex import vertex_of

PASSED = [
    # the file, its main line, a note
    (
        "(;GM[1]SZ[9];B[ee];W[cc];B[dd];W[cc];B[gg];W[cc];B[gc];W[cc])",
        "E5 C7 D6 pass G3 pass G7 pass",
        "move 4 by white: C7 for white: occupied; taken for a pass",
    ),
    (
        "(;GM[1]SZ[18];B[pd];W[ss];B[dd];W[ss];B[dp];W[pp])",
        "Q15 pass D15 pass D3 Q3",
        "move 2: W[ss] is not a point of the board: taken for a pass",
    ),
    (
        "(;GM[1]SZ[9];B[ee];W[``];B[cc];W[dd];B[gg])",
        "E5 pass C7 D6 G3",
        "move 2: W[``] is not a point of the board: taken for a pass",
    ),
    ("(;GM[1]SZ[9];B[zz];W[--];B[j];W[resign])", "pass pass pass pass", "move 3: B[j] is not a"),
    ("(;GM[1]SZ[9:5];B[ai];W[ae])", "pass A1", "move 1: B[ai] is not a point of the board"),
    ("(;GM[1]SZ[19];B[R16];W[D4];B[C16];W[Pass])", "R16 D4 C16 pass", "move 1: move as a vertex"),
    ("(;GM[1]SZ[9];B[TT];W[AA];B[PASS])", "pass A9 pass", "move 1: point in capitals"),
    (
        "(;GM[1]SZ[5]RU[Chinese];B[ab];W[cc];B[ba];W[aa];B[dd];W[ee];B[dc])",
        "A4 C3 B5 pass D2 E1 D3",
        "move 4 by white: A5 for white: suicide; taken for a pass",
    ),
]


@pytest.mark.parametrize(("text", "moves", "note"), PASSED)
def test_what_leaves_the_board_as_it_is_is_a_pass(text, moves, note):
    record = read_sgf(text)
    rules = record.position.rules
    assert [vertex_of(move, rules) for move in record.position.moves] == moves.split()
    assert any(said.startswith(note) for said in record.notes), record.notes
    tree = read_variations(text)
    assert tree.start.main_line()[-1].position == record.position
    assert tuple(tree.notes) == record.notes
    assert read_sgf(write_sgf(record)).position == record.position
    assert read_variations(write_variations(tree)) == tree


def test_a_line_with_a_bad_move_leaves_the_others_whole():
    text = "(;GM[1]SZ[9];B[ee];W[cc](;B[gg];W[gc];B[cg])(;B[cc];W[dd];B[gc];W[cg];B[gg]))"
    tree = read_variations(text)
    assert tree.notes == [
        "move 3 by black: C7 for black: occupied; executed, a new game begins there"
    ]
    main = tree.start.main_line()[-1].position
    assert [vertex_of(move, main.rules) for move in main.moves] == ["E5", "C7", "G3", "G7", "C3"]
    side = tree.start.children[0].children[0].children[1]
    assert side.position.board[2, 2] == BLACK
    assert [vertex_of(m, main.rules) for m in side.main_line()[-1].position.moves] == [
        *("D6", "G7", "C3", "G3")
    ]
    assert read_sgf(text).position == main
    assert read_sgf(text).notes == ()


def test_a_move_onto_an_enemy_stone_amid_the_main_line_is_executed():
    text = "(;GM[1]SZ[9];B[ee]C[a];W[ee];B[aa]C[b];W[ab];B[ac])"
    record = read_sgf(text)
    assert record.position.initial_board[4, 4] == WHITE
    assert len(record.position.moves) == 3
    assert record.comments == {1: "b"}


def test_a_line_that_ends_with_a_bad_move_ends_before_it():
    text = "(;GM[1]SZ[9];B[ee];W[gc](;B[gc];W[cc])(;B[aa];W[aa]))"
    tree = read_variations(text)
    assert [note.split(":")[0] for note in tree.notes] == ["move 3 by black", "move 4 by white"]
    assert tree.start.main_line()[-1].position.num_moves == 2
    assert len(list(tree.start.subtree())) == 7
    assert read_variations(write_variations(tree)) == tree


def test_a_ko_that_the_rules_forbid_is_executed():
    start = "(;GM[1]SZ[5]RU[Chinese]KM[7];B[ba];W[ca];B[ab];W[db];B[bc];W[cc];B[cb];W[bb]"
    record = read_sgf(start + ";B[cb];W[ee];B[ed];W[de])")
    assert "move 9 by black: C4 for black: ko; executed, a new game begins there" in record.notes
    assert record.position.initial_board[1, 2] == BLACK
    assert record.position.initial_board[1, 1] == 0
    assert record.position.num_moves == 3


SETUPS = [
    # the file, what is on the board, a note
    ("(;GM[1]SZ[3]AB[aa]AW[ab][ba];W[cc])", ". O .\nO . .\n. . O", "stones without a liberty"),
    ("(;GM[1]SZ[3]AB[aa][zz][][a];W[cc])", "X . .\n. . .\n. . O", "AB[zz]: wanted points"),
    ("(;GM[1]SZ[3]AB[C3][aa:ba];W[cc])", "X X X\n. . .\n. . O", ""),
    ("(;GM[1]SZ[3]AB[bb:aa])", "X X .\nX X .\n. . .", ""),
]


@pytest.mark.parametrize(("text", "board", "note"), SETUPS)
def test_setups_that_no_board_can_have_are_read(text, board, note):
    record = read_sgf(text)
    assert (record.position.board == board_from(board)).all()
    assert any(note in said for said in record.notes) or not note
    assert read_variations(text).start.main_line()[-1].position == record.position


def test_a_setup_without_liberties_in_a_side_line_leaves_the_main_line():
    text = "(;GM[1]SZ[9];B[ee];W[cc](;B[gg])(;AB[aa]AW[ab][ba];W[gc]))"
    tree = read_variations(text)
    assert tree.start.main_line()[-1].position.num_moves == 3
    assert tree.notes[0] == "move 3: stones without a liberty at A9, taken off the board"


def test_executed_moves_capture_and_may_take_themselves():
    board = board_from("X O .\nO . .\n. . .")
    assert (board_after(board, 4, BLACK) == board_from("X O .\nO X .\n. . .")).all()
    surrounded = board_from(". O .\nO . .\n. . .")
    assert (board_after(surrounded, 0, BLACK) == surrounded).all()
    assert (board_after(surrounded, 1, BLACK) == board_from(". X .\nO . .\n. . .")).all()
    full = np.full((2, 2), BLACK, np.uint8)
    assert take_dead(full, BLACK) == [0, 1, 2, 3]


@pytest.mark.parametrize("rules", [None, chinese(9), tromp_taylor(9)])
def test_no_order_of_bad_moves_refuses_a_file(rules):
    moves = ["ee", "ee", "zz", "aa", "", "ab", "ba", "ee", "R1", "aa", "bb", "a", "E5", "ee"] * 4
    text = "(;SZ[9]" + "".join(
        f";{'BW'[ply % 2 if ply % 5 else 0]}[{move}]" for ply, move in enumerate(moves)
    )
    record = read_sgf(text, rules)
    record.position.check()
    assert read_sgf(write_sgf(record)).position == record.position


def test_the_position_before_a_move_has_nothing_of_later_nodes():
    text = "(;GM[1]SZ[5];B[aa];W[bb];AE[aa]AW[ee];B[cc];W[dd])"
    counts = [int((position_before(text, number).board > 0).sum()) for number in range(7)]
    assert counts == [0, 0, 1, 2, 3, 4, 4]
    assert position_before(text, 2).moves == [0]
    assert position_before(text, 3).moves == []


@pytest.mark.timeout(60)
def test_a_file_of_illegal_moves_ends_where_it_is_no_game():
    moves = ["aa", "ab"] * (MOST_EXECUTED + 10)
    text = "(;SZ[9]" + "".join(f";B[{move}];W[{move}]" for move in moves) + ")"
    tree = read_variations(text)
    last = tree.start.main_line()[-1]
    assert len(tree.start.main_line()) == 2 * len(moves) + 1
    assert last.position == tree.start.main_line()[2 * MOST_EXECUTED + 10].position
    assert len(tree.notes) == 100
    assert tree.notes[-1].endswith("more notes are left out")
