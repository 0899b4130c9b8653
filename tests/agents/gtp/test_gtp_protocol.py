"""GTP's required commands, and lines that make no sense."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.influence import InfluencePlayer
from insei.agents.handwritten.random_player import RandomPlayer
from insei.engine.rules import Rules
from tests.helpers.gtp import engine


def answers(text):
    return list(engine().serve(text.split("\n")))


def test_the_required_commands_answer_as_the_protocol_says():
    text = (
        "1 protocol_version\n2 name\n3 version\n4 known_command play\n5 known_command dance\n"
        "6 boardsize 7\n7 komi 5.5\n8 play black D4\n9 genmove w\n10 clear_board\n11 quit\n12 name"
    )
    said = answers(text)
    assert said[0] == "=1 2\n\n"
    assert said[1] == "=2 insei capture\n\n"
    assert [said[3], said[4]] == ["=4 true\n\n", "=5 false\n\n"]
    assert said[5:8] == ["=6\n\n", "=7\n\n", "=8\n\n"]
    assert said[8].startswith("=9 ")
    assert said[9:] == ["=10\n\n", "=11\n\n"]  # nothing after quit


def test_list_commands_names_the_required_ones():
    (said,) = answers("list_commands")
    required = {
        "protocol_version", "name", "version", "known_command", "list_commands", "quit",
        "boardsize", "clear_board", "komi", "play", "genmove",
    }  # fmt: skip
    assert required <= set(said[2:].split())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dance", "? unknown command"),
        ("7 dance", "?7 unknown command"),
        ("8", "?8 no command"),
        ("boardsize 25", "? unacceptable size"),
        ("boardsize", "? syntax error"),
        ("boardsize x", "? unacceptable size"),
        ("komi x", "? syntax error"),
        ("komi 1e999", "? syntax error"),
        ("play black", "? syntax error: 1 arguments"),
        ("play green A1", "? syntax error: colour 'green'"),
        ("play black Z9", "? syntax error: vertex"),
        ("play black A6", "? syntax error: vertex 'A6': off the board"),
        ("genmove", "? syntax error"),
        ("undo", "? cannot undo"),
        ("known_command", "? syntax error"),
    ],
)
def test_a_line_that_makes_no_sense_is_answered_by_a_question_mark(line, said):
    (answer,) = answers(line)
    assert answer.startswith(said)
    assert answer.endswith("\n\n")
    assert answer.count("\n") == 2


@pytest.mark.parametrize("line", ["play b {}", "komi {}", "{}", "kata-set-rules {}", "loadsgf {}"])
def test_a_failure_quotes_no_more_than_a_reader_needs(line):
    (answer,) = answers(line.format("A" * 100_000))
    assert answer.startswith("?")
    assert len(answer) < 1100


def test_an_illegal_move_is_refused_and_changes_nothing():
    said = answers("play b A1\nplay w A1\nshowboard")
    assert said[1] == "? illegal move: A1 for white: occupied; white to play\n\n"
    assert "move 2" in said[2]


def test_empty_lines_comments_and_tabs_are_as_the_protocol_says():
    assert answers("\n# all a comment\n  \nname # said\n") == ["= insei capture\n\n"]
    assert answers("play\tb\tA1") == ["=\n\n"]


@pytest.mark.parametrize("byte", [*range(9), 11, 12, *range(13, 32), 127])
def test_control_characters_are_discarded(byte):
    junk = chr(byte)
    assert answers(f"3{junk} na{junk}me{junk}")[0] == "=3 insei capture\n\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("name\r", "= insei capture"),
        ("  \t 12 \t name \t ", "=12 insei capture"),
        ("name # a comment # with another", "= insei capture"),
        ("name#", "= insei capture"),
        ("2147483647 name", "=2147483647 insei capture"),
        ("0 name", "=0 insei capture"),
        ("007 name", "=007 insei capture"),
        ("7", "?7 no command"),
        ("-7 name", "? unknown command"),
        ("7name", "? unknown command"),
        ("\u0663 name", "? unknown command"),
        ("n\u00e4me", "? unknown command"),
        ("Name", "? unknown command"),  # commands are in lower case
        ("PLAY b A1", "? unknown command"),
        ("play BLACK a1", "="),
        ("play Black PASS", "="),
        ("play w Pass", "="),
        ("play b J1", "? syntax error"),
        ("play b i1", "? syntax error"),
        ("play b A0", "? syntax error"),
        ("play b A01", "="),
        ("name and more", "= insei capture"),
    ],
)
def test_lines_are_read_to_the_letter_of_the_protocol(line, said):
    (answer,) = answers(line)
    assert answer.startswith(said)
    assert answer.endswith("\n\n")


@pytest.mark.parametrize(
    ("line", "size"),
    [
        ("boardsize 9", "9x9"),
        ("boardsize 9 7", "9x7"),
        ("boardsize 9:7", "9x7"),
        ("rectangular_boardsize 9 7", "9x7"),
        ("rectangular_boardsize 9:7", "9x7"),
        ("boardsize 1", "1x1"),
        ("boardsize 1 19", "1x19"),
        ("boardsize 20", None),
        ("boardsize 9 20", None),
        ("boardsize 0", None),
        ("boardsize 9 7 5", None),
        ("boardsize 9x7", None),
        ("boardsize -9", None),
        ("boardsize 9.0", None),
        ("boardsize :", None),
        ("rectangular_boardsize 9", None),
    ],
)
def test_boards_of_any_shape_are_set(line, size):
    game = engine()
    assert game.answer(line)[0] == ("=" if size else "?")
    assert game.position.rules.size_name == (size or "5x5")


def test_undo_and_komi_keep_the_game():
    game = engine()
    for line in ("play b C3", "play w C2", "undo", "komi 9.5"):
        assert game.answer(line).startswith("=")
    assert game.position.moves == [12]
    assert game.position.rules.komi == 9.5
    assert game.answer("final_score") == "= B+15.5"


def test_a_colour_may_move_twice_and_play_may_go_on_after_passes():
    game = engine()
    for line in ("play b A1", "play b A2", "play b pass", "play w pass", "play b A3", "genmove b"):
        assert game.answer(line).startswith("="), line


@pytest.mark.parametrize("make", [RandomPlayer, CapturePlayer, InfluencePlayer])
def test_a_whole_game_over_gtp(make):
    game = engine(make(), Rules(4, 4, 0.5))
    for ply in range(200):
        said = game.answer(f"genmove {'bw'[ply % 2]}")
        assert said.startswith("= ")
        if game.position.is_over:
            break
    assert game.position.is_over


UNSENT = {"printsgf", "quit"}  # one writes files, the other ends the engine
COMMANDS = sorted({*engine().answer("list_commands")[2:].split(), "kata-analyze"} - UNSENT)
ARGUMENTS = [
    "b",
    "w",
    "black",
    "A1",
    "C3",
    "pass",
    "5",
    "9",
    "-1",
    "1e400",
    "nan",
    "#",
    "\x00",
    "\x7f",
    "9:7",
]
WORDS = st.sampled_from([*COMMANDS, *ARGUMENTS, "99999999999999999999", "\u0663"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=4).map(" ".join) | st.text(max_size=20), max_size=12))
def test_no_line_breaks_the_engine(lines):
    game = engine(RandomPlayer(), Rules(3, 3, 0.5))
    for line in lines:
        said = game.answer(line)
        assert said is None or said[0] in "=?"
        assert "\n\n" not in (said or "").strip("\n")
    assert game.answer("boardsize 5") == "="
