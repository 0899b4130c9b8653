"""Tournaments: schedule, openings, matches, ratings, the folder, the report."""

import itertools
import json
import random
from collections import Counter
from contextlib import closing
from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest
import yaml

from insei.agents.player import RESIGN, Choice
from insei.engine.position import Position
from insei.engine.rules import BLACK, EMPTY, WHITE, Rules
from insei.engine.sgf.record import GameRecord, read_sgf, write_sgf
from insei.system.configuration import to_yaml
from insei.tournament import provenance
from insei.tournament.cost import Anatomy
from insei.tournament.folder import TournamentFolder, sgf_name
from insei.tournament.match import RULES_KNOWN_BY, GameRunner, Job, play_game
from insei.tournament.openings import openings, openings_from
from insei.tournament.playing import play_here
from insei.tournament.ratings import fit, interval
from insei.tournament.report import Facts, crosstable, replays_of, write_report
from insei.tournament.run import run_tournament
from insei.tournament.schedule import schedule
from insei.tournament.sprt import SprtConfig, decision, log_likelihood_ratio
from insei.tournament.tournament_config import PairingConfig, TournamentConfig

CONFIG = TournamentConfig(
    name="small",
    players=("random", "capture", "influence"),
    rules=Rules(5, 5, 14.5),
    games=4,
    opening_plies=2,
    workers=0,
)


def test_each_pairing_plays_each_opening_with_both_colours():
    jobs = schedule(CONFIG)
    assert len(jobs) == 3 * 4
    assert len({job.id for job in jobs}) == len(jobs)
    for first, second in itertools.combinations(CONFIG.players, 2):
        own = [job for job in jobs if {job.black, job.white} == {first, second}]
        assert [job.number for job in own] == list(range(4))
        as_black = {job.opening for job in own if job.black == first}
        as_white = {job.opening for job in own if job.white == first}
        assert as_black == as_white
        assert len(as_black) == 2


def test_openings_are_legal_and_differ():
    found = openings(Rules(5, 5), 20, 3, 1)
    assert len({tuple(one) for one in found}) == 20
    for opening in found:
        assert Position(Rules(5, 5)).play_all(opening).num_moves == 3
    assert len(openings(Rules(1, 2), 5, 1, 1)) == 5  # fewer openings than asked for
    more = openings(Rules(5, 5), 100, 1, 1)  # of 25
    assert openings(Rules(5, 5), 40, 1, 1) == more[:40]
    assert len({tuple(one) for one in more}) == 25


def test_an_opening_is_no_game_that_has_ended(tmp_path):
    atari = Rules(5, 5, captures_to_win=1)
    for opening in openings(atari, 100, 10, 1):
        assert not Position(atari).play_all(opening).is_over
    for name, moves in (("a", [0, 1, 5, 6, 24, 10]), ("b", [0, 1, 24, 5])):  # b takes the corner
        (tmp_path / f"{name}.sgf").write_text(
            write_sgf(GameRecord(Position(Rules(5, 5)).play_all(moves)))
        )
    assert openings_from(tmp_path, atari, 2, 4) == [[0, 1, 5, 6]] * 2


class Scripted:
    """Plays a list of moves."""

    num_parameters = 0
    fingerprint = ""

    def __init__(self, *moves):
        self.name = "scripted"
        self.moves = moves

    def new_game(self, rules, seed):
        self.left = iter(self.moves)

    def choose(self, position):
        return Choice(next(self.left))

    def close(self):
        pass


JOB = Job(0, "a", "b", Rules(3, 3, 0.5), (), 1, 40)


@pytest.mark.parametrize(
    ("black", "white", "winner", "result", "reason"),
    [
        ([4, 9], [9], BLACK, "B+8.5", "two passes"),
        ([9], [9], WHITE, "W+0.5", "two passes"),
        ([RESIGN], [], WHITE, "W+R", "resignation"),
        ([4], [4], BLACK, "B+F", "illegal move: 4, occupied"),
        ([77], [], WHITE, "W+F", "illegal move: 77, off the board, wanted 0 to 9"),
    ],
)
def test_a_game_ends_as_it_should(black, white, winner, result, reason):
    game = play_game(JOB, Scripted(*black), Scripted(*white))
    assert (game.winner, game.result, game.reason) == (winner, result, reason)
    assert len(game.seconds["black"]) == len(black)


def test_a_game_is_known_by_the_same_id_for_good():
    """What was played by earlier versions is found again: the id is theirs."""
    rules = Rules(9, 9, 7, "simple")
    job = Job(3, "net:go9", "gtp:gnugo --mode gtp", rules, (1, 2), 7, 200)
    assert job.id == "3a808e391e81781d"
    assert replace(job, rules=replace(rules, suicide=True)).id != job.id
    assert replace(job, number=4).id == job.id
    assert {one.name for one in fields(Rules)} == set(RULES_KNOWN_BY)


def test_a_long_game_is_scored_as_it_stands():
    game = play_game(replace(JOB, max_plies=2), Scripted(4, 0), Scripted(9, 9))
    assert (game.reason, game.result) == ("ply limit", "B+8.5")


def test_captures_end_a_game_where_the_rules_say_so():
    rules = Rules(3, 3, 0.5, captures_to_win=1)
    job = replace(JOB, rules=rules, opening=())
    game = play_game(job, Scripted(1, 3), Scripted(0, 8))
    assert (game.winner, game.reason) == (1, "captures")


def test_a_whole_point_komi_can_tie():
    game = play_game(replace(JOB, rules=Rules(3, 3, 9)), Scripted(4, 9), Scripted(9))
    assert (game.winner, game.result) == (EMPTY, "0")


def test_equal_jobs_give_equal_games():
    jobs = schedule(CONFIG)
    first, again = (GameRunner().play(jobs) for _ in range(2))
    assert [game.moves for game in first] == [game.moves for game in again]


def test_ratings_find_the_strengths_that_made_the_points():
    points = {("a", "b"): 760, ("b", "a"): 240, ("b", "c"): 640, ("c", "b"): 360}
    rated = {one.player: one for one in fit(["a", "b", "c"], points, "c")}
    assert rated["c"].elo == rated["c"].low == rated["c"].high == 0
    assert rated["b"].elo == pytest.approx(100, abs=3)
    assert rated["a"].elo == pytest.approx(300, abs=4)


def test_an_undefeated_player_is_rated_finitely():
    best, worst = fit(["a", "b"], {("a", "b"): 20, ("b", "a"): 0}, "b")
    assert best.player == "a"
    assert 300 < best.elo < 2000
    assert best.low < best.elo < best.high
    assert worst.score == 0


@pytest.mark.slow
def test_intervals_cover_the_truth_as_often_as_they_claim():
    rng = random.Random(1)
    strengths = {"a": 0.0, "b": 120.0, "c": -80.0, "d": 300.0}
    covered = total = 0
    for _ in range(300):
        points = {}
        for first, second in itertools.combinations(strengths, 2):
            chance = 1 / (1 + 10 ** ((strengths[second] - strengths[first]) / 400))
            won = sum(rng.random() < chance for _ in range(60))
            points[first, second] = won
            points[second, first] = 60 - won
        for one in fit(list(strengths), points, "a"):
            if one.player != "a":
                covered += one.low <= strengths[one.player] <= one.high
                total += 1
    assert 0.92 < covered / total < 0.98


@pytest.mark.parametrize(
    ("points", "games", "low", "high"),
    [(0, 10, 0, 0.308), (10, 10, 0.692, 1), (50, 100, 0.398, 0.602), (0, 0, 0, 1)],
)
def test_intervals_are_those_of_clopper_and_pearson(points, games, low, high):
    assert interval(points, games) == pytest.approx((low, high), abs=1e-3)


def test_the_crosstable_counts_both_sides():
    def game(black, white, winner):
        return {"black": black, "white": white, "winner": winner}

    games = [game("a", "b", BLACK), game("b", "a", BLACK), game("b", "a", EMPTY)]
    cells = crosstable(games, ("a", "b"))
    assert (cells["a", "b"].wins, cells["a", "b"].ties, cells["a", "b"].losses) == (1, 1, 1)
    assert cells["a", "b"].share + cells["b", "a"].share == 1


def hold(tmp_path, config=CONFIG, play=play_here):
    folder = TournamentFolder(tmp_path / config.name, to_yaml(config))
    try:
        run_tournament(config, folder, play, lambda progress: None)
        return folder.path / "report.html"
    finally:
        folder.close()


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
    parts = dict.fromkeys(("random", "<b>"), Anatomy("moves", 0, 0, 0))
    write_report(tmp_path, config, [game.as_json()], Facts(parts))
    assert "<b>" not in (tmp_path / "report.html").read_text()
    assert "| <b> |" in (tmp_path / "report.md").read_text()


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
    values = [
        {game["id"]: game["moves"] for game in TournamentFolder(one, to_yaml(CONFIG)).games()}
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


def test_pairings_have_their_own_numbers_of_games_and_get_on_alike():
    lopsided = PairingConfig("random", "*", 2)
    none = PairingConfig("capture", "inf*", 0)
    jobs = schedule(replace(CONFIG, games=12, pairings=(none, lopsided)))
    assert len(jobs) == 4
    jobs = schedule(replace(CONFIG, games=12, pairings=(lopsided,)))
    assert len(jobs) == 2 + 2 + 12
    assert len({frozenset((job.black, job.white)) for job in jobs[:6]}) == 3  # all begin at once
    half = PairingConfig("capture", "influence", 6)
    jobs = schedule(replace(CONFIG, games=12, pairings=(half,)))
    middle = Counter(frozenset((job.black, job.white)) for job in jobs[: len(jobs) // 2])
    assert sorted(middle.values()) == [3, 6, 6]


def test_a_name_that_means_another_net_than_before_is_refused(tmp_path):
    hold(tmp_path)
    path = tmp_path / "small" / "players.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"capture": "abc"}))
    with pytest.raises(ValueError, match="capture is another one"):
        hold(tmp_path)


def test_an_unknown_player_is_refused_before_any_game(tmp_path):
    with pytest.raises(ValueError, match="nobody"):
        hold(tmp_path, replace(CONFIG, players=("random", "nobody")))
    assert not (tmp_path / "small" / "games.jsonl").exists()


def test_games_on_ray_are_the_games_played_here(tmp_path, ray_session):
    from insei.tournament.playing import play_on_ray

    jobs = schedule(CONFIG)
    here = {game.id: game.moves for game in GameRunner().play(jobs)}
    there = {game.id: game.moves for games in play_on_ray(jobs, 2, pytest.fail) for game in games}
    assert here == there


def test_a_wrong_player_on_ray_is_one_clear_error(ray_session):
    from insei.tournament.playing import play_on_ray

    job = replace(JOB, black="nobody", white="random")
    with pytest.raises(ValueError, match="player 'nobody'"):
        list(play_on_ray([job], 1, pytest.fail))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"players": ("random",)}, "wanted two at least"),
        ({"players": ("random", "random")}, "wanted each once"),
        ({"games": 3}, "games 3: wanted an even number"),
        ({"opening_plies": -1}, "opening_plies -1"),
        ({"seed": -1}, "seed -1: wanted 0 to "),
        ({"anchor": "nobody"}, "anchor 'nobody': wanted one of random"),
        ({"name": "../up"}, "wanted letters"),
        ({"format": "swiss"}, "format 'swiss': wanted one of round robin, gauntlet, sprt"),
        ({"format": "sprt"}, "wanted two for an sprt"),
        (
            {"pairings": (PairingConfig("capture", "nob*", 2),)},
            "'nob.' fits no two that meet of ran",
        ),
        (
            {
                "format": "gauntlet",
                "players": ("random", "capture", "influence"),
                "pairings": (PairingConfig("capture", "influence", 2),),
            },
            "fits no two that meet",
        ),
        ({"anchor_elo": float("nan")}, "anchor_elo nan: wanted -10000 to 10000"),
    ],
)
def test_configurations_outside_their_bounds_are_refused(fields, said):
    with pytest.raises(ValueError, match=said):
        replace(CONFIG, **fields)


def test_a_gauntlet_seats_the_first_against_each_other():
    jobs = schedule(replace(CONFIG, format="gauntlet"))
    first = CONFIG.players[0]
    assert len(jobs) == 2 * CONFIG.games
    assert all(first in (job.black, job.white) for job in jobs)


def test_openings_begin_on_the_empty_board(tmp_path):
    config = replace(CONFIG, openings=str(tmp_path), opening_plies=2)
    (tmp_path / "a.sgf").write_text("(;GM[1]FF[4]SZ[5]AB[cc][dd]PL[B];B[bb];W[ee])")
    with pytest.raises(ValueError, match="wanted SGF games on 5x5"):
        schedule(config)
    (tmp_path / "b.sgf").write_text("(;GM[1]FF[4]SZ[5];B[bb];W[ee])")
    assert schedule(config)[0].opening == (6, 24)


def test_openings_are_taken_from_real_games(tmp_path):
    for number, moves in enumerate(([12, 6, 7], [8, 16, 12], [3])):
        record = GameRecord(Position(CONFIG.rules).play_all(moves))
        (tmp_path / f"{number}.sgf").write_text(write_sgf(record))
    jobs = schedule(replace(CONFIG, openings=str(tmp_path), opening_plies=2))
    assert {job.opening for job in jobs} == {(12, 6), (8, 16)}  # the third is too short
    with pytest.raises(ValueError, match="wanted SGF games on 5x5 with 9 plies"):
        schedule(replace(CONFIG, openings=str(tmp_path), opening_plies=9))


@pytest.mark.parametrize(("share", "said"), [(0.9, "elo1"), (0.5, "elo0"), (0.1, "elo0")])
def test_a_sequential_test_decides_for_the_truth(share, said):
    rng = np.random.default_rng(1)
    right = 0
    for _ in range(100):
        pairs = []
        while not (found := decision(pairs, SprtConfig(0, 100))):
            pairs.append(float(rng.binomial(2, share)) / 2)
        right += found == said
    assert right >= 90  # alpha and beta are .05


def test_the_ratio_of_a_match_worked_out_by_hand():
    # Two pairs of 1 and two of .5: mean .75; squares 1/4, and 4/8 of the prior's, over 8 pairs.
    upper = 1 / (1 + 10**-0.25)
    ratio = 4 * (upper - 0.5) * (1.5 - 0.5 - upper) / (2 * 0.75 / 8)
    found = log_likelihood_ratio([1, 1, 0.5, 0.5], SprtConfig(0, 100))
    assert found == pytest.approx(ratio)


def test_a_match_ends_once_it_is_decided(tmp_path):
    config = replace(
        CONFIG, format="sprt", players=("capture", "random"), games=400, sprt=SprtConfig(0, 200)
    )
    report = hold(tmp_path, config)
    values = json.loads(report.with_suffix(".json").read_text())
    assert values["games"] < 200
    assert "capture is stronger than random by 200 Elo rather than 0" in values["verdict"]
    lines = (report.parent / "games.jsonl").read_text()
    hold(tmp_path, config)  # a decided match is not played on
    assert (report.parent / "games.jsonl").read_text() == lines


def test_a_match_to_a_decision_wants_an_opening_for_each_pair(tmp_path):
    config = replace(
        CONFIG, format="sprt", players=("capture", "random"), games=400, opening_plies=1
    )
    with pytest.raises(ValueError, match="games 400: wanted at most 50 for an sprt, two for each"):
        hold(tmp_path, config)


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


def test_a_player_that_changes_on_the_way_is_refused():
    job = Job(0, "net:go5", "capture", Rules(5, 5), (), 1, 4, ("another", ""))
    with (
        closing(GameRunner()) as table,
        pytest.raises(ValueError, match="net:go5 has become another"),
    ):
        table.play([job])


def test_a_folder_from_before_the_sprt_is_gone_on_with(tmp_path):
    hold(tmp_path)
    path = tmp_path / "small" / "config.yaml"
    values = yaml.safe_load(path.read_text())
    del values["sprt"]
    path.write_text(yaml.safe_dump(values))
    hold(tmp_path)
    values["sprt"] = {"elo0": 0.0}
    path.write_text(yaml.safe_dump(values))
    hold(tmp_path)


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
    played.sort(key=lambda game: game["number"])
    for game, row in zip(played, held["games"], strict=True):
        black, white, moves = held["names"][row[1]], held["names"][row[2]], row[6]
        assert (black, white, row[3]) == (game["black"], game["white"], game["result"])
        assert [int(moves[i : i + 2], 36) for i in range(0, len(moves), 2)] == game["moves"]
        assert (held["reasons"][row[4]], row[5]) == (game["reason"], game["opening_plies"])
    rates = json.loads(replays_of([played[0] | {"win_rates": [0.75, None, 0.0, 1.0]}]))["games"][0]
    assert rates[7] == "23--002s"
    assert "</script>" not in replays_of([played[0] | {"black": "</script><b>"}])


def test_a_game_keeps_processor_time_and_what_each_mover_thought():
    class Sure(Scripted):
        def choose(self, position):
            return Choice(super().choose(position).move, 0.5)

    game = play_game(JOB, Sure(4, 9), Scripted(9))
    assert game.win_rates == [0.75, None, 0.75]
    game = play_game(JOB, Scripted(4, 9), Sure(9))
    assert game.win_rates == [None, 0.25, None]
    assert all(one >= 0 for one in game.cpu_seconds["black"] + game.cpu_seconds["white"])
    json.dumps(game.as_json())
