"""The terminal: what it can show, and the client opened on it."""

import curses
import gc
import os
import sys
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from insei.client.game import ClientGame
    from insei.client.game_setup import GameSetup
    from insei.client.teaching.study import Study

Theme = Literal["auto", "wood", "plain"]
ANALYST = "search:NET,rule=puct,visits=20000"  # see PlayerServer
MIN_COLOURS = 8  # for the wooden board


def has_terminal() -> bool:
    """Whether input and output are a terminal with a movable cursor."""
    streams = (sys.stdin, sys.stdout, sys.__stderr__)  # Textual draws to stderr
    is_terminal = all(stream is not None and stream.isatty() for stream in streams)
    return is_terminal and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")


def has_colours() -> bool:
    """Whether the terminal has colours and NO_COLOR is unset (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("COLORTERM"):
        return True
    try:
        curses.setupterm()
    except curses.error:
        return True  # not in the terminfo database: a new terminal
    return curses.tigetnum("colors") >= MIN_COLOURS


def is_plain(theme: Theme) -> bool:
    """Whether to draw in ASCII, stones as X and O."""
    if theme != "auto":
        return theme == "plain"
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return not has_colours() or not encoding.startswith("utf")


def open_client(
    game: "ClientGame",
    opponent: str,
    theme: Theme,
    keeps: bool,
    unfinished: "ClientGame | None" = None,
    is_review: bool = False,
    pause: float = 0.0,
    seats: "GameSetup | None" = None,
    study: "Study | None" = None,
) -> None:
    """Run the client until the user leaves it, and restore the terminal. See `Client`."""
    from insei.client.app import Client

    client = Client(
        game,
        opponent,
        ANALYST,
        is_plain(theme),
        keeps,
        unfinished,
        is_review,
        pause,
        seats,
        study,
    )
    gc.freeze()  # garbage collection skips imported objects, so that keys do not wait for it
    client.run()
