"""`insei games`: a run's self-play games, in the client."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.client.screen import has_terminal
from insei.commands.options import ThemeName
from insei.commands.run_line import silence_libraries
from insei.printing.tables import Heading, table_text
from insei.system.errors import UserError
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.data.loading import WholeGame

LISTED = 20


def games(
    run: Path,
    /,
    *,
    number: Annotated[int, Parameter(alias="-n", validator=Number(gte=1, lte=10**6))] = 1,
    generation: Annotated[int | None, Parameter(validator=Number(gte=0))] = None,
    list_: Annotated[bool, Parameter(name="--list")] = False,
    theme: ThemeName = "auto",
) -> None:
    """Open a game of a run's self-play on the board, with the search's chances as its graph.

    Example: `insei games runs/go5` opens the newest game, `insei games runs/go5 --number 3` the
    third newest. The run may be in training. The game is written to the run's folder `sgf`, which
    other programs can open too; a file that is there is opened as it is.

    Parameters
    ----------
    run
        The folder of a run of `insei train`.
    number
        Which game, from the newest, 1.
    generation
        Of the net that finished the games; any without it.
    list_
        List the newest games, and open none.
    """
    silence_libraries()
    from insei.selfplay.data import load
    from insei.selfplay.data.recent import recent_games, write_game

    data = load(run)
    found = recent_games(data, LISTED if list_ else number, generation)
    if list_:
        say(list_of(found))
        return
    if len(found) < number:
        raise UserError(f"number {number}: wanted 1 to {len(found)}, of the games that there are")
    path = write_game(data, found[-1])
    if not has_terminal():
        say(path)
        return
    review(path, found[-1], theme)
    say(f"{path}; `insei games {run} --number {number + 1}` opens the one before")


def review(path: Path, game: "WholeGame", theme: ThemeName) -> None:
    """Open a game on the board."""
    from insei.client.session import review_on_screen, setup_against

    size = game.rules.width
    setup = setup_against("5", "black", size, None, "tromp-taylor", 0, 0.0, 0)
    review_on_screen(setup, "5", path, theme)


def list_of(found: "list[WholeGame]") -> str:
    """Games, newest first, as a table."""
    from insei.selfplay.data.export import final_result

    headings = [
        Heading("number"), Heading("generation"), Heading("board"), Heading("komi"),
        Heading("result"), Heading("moves"), Heading("id", is_optional=True),
    ]  # fmt: skip
    rows = [
        [
            number,
            game.generation,
            game.rules.size_name,
            f"{game.rules.komi:g}",
            final_result(game.position),
            len(game.moves),
            game.id,
        ]
        for number, game in enumerate(found, 1)
    ]
    return table_text(headings, rows)
