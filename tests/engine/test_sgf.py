"""SGF files: what bends the standard is read, with a note of where; what is written comes back."""

import contextlib
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insei.engine.diagram import board_from
from insei.engine.errors import BadSgf
from insei.engine.handicap import fixed_handicap, handicap_position
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import (
    BLACK,
    PRESETS,
    WHITE,
    Rules,
    aga,
    chinese,
    japanese,
    new_zealand,
    tromp_taylor,
)
from insei.engine.sgf.record import GameRecord, read_sgf, write_sgf
from insei.engine.sgf.variations import GameNode, GameTree, read_variations, write_variations
from insei.engine.vertex import move_of
from tests.helpers.paths import DATA

REAL = sorted((DATA / "games").glob("*.sgf"))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 19), st.integers(1, 19), st.integers(0, 2**31))
def test_sgf_gives_back_the_game(width, height, seed):
    position = random_game(Rules(width, height, 6.5), seed, 60)
    record = GameRecord(
        position, "one ] \\ :", "zwei\u00e9", "", {1: "a]b\\c"} if position.moves else {}
    )
    text = write_sgf(record)
    again = read_sgf(text)
    assert again.position == position
    assert again.black == record.black
    assert again.comments == record.comments
    assert again.notes == ()
    assert write_sgf(again) == text
    if position.is_over:
        assert again.result


@pytest.mark.parametrize(
    "rules",
    [
        *(make(9) for make in PRESETS.values()),
        chinese(9, komi=150),
        aga(9, 7, komi=-0.5),
        Rules(9, 9, 0.5),
        Rules(5, 5, 0.5, "simple", True, captures_to_win=3),
        Rules(5, 5, 0.5, "positional", scoring="territory", pass_stones=True),
    ],
)
def test_sgf_keeps_the_rules(rules):
    assert read_sgf(write_sgf(GameRecord(Position(rules).play(12)))).position.rules == rules


KATAGO = [
    # the rules as KataGo spells them out, what is left of them, what the note says
    ("koSIMPLEscoreAREAtaxNONEsui0", chinese(9), ""),
    ("koSIMPLEscoreAREAtaxNONEsui0button0whb0fpok1", chinese(9), ""),
    ("koPOSITIONALscoreAREAsui1", tromp_taylor(9), ""),
    ("koSIMPLEscoreTERRITORYtaxSEKIsui0", japanese(9), ""),
    ("koSIMPLEscoreTERRITORYtaxALLsui0", japanese(9), "taxALL"),
    ("koSIMPLEscoreAREAtaxSEKIsui0", chinese(9), "taxSEKI"),
    ("koSIMPLEscoreAREAtaxNONEsui0whbNfpok1", chinese(9), "whbN"),
    ("koSIMPLEscoreAREAtaxALLsui0button1whbN-1", chinese(9), "taxALL, button1, whbN-1"),
]


@pytest.mark.parametrize(("spelt", "rules", "left_out"), KATAGO)
def test_katagos_rules_are_read_with_a_note_of_what_we_do_not_play(spelt, rules, left_out):
    record = read_sgf(f"(;GM[1]SZ[9]KM[{rules.komi}]RU[{spelt}];B[ee])")
    assert record.position.rules == rules
    said = (f"rules {spelt}: read without {left_out}",) if left_out else ()
    assert record.notes == said


def test_rules_that_only_begin_as_known_ones_are_unknown():
    text = "(;GM[1]SZ[9]RU[koSIMPLEscoreAREAtaxNONEsui0atari];B[ee])"
    assert read_sgf(text, japanese(9)).position.rules == japanese(9)


@pytest.mark.parametrize("said", ["GOE", "chinese-ogs", "Japanese with a button"])
def test_rules_that_are_not_known_are_noted(said):
    record = read_sgf(f"(;GM[1]SZ[9]RU[{said}];B[ee])")
    assert record.position.rules == tromp_taylor(9)
    assert record.notes == (f"rules {said!r}: not known, and left out",)


@pytest.mark.parametrize("said", ["Japanese rules", "Korean Rules", " japanese ", "jp"])
def test_rules_go_by_several_names(said):
    record = read_sgf(f"(;GM[1]SZ[9]KM[6.5]RU[{said}];B[ee])")
    assert record.position.rules == japanese(9)
    assert not record.notes


def test_a_name_that_looks_like_a_size_stays_a_name():
    position = Position(Rules(5, 7, 6.5)).play(3)
    text = write_sgf(GameRecord(position, black="SZ[7", white="w]SZ[7]"))
    record = read_sgf(text)
    assert record.position == position
    assert (record.black, record.white) == ("SZ[7", "w]SZ[7]")


def test_a_file_of_noise_is_no_game():
    named = "".join(f"K{one}{two}[x]" for one in "abcdefghijkl" for two in "abcdefghijkl")
    with pytest.raises(BadSgf, match="100 kinds of errors"):
        read_sgf(f"(;{named})")


def test_the_result_is_that_of_the_rules():
    moves = [12, 25, 25]
    assert "RE[B+24.5]" in write_sgf(GameRecord(Position(chinese(5, komi=0.5)).play_all(moves)))
    assert "RE[B+23.5]" in write_sgf(GameRecord(Position(japanese(5, komi=0.5)).play_all(moves)))
    assert "RE[B+24.5]" in write_sgf(GameRecord(Position(aga(5, komi=0.5)).play_all(moves)))
    record = GameRecord(Position(chinese(5)).play_all(moves), result="W+R")
    assert read_sgf(write_sgf(record)).result == "W+R"


def test_sgf_reads_setup_and_handicap():
    record = read_sgf("(;GM[1]SZ[9]HA[2]AB[cc][gg];W[ee];B[cg])")
    assert record.position.initial_to_play == WHITE
    assert record.position.initial_board.sum() == 2
    assert record.position.moves == [40, 56]
    again = read_sgf(write_sgf(record))
    assert again.position == record.position
    assert again.notes == record.notes == ()


def test_handicap_is_written_as_handicap():
    rules = new_zealand(9)
    text = write_sgf(GameRecord(handicap_position(rules, fixed_handicap(rules, 4)).play(40)))
    assert "HA[4]" in text
    assert text.count("AB[") == 1
    assert read_sgf(text).position.initial_to_play == WHITE


BENDS = [
    # what the file holds, what it means, what the note says
    ("(;GM[1]SZ[9];B[ee];W[gc]", "E5 G7", "line 1, column 25: the file ends early"),
    ("(;GM[1]SZ[9];B[ee]W[gc])", "E5 G7", "column 19: semicolon missing"),
    ("(GM[1]SZ[9];B[ee];W[gc])", "E5 G7", "column 2: semicolon missing"),
    (";GM[1]SZ[9];B[ee];W[gc])", "E5 G7", "column 1: opening parenthesis missing"),
    ("(;gm[1]sz[9];b[ee];w[gc])", "E5 G7", "column 3: property in lower case"),
    ("(;GaMe[1]SiZe[9];Black[ee];White[gc])", "E5 G7", "long name GaMe as in FF"),
    ("(;GM[1]SZ[9];B[ee;W[gc])", "E5 G7", "column 15: closing bracket missing"),
    ("(;GM[1]SZ[9];B[ee];W[gc", "E5 G7", "column 21: closing bracket missing"),
    ("(;GM[1]SZ[9];B[ee];W[gc];B[", "E5 G7", "column 27: closing bracket missing"),
    ("(;GM[1]SZ[9];B[ee];W[gc];B[c", "E5 G7", "column 27: closing bracket missing"),
    ("(;GM[1]SZ[9];B[EE];W[gc])", "E5 G7", "point in capitals"),
    ("(;GM[1]SZ[9];B[ee];W[gc]C[he said)", "E5 G7", "column 26: closing bracket missing"),
    ("(;SZ[9];B[ee];W[gc])", "E5 G7", "GM missing: taken for Go"),
    ("(;GM[1]SZ[9];B[ee];W[gc];B[gc];W[cc])", "E5 G7", "move 3 by black: G7 for black: occupied"),
    ("hello (;GM[1]SZ[9];B[ee];W[gc])", "E5 G7", "line 1, column 1: text before the game"),
    ("(;GM[1]SZ[9];B[ee];W[gc]))", "E5 G7", "text after the game"),
    ("(;GM[1]SZ[9];B[ee];W[gc])(;GM[1]SZ[5])", "E5 G7", "another game follows"),
    ("(;GM[1]SZ[9];B[ee];W[gc]N)", "E5 G7", "property N without a value"),
    ("(;GM[1]SZ[9];B[ee]C[x]C[y];W[gc])", "E5 G7", "property C has two values"),
    ("(;GM[1]SZ[9];B[ee][aa];W[gc])", "E5 G7", "property B has two values"),
    ("(;GM[1]SZ[9];B[ee];W[gc];[x])", "E5 G7", "a value without a property"),
    ("(;GM[1]SZ[9]\n;B[ee]\n  !!;W[gc])", "E5 G7", "line 3, column 3: a character without"),
    ("(;GM[1]SZ[9]HA[2];B[ee];W[gc])", "E5 G7", "HA[2]: no handicap stones"),
    ("(;GM[1]SZ[9]KM[6,5];B[ee];W[gc])", "E5 G7", "komi '6,5': taken for 6.5"),
    ("(;GM[1]SZ[9]KM[many];B[ee];W[gc])", "E5 G7", "komi 'many': not a number"),
    ("(;FF[3]SZ[9]PL[1];B[ee];W[gc])", "E5 G7", "PL[1]: taken for PL[B]"),
    ("(;FF[3]SZ[9];B[ee]PL[2];W[gc])", "E5 G7", "PL[2]: taken for PL[W]"),
    ("(;GM[1]SZ[9]PL[black];B[ee];W[gc])", "E5 G7", "PL[black]: taken for PL[B]"),
    ("(;GM[1]SZ[9]PLayer[ White ];W[ee];B[gc])", "E5 G7", "PL[White]: taken for PL[W]"),
    ("(;GM[1]SZ[9];B[R16];W[ee];B[gc])", "pass E5 G7", "B[R16] is not a point of the board"),
    ("(;GM[1]SZ[9];B[E5];W[G7])", "E5 G7", "move 1: move as a vertex"),
    ("(;GM[1]SZ[9];B[e];W[gc])", "pass G7", "move 1: B[e] is not a point of the board"),
    ("(;GM[1]SZ[9]PL[x];B[ee];PL[x];W[gc];PL[x])", "E5 G7", "PL[x]: not a colour, left out"),
    ("(;GM[1]SZ[9];B[ee](;W[gc]);W[gg])", "E5 G7", "line 1, column 27: a line goes on"),
    ("(;GM[1]SZ[9];B[ee](;W[gc]);W[gg]))", "E5 G7", "line 1, column 27: opening parenthesis"),
    ("(;GM[1]SZ[9];B[ee](;W[gc])C[x])", "E5 G7", "column 27: a line goes on"),
    ("(;GM[1]SZ[9];B[ee](;W[gc])x)", "E5 G7", "property x without a value"),
    ("(;GM[1]SZ[9];C[a];B[ee];W[gc];C[b];B[gc])", "E5 G7", "move 3 by black: G7 for black: occ"),
    ("(;GM[1];B[dp];W[])", "D4 pass", "size missing: taken for 19x19"),
    ("(;GM[1]SZ[];B[dp];W[tt])", "D4 pass", "size missing: taken for 19x19"),
]


@pytest.mark.parametrize(("text", "moves", "said"), BENDS)
def test_bent_files_are_read_with_a_note_of_where(text, moves, said):
    record = read_sgf(text)
    rules = record.position.rules
    assert record.position.moves == [move_of(vertex, rules) for vertex in moves.split()]
    assert any(said in note for note in record.notes), record.notes
    tree = read_variations(text)
    assert tree.start.main_line()[-1].position == record.position
    assert tuple(tree.notes) == record.notes
    again = read_sgf(write_sgf(record))
    assert again.position == record.position
    assert again.notes == ()


@pytest.mark.parametrize(
    ("said", "komi"),
    [
        ("6.5", 6.5), ("6,5", 6.5), ("375", 7.5), ("3.75", 7.5), ("650", 6.5), ("0", 0.0),
        ("-3.5", -3.5), ("7.5 points", 7.5), ("2.75", 5.5), ("750", 7.5), (" 7 ", 7.0),
    ],
)  # fmt: skip
def test_komi_is_understood(said, komi):
    assert read_sgf(f"(;GM[1]SZ[9]KM[{said}];B[ee])").position.rules.komi == komi


@pytest.mark.parametrize("said", ["9", "9:9", "9x9", " 9 "])
def test_size_is_understood(said):
    assert read_sgf(f"(;GM[1]SZ[{said}];B[ee])").position.rules.size_name == "9x9"


def test_a_pass_is_tt_or_nothing():
    assert read_sgf("(;GM[1]SZ[9];B[tt];W[])").position.moves == [81, 81]
    assert read_sgf("(;GM[1]SZ[9];B[tt];W[])").position.is_over


def test_a_size_in_a_comment_is_no_size():
    assert read_sgf("(;GM[1]C[SZ[5\\] it was]SZ[9];B[ee])").position.rules.size_name == "9x9"


def test_stones_set_up_amid_the_main_line_begin_the_game_there():
    record = read_sgf("(;GM[1]SZ[5]C[a];B[cc]C[b];AW[bb][dd]AE[cc]PL[B]C[c];B[aa]C[d])")
    assert record.position.moves == [0]
    assert record.position.initial_board.sum() == 4
    assert record.comments == {0: "c", 1: "d"}
    assert "move 2: stones set up, a new game begins there" in record.notes


def test_a_move_is_counted_from_the_start_of_the_file():
    text = "(;GM[1]SZ[5];C[a];B[cc];C[b];AW[bb];B[aa];C[c];W[aa];B[ee])"
    for record in (read_sgf(text), read_variations(text)):
        assert [note.split(":")[0] for note in record.notes] == ["move 2", "move 3 by white"]


def test_comments_without_a_move_belong_to_the_one_before():
    record = read_sgf("(;GM[1]SZ[5];B[cc]C[one];C[more];W[bb]C[two])")
    assert record.comments == {1: "one\nmore", 2: "two"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not an SGF game"),
        ("hello", "not an SGF game"),
        ("(;B[", "nothing in it can be read; line 1, column 4: closing bracket missing"),
        ("(;GM[2]SZ[9];B[ee])", r"GM\[2\]: wanted GM\[1\]"),
        ("(;SZ[25];B[ee])", "size 25x25: wanted 1 to 19"),
        ("(;SZ[x];B[ee])", r"size SZ\[x\]"),
    ],
)
def test_a_bad_sgf_says_where(text, said):
    for read in (read_sgf, read_variations):
        with pytest.raises(BadSgf, match=said):
            read(text)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_sgf_reader(data):
    for read in (read_sgf, read_variations):
        with contextlib.suppress(BadSgf):
            read(b"(;SZ[9]" + data)


PIECES = st.sampled_from(
    [
        "(",
        ")",
        ";",
        "[",
        "]",
        "\\",
        "B[aa]",
        "W[bb]",
        "B[]",
        "W[tt]",
        "AB[aa][bb]",
        "AE[aa:cc]",
        "PL[W]",
        "C[x]",
        "SZ[9]",
        "KM[375]",
        "Black[cc]",
        "b[dd]",
        "B[zz]",
        "B[aa",
        "HA[2]",
        "RE[?]",
        "\n",
        ":",
        "é",
        "RU[Japanese]",
        "GM[1]",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_no_pieces_of_sgf_break_the_reader(pieces):
    text = "(;SZ[5]" + "".join(pieces)
    record, tree = read_or_none(read_sgf, text), read_or_none(read_variations, text)
    if tree:
        # The first writing may draw a setup into the root; from then on nothing changes.
        again = write_variations(read_variations(write_variations(tree)))
        assert write_variations(read_variations(again)) == again
    if record:
        assert read_sgf(write_sgf(record)).position == record.position


def read_or_none(read, text):
    with contextlib.suppress(BadSgf):
        return read(text)


def grown(rng, rules, depth):
    """A tree of random moves, comments and setups."""
    board = board_from("X . .\n. . .\n. . O") if rng.random() < 0.5 else None
    start = GameNode(Position(rules, board, rng.choice((BLACK, WHITE))), "begin")
    nodes = [start]
    for _ in range(depth):
        node = rng.choice(nodes)
        position = node.position
        if node is not start and rng.random() < 0.2 and position.board.any():
            board = position.board
            board.flat[rng.choice(np.flatnonzero(board).tolist())] = 0
            nodes.append(node.add(Position(rules, board, 3 - position.to_play), "set up"))
        elif not position.is_over:
            move = rng.choice(position.legal_moves())
            nodes.append(node.add(position.play(move), rng.choice(("", "[x] \\ y"))))
    return GameTree(start, "one", "two", "B+R")


def lines_of(node):
    return [
        (node.position.board.tolist(), node.position.to_play, node.position.moves, node.comment),
        [lines_of(child) for child in node.children],
    ]


@pytest.mark.parametrize("seed", range(30))
def test_trees_with_setups_and_comments_come_back(seed):
    tree = grown(random.Random(seed), Rules(3, 3, 0.5, "simple"), 12)
    text = write_variations(tree)
    again = read_variations(text)
    assert lines_of(again.start) == lines_of(tree.start)
    assert (again.black, again.white, again.result) == ("one", "two", "B+R")
    assert write_variations(again) == text


def test_a_file_that_names_no_rules_and_repeats_a_position_is_read_under_simple_ko():
    text = "(;SZ[2]RU[];B[bb];W[aa];B[ba];W[];B[ab];W[aa];B[bb])"
    for record in (read_sgf(text), read_variations(text)):
        assert any(
            "move 7 by black: B1: superko; no rules that we know" in note for note in record.notes
        )
    position = read_sgf(text).position
    assert (position.num_moves, position.rules.ko) == (7, "simple")
    assert read_variations(text).start.main_line()[-1].position == position
    for named in (read_sgf(text.replace("RU[]", "RU[Tromp-Taylor]")), read_sgf(text, Rules(2, 2))):
        assert named.position.num_moves == 6
        assert any("superko; black to play; read as far as this" in note for note in named.notes)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_games_written_by_other_programs_replay(path):
    record = read_sgf(path.read_bytes())
    assert record.position.num_moves > 10
    record.position.check()
    text = write_sgf(record)
    again = read_sgf(text)
    assert (again.position, again.result) == (record.position, record.result)
    assert write_sgf(again) == text
    tree = read_variations(path.read_bytes())
    assert tree.start.main_line()[-1].position == record.position
    assert read_variations(write_variations(tree)).result == tree.result


def test_games_without_dead_stones_come_to_what_gnu_go_counted():
    """GNU Go wrote how it counted; where no stone is left for dead, by its judgement, we agree."""
    agreed = {"area": 0, "territory": 0}
    for path in REAL:
        record = read_sgf(path.read_bytes())
        score = record.position.score()
        if record.position.is_over and float(record.result[2:]) == abs(score):
            assert record.result[0] == ("B" if score > 0 else "W")
            agreed[record.position.rules.scoring] += 1
    assert len(REAL) >= 9
    assert agreed["area"] >= 2
    assert agreed["territory"] >= 2


def test_times_are_written_at_the_last_move_and_read_back():
    position = Position(chinese(5)).play_all([12, 7])
    times = {BLACK: 61.5, WHITE: 8.0}
    text = write_sgf(GameRecord(position, main_time=300.0, time_left=times))
    assert "TM[300]" in text
    assert text.rstrip().endswith(")")
    assert "BL[61.5]" in text.rpartition(";")[2]
    again = read_sgf(text)
    assert (again.main_time, again.time_left) == (300.0, times)
    assert again.notes == ()
    resumed = Position(chinese(5)).play_all([12, 25, 25]).resumed()  # a node without a move ends it
    again = read_sgf(write_sgf(GameRecord(resumed, main_time=300.0, time_left=times)))
    assert again.time_left == times
    assert not again.position.is_over


def test_times_that_are_none_are_left_out_with_a_note():
    text = "(;GM[1]SZ[5]RU[Chinese]KM[7]TM[an hour];B[aa]BL[-3];W[bb]WL[4]BL[nan])"
    record = read_sgf(text)
    assert (record.main_time, record.time_left) == (0.0, {WHITE: 4.0})
    assert record.notes == (
        "BL: not a number of seconds, and left out",
        "TM: not a number of seconds, and left out",
    )
