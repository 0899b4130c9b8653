"""`insei rate`: a player's rating on the frozen ladder, in a few minutes."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from insei.commands.options import Address, Seed, Workers
from insei.printing.games_bar import GamesBar
from insei.printing.tables import Heading, table_text
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.tournament.ladder import Ladder
    from insei.tournament.placement import Placement


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
    """Play a player against the ladder of its board size, and print its rating.

    Example: `insei rate search:runs/go9,visits=100 --games 40`. The ladder's players and ratings
    come with insei; random is at 0 Elo. Each opening is played with both colours.

    Parameters
    ----------
    player
        The player to rate, by the grammar.
    size
        Side of the board; there are ladders for 7 and 9.
    games
        Against each player of the ladder, even.
    seed
        Of openings and players.
    """
    from insei.tournament.ladder import read_ladder
    from insei.tournament.placement import rate_player

    ladder = read_ladder(size)
    with GamesBar() as bar:
        placed = rate_player(
            player,
            ladder,
            games=games,
            seed=seed,
            workers=workers,
            address=address,
            watch=bar.show,
            notice=bar.notice,
        )
    print_placement(placed, ladder)


def print_placement(placed: "Placement", ladder: "Ladder") -> None:
    """Print what was taken from each rung, the rating, and games lost by failing."""
    from insei.agents.short_name import short_names

    names = short_names([rung.player for rung, _ in placed.cells])
    headings = [
        Heading("rung", is_number=False), Heading("Elo"), Heading("points"), Heading("95 %"),
        Heading("games"),
    ]  # fmt: skip
    rows = [
        [
            names[rung.player],
            f"{rung.elo:+.0f}",
            f"{cell.share:.1%}",
            f"{100 * cell.low:.0f}–{cell.high:.0%}",
            cell.games,
        ]
        for rung, cell in placed.cells
    ]
    say(table_text(headings, rows))
    say("")
    found = placed.rating
    say(
        f"{found.player}: {found.elo:+.0f} Elo, 95 % {found.low:+.0f} to {found.high:+.0f}, the "
        f"ladder's own error included; {placed.num_games} games on {ladder.rules.size_name}, "
        "random at 0"
    )
    for who, reasons in placed.failures.items():
        for reason, count in reasons.items():
            say(f"{who} lost {count} of them by failing: {reason}")
