"""A game as a tree: what is played on from any point, and what a file keeps."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgfmill import sgf_grammar

from insei.client.estimate import Estimate, estimate_of, set_estimate
from insei.client.game import ClientGame
from insei.client.game_line import GameLine
from insei.client.game_setup import YOU
from insei.client.keeping.save_target import write_game
from insei.engine.rules import BLACK
from insei.engine.sgf.file import as_utf8
from insei.engine.sgf.scanned_game import ScannedGame
from insei.engine.sgf.variations import read_variations, write_variations
from insei.system.errors import UserError
from tests.helpers.client import SETUP
from tests.helpers.paths import ROOT

FOLDER = os.environ.get("INSEI_SGF", "")
TREE = (
    "(;GM[1]FF[4]SZ[5]KM[0.5]PB[Ann]BR[3k]PW[Bob]WR[1d]DT[2020-01-02]RE[W+R]XX[odd\\]]C[hello]"
    ";B[cc]LB[cc:1](;W[bb]C[tight]TE[1];B[dd])(;W[dd]CR[aa][bb];B[bb];W[bc]))"
)


def line_of(text):
    return GameLine(read_variations(text))


def moves_of(line):
    return line.shown.moves


def test_a_line_is_the_main_line_first_and_goes_to_any_node():
    line = line_of(TREE)
    assert moves_of(line) == [12, 6, 18]
    wide = line.tree.start.children[0].children[1]
    line.go_to(wide)
    assert moves_of(line) == [12, 18]
    assert [position.num_moves for position in line.history] == [0, 1, 2, 3, 4]
    assert not line.is_main
    line.go_to(line.nodes[1])
    assert len(line.nodes) == 5  # the line stays
    assert line.siblings == [line.node]
    line.go_to(wide.parent.children[0])
    assert line.is_main


def test_playing_on_follows_what_is_there_and_adds_what_is_not():
    line = line_of(TREE)
    line.show_ply(1)
    line.play(18)
    assert line.siblings.index(line.node) == 1
    assert line.added == set()
    line.show_ply(1)
    line.play(0)
    assert [node.position.moves[-1] for node in line.siblings] == [6, 18, 0]
    assert line.added == {line.node}


def test_only_what_was_added_can_be_removed():
    line = line_of(TREE)
    before = write_variations(line.tree)
    line.show_ply(2)
    assert not line.remove()
    line.play(0)
    line.play(4)
    line.show_ply(3)
    assert line.remove()
    assert moves_of(line) == [12, 6]
    assert write_variations(line.tree) == before
    assert line.added == set()


def test_a_variation_goes_on_after_two_passes():
    line = line_of("(;SZ[5];B[];W[])")
    line.play(12)
    again = line_of(write_variations(line.tree))
    assert moves_of(again) == [25, 25, 12]


def test_a_loaded_game_that_goes_on_keeps_all_that_its_file_says(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text(TREE)
    game = ClientGame.load(path, SETUP)
    game.play(0)
    kept = properties_of(game.sgf())
    for number, properties in enumerate(properties_of(TREE)):
        assert {key: kept[number + (number > 3)][key] for key in properties} == properties
    game.resign(BLACK)
    assert "RE[W+R]" in game.sgf()


def test_a_move_in_place_of_one_taken_back_leads_the_main_line():
    game = ClientGame.begin(replace(SETUP, white=YOU))
    for move in (12, 6, 18):
        game.play(move)
    assert game.undo()
    assert game.position.moves == [12, 6]
    game.play(8)
    start = read_variations(game.sgf()).start
    assert [node.position.moves for node in start.main_line()][-1] == [12, 6, 8]
    assert [child.position.moves[-1] for child in start.main_line()[2].children] == [8, 18]
    game.undo()
    game.play(18)  # the first thought again
    assert read_variations(game.sgf()).start.main_line()[-1].position.moves == [12, 6, 18]


def test_a_side_line_that_ends_leaves_the_files_result_alone(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text(TREE)
    game = ClientGame.load(path, replace(SETUP, white=YOU))
    game.undo()
    game.line.follow(game.line.nodes[1].children[1])
    game.resign(BLACK)
    tree = read_variations(game.sgf())
    assert tree.result == "W+R"
    assert tree.start.children[0].children[1].comment == "W+R"


def test_undo_at_the_end_goes_back_into_the_game_that_was_played():
    game = ClientGame.begin(replace(SETUP, white=YOU))
    for move in (12, 6, 18):
        game.play(move)
    game.resign(BLACK)
    game.show_ply(1)
    game.play_variation(0)
    assert game.undo()
    assert game.position.moves == [12, 6]
    assert not game.is_ended


def test_estimates_are_kept_and_those_of_a_file_stay(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text("(;SZ[5];B[cc]SBKV[61.5];W[bb]SBKV[no number])")
    game = ClientGame.review(path)
    assert game.estimates == {1: Estimate(0.615)}
    set_estimate(game.nodes[2], Estimate(0.25, -3.5))
    assert game.estimates == {1: Estimate(0.615), 2: Estimate(0.25, -3.5)}
    set_estimate(game.nodes[1], Estimate(0.5, 0.0))
    again = read_variations(game.sgf()).start
    assert [estimate_of(node) for node in again.main_line()][1] == Estimate(0.5, 0.0)


def properties_of(text):
    """The properties of all nodes of a game's text, in the file's order."""
    scanned = ScannedGame(text.encode())
    return [scanned.properties(number) for number in range(scanned.num_nodes)]


def check_nothing_is_lost(data, path):
    """Open a file as a review does, save it, and compare all its nodes and properties."""
    path.write_bytes(data)
    game = ClientGame.review(path)
    before = [(node.properties, len(node.children)) for node in game.line.tree.start.subtree()]
    write_game(game, path)
    after = ClientGame.review(path).line.tree.start
    charset = {"CA": ["UTF-8"]}
    assert [
        (node.properties, len(node.children)) for node in after.subtree()
    ] == [
        (properties | charset if "CA" in properties else properties, children)
        for properties, children in before
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "data" / "games").rglob("*.sgf")), ids=lambda path: path.name
)
def test_a_real_file_is_opened_and_saved_without_loss(path, tmp_path):
    check_nothing_is_lost(path.read_bytes(), tmp_path / "game.sgf")


names = st.sampled_from(["C", "N", "LB", "TR", "XYZ", "GC", "BL", "MULTIGOGM", "SBKV", "KTV"])
text = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Cf"]), max_size=12).map(
    lambda said: said.replace("\\", "\\\\").replace("]", "\\]")
)
points = st.sampled_from("abcde").flatmap(lambda x: st.sampled_from("abcde").map(lambda y: x + y))
node = st.builds(
    lambda colour, point, more: (
        f";{colour}[{point}]"
        + "".join(name + "".join(f"[{value}]" for value in values) for name, values in more.items())
    ),
    st.sampled_from("BW"),
    points,
    st.dictionaries(names, st.lists(text, min_size=1, max_size=2), max_size=3),
)
subtree = st.recursive(
    st.lists(node, min_size=1, max_size=4).map("".join),
    lambda inner: st.builds(
        lambda head, variations: head + "".join(f"({each})" for each in variations),
        node,
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(subtree)
def test_any_tree_is_opened_and_saved_without_loss(tmp_path_factory, written):
    path = tmp_path_factory.getbasetemp() / "any.sgf"
    check_nothing_is_lost(f"(;GM[1]SZ[5]CA[UTF-8]{written})".encode(), path)


def coarse(text):
    """The nodes of a game by sgfmill's parser, each with how many children it has."""
    waiting, nodes = [sgf_grammar.parse_sgf_game(text)], []
    while waiting:
        tree = waiting.pop()
        children = [1] * (len(tree.sequence) - 1) + [len(tree.children)]
        nodes += zip(tree.sequence, children, strict=True)
        waiting.extend(reversed(tree.children))
    return nodes


def lost(before, after):
    """The properties that are no more there; those of a node may lie in two, or have grown."""
    then, now = (
        Counter((name, *values) for properties, _ in nodes for name, values in properties.items())
        for nodes in (before, after)
    )
    return then - now


@pytest.mark.skipif(not FOLDER, reason="INSEI_SGF names no folder of games")
def test_the_files_of_a_folder_are_opened_and_saved_without_loss(tmp_path):
    """By the client, and compared by another parser where it can read the file."""
    checked = refused = unparsed = 0
    for path in sorted(Path(FOLDER).rglob("*.sgf")):
        try:
            game = ClientGame.review(path)
        except UserError:
            refused += 1
            continue
        write_game(game, tmp_path / "saved.sgf")
        original, _ = as_utf8(path.read_bytes())
        try:
            before = coarse(original)
        except ValueError:
            unparsed += 1
            check_nothing_is_lost(path.read_bytes(), tmp_path / "copy.sgf")
            continue
        after = coarse((tmp_path / "saved.sgf").read_bytes())
        for properties, _ in before:
            if "CA" in properties:
                properties["CA"] = [b"UTF-8"]
        assert not lost(before, after), path
        if not any("semicolon missing" in warning for warning in game.warnings):
            assert [children for _, children in after] == [children for _, children in before], path
        checked += 1
    print(f"{checked} files saved without loss; {unparsed} more by our parser; {refused} refused")
    assert checked
