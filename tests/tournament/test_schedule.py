"""The schedule and the openings: who plays whom, from where."""

import itertools
from collections import Counter
from dataclasses import replace

import pytest

from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.tournament.openings import openings, openings_from
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import PairingConfig
from tests.helpers.tournaments import CONFIG


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


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"players": ("random",)}, "wanted at least two"),
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
            "'nob.' matches no pairing of ran",
        ),
        (
            {
                "format": "gauntlet",
                "players": ("random", "capture", "influence"),
                "pairings": (PairingConfig("capture", "influence", 2),),
            },
            "matches no pairing",
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
