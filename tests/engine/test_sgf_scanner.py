"""The scanner: any text becomes flat arrays, in time and memory that grow with its length."""

import gc
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgfmill import sgf_grammar

from insei.engine.errors import BadSgf
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.record import read_sgf
from insei.engine.sgf.scanned_game import MOST_NODES, ScannedGame, scan_games, unescaped
from insei.engine.sgf.variations import read_variations
from insei.engine.sgf.writer import node_text
from insei.engine.vertex import vertex_of


def lines_of(text):
    """Every line of a file, as vertices."""
    lines, waiting = [], [read_variations(text).start]
    while waiting:
        node = waiting.pop()
        waiting += reversed(node.children)
        if not node.children:
            rules = node.position.rules
            lines.append(" ".join(vertex_of(move, rules) for move in node.position.moves))
    return lines


BALANCED = [
    # a file that goes on behind its variations, and its lines
    (
        "(;GM[1]SZ[9](;B[ee](;W[cc]);W[dd];B[gg])(;B[gc];W[cg]))",
        ["E5 C7", "E5 D6 G3", "G7 C3"],
    ),
    (
        "(;GM[1]SZ[9];B[ee];W[cc](;B[dd]);B[gg];W[gc])",
        ["E5 C7 D6", "E5 C7 G3 G7"],
    ),
    (
        "(;GM[1]SZ[9];B[ee](;W[cc](;B[dd]);B[gg];W[gc])(;W[ab];B[aa]))",
        ["E5 C7 D6", "E5 C7 G3 G7", "E5 A8 A9"],
    ),
    ("(;GM[1]SZ[9](;B[aa])(;B[bb]);B[cc](;W[dd]);W[ee])", ["A9", "B8", "C7 D6", "C7 E5"]),
    ("(;GM[1]SZ[9]((;B[aa]))((;B[bb])))", ["A9", "B8"]),
]


@pytest.mark.parametrize(("text", "lines"), BALANCED)
def test_a_file_whose_parentheses_balance_is_not_mended(text, lines):
    assert lines_of(text) == lines
    assert not any("opening parenthesis" in note for note in read_variations(text).notes)


def test_a_parenthesis_is_opened_only_where_one_too_many_closes():
    text = "(;GM[1]SZ[9];B[ee](;W[cc];B[dd]);W[gg];B[aa])(;W[ab]))"
    assert lines_of(text) == ["E5 C7 D6", "E5 G3 A9", "E5 A8"]
    two_games = "(;GM[1]SZ[9];B[ee](;W[cc]);W[gg])(;GM[1]SZ[9];B[aa]))"
    assert lines_of(two_games) == ["E5 C7", "E5 G3"]


def test_a_variation_in_brackets_counts_for_nothing():
    assert lines_of("(;GM[1]SZ[9];B[ee]C[(;W[aa\\]))](;W[cc]);W[dd])") == ["E5 C7", "E5 D6"]


NAMES = st.sampled_from(["B", "W", "AB", "C", "KM", "LB", "XX", "TB", "FOO"])
VALUES = st.text(st.sampled_from("ab;()[:\\\n é高") | st.characters(codec="utf-8"), max_size=6)


@st.composite
def sequences(draw):
    nodes = []
    for _ in range(draw(st.integers(1, 4))):
        names = draw(st.lists(NAMES, unique=True, max_size=3))
        if "B" in names and "W" in names:
            names.remove("W")
        node = {}
        for name in names:
            if name in ("B", "W", "AB"):
                node[name] = [draw(st.sampled_from(["aa", "bc", "", "tt", "c"]))]
            else:
                count = 1 if name in ("C", "KM") else draw(st.integers(1, 2))
                texts = [draw(VALUES) for _ in range(count)]
                node[name] = [t.replace("\\", "\\\\").replace("]", "\\]") for t in texts]
        nodes.append(node)
    return nodes


trees = st.recursive(
    st.tuples(sequences(), st.just([])),
    lambda below: st.tuples(sequences(), st.lists(below, min_size=2, max_size=3)),
    max_leaves=6,
)


def text_of(tree):
    nodes, children = tree
    return "(" + "".join(map(node_text, nodes)) + "".join(map(text_of, children)) + ")"


def mill_nodes(tree, parent, found):
    for node in tree.sequence:
        found.append((parent, {k: [v.decode() for v in values] for k, values in node.items()}))
        parent = len(found) - 1
    for child in tree.children:
        mill_nodes(child, parent, found)
    return found


@settings(max_examples=200, deadline=None)
@given(trees)
def test_valid_files_are_scanned_as_sgfmill_parses_them(tree):
    text = text_of(tree)
    scanned = ScannedGame(text.encode())
    ours = [(scanned.parent(n), scanned.properties(n)) for n in range(scanned.num_nodes)]
    theirs = mill_nodes(sgf_grammar.parse_sgf_game(text.encode()), -1, [])
    assert ours == theirs
    assert scanned.end == len(text.encode())
    for node in range(scanned.num_nodes):
        children = [n for n in range(scanned.num_nodes) if scanned.parent(n) == node]
        assert scanned.first_child(node) == (children[0] if children else -1)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("(;)[]\\BWAC ab\n"), max_size=60))
def test_whatever_is_scanned_is_a_tree(text):
    for scanned in scan_games(text.encode()):
        assert scanned.num_nodes >= 1
        assert scanned.parent(0) == -1
        for node in range(1, scanned.num_nodes):
            assert 0 <= scanned.parent(node) < node


LONG = [
    ("(;SZ[19]" + "B[aa x" * 100_000, 100_000),
    ("(;SZ[19]" + "(;B[aa]" * 100_000 + ")" * 100_001, 100_001),
    ("(;SZ[19]" + "(;B[aa]" * 100_000, 100_001),
    ("(;SZ[19]" + ";B[aa];W[bb]" * 100_000 + ")", 200_001),
    ("(;SZ[19]C[" + "x" * 5_000_000 + "])", 1),
    ("(;SZ[19]C[" + "\\]" * 2_000_000 + "])", 1),
    ("(;SZ[19]C[" + "[" * 5_000_000, 1),
    ("(;SZ[19]" + "[x" * 500_000, 1),
    ("(;SZ[19]" + "(" * 1_000_000, 1),
    ("(;SZ[19]" + "x" * 1_000_000, 1),
    ("(;SZ[19](;B[aa])" + ";W[bb](;B[cc])" * 50_000 + ")", 100_002),
    ("(" * 1_000_000 + ";SZ[19])", 1),
]


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("text", "nodes"), LONG, ids=range(len(LONG)))
def test_long_texts_take_memory_of_their_length_and_no_recursion(text, nodes):
    data = text.encode()
    gc.collect()
    tracemalloc.start()
    scanned = ScannedGame(data)
    scanned.notes()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert scanned.num_nodes == nodes
    assert peak < 100_000  # Python's; the arrays are C's, and at most 40 bytes a node


@pytest.mark.timeout(120)
def test_a_long_comment_is_read_in_a_few_times_its_length():
    text = "(;GM[1]SZ[9]C[" + "x\\]" * 1_000_000 + "];B[ee])"
    gc.collect()
    tracemalloc.start()
    record = read_sgf(text.encode())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert record.comments[0] == "x]" * 1_000_000
    assert peak < 8 * len(text)


def test_a_game_of_too_many_nodes_is_refused_in_one_line():
    with pytest.raises(BadSgf, match=r"^a game of more than 1,000,000 nodes: more than we hold$"):
        ScannedGame(b"(" + b";" * (MOST_NODES + 1) + b")")
    with pytest.raises(BadSgf, match=r"^a game of more than 4,000,000 values: more than we hold$"):
        ScannedGame(b"(;AB" + b"[aa]" * 4_000_001 + b")")


def test_the_games_of_a_collection_come_one_by_one():
    text = b"(;SZ[9]PB[a];B[aa];W[bb](;B[cc])(;B[dd]))\n junk (;SZ[9]PB[b];W[];B[tt];W[zz]C[x])"
    games = list(scan_games(text))
    assert [game.root["PB"] for game in games] == [["a"], ["b"]]
    moves, colours = games[0].main_line(9, 9)
    assert (moves.dtype, colours.dtype) == (np.int16, np.uint8)
    assert (moves.tolist(), colours.tolist()) == ([0, 10, 20], [BLACK, WHITE, BLACK])
    moves, colours = games[1].main_line(9, 9)
    assert (moves.tolist(), colours.tolist()) == ([81, 81, 81], [WHITE, BLACK, WHITE])
    assert list(scan_games(b"nothing")) == []


def test_doors_of_the_scanner_refuse_what_is_no_node():
    game = ScannedGame(b"(;SZ[9];B[aa])")
    for call in (game.parent, game.first_child, game.properties, game.move, game.has_setup):
        for node in (-1, 2, 2**40):
            with pytest.raises(IndexError, match="wanted 0 to 1"):
                call(node)
    for start in (-1, 100):
        with pytest.raises(ValueError, match="start"):
            ScannedGame(b"(;)", start)
    with pytest.raises(ValueError, match="scanned once"):
        game.__init__(b"(;)")
    with pytest.raises(ValueError, match="wanted 1 to 19"):
        game.main_line(20, 9)
    with pytest.raises(TypeError):
        ScannedGame("(;)")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\\]b\\\\c", "a]b\\c"),
        ("a\\\nb", "ab"),
        ("a\\\r\nb", "ab"),
        ("a\r\nb\n\rc\rd", "a\nb\nc\nd"),
        ("a\tb\x0bc", "a b c"),
        ("a\\", "a"),
        ("\\:", ":"),
        ("高\\尾", "高尾"),
    ],
)
def test_escapes_of_text_are_undone(raw, text):
    assert unescaped(raw) == text


def test_the_ends_of_lines_become_spaces_in_names():
    assert unescaped("a\r\nb\\\nc\nd", one_line=True) == "a bc d"
