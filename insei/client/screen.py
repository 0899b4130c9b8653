"""The terminal: what it can show, and the client opened on it."""

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insei.client.game import ClientGame
    from insei.client.game_setup import GameSetup
    from insei.client.teaching.study import Study

ANALYST = "search:NET,rule=puct,visits=20000"  # see PlayerServer
COLOUR_SYSTEMS = {0: "standard", 16: "standard", 256: "256", 1 << 24: "truecolor"}  # Rich's names


def has_terminal() -> bool:
    """Whether input and output are a terminal with a movable cursor."""
    streams = (sys.stdin, sys.stdout, sys.__stderr__)  # Textual draws to stderr
    is_terminal = all(stream is not None and stream.isatty() for stream in streams)
    return is_terminal and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")


def open_client(
    game: "ClientGame",
    opponent: str,
    theme: str,
    keeps: bool,
    unfinished: "ClientGame | None" = None,
    is_review: bool = False,
    pause: float = 0.0,
    seats: "GameSetup | None" = None,
    study: "Study | None" = None,
) -> None:
    """Run the client until the user leaves it, and restore the terminal. See `Client`.

    Args:
        theme: a theme's name, or "auto" for one that fits the terminal.

    Raises:
        UserError: the theme can't be used.
    """
    from insei.client.drawing.look import Look
    from insei.client.drawing.terminal import Terminal, examine_terminal, num_colours
    from insei.client.drawing.theme import theme_for

    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # Textual takes an empty one for set
    colours = num_colours()
    # Read when Textual is imported, which would guess from TERM alone.
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", COLOUR_SYSTEMS[colours])
    theme_for(theme, Terminal(colours))  # refused before anything is written to the terminal
    terminal = examine_terminal()
    look = Look(theme_for(theme, terminal), terminal)
    from insei.client.app import Client

    client = Client(
        game,
        opponent,
        ANALYST,
        look,
        keeps,
        unfinished,
        is_review,
        pause,
        seats,
        study,
    )
    gc.freeze()  # garbage collection skips imported objects, so that keys do not wait for it
    client.run()
