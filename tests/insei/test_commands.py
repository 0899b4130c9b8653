"""The commands as a user meets them: configurations, GTP, the line-mode game, bad input."""

import io
import random
import re
import subprocess
import sys
from dataclasses import dataclass, field

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from insei.agents.gtp.engine import GtpEngine
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.influence import InfluencePlayer
from insei.agents.handwritten.random_player import RandomPlayer
from insei.agents.player import RESIGN, Choice
from insei.client.line_game import LineGame
from insei.commands.ablate import AblationConfig
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import BadConfig, build, convert, parse_yaml, to_yaml, with_settings
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.paths import ROOT


def insei(*words, text="", cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-m", "insei.main", *map(str, words)],
        input=text,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
    )


# Configurations


@pytest.mark.parametrize("kind", [TrainConfig, TournamentConfig])
def test_a_configuration_is_written_and_read_back(kind):
    config = kind()
    assert build(kind, parse_yaml(to_yaml(config), "text")) == config


@pytest.mark.parametrize(
    "path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda one: one.name
)
def test_every_configuration_of_ours_is_valid_and_states_only_what_differs(path):
    values = yaml.safe_load(path.read_text())
    kind = (
        TournamentConfig
        if "players" in values
        else AblationConfig
        if "arms" in values
        else TrainConfig
    )
    config = build(kind, values)
    assert config.name == path.stem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("generation: 3", "unknown key generation: wanted one of .*did you mean generations"),
        (
            "learner: {batchsize: 3}",
            "unknown key learner.batchsize.*did you mean learner.batch_size",
        ),
        ("generations: many", "generations: 'many', wanted a whole number"),
        ("generations: 2.5", "generations: 2.5, wanted a whole number"),
        ("generations: true", "generations: True, wanted a whole number"),
        ("reuse: x", "reuse: 'x', wanted a number"),
        ("rules: 9", "rules: 9, wanted keys and values"),
        ("rules: {ko: super}", "rules.ko: 'super', wanted one of simple"),
        ("rules: {width: 40}", "rules: width 40: wanted a whole number from 1 to 19"),
        ("rules: {suicide: 1}", "rules.suicide: 1, wanted true or false"),
        ("rating: {opponents: random}", "rating.opponents: 'random', wanted a list"),
        ("rating: {opponents: [1]}", r"rating.opponents\[0\]: 1, wanted text"),
        ("name: 7", "name: 7, wanted text"),
        ("[1, 2]", "list, wanted keys and values"),
        ("a: [", "not YAML"),
        ("seed: 1\nname: a\nseed: 2", "text: not YAML: line 3: key seed stands twice"),
        ("rules: {komi: 7, komi: 9}", "key komi stands twice"),
        ("seed: -1", "seed -1: wanted 0 to 9223372036854775807"),
        ("seed: 9223372036854775808", "seed 9223372036854775808: wanted 0 to"),
        ("sizes: [{side: 5}]", r"missing sizes\[0\].komi: wanted side, komi at least"),
        ("name: ..", "name '..': wanted letters.* one at least that is no dot"),
        ("name: .", "name '.'"),
        ("name: ''", "name ''"),
    ],
)
def test_a_bad_configuration_names_the_key_and_what_was_wanted(text, said):
    with pytest.raises(BadConfig, match=said):
        build(TrainConfig, parse_yaml(text, "text"))


def test_settings_lay_over_a_file():
    values = with_settings({"a": {"b": 1, "c": 2}}, ["a.b=3", "d=[x, y]", "e.f=1e-3"])
    assert values == {"a": {"b": 3, "c": 2}, "d": ["x", "y"], "e": {"f": "1e-3"}}
    assert convert(float, "1e-3", "key") == 1e-3
    for word in ("a", "=3", "a.b.c=1"):
        with pytest.raises(BadConfig, match="setting"):
            with_settings({"a": {"b": 1}}, [word])
    for word in ("players=[a", "d=2020-13-01"):
        with pytest.raises(BadConfig, match=f"setting '{re.escape(word)}': not YAML"):
            with_settings({}, [word])


def test_optional_values_may_be_absent():
    @dataclass(frozen=True)
    class Optional:
        number: int | None = None
        many: tuple[int, ...] = field(default=())

    assert build(Optional, {"number": None}).number is None
    assert build(Optional, {"number": 4, "many": [1, 2]}).many == (1, 2)


# Commands and bad input


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trian"], "trian"),
        (["train"], "source"),
        (["train", "nowhere.yaml"], "no file nowhere.yaml"),
        (["train", "tests"], "tests is no run"),
        (["train", "configs/go5.yaml", "--set", "learner.batchsize=2"], "learner.batchsize"),
        (["tournament", "nowhere.yaml"], "no file nowhere.yaml"),
        (["tournament", "configs/go5.yaml"], "configs/go5.yaml: unknown key generations"),
        (["play", "nobody"], "player 'nobody': wanted random, capture"),
        (["play", "net:nowhere"], "no player at nowhere"),
        (["play", "random", "--size", "40"], "size 40: wanted 1 to 19"),
        (["play", "random", "--size", "x"], "size"),
        (["play", "random", "--komi", "0.3"], "komi 0.3: wanted a multiple of 0.5"),
        (["play", "random", "--rules", "ing"], "rules 'ing': wanted one of tromp-taylor"),
        (["play", "random", "--load", "nowhere.sgf"], "nowhere.sgf"),
        (["gtp", "--player", "nobody"], "player 'nobody'"),
        (["gtp", "--plaier", "random"], "plaier"),
    ],
)
def test_what_a_user_gets_wrong_ends_in_one_line_and_status_2(words, said, tmp_path):
    done = insei(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said.lower() in done.stderr.lower()
    assert not (ROOT / "runs" / "tests").exists()


def test_a_broken_sgf_is_named(tmp_path):
    path = tmp_path / "bad.sgf"
    path.write_text("(;SZ[5];B[aa];W[aa];B[bb];W[cc];B[dd])")
    done = insei("play", "random", "--load", path)
    assert done.returncode == 2
    assert "bad.sgf: move 2 by white: A5 for white: occupied" in done.stderr


def test_a_damaged_player_is_named(tmp_path, tiny_package):
    folder = tmp_path / "player"
    folder.mkdir()
    for one in tiny_package.iterdir():
        (folder / one.name).write_bytes(one.read_bytes()[:-9])
    done = insei("play", f"net:{folder}", "--size", 5)
    assert done.returncode == 2
    assert "player.json" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["train", "tournament", "play", "gtp", "version"])
def test_help_teaches(command):
    done = insei(command, "--help")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 3
    if command != "version":
        assert f"insei {command} " in done.stdout  # an example


def test_version_names_what_it_stands_on():
    done = insei("version")
    assert done.returncode == 0
    assert done.stdout.startswith("insei 0.")
    assert "torch 2" in done.stdout


def test_a_tournament_from_the_command_line(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(
        "players: [random, capture]\ngames: 4\nworkers: 0\n"
        "rules: {width: 5, height: 5, komi: 9.5}\n"
    )
    done = insei("tournament", path, "--reports", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "| capture |" in done.stdout
    assert done.stdout.splitlines()[-1] == f"report: {tmp_path / 'tiny' / 'report.html'}"


def test_training_from_the_command_line_and_again(tmp_path):
    path = tmp_path / "mini.yaml"
    path.write_text(
        "generations: 1\ngames_per_generation: 4\nworkers: 0\n"
        "rules: {width: 3, height: 3, komi: 8.5}\n"
        "network: {blocks: 1, channels: 8}\nrating: {every: 0}\n"
        "selfplay: {games_in_flight: 4, search: {visits: 2}}\n"
    )
    done = insei("train", path, "--runs", tmp_path)
    assert done.returncode == 0, done.stderr
    again = insei("train", path, "--runs", tmp_path)
    assert again.returncode == 0, again.stderr
    assert "1 generations learned" in again.stdout
    other = insei("train", path, "--runs", tmp_path, "--set", "learner.batch_size=128")
    assert other.returncode == 2
    assert "exists already, with another learner.batch_size: `insei train " in other.stderr
    assert f"`insei train {tmp_path / 'mini'}` continues it" in other.stderr
    longer = insei("train", tmp_path / "mini", "--set", "generations=2")
    assert longer.returncode == 0, longer.stderr
    assert "2 generations learned" in longer.stdout
    kept = (tmp_path / "mini" / "config.yaml").read_text()
    for setting, said in (
        ("generations=x", "generations"),
        ("network.channels=16", "another net"),
        ("rating={every: 1, opponents: [influance]}", "did you mean influence"),
    ):
        wrong = insei("train", tmp_path / "mini", "--set", setting)
        assert wrong.returncode == 2, wrong
        assert said in wrong.stderr
        assert (tmp_path / "mini" / "config.yaml").read_text() == kept
    played = insei("play", f"search:{tmp_path / 'mini'},visits=4", "--size", 3, text="B2\npass\n")
    assert played.returncode == 0, played.stderr


# GTP


def engine(player=None, size=5):
    return GtpEngine(player or CapturePlayer(), Rules(size, size, 0.5), "1")


def answers(text, **options):
    return list(engine(**options).serve(text.splitlines()))


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
        ("komi 0.3", "? syntax error: komi 0.3"),
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


def test_an_illegal_move_is_refused_and_changes_nothing():
    said = answers("play b A1\nplay w A1\nshowboard")
    assert said[1] == "? illegal move: A1 for white: occupied; white to play\n\n"
    assert "move 2" in said[2]


def test_empty_lines_comments_and_tabs_are_as_the_protocol_says():
    assert answers("\n# all a comment\n  \nname # said\n") == ["= insei capture\n\n"]
    assert answers("play\tb\tA1") == ["=\n\n"]


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
    game = engine(make(), 4)
    for ply in range(200):
        said = game.answer(f"genmove {'bw'[ply % 2]}")
        assert said.startswith("= ")
        if game.position.is_over:
            break
    assert game.position.is_over


COMMANDS = [
    "play",
    "genmove",
    "undo",
    "komi",
    "boardsize",
    "clear_board",
    "showboard",
    "final_score",
    "final_status_list",
    "fixed_handicap",
    "set_free_handicap",
    "time_settings",
    "time_left",
    "kgs-time_settings",
    "kata-set-rules",
    "kata-analyze",
    "loadsgf",
    "rectangular_boardsize",
    "kgs-genmove_cleanup",
]
ARGUMENTS = ["b", "w", "black", "A1", "C3", "pass", "5", "9", "-1", "1e400", "nan", "#", "\x00"]
WORDS = st.sampled_from([*COMMANDS, *ARGUMENTS, "99999999999999999999", "\u0663"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=4).map(" ".join) | st.text(max_size=20), max_size=12))
def test_no_line_breaks_the_engine(lines):
    game = engine(RandomPlayer(), 3)
    for line in lines:
        said = game.answer(line)
        assert said is None or said[0] in "=?"
        assert "\n\n" not in (said or "").strip("\n")
    assert game.answer("boardsize 5") == "="


def test_gtp_over_pipes_with_random_bytes():
    noise = bytes(random.Random(1).randrange(256) for _ in range(3000))
    done = subprocess.run(
        [sys.executable, "-m", "insei.main", "gtp", "--player", "random", "--size", "5"],
        input=noise + b"\n1 genmove b\n2 quit\n",
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    blocks = done.stdout.decode().split("\n\n")
    assert all(block == "" or block[0] in "=?" for block in blocks)
    assert blocks[-2] == "=2"


def test_gtp_quits_cleanly_while_its_input_stays_open():
    with subprocess.Popen(
        [sys.executable, "-m", "insei.main", "gtp", "--player", "random", "--size", "5"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as engine:
        engine.stdin.write(b"1 genmove b\n2 quit\n")
        engine.stdin.flush()
        assert engine.wait(timeout=60) == 0, engine.stderr.read()
        assert engine.stdout.read().endswith(b"\n\n=2\n\n")


CHATTERS = """
class Chatters:
    def choose(self, position):
        print("thinking hard")
        return position.legal_moves()[0]
"""


def test_what_a_player_prints_is_no_part_of_gtp(tmp_path):
    (tmp_path / "own.py").write_text(CHATTERS)
    player = f"python:{tmp_path / 'own.py'}:Chatters"
    done = subprocess.run(
        [sys.executable, "-m", "insei.main", "gtp", "--player", player, "--size", "5"],
        input=b"genmove b\nquit\n",
        capture_output=True,
        cwd=ROOT,
        timeout=60,
    )
    assert done.stdout == b"= A5\n\n=\n\n"
    assert b"thinking hard" in done.stderr


# The line-mode game


def lines_of(text, player=None, mine=BLACK, size=5):
    start = Position(Rules(size, size, 0.5))
    game = LineGame(player or CapturePlayer(), start, mine, 1, "capture", CapturePlayer)
    return list(game.run(io.StringIO(text))), game


def test_a_game_is_played_by_vertices_until_it_is_over():
    said, game = lines_of("C3\npass\npass\npass\npass\n" + "pass\n" * 60)
    assert game.position.moves[0] == 12
    assert game.is_done
    assert said[-2].startswith("black has ")
    assert "you " in said[-2]


def test_the_player_begins_where_the_user_is_white():
    said, game = lines_of("", mine=WHITE)
    assert game.position.num_moves == 1
    assert said[-1] == "No more input; the game is left as it stands."


def test_undo_takes_back_both_moves():
    said, game = lines_of("undo\nC3\nundo\n")
    assert "Nothing to take back." in said
    assert game.position.num_moves == 0


def test_undo_as_white_keeps_the_first_move():
    _, game = lines_of("C3\nundo\nundo\n", mine=WHITE, player=RandomPlayer())
    assert game.position.num_moves in (1, 3)
    assert game.position.to_play == WHITE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Z9", "vertex 'Z9': wanted a letter and a number"),
        ("C3 C4", "vertex 'C3 C4'"),
        ("score", "As it stands, black 0, white 0 and komi 0.5."),
        ("help", "a vertex such as C3"),
        ("resign", "You resign"),
        ("quit", "Left as it stands."),
        ("save", "Type save FILE."),
        ("save /nowhere/x.sgf", "No such file or directory; the game is not saved."),
    ],
)
def test_each_word_is_answered(text, said):
    lines, _ = lines_of(text + "\n")
    assert any(said in line for line in lines)


class Resigns(RandomPlayer):
    def choose(self, position):
        return Choice(RESIGN)


@pytest.mark.parametrize(
    ("text", "player", "result"),
    [
        ("resign\nsave {}\n", None, "W+R"),
        ("pass\n" * 60 + "done\nsave {}\n", None, "W+"),
        ("pass\n" * 60 + "save {}\nundo\n", None, "W+"),  # as it was about to be counted
        ("C3\nsave {}\nscore\n", Resigns, "B+R"),
    ],
)
def test_a_finished_game_is_saved_with_its_result(text, player, result, tmp_path):
    path = tmp_path / "game.sgf"
    said, _ = lines_of(text.format(path), player and player())
    assert f"Saved to {path}." in said
    assert f"RE[{result}" in path.read_text()


def test_a_game_is_saved_and_loaded(tmp_path):
    path = tmp_path / "game.sgf"
    done = insei("play", "capture", "--size", 5, text=f"C3\nsave {path}\nquit\n")
    assert done.returncode == 0, done.stderr
    assert path.read_text().startswith("(;")
    again = insei("play", "capture", "--load", path, text="score\n")
    assert again.returncode == 0, again.stderr
    assert "move 3" in again.stdout
