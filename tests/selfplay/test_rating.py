"""The matches that rate a net: which are played, and what counts of them."""

from pathlib import Path

import pytest

from insei.engine.rules import BLACK, WHITE, Rules
from insei.selfplay.rating import EarlierNet, player_name, rate
from insei.selfplay.train_config import RatingConfig
from insei.tournament.match import PlayedGame

FIVE, SEVEN = Rules(5, 5, 14.5), Rules(7, 7, 9)
CONFIG = RatingConfig(games=20, opponents=("random", "capture"), earlier_games=20)
EARLIER = EarlierNet(3, Path("milestones/000003"))


class Table:
    """Plays no game: who wins is given.

    Args:
        wins: opponents that the net beats always; it loses to the others.
        fails: opponents that fail all games.
    """

    def __init__(self, wins=(), fails=()):
        self.wins, self.fails = wins, fails
        self.jobs = []

    def play(self, jobs):
        self.jobs += jobs
        return [self.game(job) for job in jobs]

    def game(self, job):
        net, opponent = (BLACK, job.white) if job.black == "net:x" else (WHITE, job.black)
        won = opponent in (*self.wins, *self.fails)
        winner = net if won else BLACK + WHITE - net
        colour = "B" if winner == BLACK else "W"
        result = f"{colour}+F" if opponent in self.fails else f"{colour}+3.5"
        return PlayedGame(
            job.id, job.number, job.black, job.white, winner, result, "failed: tired", [], 2
        )

    def num_games(self, opponent):
        return sum(opponent in (job.black, job.white) for job in self.jobs)


def rated(table, boards=(FIVE,), config=CONFIG, earlier=EARLIER):
    matches = rate("net:x", boards, config, 4, earlier)
    jobs = next(matches)
    while True:
        try:
            jobs = matches.send(table.play(jobs))
        except StopIteration as end:
            return end.value


def test_a_second_match_is_played_after_a_clear_defeat():
    table = Table(wins=("random",))
    rating = rated(table)
    assert table.num_games("net:milestones/000003") == 40
    assert [score.share for score in rating.earlier.matches] == [0, 0]
    assert rating.is_regression
    assert rating.earlier.generation == 3
    games = [job for job in table.jobs if "net:milestones/000003" in (job.black, job.white)]
    assert len({(job.black, job.opening, job.seed) for job in games}) > 30  # not the same again


def test_no_second_match_is_played_otherwise():
    table = Table(wins=("random", "net:milestones/000003"))
    rating = rated(table)
    assert table.num_games("net:milestones/000003") == 20
    assert rating.earlier.second is None
    assert not rating.is_regression
    shares = {label: score.share for label, score in rating.opponents.items()}
    assert shares == {"random": 1, "capture": 0, "earlier": 1}


@pytest.mark.parametrize(
    ("config", "earlier"),
    [(CONFIG, None), (RatingConfig(games=20, opponents=("random",), earlier_games=0), EARLIER)],
)
def test_without_an_earlier_net_there_is_no_match_against_one(config, earlier):
    rating = rated(Table(wins=("random",)), config=config, earlier=earlier)
    assert rating.earlier is None
    assert "earlier" not in rating.opponents


def test_games_that_an_opponent_failed_do_not_count():
    rating = rated(Table(fails=("capture",)))
    assert set(rating.opponents) == {"random", "earlier"}
    assert rating.failures == {"capture": "20 of 20 games, failed: tired"}


def test_every_board_is_played_and_the_earlier_net_counts_on_all_together():
    rating = rated(Table(wins=("random",)), boards=(SEVEN, FIVE))
    assert set(rating.opponents) == {
        f"{board}/{opponent}" for board in ("7x7", "5x5")
        for opponent in ("random", "capture", "earlier")
    }  # fmt: skip
    assert rating.earlier.first.games == 40
    assert rating.opponents["7x7/random"].share == 1


def test_a_player_is_its_net_alone_or_with_a_search():
    assert player_name(Path("a/b"), 0) == "net:a/b"
    assert player_name(Path("a/b"), 50) == "search:a/b,visits=50"
