"""Trees of games: nothing of a file is lost, and their depth has no bound."""

import copy
import gc
import pickle
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insei.client.game import ClientGame
from insei.client.game_line import MOST_MOVES
from insei.engine.errors import BadSgf
from insei.engine.position import Position
from insei.engine.rules import WHITE, Rules, chinese
from insei.engine.sgf.node_positions import NodePositions
from insei.engine.sgf.record import read_sgf
from insei.engine.sgf.variations import (
    GameNode,
    GameTree,
    read_collection,
    read_variations,
    write_collection,
    write_variations,
)
from insei.system.errors import UserError

WHOLE = (
    "(;FF[4]GM[1]SZ[9]KM[375]AP[x:1]PB[a\\]b]BR[3d]GN[g\nh]XX[un\\\\known][two]HA[0]"
    "(;B[ee]LB[aa:1][bb:2]C[one\r\ntwo]BL[30](;W[cc]TR[dd]KGSDE[aa])(;W[]C[\\\n])"
    "(;W[ff](;)(;C[x]MULTIGOGM[1])))(;AB[aa:bb]AE[cc]PL[W]VW[];W[dd]N[n];B[zz]DM[1]))"
)


def properties_of(tree):
    nodes = list(tree.start.subtree())
    place = {id(node): number for number, node in enumerate(nodes)}
    return [(place.get(id(node.parent)), node.properties) for node in nodes]


def test_every_property_of_every_node_comes_back_as_it_was():
    tree = read_variations(WHOLE)
    text = write_variations(tree)
    again = read_variations(text)
    assert properties_of(again) == properties_of(tree)
    assert again == tree
    assert write_variations(again) == text
    assert tree.start.properties["XX"] == ["un\\\\known", "two"]
    assert tree.start.properties["KM"] == ["375"]
    assert "KGSDE[aa]" in text
    assert "LB[aa:1][bb:2]" in text
    assert len(properties_of(tree)) == 10


NODES = st.recursive(
    st.just([]), lambda below: st.lists(below, min_size=1, max_size=3), max_leaves=12
)
PROPERTIES = st.sampled_from(
    ["B[aa]", "W[bb]", "B[]", "W[zz]", "C[a\\]]", "AB[cc][dd:ee]", "AE[cc]", "LB[aa:x]", "ZZ[1][2]",
     "PL[W]", "N[]", "TE[2]", "B[aa]C[x]BL[3]", ""]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(NODES, st.randoms(use_true_random=False), st.data())
def test_any_tree_that_is_written_is_read_back_whole(shape, rng, data):
    def text_of(children):
        inner = [f";{data.draw(PROPERTIES)}{text_of(child)}" for child in children]
        return inner[0] if len(inner) == 1 else "".join(f"({part})" for part in inner)

    text = f"(;GM[1]SZ[5]RU[Chinese]KM[7]{text_of(shape)})"
    tree = read_variations(text)
    again = read_variations(write_variations(tree))
    assert properties_of(again) == properties_of(tree)
    assert [node.position for node in again.start.subtree()] == [
        node.position for node in tree.start.subtree()
    ]
    # Positions that are asked for out of order are those of the line.
    nodes = list(tree.start.subtree())
    rng.shuffle(nodes)
    for node in nodes:
        fresh = read_variations(text)
        same = list(fresh.start.subtree())[list(tree.start.subtree()).index(node)]
        assert same.position == node.position


def test_what_is_changed_is_written_and_the_rest_stays():
    tree = read_variations(WHOLE)
    first = tree.start.children[0]
    first.comment = "new [x] \\"
    first.properties["SQ"] = ["dd"]
    added = first.add(first.position.play(80), "mine")
    tree.result = "W+R"
    tree.black = "me"
    again = read_variations(write_variations(tree))
    node = again.start.children[0]
    assert node.comment == "new [x] \\"
    assert node.properties["LB"] == ["aa:1", "bb:2"]
    assert node.properties["SQ"] == ["dd"]
    assert (node.children[-1].comment, node.children[-1].position) == ("mine", added.position)
    assert (again.black, again.result) == ("me", "W+R")
    assert again.start.properties["XX"] == ["un\\\\known", "two"]
    first.comment = ""
    assert "C" not in first.properties


def test_a_game_is_written_in_lines_that_begin_with_its_first_node():
    long = "x" * 60
    tree = read_variations(f"(;GM[1]SZ[9]C[{long}{long}](;B[aa]C[{long}];W[bb])(;B[bb]C[{long}]))")
    text = write_variations(tree)
    assert text.startswith("(;")
    assert text.count("(;") == 3
    assert len(text.splitlines()) > 2


def test_the_caller_s_rules_are_written_where_the_file_names_none():
    tree = read_variations("(;GM[1]SZ[5];B[aa])", chinese(5, komi=3.5))
    again = read_variations(write_variations(tree))
    assert again.start.position.rules == chinese(5, komi=3.5)
    assert "RU" not in tree.start.properties


def test_text_in_another_encoding_is_written_as_utf_8():
    text = "(;GM[1]CA[Shift_JIS]SZ[9]PB[能田ソ];B[ee]C[表])"
    written = write_variations(read_variations(text.encode("cp932")))
    assert "CA[UTF-8]" in written
    assert read_variations(written.encode()).black == "能田ソ"


def test_all_games_of_a_collection_come_back():
    text = WHOLE + "\n" + "(;GM[1]SZ[5]PB[two];B[aa])\n(;GM[1]SZ[5];B[zz];W[cc])"
    trees = list(read_collection(text))
    assert [tree.black for tree in trees] == ["a]b", "two", "black"]
    written = write_collection(trees)
    assert list(read_collection(written)) == trees
    assert trees[0].notes == read_variations(WHOLE).notes


DEPTH = 20_000
DEEP = [
    "(;SZ[19]RU[Chinese]" + "".join(f"(;{'BW'[n % 2]}[]" for n in range(DEPTH)) + ")" * (DEPTH + 1),
    "(;SZ[19]" + "".join("(;B[];W[]" for n in range(DEPTH)) + ")" * (DEPTH + 1),
    "(;SZ[19]" + "(;C[x]" * DEPTH + ")" * (DEPTH + 1),
    "(;SZ[19]" + ";B[];W[aa]" * DEPTH + ")",
    "(;SZ[19]RU[Chinese]"
    + "".join(f"(;{'BW'[n % 2]}[]" for n in range(4000))
    + "".join(f")(;{'BW'[n % 2]}[aa])" for n in range(4000))
    + ")",
]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_deep_trees_are_read_written_and_copied_without_recursion(text):
    tree = read_variations(text)
    written = write_variations(tree)
    again = read_variations(written)
    assert again == tree
    for other in (copy.deepcopy(tree), pickle.loads(pickle.dumps(tree))):
        assert other == tree
        assert len(list(other.start.subtree())) == len(list(tree.start.subtree()))
    last = tree.start.main_line()[-1]
    assert last.position.num_moves == read_sgf(text).position.num_moves


@pytest.mark.timeout(120)
def test_variations_of_40_000_passes_take_memory_of_their_number():
    text = "(;SZ[19]" + "(;B[];W[]" * DEPTH + ")" * (DEPTH + 1)
    gc.collect()
    tracemalloc.start()
    tree = read_variations(text)
    assert tracemalloc.get_traced_memory()[1] < 100e6
    tracemalloc.stop()
    line = tree.start.main_line()
    assert len(line) == 2 * DEPTH + 1
    assert [line[ply].position.num_moves for ply in (40_000, 1, 20_000)] == [40_000, 1, 20_000]


def test_positions_are_played_a_few_times_each_however_they_are_asked_for():
    played = []

    def advance(position, node):
        played.append(node)
        position.play_in_place(position.rules.pass_move)
        return position.resumed()

    length = 2000
    positions = NodePositions(Position(Rules(5, 5)), lambda node: node - 1, advance)
    for order in (range(length), range(length - 1, -1, -1)):
        played.clear()
        for node in order:
            assert positions.after(node).num_moves == node + 1
        assert len(played) <= length
    fresh = NodePositions(Position(Rules(5, 5)), lambda node: node - 1, advance)
    played.clear()
    for node in range(length - 1, -1, -1):
        assert fresh.after(node).num_moves == node + 1
    assert len(played) <= 12 * length


def test_a_node_is_copied_with_its_tree():
    tree = read_variations(WHOLE)
    node = tree.start.children[0].children[1]
    other = copy.deepcopy(node)
    assert other is not node
    assert other.properties == node.properties
    assert len(other.path()) == 3
    assert write_variations(GameTree(other.path()[0], tree.black)) == write_variations(tree)


def test_trees_are_equal_if_they_are_written_alike():
    tree = read_variations(WHOLE)
    assert tree == read_variations(WHOLE)
    assert tree != read_variations(WHOLE.replace("DM[1]", "DM[2]"))
    assert tree != "no tree"
    with pytest.raises(TypeError):
        hash(tree)


def test_a_made_tree_says_what_its_nodes_do():
    start = GameNode(Position(Rules(5, 5), None, WHITE), "begin")
    node = start.add(start.position.play(3), "x]")
    assert node.properties == {"W": ["da"], "C": ["x\\]"]}
    assert repr(node) == "GameNode({'W': ['da'], 'C': ['x\\\\]']}, 0 children)"
    assert GameTree(start).longest_line() == 1


def test_the_client_says_which_games_are_too_long(tmp_path):
    path = tmp_path / "long.sgf"
    for text in (
        "(;SZ[9]" + ";B[];W[]" * MOST_MOVES + ")",
        "(;SZ[9](;B[aa])(" + ";B[];W[]" * MOST_MOVES + "))",
    ):
        path.write_text(text)
        with pytest.raises(UserError, match=r"long.sgf: a line of [0-9,]+ moves: wanted at most"):
            ClientGame.review(path)


def test_a_file_of_too_many_bytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.sgf"
    with path.open("wb") as file:
        file.truncate(1 << 29)
    with pytest.raises(UserError, match="536,870,912 bytes: wanted at most 268,435,456"):
        ClientGame.review(path)
    with pytest.raises(BadSgf, match="bytes of SGF"):
        read_sgf("x" * ((1 << 28) + 1))
