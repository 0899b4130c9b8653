"""`insei rate`: a player's rating on the frozen ladder, in a few minutes."""

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from insei.commands.games_bar import GamesBar
from insei.commands.options import Address, Seed, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from insei.tournament.ladder import Ladder, Rung
    from insei.tournament.match import Job, PlayedGame
    from insei.tournament.run import Progress


def rate(
    player: str,
    /,
    *,
    size: Annotated[int, Parameter(alias="-s")] = 9,
    games: int = 20,
    seed: Seed = 1,
    workers: Workers = 2,
    address: Address = None,
) -> None:
    """Seat a player against the ladder of its board size, and print its rating.

    Example: `insei rate search:runs/go9,visits=100 --games 40`. The ladder's players and ratings
    come with insei; random is at 0 Elo. Each opening is played with both colours.

    Parameters
    ----------
    player
        Who is rated, by the grammar.
    size
        Side of the board; there are ladders for 7 and 9.
    games
        Against each player of the ladder, even.
    seed
        Of openings and players.
    """
    from insei.agents.grammar import make_player
    from insei.tournament.ladder import read_ladder
    from insei.tournament.playing import play_games
    from insei.tournament.provenance import identity_of

    if games < 2 or games % 2:
        raise ValueError(f"games {games}: wanted an even number, 2 or more")
    if workers < 0:
        raise ValueError(f"workers {workers}: wanted 0 or more")
    ladder = read_ladder(size)
    with closing(make_player(player)) as seated:
        identity_of(seated, plays=True)
    rungs = [rung for rung in ladder.rungs if rung.player != player]
    with GamesBar() as bar:
        play = partial(play_games, workers=workers, address=address, notice=bar.notice)
        played = played_by(player, rungs, ladder, games, seed, play, bar.show)
    print_rating(player, rungs, played, ladder)


def played_by(
    player: str,
    rungs: "list[Rung]",
    ladder: "Ladder",
    games: int,
    seed: int,
    play: "Callable[[list[Job]], Iterable[list[PlayedGame]]]",
    watch: "Callable[[Progress], None]",
) -> "list[dict[str, Any]]":
    """Play the rungs; returns the games as reports have them."""
    from insei.tournament.run import Progress
    from insei.tournament.schedule import pairing_jobs
    from insei.tournament.tournament_config import PLIES_PER_POINT

    rules, plies = ladder.rules, ladder.opening_plies
    longest = int(PLIES_PER_POINT * rules.num_points)
    jobs = [
        job
        for rung in rungs
        for job in pairing_jobs(player, rung.player, rules, games, plies, seed, longest)
    ]
    found: list[dict[str, Any]] = []
    for played in play(jobs):
        found += [game.as_json() for game in played]
        watch(Progress(len(found), len(jobs)))
    return found


def print_rating(
    player: str, rungs: "list[Rung]", played: "list[dict[str, Any]]", ladder: "Ladder"
) -> None:
    """Print what was taken from each rung, the rating, and games lost by failing."""
    from insei.tournament.ladder import placed_on
    from insei.tournament.report import crosstable, failures_of

    names = (player, *(rung.player for rung in rungs))
    cells = crosstable(played, names)
    for rung in rungs:
        cell = cells[player, rung.player]
        print(
            f"{rung.elo:+6.0f}  {rung.player:48} {cell.share:6.1%} ({cell.low:.0%}-{cell.high:.0%})"
        )
    points = {
        pair: (cell.share * cell.games, cell.games)
        for pair, cell in cells.items()
        if pair[0] == player
    }
    [found] = placed_on(ladder.without(player), points)
    print(
        f"{player}: {found.elo:+.0f} Elo, 95 % {found.low:+.0f} to {found.high:+.0f}, the ladder's "
        f"own error included; {len(played)} games on {ladder.rules.size_name}, random at 0"
    )
    for who, reasons in failures_of(played).items():
        for reason, count in reasons.items():
            print(f"{who} lost {count} of them by failing: {reason}")
