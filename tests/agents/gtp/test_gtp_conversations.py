"""What clients send, line by line, and that it is answered as they need it.

The order and the form of the lines are those of gtp2ogs, CGOS's Python client, gogui-twogtp 1.6,
Sabaki's engine syncer and Lizzie, run or read in 2026.
"""

import re

import pytest

from insei.agents.grammar import make_player
from insei.agents.search.search_player import SearchPlayer
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from tests.helpers.gtp import Controller, engine

PUCT = SearchSettings(rule="puct", visits=8, noise=0)
ANY = re.compile("")
VERTEX = re.compile(r"= ([A-HJ-T]\d+|pass|resign)")
DONE = re.compile("=$")


@pytest.fixture
def thinker(tiny_package):
    return SearchPlayer(tiny_package, "search", PUCT)


def talk(game, *exchange):
    """Send each line, and check that its answer is as expected."""
    for line, wanted in exchange:
        said = "".join(game.serve(Controller([line]))).removesuffix("\n\n")
        assert said.startswith("="), (line, said)
        assert wanted.match(said), (line, said)


def test_gtp2ogs_sets_a_game_up_and_keeps_its_clock(thinker):
    """It ends lines by a carriage return, and sends clocks before each move."""
    clock = [
        ("kata-time_settings fischer-capped 60 10 120 -1\r", DONE),
        ("time_left black 60 0\r", DONE),
        ("time_left white 58 0\r", DONE),
    ]
    talk(
        engine(thinker, is_tolerant=True),
        ("list_commands\r", re.compile(r"=[\s\w-]*kata-list_time_settings[\s\w-]*kata-time_set")),
        ("kata-list_time_settings\r", re.compile(r"= .*fischer-capped")),
        ("boardsize 9 7\r", DONE),
        ("clear_board\r", DONE),
        ("komi 6.5\r", DONE),
        ("set_free_handicap C3 G5\r", DONE),
        *clock,
        ("genmove white\r", VERTEX),
        ("play black D4\r", DONE),
        ("kgs-time_settings byoyomi 600 30 5\r", DONE),
        ("time_left black 30 5\r", DONE),
        ("time_settings 0 1 0\r", DONE),
        ("genmove white\r", VERTEX),
        ("showboard\r", ANY),
        ("final_score\r", re.compile(r"= ([BW]\+|0)")),
        ("quit\r", DONE),
    )


def test_cgos_plays_with_analysis_where_it_is_listed(thinker):
    game = engine(thinker, is_tolerant=True)
    move = re.compile(r"=\ninfo move [\s\S]* ownership [-\d. ]+\nplay ([A-HJ-T]\d+|pass|resign)$")
    talk(
        game,
        ("list_commands", re.compile(r"=[\s\S]*kata-genmove_analyze")),
        ("boardsize 5", DONE),
        ("komi 7.0", DONE),
        ("clear_board", DONE),
        ("time_settings 300 0 0", DONE),
        ("time_left B 300 0", DONE),
        ("kata-genmove_analyze b ownership true", move),
        ("play W A1", DONE),
        ("time_left B 299 0", DONE),
        ("kata-genmove_analyze b ownership true", move),
        ("quit", DONE),
    )


@pytest.mark.parametrize("name", ["random", "capture", "influence"])
def test_cgos_plays_without_analysis_where_it_is_not_listed(name):
    game = engine(make_player(name), Rules(9, 9), is_tolerant=True)
    listed = game.answer("list_commands").split()
    assert not [command for command in listed if command.endswith("genmove_analyze")]
    talk(game, ("time_settings 300 0 0", DONE), ("time_left b 300 0", DONE), ("genmove b", VERTEX))


def test_gogui_twogtp_asks_for_what_it_needs():
    talk(
        engine(make_player("random"), is_tolerant=True),
        ("protocol_version", re.compile("= 2$")),
        ("list_commands", re.compile(r"=[\s\S]*cputime")),
        ("name", re.compile("= insei random")),
        ("version", ANY),
        ("boardsize 9", DONE),
        ("clear_board", DONE),
        ("komi 7.0", DONE),
        ("genmove b", VERTEX),
        ("play w PASS", DONE),
        ("cputime", re.compile(r"= \d+\.\d+$")),
        ("final_score", re.compile(r"= [BW]\+\d")),
        ("quit", DONE),
    )


def test_sabaki_synchronises_and_analyses(thinker):
    info = re.compile(r"=\ninfo move \w+ visits \d+ .*winrate 0?\.?\d+ .* pv [\w ]+")
    talk(
        engine(thinker, is_tolerant=True),
        ("name", ANY),
        ("version", ANY),
        ("protocol_version", re.compile("= 2$")),
        ("list_commands", ANY),
        ("boardsize 5", DONE),
        ("komi 7", DONE),
        ("clear_board", DONE),
        ("play B C3", DONE),
        ("undo", DONE),
        ("kata-analyze B 50", info),
        ("kata-genmove_analyze B 50", re.compile(r"=\n[\s\S]*\nplay \w+$")),
    )


def test_lizzie_reads_scores_of_an_engine_that_goes_by_katagos_name(thinker):
    talk(
        engine(thinker, is_tolerant=True, name="KataGo"),
        ("name", re.compile("= KataGo$")),
        ("boardsize 5", DONE),
        ("komi 7.5", DONE),
        ("kata-set-rules chinese", DONE),
        ("kata-get-rules", re.compile(r"= \{.*whiteHandicapBonus")),
        ("kata-raw-nn 0", re.compile("= symmetry 0\nwhiteWin")),
        ("kata-analyze 10 ownership true", re.compile(r"=\ninfo .*scoreMean \S+ scoreStdev \S+")),
        ("stop", DONE),
        ("clear_cache", DONE),
    )
