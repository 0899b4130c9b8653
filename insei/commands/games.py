"""`insei games`: the games that were played here, or a run's self-play."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.client.screen import has_terminal
from insei.commands.options import ThemeName
from insei.printing.run_line import silence_libraries
from insei.printing.tables import Heading, table_text
from insei.system.errors import UserError
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.data.loading import WholeGame

LISTED = 20


def games(
    run: Path | None = None,
    /,
    *,
    number: Annotated[int, Parameter(alias="-n", validator=Number(gte=1, lte=10**6))] = 1,
    generation: Annotated[int | None, Parameter(validator=Number(gte=0))] = None,
    list_: Annotated[bool, Parameter(name="--list")] = False,
    all_: bool = False,
    plain: bool = False,
    theme: ThemeName = "auto",
) -> None:
    """List the games that you played, the last one first; or open a game of a run's self-play.

    `insei games` lists yours: `insei review` opens the last one, `insei review 3` the third of the
    list, and `insei play FILE` goes on with an unfinished one.

    `insei games runs/go5` opens the newest game of a run on the board, with the search's chances as
    its graph, `insei games runs/go5 --number 3` the third newest. The run may be in training. The
    game is written to the run's folder `sgf`; a file that is there is opened as it is.

    Parameters
    ----------
    run
        The folder of a run of `insei train`; without it, your own games.
    number
        Of a run: which game, from the newest, 1.
    generation
        Of a run: of the net that finished the games; any without it.
    list_
        Of a run: list the newest games, and open none.
    all_
        Yours: all of them, not only the last twenty.
    plain
        Of a run: step through the game line by line.
    """
    if run is None:
        list_kept(all_)
    elif list_:
        say(list_of(newest(run, LISTED, generation)))
    else:
        open_game(run, number, generation, plain, theme)


def list_kept(all_: bool) -> None:
    """List the games that were played here."""
    from insei.client.keeping.kept_games import games_folder, kept_games

    kept = list(kept_games())
    if not kept:
        say(f"No game is kept yet in {games_folder()}: `insei play` plays one.")
        return
    shown = kept if all_ else kept[:LISTED]
    headings = [
        Heading("number"), Heading("date", is_number=False), Heading("board"),
        Heading("players", is_number=False), Heading("result", is_number=False),
        Heading("file", is_number=False, is_optional=True),
    ]  # fmt: skip
    rows = [
        [
            number,
            game.date,
            f"{game.size}x{game.size}" if game.size.isdecimal() else game.size,
            f"{game.black} - {game.white}",
            "unfinished" if game.is_unfinished else game.result,
            game.path.name,
        ]
        for number, game in enumerate(shown, 1)
    ]
    say(table_text(headings, rows))
    more = f"; --all lists all {len(kept)}" if len(kept) > len(shown) else ""
    say(f"The files are in {games_folder()}{more}.")


def newest(run: Path, count: int, generation: int | None) -> "list[WholeGame]":
    """The newest games of a run."""
    silence_libraries()
    from insei.selfplay.data import load
    from insei.selfplay.data.recent import recent_games

    return recent_games(load(run), count, generation)


def open_game(
    run: Path, number: int, generation: int | None, plain: bool, theme: ThemeName
) -> None:
    """Write a game of a run, and open it; where there is no terminal, name its file.

    Raises:
        UserError: there are not so many games.
    """
    found = newest(run, number, generation)
    if len(found) < number:
        raise UserError(f"number {number}: wanted 1 to {len(found)}, of the games that there are")
    from insei.selfplay.data import load
    from insei.selfplay.data.recent import write_game

    path = write_game(load(run), found[-1])
    if not plain and not has_terminal():
        say(path)
        return
    from insei.client.session import review_game, setup_against

    size = found[-1].rules.width
    setup = setup_against("5", "black", size, None, "tromp-taylor", 0, 0.0, 0)
    review_game(setup, "5", path, plain, theme)
    say(f"{path}; `insei games {run} --number {number + 1}` opens the one before")


def list_of(found: "list[WholeGame]") -> str:
    """Games of a run, newest first, as a table."""
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
