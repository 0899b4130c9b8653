"""`insei rate`: a player's rating on the frozen ladder, in a few minutes."""

from functools import partial
from typing import Annotated

from cyclopts import Parameter

from insei.tournament import Tell, play_games


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
    from tournament.ratings import interval, place
    from tournament.report import points_of
    from tournament.schedule import pairing_jobs

    if games < 2 or games % 2:
        raise ValueError(f"games {games}: wanted an even number, 2 or more")
    if workers < 0:
        raise ValueError(f"workers {workers}: wanted 0 or more")
    ladder = read_ladder(size)
    make_player(player).close()
    rungs = [rung for rung in ladder.rungs if rung.player != player]
    max_plies = 6 * ladder.rules.num_points
    jobs = [
        job
        for rung in rungs
        for job in pairing_jobs(
            player, rung.player, ladder.rules, games, ladder.opening_plies, seed, max_plies
        )
    ]
    points = dict.fromkeys((rung.player for rung in rungs), 0.0)
    with Tell() as tell:
        done = 0
        for played in partial(play_games, workers, address, tell.notice)(jobs):
            for game in played:
                black = points_of(game.as_json())
                if game.black == player:
                    points[game.white] += black
                else:
                    points[game.black] += 1 - black
            done += len(played)
            tell.progress(done, len(jobs))
    for rung in rungs:
        low, high = interval(points[rung.player], games)
        print(
            f"{rung.elo:+6.0f}  {rung.player:48} {points[rung.player] / games:6.1%} "
            f"({low:.0%}-{high:.0%})"
        )
    elo, half = place([(rung.elo, points[rung.player], games) for rung in rungs])
    print(
        f"{player}: {elo:+.0f} Elo, 95 % {elo - half:+.0f} to {elo + half:+.0f}, "
        f"{len(jobs)} games on {ladder.rules.size_name}, random at 0"
    )
