"""What a player announces it can answer, and the commands that tell of a game."""

import json

import numpy as np
import pytest

from insei.agents.grammar import make_player
from insei.agents.net.net_player import NetPlayer
from insei.agents.search.search_player import SearchPlayer
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.engine.sgf.record import read_sgf
from tests.helpers.gtp import RULES, Controller, engine, told

PUCT = SearchSettings(rule="puct", visits=8, noise=0)
ANALYSIS = {
    *("lz-analyze", "kata-analyze", "lz-genmove_analyze", "kata-genmove_analyze"),
    *("kata-search_analyze", "kata-search_analyze_cancellable"),
}
NET = {"kata-raw-nn", "insei-ownership", "insei-policy"}
ARGUMENTS = {  # what a controller would send; no argument where there is none
    "play": "b C3",
    "set_free_handicap": "A1 B2",
    "set_position": "b A1 w B2",
    "gogui-setup": "b A1",
    "gogui-play_sequence": "b A1 w B2",
    "is_legal": "b C3",
    "boardsize": "5",
    "rectangular_boardsize": "5 5",
    "komi": "7.25",
    "fixed_handicap": "2",
    "place_free_handicap": "2",
    "known_command": "play",
    "final_status_list": "dead",
    "time_settings": "60 10 1",
    "time_left": "b 10 0",
    "kgs-time_settings": "byoyomi 60 10 5",
    "kata-time_settings": "fischer-capped 60 5 120 -1",
    "kata-set-rules": "chinese-ogs",
    "kata-set-rule": "ko SIMPLE",
    "kgs-rules": "chinese",
    "kata-raw-nn": "all",
    "lz-analyze": "b 1",
    "kata-analyze": "b 1",
}
COLOURED = {
    *("genmove", "reg_genmove", "kata-search", "kgs-genmove_cleanup", "list_stones", "all_legal"),
    *("gogui-setup_player", *ANALYSIS),
}


@pytest.fixture(params=["random", "net", "search"])
def player(request, tiny_package):
    if request.param == "random":
        return make_player("random")
    if request.param == "net":
        return NetPlayer(tiny_package, "net")
    return SearchPlayer(tiny_package, "search", PUCT)


def test_analyses_are_announced_by_players_that_can(player):
    listed = set(engine(player).answer("list_commands")[2:].split())
    assert ANALYSIS & listed == (ANALYSIS if player.name == "search" else set())
    assert NET & listed == (set() if player.name == "random" else NET)
    for name in ANALYSIS | NET:
        known = engine(player).answer(f"known_command {name}")
        assert known == f"= {str(name in listed).lower()}"


def test_every_command_that_is_announced_works(player, tmp_path):
    for name in engine(player, Rules(7, 7, 0.5)).answer("list_commands")[2:].split():
        game = engine(player, Rules(7, 7, 0.5))
        if name in ("undo", "last_move"):
            game.answer("play b C3")
        if name == "loadsgf":
            path = tmp_path / "game.sgf"
            path.write_text("(;SZ[7];B[aa])")
            words = str(path)
        else:
            words = ARGUMENTS.get(name, "b" if name in COLOURED else "")
        said = "".join(game.serve(Controller([f"{name} {words}".strip()])))
        assert said.startswith("="), (name, said)


def test_the_time_systems_are_listed_and_understood():
    game = engine()
    systems = game.answer("kata-list_time_settings")[2:].split()
    assert {"none", "absolute", "byoyomi", "canadian", "fischer", "fischer-capped"} == set(systems)
    numbers = {"none": "", "absolute": "60", "fischer": "60 1", "fischer-capped": "60 1 90 -1"}
    for system in systems:
        assert game.answer(f"kata-time_settings {system} {numbers.get(system, '60 10 3')}") == "="


def test_stones_and_moves_are_told():
    game = engine()
    assert told(game, "list_stones black", "last_move", "move_history") == [
        *("=", "? no previous move known", "=")
    ]
    told(game, "play b A1", "play w B2", "play w pass", "play b E5")
    assert told(game, "list_stones black", "list_stones w", "last_move", "move_history") == [
        *("= E5 A1", "= B2", "= black E5"),
        "= black E5\nwhite pass\nwhite B2\nblack A1",
    ]
    assert told(game, "is_legal b A1", "is_legal w A2", "query_boardsize") == ["= 0", "= 1", "= 5"]
    assert game.answer("all_legal white").split()[1:3] == ["A5", "B5"]
    assert len(game.answer("all_legal white").split()) == 1 + 25 - 3
    assert game.answer("list_stones").startswith("? syntax error")


def test_the_game_is_printed_as_sgf(tmp_path):
    game = engine()
    told(game, "komi 3.5", "play b A1", "play w B2")
    said = game.answer("printsgf")
    assert "\n\n" not in said
    assert read_sgf(said[2:]).position == game.position
    assert game.answer("printsgf -") == said
    path = tmp_path / "game.sgf"
    assert game.answer(f"printsgf {path}") == "="
    assert read_sgf(path.read_bytes()).position == game.position
    assert game.answer("printsgf /nowhere/game.sgf").startswith("? cannot write /nowhere/game.sgf:")
    assert game.answer("printsgf a b")[0] == "?"


def test_stones_are_set_up():
    game = engine()
    assert told(game, "set_position b A1 w B2", "list_stones b", "list_stones w") == [
        *("=", "= A1", "= B2")
    ]
    assert told(game, "gogui-setup b C3", "gogui-setup_player w", "list_stones b") == [
        *("=", "=", "= C3 A1")
    ]
    assert game.position.to_play == 2
    assert game.answer("set_position b A1 w A1")[0] == "?"
    assert game.answer("set_position b pass")[0] == "?"
    assert game.answer("set_position b")[0] == "?"
    assert game.answer("set_position w A1 b A2 b B1") == "? invalid position: " + (
        game.answer("set_position w A1 b A2 b B1").removeprefix("? invalid position: ")
    )
    assert game.answer("list_stones b") == "= C3 A1"
    told(game, "play w E5")
    assert game.answer("gogui-setup b D4").startswith("? gogui-setup amid a game")
    assert told(game, "set_position", "list_stones b") == ["=", "="]


def test_a_sequence_is_played_as_a_whole_or_not_at_all():
    game = engine()
    assert game.answer("gogui-play_sequence b A1 w B2 b C3") == "="
    assert game.answer("gogui-play_sequence w D4 b D4").startswith("? illegal move")
    assert game.answer("gogui-play_sequence w D4 b").startswith("? syntax error")
    assert game.answer("gogui-play_sequence w D4 b Z9").startswith("? syntax error")
    assert len(game.position.moves) == 3


def test_a_move_that_is_only_asked_for_is_not_played(player):
    game = engine(player)
    for command in ("reg_genmove b", "kata-search w"):
        assert game.answer(command).startswith("= ")
    assert not game.position.moves
    assert float(game.answer("cputime")[2:]) >= 0


def test_gogui_is_offered_what_the_player_has(player):
    menu = engine(player).answer("gogui-analyze_commands")[2:].splitlines()
    listed = engine(player).answer("list_commands").split()
    for line in menu:
        kind, label, command = line.split("/")
        assert kind in {"string", "hstring", "plist", "none", "dboard"}
        assert label
        assert command.split()[0] in listed
    assert any("insei-ownership" in line for line in menu) == (player.name != "random")


def test_a_net_tells_what_it_sees(tiny_package):
    game = engine(NetPlayer(tiny_package, "net"))
    told(game, "play b C3")
    words = game.answer("kata-raw-nn 0").split()
    assert words[1:3] == ["symmetry", "0"]
    win, loss = (float(words[words.index(f"white{end}") + 1]) for end in ("Win", "Loss"))
    assert win + loss == pytest.approx(1)
    first = words.index("policy") + 1
    policy = np.array([float(word) for word in words[first : first + 25]])
    assert np.flatnonzero(np.isnan(policy)).tolist() == [12]
    rest = float(words[words.index("policyPass") + 1])
    assert np.nansum(policy) + rest == pytest.approx(1, abs=1e-4)
    assert len(words) - words.index("whiteOwnership") - 1 == 25
    assert game.answer("kata-raw-nn all").count("symmetry") == 8
    assert game.answer("kata-raw-nn b 7")[0] == "="
    for line in ("kata-raw-nn", "kata-raw-nn 8", "kata-raw-nn x", "kata-raw-nn b"):
        assert game.answer(line).startswith("? syntax error"), line
    assert game.answer("boardsize 5 4") == "="
    assert game.answer("kata-raw-nn all").count("symmetry") == 4
    assert len(game.answer("insei-ownership").split()) == 1 + 20
    assert max(float(word) for word in game.answer("insei-policy").split()[1:]) == 1


def test_a_player_without_a_net_has_no_raw_figures():
    assert engine().answer("kata-raw-nn 0").startswith("? capture has no net")


def test_clocks_are_told():
    game = engine()
    assert json.loads(game.answer("kata-debug-print-tc")[2:]) == {}
    told(game, "time_settings 60 10 1")
    assert json.loads(game.answer("kata-debug-print-tc")[2:])["black"]["main_left"] == 60


def test_an_engine_may_go_by_another_name():
    game = engine(name="KataGo")
    assert told(game, "name", "version") == ["= KataGo", "= 1"]


def test_a_forgotten_search_begins_anew(tiny_package):
    player = SearchPlayer(tiny_package, "search", PUCT)
    game = engine(player)
    told(game, "genmove b")
    before = player.search
    assert game.answer("clear_cache") == "="
    told(game, "genmove w")
    assert player.search is not before
    assert game.position.rules == RULES
