"""Ratings of a run's nets: as values, as lines of a file, and as a ladder."""

import pytest

from insei.engine.rules import Rules
from insei.selfplay.net_rating import MatchScore, NetRating, elos, label_of
from insei.selfplay.run import RunFolder
from insei.system.configuration import to_yaml
from insei.system.records import json_of, record_of
from tests.helpers.ratings import rating_of
from tests.helpers.runs import CONFIG

# As runs on disk have them.
OLD_LINES = """\
{"generation": 2, "player": "net:runs/go5/checkpoints/000002", "opponents": {"random": {"share": 0.5, "low": 0.01257911709342505, "high": 0.9874208829065749, "games": 2}}}
{"generation": 4, "player": "net:a", "opponents": {"random": {"share": 1.0, "low": 0.1, "high": 1.0, "games": 20}, "earlier": {"share": 0.4, "low": 0.2, "high": 0.6, "games": 20}}, "failures": {"capture": "2 of 2 games, failed: OSError: x"}, "earlier": {"generation": 2, "first": {"share": 0.4, "low": 0.2, "high": 0.6, "games": 20}}}
{"generation": 6, "player": "net:b", "opponents": {"earlier": {"share": 0.1, "low": 0.0, "high": 0.3, "games": 20}}, "earlier": {"generation": 4, "first": {"share": 0.1, "low": 0.0, "high": 0.3, "games": 20}, "second": {"share": 0.2, "low": 0.1, "high": 0.4, "games": 20}}}
"""  # noqa: E501


def test_lines_of_earlier_runs_are_read():
    lines = OLD_LINES.splitlines()
    ratings = [record_of(NetRating, line, "") for line in lines]
    assert [record_of(NetRating, json_of(rating), "") for rating in ratings] == ratings
    first, second, third = ratings
    assert first.earlier is None
    assert first.opponents["random"].points == 1
    assert second.failures == {"capture": "2 of 2 games, failed: OSError: x"}
    assert not second.is_regression
    assert third.is_regression
    assert third.earlier.generation == 4


def run_with(path, text):
    run = RunFolder.create(path, to_yaml(CONFIG))
    (path / "ratings.jsonl").write_bytes(text.encode("latin-1"))
    return run


def test_a_line_cut_short_is_left_out_and_the_next_rating_kept(tmp_path):
    run = run_with(tmp_path / "tiny", OLD_LINES[:-50])
    assert [rating.generation for rating in run.ratings()] == [2, 4]
    run.add_rating(rating_of(8, 4, 0.5))
    assert [rating.generation for rating in run.ratings()] == [2, 4, 8]
    run.close()


def test_a_line_with_a_damaged_byte_is_left_out(tmp_path):
    first, second, third = OLD_LINES.splitlines()
    run = run_with(tmp_path / "tiny", "\n".join([first, second[:40] + "\xff" + second[41:], third]))
    assert [rating.generation for rating in run.ratings()] == [2, 6]
    run.close()


def test_of_a_generation_rated_twice_the_newest_rating_counts(tmp_path):
    run = run_with(tmp_path / "tiny", OLD_LINES)
    run.add_rating(rating_of(4, 2, 0.9))
    ratings = run.ratings()
    assert [rating.generation for rating in ratings] == [2, 4, 6]
    assert ratings[1].earlier.first.share == 0.9
    run.close()


@pytest.mark.parametrize(
    "line",
    [
        '{"generation": 2}',
        '{"generation": 2, "player": "net:x", "opponents": {"random": 3}}',
        '{"generation": "two", "player": "net:x", "opponents": {}}',
        '{"generation": 2, "player": "net:x", "opponents": []}',
        '{"generation": -5, "player": "net:x", "opponents": {}}',
        OLD_LINES.splitlines()[0].replace("0.5", "NaN"),
        "[" * 100_000,
        '{"generation": ' + "9" * 5000 + "}",
    ],
)
def test_a_line_that_is_no_rating_is_set_aside_and_told(tmp_path, line):
    run = run_with(tmp_path / "tiny", line + "\n" + OLD_LINES)
    assert [rating.generation for rating in run.ratings()] == [2, 4, 6]
    assert "tiny/ratings.jsonl: line 1 is set aside: " in run.rating_lines().notice
    run.close()


def test_shares_are_those_of_one_board():
    small, large = Rules(5, 5, 14.5), Rules(7, 7, 9)
    score, other = MatchScore.of(30.0, 40), MatchScore.of(10.0, 40)
    rating = NetRating(3, "net:x", {"7x7/random": score, "5x5/random": other})
    assert rating.shares_on(large, [large, small]) == {"random": 0.75}
    assert NetRating(3, "net:x", {"random": score}).shares_on(large, [large]) == {"random": 0.75}


def test_only_two_clear_defeats_are_a_regression():
    assert rating_of(2, 1, 0.2, second=0.25).is_regression
    assert not rating_of(2, 1, 0.2, second=0.45).is_regression
    assert not rating_of(2, 1, 0.45, second=0.2).is_regression
    assert not rating_of(2, 1, 0.2).is_regression
    assert not NetRating(2, "net:x", {}).is_regression


def test_the_ladder_of_a_run_adds_up():
    rules = Rules(5, 5, 14.5)
    ratings = [rating_of(1, 0, 0.75, 400), rating_of(2, 1, 0.75, 400)]
    first = elos(ratings[:1], [rules], "random")["5x5"]
    second = elos(ratings, [rules], "random")["5x5"]
    assert first.elo == pytest.approx(190, abs=15)  # .75 is 191 Elo
    assert second.elo > first.elo + 50  # both above random by as much, but the second beat it
    assert second.low < second.elo < second.high
    assert elos(ratings, [rules], "capture") == {}
    silent = [*ratings, NetRating(99, "net:x", {})]  # all opponents failed
    assert elos(silent, [rules], "random") == {}


@pytest.mark.parametrize(("share", "elo"), [(0.25, -190), (0.5, 0), (0.75, 190)])
def test_a_share_of_points_is_so_many_elo(share, elo):
    rating = NetRating(3, "net:x", {"random": MatchScore.of(400 * share, 400)})
    assert elos([rating], [Rules(5, 5)], "random")["5x5"].elo == pytest.approx(elo, abs=3)


def test_a_score_of_few_games_is_a_share_too():
    assert [MatchScore.of(1, 1).share, MatchScore.of(0.5, 1).share, MatchScore.of(0, 0).share] == [
        1,
        0.5,
        0,
    ]


def test_results_on_other_boards_do_not_hide_those_that_follow():
    small, large = Rules(5, 5), Rules(7, 7)
    scores = {"7x7/random": MatchScore.of(0, 40), "5x5/random": MatchScore.of(30, 40)}
    found = elos([NetRating(3, "net:x", scores)], [small, large], "random")
    assert found["5x5"].elo > 100
    assert found["7x7"].elo < -100


def test_an_opponent_named_before_earlier_is_an_opponent():
    scores = {"alphabeta": MatchScore.of(30, 40), "random": MatchScore.of(40, 40)}
    assert elos([NetRating(3, "net:x", scores)], [Rules(5, 5)], "alphabeta")["5x5"].elo > 100


def test_labels_name_the_board_where_there_are_several():
    small, large = Rules(5, 5), Rules(7, 7)
    assert label_of([small], small, "random") == "random"
    assert label_of([small, large], large, "random") == "7x7/random"


def test_opponents_in_folders_are_on_the_ladder_too():
    small, large = Rules(5, 5, 14.5), Rules(7, 7, 9)
    rating = NetRating(3, "net:x", {"net:runs/go5": MatchScore.of(30.0, 40)})
    assert elos([rating], [small], "net:runs/go5")["5x5"].elo > 100
    on_two = NetRating(3, "net:x", {"5x5/net:runs/x": MatchScore.of(30.0, 40)})
    assert list(elos([on_two], [small, large], "net:runs/x")) == ["5x5"]
