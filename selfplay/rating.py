"""The matches that rate a run's nets as it goes on.

Each rating seats the newest net against the configuration's opponents, and against the newest
milestone that it comes from. A net that loses to that one twice, by more than chance, is a
regression, and the run rolls back.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from insei.engine.rules import BLACK, WHITE, Rules
from insei.selfplay.net_rating import EARLIER, EarlierMatch, MatchScore, NetRating, label_of
from insei.selfplay.train_config import RatingConfig
from insei.tournament.match import Job, PlayedGame
from insei.tournament.schedule import pairing_jobs
from insei.tournament.tournament_config import PLIES_PER_POINT

SECOND_MATCH = 1_000_003  # added to the seed
RatingMatches = Generator[list[Job], list[PlayedGame], NetRating]


@dataclass(frozen=True)
class EarlierNet:
    """A net of the run's past."""

    generation: int
    folder: Path  # a player package


@dataclass(frozen=True)
class MatchResult:
    """A match that was played."""

    score: MatchScore  # over the games in which the opponent did not fail
    failure: str  # how many games the opponent failed, and why in the last; empty: none


def player_name(folder: Path, visits: int) -> str:
    """A package's net alone, or with a search."""
    return f"search:{folder},visits={visits}" if visits else f"net:{folder}"


def rate(
    player: str,
    boards: Sequence[Rules],
    config: RatingConfig,
    generation: int,
    earlier: EarlierNet | None,
) -> RatingMatches:
    """The matches of one rating: games to be played are given out, and taken back played.

    Games that an opponent failed say nothing about the net. They are left out, and so is an
    opponent that failed all of them.
    """
    games = config.earlier_games
    past = player_name(earlier.folder, config.visits) if earlier and games else ""
    jobs = [
        jobs_of(player, opponent, board, config, config.games, generation)
        for board in boards
        for opponent in config.opponents
    ]
    seat_earlier = [
        [jobs_of(player, past, board, config, games, seed) for board in boards if past]
        for seed in (generation, generation + SECOND_MATCH)
    ]
    results = yield from played([*jobs, *seat_earlier[0]], player)
    opponents: dict[str, MatchScore] = {}
    failures: dict[str, str] = {}
    pairs = [(board, opponent) for board in boards for opponent in config.opponents]
    for (board, opponent), result in zip(pairs, results, strict=False):
        label = label_of(boards, board, opponent)
        if result.failure:
            failures[label] = result.failure
        if result.score.games:
            opponents[label] = result.score
    if earlier is None or not past:
        return NetRating(generation, player, opponents, failures)
    by_board = [result.score for result in results[len(pairs) :]]
    for board, score in zip(boards, by_board, strict=True):
        opponents[label_of(boards, board, EARLIER)] = score
    first, second = together(by_board), None
    if first.is_clear_defeat:
        again = yield from played(seat_earlier[1], player)
        second = together([result.score for result in again])
    matches = EarlierMatch(earlier.generation, first, second)
    return NetRating(generation, player, opponents, failures, matches)


def played(
    matches: Sequence[list[Job]], player: str
) -> Generator[list[Job], list[PlayedGame], list[MatchResult]]:
    """Have the games of several matches played together; returns their results in order."""
    games = yield [job for jobs in matches for job in jobs]
    results = []
    for jobs in matches:
        results.append(result_of(games[: len(jobs)], player))
        games = games[len(jobs) :]
    return results


def together(scores: Sequence[MatchScore]) -> MatchScore:
    """The score of several matches as one."""
    return MatchScore.of(
        sum(score.points for score in scores), sum(score.games for score in scores)
    )


def jobs_of(
    player: str, opponent: str, board: Rules, config: RatingConfig, games: int, seed: int
) -> list[Job]:
    """The games of one match."""
    most_plies = int(PLIES_PER_POINT * board.num_points)
    return pairing_jobs(player, opponent, board, games, config.opening_plies, seed, most_plies)


def result_of(games: list[PlayedGame], player: str) -> MatchResult:
    """What `player` took from the games of a match, and how its opponent failed, if it did."""
    failed = [game for game in games if game.result.endswith("+F") and points_of(game, player)]
    counted = [game for game in games if game not in failed]
    score = MatchScore.of(sum(points_of(game, player) for game in counted), len(counted))
    failure = f"{len(failed)} of {len(games)} games, {failed[-1].reason}" if failed else ""
    return MatchResult(score, failure)


def points_of(game: PlayedGame, player: str) -> float:
    """What `player` took from a game: a win 1, a tie one half."""
    colour = BLACK if game.black == player else WHITE
    return 1.0 if game.winner == colour else 0.5 if game.winner == 0 else 0.0
