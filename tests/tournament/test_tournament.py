"""A tournament on disk: its folder, its report, and how it goes on after a stop."""

import json
from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from insei.engine.rules import Rules
from insei.engine.sgf.record import read_sgf
from insei.system.configuration import to_yaml
from insei.system.records import record_of
from insei.tournament import provenance
from insei.tournament.cost import PlayerCost
from insei.tournament.folder import TournamentFolder, sgf_name
from insei.tournament.match import PlayedGame, play_game
from insei.tournament.page.replays import replays_of
from insei.tournament.playing import play_here
from insei.tournament.recorded import read_games
from insei.tournament.report import Facts, write_report
from insei.tournament.schedule import schedule
from insei.tournament.session import hold_tournament
from insei.tournament.tournament_config import PairingConfig
from tests.helpers.tournaments import CONFIG, JOB, Scripted, hold


def test_a_tournament_leaves_games_ratings_and_reports(tmp_path):
    report = hold(tmp_path)
    html = report.read_text()
    values = json.loads(report.with_suffix(".json").read_text())
    assert values["games"] == 12
    assert {one["player"] for one in values["ratings"]} == set(CONFIG.players)
    markdown = report.with_suffix(".md").read_text()
    best = values["ratings"][0]
    for text in (html, markdown):
        assert best["player"] in text
        assert f"{best['elo']:+.0f}" in text
    fetched = html.replace("http://www.w3.org/2000/svg", "")  # a name, no address
    assert "http" not in fetched
    assert "src=" not in fetched
    lines = (report.parent / "games.jsonl").read_text().splitlines()
    assert len(lines) == 12
    for line in lines:
        game = json.loads(line)
        path = report.parent / "sgf" / sgf_name(game["number"], game["id"])
        record = read_sgf(path.read_text())
        assert record.position.moves == game["moves"]
        assert record.result == game["result"]
        assert (
            len(game["seconds"]["black"]) + len(game["seconds"]["white"])
            == len(game["moves"]) - game["opening_plies"]
        )


def test_players_names_are_escaped_in_the_page(tmp_path):
    config = replace(CONFIG, players=("random", "<b>"))
    game = play_game(replace(JOB, black="random", white="<b>"), Scripted(9), Scripted(9))
    parts = dict.fromkeys(("random", "<b>"), PlayerCost("moves", 0, 0, 0))
    write_report(tmp_path, config, [game], Facts(parts))
    assert "<b>" not in (tmp_path / "report.html").read_text()
    assert "\\<b\\> |" in (tmp_path / "report.md").read_text()


def test_an_interrupted_tournament_goes_on(tmp_path):
    class Stop(Exception):
        pass

    def stop_after_five(jobs):
        for number, games in enumerate(play_here(jobs)):
            if number == 5:
                raise Stop
            yield games

    with pytest.raises(Stop):
        hold(tmp_path, play=stop_after_five)
    path = tmp_path / "small" / "games.jsonl"
    with path.open("a") as file:
        file.write('{"id": "cut sho')
    played = []

    def count(jobs):
        played.extend(jobs)
        return play_here(jobs)

    hold(tmp_path, play=count)
    assert len(played) == 7
    straight = hold(tmp_path / "again")
    jobs = {job.id: job for job in schedule(CONFIG)}
    values = [
        {game.id: game.moves for game in read_games(one / "games.jsonl", jobs).values}
        for one in (straight.parent, path.parent)
    ]
    assert values[0] == values[1]


def test_a_folder_belongs_to_one_configuration_and_one_program(tmp_path):
    hold(tmp_path)
    with pytest.raises(
        ValueError, match=r"other conditions \(.*config.yaml: rules.komi, opening_plies"
    ):
        hold(tmp_path, replace(CONFIG, rules=Rules(5, 5, 13.5), opening_plies=3))
    file = tmp_path / "small" / "config.yaml"
    text = file.read_text()
    older = text.replace("openings: null\n", "").replace("anchor: null", "anchor: ''")
    assert older != text
    file.write_text(older + "max_plies_per_point: 6.0\n")  # as older versions wrote it
    hold(tmp_path)
    assert file.read_text() == text
    file.write_text("")
    with pytest.raises(ValueError, match=r"config.yaml: not a tournament's configuration; wanted"):
        hold(tmp_path)
    file.write_text(text)
    folder = TournamentFolder(tmp_path / "small", to_yaml(CONFIG))
    with pytest.raises(ValueError, match="in use by process"):
        TournamentFolder(tmp_path / "small", to_yaml(CONFIG))
    folder.close()


def test_a_tournament_goes_on_with_more_players_and_more_games(tmp_path):
    hold(tmp_path, replace(CONFIG, players=("influence", "random")))
    played = []

    def count(jobs):
        played.extend(jobs)
        return play_here(jobs)

    few = PairingConfig("random", "influence", 6)
    hold(tmp_path, replace(CONFIG, games=2, pairings=(few,)), play=count)
    pairs = Counter(frozenset((job.black, job.white)) for job in played)
    assert pairs == {
        frozenset(("random", "influence")): 2,  # beside the four that were played
        frozenset(("random", "capture")): 2,
        frozenset(("capture", "influence")): 2,
    }
    lines = (tmp_path / "small" / "games.jsonl").read_text().splitlines()
    assert len(lines) == len({json.loads(line)["id"] for line in lines}) == 10
    assert len(list((tmp_path / "small" / "sgf").iterdir())) == 10
    report = hold(tmp_path, replace(CONFIG, players=("capture", "influence"), games=2))
    assert json.loads(report.with_suffix(".json").read_text())["games"] == 2
    assert (tmp_path / "small" / "games.jsonl").read_text().splitlines() == lines  # all kept


def test_a_name_that_means_another_net_than_before_is_refused(tmp_path):
    hold(tmp_path)
    path = tmp_path / "small" / "players.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"capture": "abc"}))
    with pytest.raises(ValueError, match="capture has changed since it first played"):
        hold(tmp_path)


def test_an_unknown_player_is_refused_before_any_game(tmp_path):
    with pytest.raises(ValueError, match="nobody"):
        hold(tmp_path, replace(CONFIG, players=("random", "nobody")))
    assert not (tmp_path / "small" / "games.jsonl").exists()


def test_games_that_repeat_others_are_counted(tmp_path):
    config = replace(CONFIG, opening_plies=1, games=60)
    report = hold(tmp_path, replace(config, players=("random", "capture")))
    assert json.loads(report.with_suffix(".json").read_text())["repeats"] == 0
    assert "move by move" not in report.read_text()
    report = hold(tmp_path / "fixed", replace(config, players=("net:go5", "net:go7"), games=54))
    repeats = json.loads(report.with_suffix(".json").read_text())["repeats"]
    assert repeats == 4  # 27 pairs, 25 openings
    for page in (report, report.with_suffix(".md")):
        assert "4 games repeat another of the same two, move by move" in page.read_text()


def test_a_repository_around_an_installation_is_not_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "_git", partial(answer_as_git, tmp_path))
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance.commit() == "0123456789ab"
    monkeypatch.setattr(provenance, "ROOT", tmp_path / ".venv" / "site-packages")
    assert provenance.commit() == ""


def answer_as_git(top, *words):
    return str(top) if words[0] == "rev-parse" else "0123456789ab"


def test_every_game_can_be_replayed_in_the_page(tmp_path):
    report = hold(tmp_path)
    html = report.read_text()
    data = html.split('<script id="games" type="application/json">')[1].split("</script>")[0]
    held = json.loads(data)
    assert len(held["games"]) == 12
    played = [json.loads(line) for line in (report.parent / "games.jsonl").read_text().splitlines()]
    assert len({tuple(row[1:7]) for row in held["games"]}) == 12
    players = held["players"]
    by_seats = {(game["number"], game["black"], game["white"]): game for game in played}
    pairings = [sorted(row[1:3]) for row in held["games"]]
    assert pairings == sorted(pairings)
    for row in held["games"]:
        moves = row[6]
        game = by_seats[row[0], players[row[1]], players[row[2]]]
        assert row[3] == game["result"]
        assert [int(moves[i : i + 2], 36) for i in range(0, len(moves), 2)] == game["moves"]
        assert (held["reasons"][row[4]], row[5]) == (game["reason"], game["opening_plies"])
    first = record_of(PlayedGame, json.dumps(played[0]), "")
    rated = replace(first, win_rates=[0.75, None, 0.0, 1.0])
    names = {name: name for name in ("</script><b>", *CONFIG.players)}
    assert json.loads(replays_of([rated], CONFIG.rules, names))["games"][0][7] == "23--002s"
    hostile = replace(first, black="</script><b>")
    assert "</script>" not in replays_of([hostile], CONFIG.rules, names)


def test_a_tournament_is_held_from_python_and_watched(tmp_path, ray_session):
    seen = []
    result = hold_tournament(replace(CONFIG, workers=2), tmp_path, watch=seen.append)
    assert (seen[0].done, seen[0].total) == (0, 12)
    assert (seen[-1].done, seen[-1].total) == (12, 12)
    assert result.page == tmp_path / "small" / "report.html"
    assert result.page.is_file()
    assert {rating.player for rating in result.report.ratings} == set(CONFIG.players)
    again = hold_tournament(
        replace(CONFIG, games=8), tmp_path, play=False
    )  # nothing more is played
    assert (again.report.num_games, again.report.num_due) == (12, 24)
