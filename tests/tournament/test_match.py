"""One game between two players, here and on Ray."""

from contextlib import closing
from dataclasses import fields, replace

import pytest

from insei.agents.player import RESIGN, Choice
from insei.engine.rules import BLACK, EMPTY, WHITE, Rules
from insei.system.actor_pool import ActorLost, ActorPool
from insei.system.errors import WorkersExited
from insei.system.records import json_of
from insei.tournament.match import RULES_KNOWN_BY, GameRunner, Job, play_game
from insei.tournament.playing import play_in_pool
from insei.tournament.schedule import schedule
from tests.helpers.fake_actors import FakeBackend, no_fault
from tests.helpers.tournaments import CONFIG, JOB, Scripted


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


def test_a_game_keeps_processor_time_and_what_each_mover_thought():
    class Sure(Scripted):
        def choose(self, position):
            return Choice(super().choose(position).move, 0.5)

    game = play_game(JOB, Sure(4, 9), Scripted(9))
    assert game.win_rates == [0.75, None, 0.75]
    game = play_game(JOB, Scripted(4, 9), Sure(9))
    assert game.win_rates == [None, 0.25, None]
    assert all(one >= 0 for one in game.cpu_seconds["black"] + game.cpu_seconds["white"])
    json_of(game.rounded())


def test_a_player_that_changes_on_the_way_is_refused():
    job = Job(0, "net:go5", "capture", Rules(5, 5), (), 1, 4, ("another", ""))
    with (
        closing(GameRunner()) as table,
        pytest.raises(ValueError, match="net:go5 has changed since the tournament began"),
    ):
        table.play([job])


def test_games_on_ray_are_the_games_played_here(tmp_path, ray_session):
    from insei.tournament.playing import play_on_ray

    jobs = schedule(CONFIG)
    here = {game.id: game.moves for game in GameRunner().play(jobs)}
    there = {game.id: game.moves for games in play_on_ray(jobs, 2, no_fault) for game in games}
    assert here == there


def test_a_wrong_player_on_ray_is_one_clear_error(ray_session):
    from insei.tournament.playing import play_on_ray

    job = replace(JOB, black="nobody", white="random")
    with pytest.raises(ValueError, match="player 'nobody'"):
        list(play_on_ray([job], 1, no_fault))


def test_a_game_that_kills_its_workers_is_named():
    class Crashes:
        def __init__(self, index):
            pass

        def play(self, jobs):
            raise ActorLost("ActorDiedError")

    pool = ActorPool(FakeBackend(), Crashes, 1)
    with pytest.raises(WorkersExited, match="at game 0 of a against b or one of the next three"):
        list(play_in_pool([JOB], pool))
