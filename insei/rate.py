"""`insei rate`: a player's rating on the frozen ladder, in a few minutes."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.tournament import Tell, play_games

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from insei.ladder import Ladder, Rung
    from tournament.match import Job, PlayedGame


def rate(
    player: str,
    /,
    *,
    size: Annotated[int, Parameter(alias="-s")] = 9,
    games: int = 20,
    seed: int = 1,
    workers: int = 2,
    address: str | None = None,
) -> None:
    """Seat a player against the ladder of its board size, and print its rating.

    Example: `insei rate search:runs/go9,visits=100 --games 40`. The ladder's players and ratings
    come with insei; random is at 0 Elo. Each opening is played with both colours.

    Parameters
    ----------
    player
        Who is rated, by the grammar.
    size
        Side of the board.
    games
        Against each player of the ladder, even.
    seed
        Of openings and players.
    workers
        Processes that play; 0 plays in this one.
    address
        Of a Ray cluster to join, instead of starting Ray here.
    """
    from agents.grammar import make_player
    from insei.ladder import read_ladder

    if games < 2 or games % 2:
        raise ValueError(f"games {games}: wanted an even number, 2 or more")
    if workers < 0:
        raise ValueError(f"workers {workers}: wanted 0 or more")
    ladder = read_ladder(size)
    make_player(player).close()
    rungs = [rung for rung in ladder.rungs if rung.player != player]
    with Tell() as tell:
        play = partial(play_games, workers, address, tell.notice)
        points = points_from(player, rungs, ladder, games, seed, play, tell.progress)
    print_rating(player, rungs, points, games, ladder.rules.size_name)


def points_from(
    player: str,
    rungs: "list[Rung]",
    ladder: "Ladder",
    games: int,
    seed: int,
    play: "Callable[[list[Job]], Iterable[list[PlayedGame]]]",
    progress: "Callable[[int, int], None]",
) -> dict[str, float]:
    """Play the rungs; returns what the player took from each."""
    from tournament.report import points_of
    from tournament.schedule import pairing_jobs

    rules, plies, longest = ladder.rules, ladder.opening_plies, 6 * ladder.rules.num_points
    jobs = [
        job
        for rung in rungs
        for job in pairing_jobs(player, rung.player, rules, games, plies, seed, longest)
    ]
    points = dict.fromkeys((rung.player for rung in rungs), 0.0)
    done = 0
    for played in play(jobs):
        for game in played:
            black = points_of(game.as_json())
            if game.black == player:
                points[game.white] += black
            else:
                points[game.black] += 1 - black
        done += len(played)
        progress(done, len(jobs))
    return points


def print_rating(
    player: str, rungs: "list[Rung]", points: dict[str, float], games: int, board: str
) -> None:
    """Print what was taken from each rung, and the rating that this makes."""
    from tournament.ratings import interval, place

    for rung in rungs:
        low, high = interval(points[rung.player], games)
        print(
            f"{rung.elo:+6.0f}  {rung.player:48} {points[rung.player] / games:6.1%} "
            f"({low:.0%}-{high:.0%})"
        )
    elo, half = place([(rung.elo, points[rung.player], games) for rung in rungs])
    print(
        f"{player}: {elo:+.0f} Elo, 95 % {elo - half:+.0f} to {elo + half:+.0f}, "
        f"{games * len(rungs)} games on {board}, random at 0"
    )
