"""Komi, handicaps, results and rules as servers and people write them."""

import pytest

from insei.engine.handicap import fixed_handicap
from insei.engine.rules import WHITE, chinese, japanese
from insei.engine.sgf.record import read_sgf, write_sgf
from insei.engine.sgf.root import komi_read, result_read
from insei.engine.sgf.variations import read_variations, write_variations

KOMI = [
    # KM, RU, AP, the komi, whether that is noted
    ("6.5", "", "", 6.5, False),
    ("6 1/2", "", "", 6.5, True),
    ("6½", "", "", 6.5, True),
    ("6目半", "", "", 6.5, True),
    ("6집반", "", "", 6.5, True),
    ("5.5目", "", "", 5.5, True),
    ("黑贴3又3/4子", "", "", 7.5, True),
    ("3 3/4", "Chinese", "", 7.5, True),
    ("3.75", "Chinese", "", 7.5, True),
    ("3,75", "中国规则", "", 7.5, True),
    ("3.75", "", "", 7.5, True),
    ("3.75", "Japanese", "", 4.0, True),
    ("7.25", "", "", 7.5, True),
    ("7.25", "AGA", "", 7.5, True),
    ("-7.25", "", "", -7.0, True),
    ("0.3", "", "", 0.5, True),
    ("50", "", "foxwq", 0.5, True),
    ("0", "", "foxwq", 0.0, False),
    ("7", "", "foxwq", 7.0, False),
    ("7.5", "", "foxwq", 7.5, False),
    ("650", "", "foxwq", 6.5, True),
    ("750", "", "foxwq", 7.5, True),
    ("700", "", "foxwq", 7.0, True),
    ("550", "", "foxwq", 5.5, True),
    ("375", "Chinese", "foxwq", 7.5, True),
    ("350", "Chinese", "foxwq", 7.0, True),
    ("350", "", "foxwq", 7.0, True),
    ("325", "", "foxwq", 6.5, True),
    ("275", "", "foxwq", 5.5, True),
    ("none", "", "", None, True),
    ("nan", "", "", None, True),
    ("1000000", "", "", None, True),
    ("9" * 400, "", "", None, True),
    ("1/0", "", "", 1.0, True),
    ("", "", "", None, False),
]


@pytest.mark.parametrize(("said", "rules", "application", "komi", "is_noted"), KOMI)
def test_komi_of_servers(said, rules, application, komi, is_noted):
    notes = []
    assert komi_read(said, notes.append, rules, application) == komi
    assert bool(notes) == is_noted
    assert all(len(note) < 200 for note in notes)
    record = read_sgf(f"(;GM[1]SZ[9]AP[{application}]RU[{rules}]KM[{said}];B[ee])")
    if komi is not None:
        assert record.position.rules.komi == komi


RESULTS = [
    ("B+R", "B+R"), ("B+Resign", "B+R"), ("W+Time", "W+T"), ("W+F", "W+F"), ("W+3.5", "W+3.5"),
    ("B+12.50", "B+12.5"), ("B + 3.5", "B+3.5"), ("w+r", "W+R"), ("0", "0"), ("Jigo", "Draw"),
    ("Void", "Void"), ("?", "?"), ("", ""), ("Left unfinished", "Left unfinished"),
    ("Both lost", "Both lost"), ("White wins by 0.5", "W+0.5"),
    ("Black resigns. W 133.5 B 81.0", "W+R"), ("W+0.5 (moves after 281 not known)", "W+0.5"),
    ("黑中盘胜", "B+R"), ("白中盘胜", "W+R"), ("黑中盘负", "W+R"), ("黑胜1又3/4子", "B+3.5"),
    ("白胜2.5目", "W+2.5"), ("黒番中押し勝ち", "B+R"), ("白番1目半勝", "W+1.5"),
    ("흑 불계승", "B+R"), ("백 3집반승", "W+3.5"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "result"), RESULTS)
def test_results_of_servers(said, result):
    assert result_read(said) == result
    text = f"(;GM[1]SZ[9]RE[{said}];B[ee])"
    assert read_sgf(text).result == result
    assert f"RE[{said}]" in write_variations(read_variations(text))


@pytest.mark.parametrize("stones", range(2, 10))
def test_a_handicap_without_stones_is_placed_if_white_moves_first(stones):
    text = f"(;GM[1]SZ[19]AP[foxwq]HA[{stones}]KM[0];W[cc];B[rr])"
    record = read_sgf(text)
    rules = record.position.rules
    placed = record.position.initial_board.ravel().nonzero()[0].tolist()
    assert placed == sorted(fixed_handicap(rules, stones))
    assert (rules.komi, record.position.initial_to_play) == (0.0, WHITE)
    assert record.notes[0].startswith(f"HA[{stones}]: the stones are not set up: placed")
    again = read_sgf(write_sgf(record))
    assert (again.position, again.notes) == (record.position, ())
    tree = read_variations(text)
    assert tree.start.main_line()[-1].position == record.position
    assert read_variations(write_variations(tree)) == tree


@pytest.mark.parametrize(
    "text",
    [
        "(;SZ[19]HA[2];B[dd];W[pp])",
        "(;SZ[19]HA[0];W[dd])",
        "(;SZ[19]HA[1];W[dd])",
        "(;SZ[19]HA[x];W[dd])",
        "(;SZ[9:7]HA[2];W[dd])",
        "(;SZ[19]HA[99999999999999999999];W[dd])",
        "(;SZ[19]HA[10];W[dd])",
    ],
)
def test_no_handicap_is_made_up(text):
    assert not read_sgf(text).position.initial_board.any()


def test_a_handicap_that_a_later_node_sets_up_is_not_placed_twice():
    record = read_sgf("(;GM[1]SZ[19]HA[2];AB[cc][rr];W[dd])")
    assert record.position.initial_board.sum() == 2
    assert record.notes == ()


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("中国规则", chinese(9)),
        ("日本", japanese(9)),
        ("Japan", japanese(9)),
        ("한국", japanese(9)),
    ],
)
def test_rules_in_the_words_of_servers(said, rules):
    record = read_sgf(f"(;GM[1]SZ[9]KM[{rules.komi}]RU[{said}];B[ee])")
    assert (record.position.rules, record.notes) == (rules, ())


@pytest.mark.parametrize("said", ["1", " 1 ", "Go", ""])
def test_a_game_of_go_is_one_however_it_is_called(said):
    assert read_sgf(f"(;GM[{said}]SZ[9];B[ee])").position.num_moves == 1
