"""The frozen ladder, and players rated on it."""

import json

import numpy as np
import pytest

from insei.commands.rate import rate
from insei.engine.rules import Rules
from insei.main import main
from insei.system.records import json_of, record_of
from insei.tournament import ladder
from insei.tournament.ladder import Ladder, Rung, ladder_from, ladder_sizes, read_ladder
from insei.tournament.placement import placed_on, rate_player
from insei.tournament.ratings import place
from insei.tournament.recorded_report import RecordedReport


@pytest.mark.parametrize("size", ladder_sizes())
def test_a_ladder_names_players_that_can_be_seated(size):
    from insei.agents.grammar import make_player

    found = read_ladder(size)
    assert found.elo_of("random").elo == 0
    elos = [rung.elo for rung in found.rungs]
    assert elos == sorted(elos, reverse=True)
    for rung in found.rungs:
        assert rung.low <= rung.elo <= rung.high
        make_player(rung.player).close()


def test_the_best_of_a_report_may_be_placed_beside_the_rungs(tmp_path, monkeypatch):
    rated = [
        {"player": name, "elo": elo, "low": elo - 9, "high": elo + 9, "score": 0.5}
        for name, elo in (("uct", 900.04), ("influence", 600.0), ("random", 0.0))
    ]
    rules = {"width": 5, "height": 5, "komi": 14.5}
    values = {"config": {"rules": rules, "opening_plies": 2, "games": 20}, "ratings": rated}
    report = record_of(RecordedReport, json.dumps(values), "")
    with pytest.raises(ValueError, match="placed 2: wanted 0 to 1, so that two rungs are left"):
        ladder_from(report, 2)
    (tmp_path / "5x5.json").write_text(json_of(ladder_from(report, 1)))
    monkeypatch.setattr(ladder, "LADDERS", tmp_path)
    found = read_ladder(5)
    assert [rung.player for rung in found.rungs] == ["influence", "random"]
    assert found.elo_of("uct") == Rung("uct", 900.0, 891.0, 909.0)


def test_a_player_is_placed_where_its_points_put_it():
    rng = np.random.default_rng(3)
    truth, inside = 130.0, 0
    elos = [0.0, 100.0, 250.0, 400.0]
    for _ in range(200):
        results = []
        for elo in elos:
            chance = 1 / (1 + 10 ** ((elo - truth) / 400))
            results.append((elo, float(rng.binomial(40, chance)), 40))
        found, half = place(results)
        inside += abs(found - truth) <= half
    assert 0.90 <= inside / 200 <= 0.99


def test_a_player_who_won_or_lost_all_is_placed_finitely():
    best, _ = place([(0.0, 20.0, 20), (300.0, 20.0, 20)])
    worst, _ = place([(0.0, 0.0, 20), (300.0, 0.0, 20)])
    assert 300 < best < 2000
    assert -2000 < worst < 0


@pytest.fixture
def small_ladder(tmp_path, monkeypatch):
    report = {
        "config": {
            "rules": {"width": 5, "height": 5, "komi": 14.5},
            "opening_plies": 2,
            "games": 20,
        },
        "ratings": [
            {"player": "influence", "elo": 620.04, "low": 500, "high": 740, "score": 0.9},
            {"player": "random", "elo": 0, "low": 0, "high": 0, "score": 0.1},
        ],
    }
    ladder_file = ladder_from(record_of(RecordedReport, json.dumps(report), ""))
    (tmp_path / "5x5.json").write_text(json_of(ladder_file))
    monkeypatch.setattr(ladder, "LADDERS", tmp_path)


def test_a_player_is_rated_from_the_command_line(small_ladder, capsys):
    rate("capture", size=5, games=20, workers=0)
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["rung", "Elo", "points", "95", "%", "games"]
    assert said[2].split()[:2] == ["influence", "+620"]
    assert said[-1].startswith("capture: +")
    elo = float(said[-1].split()[1])
    assert 150 < elo < 550  # +334 in the README's tournament


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["capture", "--size", "6"], "no ladder for size 6: wanted one of 5"),
        (["capture", "--size", "5", "--games", "3"], "games 3: wanted an even number"),
        (["nobody", "--size", "5"], "player 'nobody'"),
    ],
)
def test_what_cannot_be_rated_is_refused(small_ladder, words, said, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["rate", *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


RUNGS = Ladder(
    Rules(9, 9, 7.0), 4, 20, (Rung("strong", 1000, 800, 1200), Rung("anchor", 0.0, 0.0, 0.0))
)


def test_new_players_are_placed_among_frozen_rungs_and_by_games_among_themselves():
    new = placed_on(
        RUNGS,
        {
            ("strong", "middle"): (75.0, 100),  # 191 Elo
            ("middle", "low"): (75.0, 100),
            ("low", "anchor"): (97.0, 100),
        },
    )
    assert [one.player for one in new] == ["middle", "low"]
    assert new[0].elo == pytest.approx(809, abs=10)
    assert new[1].elo == pytest.approx(615, abs=15)
    assert new[0].low < 809 - 200  # the rung's own uncertainty is in it
    assert new[0].high - new[0].elo == pytest.approx(new[0].elo - new[0].low)


def test_a_player_whose_games_lead_to_no_rung_is_not_placed():
    with pytest.raises(ValueError, match="island, sea: wanted games that lead to a rung"):
        placed_on(RUNGS, {("island", "sea"): (5.0, 10)})


def test_a_player_is_rated_from_python_and_watched(small_ladder):
    seen = []
    placed = rate_player("capture", read_ladder(5), games=4, watch=seen.append)
    assert [(one.done, one.total) for one in seen] == [(done, 8) for done in range(1, 9)]
    assert placed.num_games == 8
    assert placed.rating.low < placed.rating.elo < placed.rating.high
    assert [rung.player for rung, _ in placed.cells] == ["influence", "random"]
    assert placed.failures == {}


def test_a_ladder_is_printed_from_a_report(tmp_path, capsys):
    rated = [{"player": name, "elo": 0, "low": 0, "high": 0, "score": 0} for name in "abc"]
    rules = {"width": 5, "height": 5, "komi": 14.5}
    values = {"config": {"rules": rules, "opening_plies": 2, "games": 20}, "ratings": rated}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(values))
    main(["ladder", str(path), "--placed", "1"])
    values = json.loads(capsys.readouterr().out)
    assert [one["player"] for one in values["rungs"]] == ["b", "c"]
    assert [one["player"] for one in values["placed"]] == ["a"]


@pytest.mark.parametrize("text", ["{}", "[]", "no json", '{"config": {}, "ratings": []}'])
def test_what_is_no_report_makes_no_ladder(tmp_path, text, capsys):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["ladder", str(path)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"insei: {path}: ")
    assert said.endswith("; wanted a tournament's report.json\n")
    assert said.count("\n") == 1


def test_a_report_that_is_not_there_is_named(tmp_path, capsys):
    path = tmp_path / "nowhere.json"
    with pytest.raises(SystemExit) as ended:
        main(["ladder", str(path)])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"insei: {path}: No such file or directory; wanted")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[" * 60_000, "not JSON"),
        ("{}", "rules: missing"),
        ('{"rules": {"width": 99}, "opening_plies": 4, "games": 20, "rungs": []}', "rules"),
        ('{"rules": {}, "opening_plies": 4, "games": 20, "rungs": []}', "rungs"),
        ('{"rules": {}, "opening_plies": "4", "games": 20, "rungs": [1]}', "opening_plies: '4'"),
        (
            '{"rules": {}, "opening_plies": 4, "games": 20, '
            '"rungs": [{"player": "a", "elo": NaN, "low": 0, "high": 0}]}',
            "elo: nan, wanted a finite number",
        ),
    ],
)
def test_a_damaged_ladder_is_one_line(tmp_path, monkeypatch, text, said):
    monkeypatch.setattr(ladder, "LADDERS", tmp_path)
    (tmp_path / "5x5.json").write_text(text)
    with pytest.raises(ValueError, match=said) as refused:
        read_ladder(5)
    assert str(refused.value).startswith(f"{tmp_path}/5x5.json: ")
    assert "\n" not in str(refused.value)
