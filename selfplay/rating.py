"""How a run's nets are rated as it goes: games against frozen handwritten players."""

from contextlib import closing
from pathlib import Path
from typing import Any

from agents.find_package import checkpoints_of
from engine.rules import BLACK, WHITE, Rules
from selfplay.config import RatingConfig
from tournament.match import PlayedGame, Table
from tournament.ratings import interval
from tournament.schedule import pairing_jobs

PLIES_PER_POINT = 6


def rated_name(run: Path, visits: int) -> str:
    """The player that is rated: the newest net alone, or with a search."""
    folder = checkpoints_of(run)[-1]
    return f"search:{folder},visits={visits}" if visits else f"net:{folder}"


def rate(player: str, rules: Rules, config: RatingConfig, generation: int) -> dict[str, Any]:
    """Play the matches of one rating.

    Returns:
        generation, and for each opponent the share of points with its 95 % interval, and games.
    """
    found: dict[str, Any] = {"generation": generation, "player": player, "opponents": {}}
    max_plies = PLIES_PER_POINT * rules.num_points
    for opponent in config.opponents:
        jobs = pairing_jobs(
            player, opponent, rules, config.games, config.opening_plies, generation, max_plies
        )
        with closing(Table()) as table:
            points = sum(points_of(game, player) for game in table.play(jobs))
        low, high = interval(points, len(jobs))
        found["opponents"][opponent] = {
            "share": points / len(jobs),
            "low": low,
            "high": high,
            "games": len(jobs),
        }
    return found


def points_of(game: PlayedGame, player: str) -> float:
    """What `player` took from a game: a win 1, a tie one half."""
    own = BLACK if game.black == player else WHITE
    return 1.0 if game.winner == own else 0.5 if game.winner == 0 else 0.0
