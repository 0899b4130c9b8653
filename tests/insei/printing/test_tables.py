"""Tables fit the terminal, lose nothing, and steer nothing."""

import gzip
import io
import re
import sys
from itertools import pairwise

import pytest

from insei.printing import tables
from insei.printing.tables import Heading, table_text
from insei.printing.tournament_tables import report_lines
from insei.system.configuration import build
from insei.system.plain_yaml import read_yaml
from insei.tournament.cost import cost_of_program
from insei.tournament.recorded import read_games
from insei.tournament.report import Facts, summarise
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.hostile.text import HOSTILE, steering
from tests.helpers.paths import ROOT

HEADINGS = [
    Heading("player", is_number=False),
    Heading("Elo"),
    Heading("games", is_optional=True),
    Heading("learned numbers", is_optional=True),
]
ROWS = [["go9, 200 visits, and a long name that goes on", "+678", 526, "190 k"], ["b", "-1", 2, 0]]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The recorded tournament of eleven players."""
    recorded = ROOT / "docs" / "results" / "contrast9"
    config = build(TournamentConfig, read_yaml(recorded / "config.yaml"))
    path = tmp_path_factory.mktemp("recorded") / "games.jsonl"
    path.write_bytes(gzip.decompress((recorded / "games.jsonl.gz").read_bytes()))
    games = read_games(path, {job.id: job for job in schedule(config)}).values
    costs = {player: cost_of_program(player) for player in config.players}
    return summarise(config, games, Facts(costs))


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal_and_numbers_are_whole(width):
    said = table_text(HEADINGS, ROWS, width)
    assert max(map(len, said.splitlines())) <= width
    assert "+678" in said
    assert said.splitlines()[0].startswith("player")
    letters = said.replace("\n", " ")
    assert "go9, 200 visits" in " ".join(letters.split())


def test_optional_columns_go_first_from_the_right():
    wide, narrow, narrowest = (table_text(HEADINGS, ROWS, width) for width in (60, 36, 25))
    assert "learned numbers" in wide
    assert "learned" not in narrow
    assert "games" in narrow
    assert "games" not in narrowest
    assert "+678" in narrowest


def test_where_there_is_no_terminal_nothing_is_folded(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    assert ROWS[0][0] in table_text(HEADINGS, ROWS)


def test_the_terminal_is_asked_for_its_width(monkeypatch):
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "44")
    assert tables.screen_width() == 44
    assert max(map(len, table_text(HEADINGS, ROWS).splitlines())) <= 44


def test_a_stream_without_lines_gets_ascii(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert table_text(HEADINGS, [["a", "1", 2, 3]]).isascii()


def test_what_comes_from_files_is_shown_in_its_cell():
    said = table_text([Heading("a", is_number=False), Heading("b")], [[HOSTILE + "\n[red]x", 1]])
    assert not steering(said)
    assert "[red]x" in said
    assert len(said.splitlines()) == 3


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_tournament_of_eleven_fits(report, width):
    pieces = list(report_lines(report, width))
    ratings = pieces[2].splitlines()
    assert max(map(len, ratings)) <= width
    elos = [int(elo) for elo in re.findall(r" ([+-]\d+|0) +(?:±|fixed)", pieces[2])]
    assert elos == [round(one.elo) for one in report.ratings]
    assert all(one >= other for one, other in pairwise(elos))
    crosstable = pieces[4].splitlines()
    assert max(map(len, crosstable)) <= max(width, 60)
    assert ("100" in pieces[4]) == (width >= 80)
    commands = [piece for piece in pieces if piece.startswith("go9, 200 visits: ")]
    assert commands == ["go9, 200 visits: search:go9,rule=puct,visits=200"]
