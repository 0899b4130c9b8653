"""`insei studio`: the positions of a dataset that deserve a look, on a board."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from insei.commands.options import ThemeName
from insei.printing.run_line import silence_libraries
from insei.system.errors import UserError


def studio(
    run: Path,
    /,
    *,
    list_: Annotated[str | None, Parameter(name="--list")] = None,
    player: str | None = None,
    visits: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    author: str = "",
    theme: ThemeName = "auto",
    web: Annotated[bool, Parameter(negative=())] = False,
    port: Annotated[int, Parameter(validator=Number(gte=0, lte=65535))] = 0,
) -> None:
    """Look at positions of a run's games, and correct their labels.

    The board shows a position with what is recorded, what the net says, and a fresh search. Each
    action is a commit on the branch that is used, as `insei data` makes them; skipping is none.
    What was done is kept, and the next time goes on from there. The run may be in training: it
    learns from edits when it goes on the next time. docs/studio.md explains the keys.

    Parameters
    ----------
    run
        The run's folder.
    list_
        A mined list; without it, the newest. Where nothing was mined, positions whose searched
        value differs most from the game's end.
    player
        Who searches, as in `search:go9,visits=800`; without it, the run's newest net.
    visits
        Of a search; 400 if neither this nor the player says how many.
    author
        Of the commits; without it, the user of this machine.
    web
        In a browser on this machine, at an address that is printed and kept secret.
    port
        Of that address; 0 for any that is free.
    """
    silence_libraries()
    from insei.client.screen import has_terminal
    from insei.studio.opening import is_served, open_studio, player_of
    from insei.studio.session import Session

    chosen = player_of(run, player, visits)
    session = Session(run, list_, author)
    if web:
        check_web()
        from insei.studio.web import serve_studio

        name, _ = chosen
        options = {"--list": list_, "--player": name, "--author": author, "--theme": theme}
        words = [f"{key}={value}" for key, value in options.items() if value]
        serve_studio([str(run.absolute()), *words], port)
        return
    if not (is_served() or has_terminal()):
        raise UserError("the studio wants a terminal with a movable cursor, or --web")
    open_studio(session, chosen, theme)


def check_web() -> None:
    """Check that what serves the studio is installed.

    Raises:
        UserError: it isn't.
    """
    from importlib.util import find_spec

    if find_spec("textual_serve") is None:
        raise UserError("--web wants textual-serve: pip install 'insei[studio]'")
