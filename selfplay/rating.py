"""How a run's nets are rated as it goes: against frozen handwritten players, and an earlier net.

Each rating seats the newest net against the configuration's opponents and against the newest net
kept for good (`milestones.py`). All ratings of a run together make a ladder of its own, on which
`elos` puts the newest net; the first opponent is its anchor, at 0.

A net that loses to its own past, twice and by more than chance, is a regression: the loop then goes
back (`is_regression`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from insei.agents.net.find_package import checkpoints_of
from insei.engine.rules import BLACK, WHITE, Rules
from insei.selfplay.train_config import RatingConfig
from insei.tournament.match import Job, PlayedGame
from insei.tournament.ratings import Rating, fit, interval
from insei.tournament.schedule import pairing_jobs
from insei.tournament.tournament_config import PLIES_PER_POINT

EARLIER = "earlier"  # what the run's own earlier net is called among the opponents


@dataclass(frozen=True)
class EarlierNet:
    """A net of the run's past."""

    generation: int
    folder: Path  # a player package


def rated_name(run: Path, visits: int) -> str:
    """The player that is rated: the newest net alone, or with a search."""
    return player_name(checkpoints_of(run)[-1], visits)


def player_name(folder: Path, visits: int) -> str:
    """A package's net alone, or with a search."""
    return f"search:{folder},visits={visits}" if visits else f"net:{folder}"


def label(boards: Sequence[Rules], board: Rules, opponent: str) -> str:
    """What an opponent is called among the results: with its board where there are several."""
    return opponent if len(boards) == 1 else f"{board.size_name}/{opponent}"


def opponent_of(boards: Sequence[Rules], board: Rules, name: str) -> str:
    """The opponent that a result's label names; empty where it is one of another board."""
    if len(boards) == 1:
        return name
    prefix = f"{board.size_name}/"
    return name.removeprefix(prefix) if name.startswith(prefix) else ""


def rate(
    player: str,
    boards: Sequence[Rules],
    config: RatingConfig,
    generation: int,
    earlier: EarlierNet | None,
    play: Callable[[list[Job]], list[PlayedGame]],
) -> dict[str, Any]:
    """Play the matches of one rating.

    Args:
        play: jobs to their games, as `play_jobs_here`.

    Returns:
        generation, player, and by opponent the share of points with its 95 % interval and games;
        of an earlier net also its generation, all boards together, and where that match was lost
        clearly, the share in a second one. Games that an opponent failed in tell nothing of the
        net: they are left out, and so is an opponent that failed in all; `failures` says of each
        how many, and why the last.
    """
    found: dict[str, Any] = {"generation": generation, "player": player, "opponents": {}}
    for board in boards:
        for opponent in config.opponents:
            jobs = jobs_of(player, opponent, board, config, config.games, generation)
            one = result(play(jobs), player)
            name = label(boards, board, opponent)
            if why := one.pop("failure", None):
                failed = len(jobs) - one["games"]
                found.setdefault("failures", {})[name] = f"{failed} of {len(jobs)} games, {why}"
            if one["games"]:
                found["opponents"][name] = one
    if earlier is None or not config.earlier_games:
        return found
    other = player_name(earlier.folder, config.visits)
    found["earlier"] = {"generation": earlier.generation}
    for name, seed in (("first", generation), ("second", generation + 1_000_003)):
        every = []
        for board in boards:
            jobs = jobs_of(player, other, board, config, config.earlier_games, seed)
            every.append(result(play(jobs), player))
            every[-1].pop("failure", None)
            if name == "first":
                found["opponents"][label(boards, board, EARLIER)] = every[-1]
        points = sum(one["share"] * one["games"] for one in every)
        found["earlier"][name] = summary(points, sum(one["games"] for one in every))
        if found["earlier"][name]["high"] >= 0.5:
            break
    return found


def jobs_of(
    player: str, opponent: str, board: Rules, config: RatingConfig, games: int, seed: int
) -> list[Job]:
    """The games of one match."""
    most = int(PLIES_PER_POINT * board.num_points)
    return pairing_jobs(player, opponent, board, games, config.opening_plies, seed, most)


def result(games: list[PlayedGame], player: str) -> dict[str, Any]:
    """The share of a match that `player` took, and how its opponent failed, if it did."""
    failed = [one for one in games if one.result.endswith("+F") and points_of(one, player)]
    told = [one for one in games if one not in failed]
    found = summary(sum(points_of(one, player) for one in told), len(told))
    return found | ({"failure": failed[-1].reason} if failed else {})


def summary(points: float, games: int) -> dict[str, Any]:
    """A share of points, its 95 % interval, and the number of games."""
    low, high = interval(points, games)
    return {"share": points / max(1, games), "low": low, "high": high, "games": games}


def is_regression(rating: dict[str, Any]) -> bool:
    """Whether a rated net lost to the earlier one clearly: two matches' intervals below a half."""
    earlier = rating.get("earlier", {})
    return all(name in earlier and earlier[name]["high"] < 0.5 for name in ("first", "second"))


def elos(
    ratings: Sequence[dict[str, Any]], boards: Sequence[Rules], anchor: str
) -> dict[str, Rating]:
    """The newest net's Elo by board, from all of a run's ratings, `anchor` at 0.

    Boards where the anchor, or the newest net, has no result are left out.
    """
    found = {}
    for board in boards:
        points: dict[tuple[str, str], float] = {}
        for rating in ratings:
            own = str(rating["generation"])
            for name, one in rating["opponents"].items():
                opponent = opponent_of(boards, board, name)
                if not opponent:
                    continue
                if opponent == EARLIER:
                    opponent = str(rating["earlier"]["generation"])
                taken = one["share"] * one["games"]
                points[own, opponent] = points.get((own, opponent), 0.0) + taken
                points[opponent, own] = points.get((opponent, own), 0.0) + one["games"] - taken
        players = sorted({player for pair in points for player in pair})
        newest = str(ratings[-1]["generation"])
        if anchor in players and newest in players:
            rated = {one.player: one for one in fit(players, points, anchor)}
            found[board.size_name] = rated[newest]
    return found


def points_of(game: PlayedGame, player: str) -> float:
    """What `player` took from a game: a win 1, a tie one half."""
    own = BLACK if game.black == player else WHITE
    return 1.0 if game.winner == own else 0.5 if game.winner == 0 else 0.0
