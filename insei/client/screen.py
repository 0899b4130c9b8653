"""The terminal: whether there is one, whether it has colours, and the client opened on it."""

import curses
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from insei.client.game import ClientGame

Theme = Literal["auto", "wood", "plain"]
FEWEST_COLOURS = 8  # that wood is drawn with


def has_terminal() -> bool:
    """Whether there is a screen to draw on: a terminal both ways, with a cursor that moves."""
    streams = (sys.stdin, sys.stdout, sys.__stderr__)  # Textual draws on the last
    is_terminal = all(stream is not None and stream.isatty() for stream in streams)
    return is_terminal and os.environ.get("TERM", "dumb") not in ("dumb", "unknown", "")


def has_colours() -> bool:
    """Whether the terminal has colours, and its user wants them (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("COLORTERM"):
        return True
    try:
        curses.setupterm()
    except curses.error:
        return True  # a terminal that no database knows is a new one
    return curses.tigetnum("colors") >= FEWEST_COLOURS


def is_plain(theme: Theme) -> bool:
    """Whether stones are X and O, and all is ASCII."""
    if theme != "auto":
        return theme == "plain"
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    return not has_colours() or not encoding.startswith("utf")


def open_client(
    game: "ClientGame",
    opponent: str,
    theme: Theme,
    keep: Path | None,
    left: "ClientGame | None" = None,
    reviews: bool = False,
    pause: float = 0.0,
) -> None:
    """Open the client on a game, and close it with the terminal as it was."""
    from insei.client.app import Client
    from insei.levels import strongest_net_for

    analyst = f"search:{strongest_net_for(game.rules.width)},rule=puct,visits=20000"
    client = Client(game, opponent, analyst, is_plain(theme), keep, left, reviews, pause)
    gc.freeze()  # what was imported lives on: a collection would go through it while keys wait
    client.run()
