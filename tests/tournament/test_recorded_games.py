"""Recorded games are replayed: what can't have been played so is set aside, and told."""

import gzip
import json
from dataclasses import replace

import pytest

from insei.system.configuration import build
from insei.system.plain_yaml import read_yaml
from insei.system.records import json_of
from insei.tournament.match import GameRunner, PlayedGame
from insei.tournament.recorded import read_games, why_not
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.paths import ROOT
from tests.helpers.tournaments import CONFIG, hold

JOBS = schedule(CONFIG)
BY_ID = {job.id: job for job in JOBS}


@pytest.fixture(scope="module")
def game():
    """A game that ended by two passes."""
    played = GameRunner().play(JOBS)
    return next(game for game in played if game.reason == "two passes" and game.winner)


def other(winner):
    return 3 - winner


FORGERIES = {
    "another winner": lambda game: {"winner": other(game.winner)},
    "a tie": lambda game: {"winner": 0},
    "another result": lambda game: {"result": game.result + ".5"},
    "a resignation": lambda game: {
        "winner": other(game.winner), "result": f"{' BW'[other(game.winner)]}+R",
        "reason": "resignation",
    },
    "a failure": lambda game: {"reason": "failed: x", "result": "B+F", "winner": 1},
    "a ply limit": lambda game: {"reason": "ply limit"},
    "an end by captures": lambda game: {"reason": "captures"},
    "a move off the board": lambda game: {"moves": [*game.moves[:-3], 361, *game.moves[-2:]]},
    "a stone on a stone": lambda game: {"moves": [*game.moves[:-2], game.moves[0], 25]},
    "moves after the end": lambda game: {"moves": [*game.moves, 25]},
    "a game cut short": lambda game: {"moves": game.moves[:-1]},
    "another opening": lambda game: {"moves": [game.moves[1], game.moves[0], *game.moves[2:]]},
    "fewer opening plies": lambda game: {"opening_plies": 0},
    "other players": lambda game: {"black": game.white, "white": game.black},
    "another number": lambda game: {"number": game.number + 2},
    "a time too many": lambda game: {"seconds": {**game.seconds, "black": [0.1] * 99}},
    "times of one side": lambda game: {"seconds": {"black": [0.1]}},
    "win rates of other moves": lambda game: {"win_rates": [0.5]},
    "no operations": lambda game: {"operations": {}},
    "a legal move called illegal": lambda game: {
        "moves": game.moves[:-2], "reason": "illegal move: 25, x",
        "winner": 2 - len(game.moves) % 2, "result": "B+F" if len(game.moves) % 2 else "W+F",
    },
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGERIES)
def test_a_forged_game_is_set_aside_and_told_by_file_and_line(tmp_path, game, forged):
    path = tmp_path / "games.jsonl"
    bad = replace(game, **FORGERIES[forged](game))
    path.write_text(json_of(game) + "\n" + json_of(bad) + "\n")
    assert read_games(path, BY_ID).values == [game]
    assert read_games(path, BY_ID).notice == ""  # of a game that is there twice the first counts
    path.write_text("\n" + json_of(bad) + "\n")
    found = read_games(path, BY_ID)
    assert found.values == []
    assert found.notice.startswith(f"{path}: line 2 is set aside: ")


def test_a_game_of_another_schedule_is_left_out(tmp_path, game):
    path = tmp_path / "games.jsonl"
    path.write_text(json_of(replace(game, id="0" * 16)) + "\n")
    assert read_games(path, BY_ID).values == []


def damaged(line, **changes):
    return json.dumps(json.loads(line) | changes)


@pytest.mark.parametrize(
    "damage",
    [
        lambda line: "{}",
        lambda line: '{"id": "' + json.loads(line)["id"] + '"}',
        lambda line: damaged(line, moves="none"),
        lambda line: damaged(line, moves=[1e3]),
        lambda line: damaged(line, moves=[-1]),
        lambda line: damaged(line, moves=[10**30]),
        lambda line: damaged(line, winner="black"),
        lambda line: damaged(line, winner=7),
        lambda line: damaged(line, seconds={"black": [float("nan")], "white": []}),
        lambda line: damaged(line, seconds={"black": [-1.0], "white": []}),
        lambda line: damaged(line, seconds=3),
        lambda line: damaged(line, number=None),
        lambda line: damaged(line, number=10**40),
        lambda line: damaged(line, black=["random"]),
        lambda line: damaged(line, operations={"black": -3, "white": 0}),
        lambda line: damaged(line, win_rates=[float("inf")]),
        lambda line: "[" * 60_000,
        lambda line: '{"id": ' * 60_000,
        lambda line: line[: len(line) // 2],
        lambda line: line.replace('"', "\xff"),
    ],
)
def test_a_damaged_line_costs_that_game_and_is_told(tmp_path, damage):
    hold(tmp_path)
    path = tmp_path / CONFIG.name / "games.jsonl"
    first, *lines = path.read_text().splitlines()
    path.write_bytes("\n".join([damage(first), *lines, ""]).encode("latin-1"))
    told = []
    report = hold(tmp_path, play=None, notice=told.append)
    assert json.loads(report.with_suffix(".json").read_text())["games"] == 11
    assert [line.partition(":")[0] for line in told] == [str(path)]
    assert "line 1 is set aside" in told[0]
    hold(tmp_path)  # plays it again
    assert json.loads(report.with_suffix(".json").read_text())["games"] == 12


@pytest.mark.parametrize("name", ["players.json", "footprints.json"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "3",
        "{nonsense",
        '{"random": 3}',
        '{"random": {"plies": "x"}}',
        "[" * 60_000,
        "\xff",
    ],
)
def test_a_damaged_file_of_a_tournament_is_one_line(tmp_path, name, text):
    hold(tmp_path)
    path = tmp_path / CONFIG.name / name
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=rf"{name}: .*; wanted that file moved away") as refused:
        hold(tmp_path)
    assert "\n" not in str(refused.value)


def test_bad_lines_of_sessions_are_told_and_the_report_is_written(tmp_path):
    hold(tmp_path)
    path = tmp_path / CONFIG.name / "sessions.jsonl"
    path.write_text('{"began": 3}\n{"players": {}}\n' + path.read_text())
    told = []
    hold(tmp_path, notice=told.append)
    assert len(told) == 1
    assert told[0].startswith(f"{path}: 2 lines are set aside; line 1: began: 3, wanted")


RECORDED = ("contrast9", "gnugo9-6b64", "nets7", "several-boards/7x7", "timed9")


@pytest.mark.parametrize("name", RECORDED)
def test_the_games_of_published_results_replay(tmp_path, name):
    folder = ROOT / "docs" / "results" / name
    path = tmp_path / "games.jsonl"
    path.write_bytes(gzip.decompress((folder / "games.jsonl.gz").read_bytes()))
    config = build(TournamentConfig, read_yaml(folder / "config.yaml"))
    jobs = {job.id: job for job in schedule(config)}
    found = read_games(path, jobs)
    assert found.notice == ""
    assert {game.id for game in found.values} == set(jobs)


def test_every_end_of_a_game_is_believed(tmp_path):
    from insei.agents.player import RESIGN, PlayerFailed
    from insei.engine.rules import Rules
    from insei.tournament.match import forfeit, play_game
    from tests.helpers.tournaments import JOB, Scripted

    class Fails(Scripted):
        def choose(self, position):
            raise PlayerFailed("tired")

    class NeverBegins(Scripted):
        def new_game(self, rules, seed):
            raise PlayerFailed("asleep")

    short = replace(JOB, max_plies=2)
    atari = replace(JOB, rules=Rules(3, 3, 0.5, captures_to_win=1))
    for job, game in (
        (JOB, play_game(JOB, Scripted(9), Scripted(9))),
        (JOB, play_game(JOB, Scripted(4, RESIGN), Scripted(0))),
        (JOB, play_game(JOB, Scripted(4, 4), Scripted(0))),
        (JOB, play_game(JOB, Scripted(4), Fails())),
        (JOB, play_game(JOB, NeverBegins(), Scripted(9))),
        (JOB, play_game(JOB, Scripted(9), NeverBegins())),
        (JOB, forfeit(JOB, 1, "given up")),
        (JOB, forfeit(JOB, 2, "given up")),
        (short, play_game(short, Scripted(4), Scripted(0))),
        (atari, play_game(atari, Scripted(1, 3), Scripted(0, 8))),
    ):
        assert isinstance(game, PlayedGame)
        assert why_not(game, job) == "", game.reason
