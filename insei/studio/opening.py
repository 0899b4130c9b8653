"""The studio opened on a terminal, and the player that it asks."""

import gc
import os
from pathlib import Path

from insei.agents.grammar import net_of
from insei.agents.net.find_package import check_nameable, find_package
from insei.studio.session import Session
from insei.system.errors import UserError

VISITS = 400  # of a search, where nothing else is said
SERVED = "textual.drivers.web_driver:WebDriver"  # that textual-serve starts programs with


def player_of(run: Path, said: str | None, visits: int | None) -> tuple[str, str]:
    """The player that searches, and why there is none.

    Args:
        run: whose newest net searches if no player is named.
        said: a player by the grammar; None for the run's net.
        visits: of its search; None for the player's own, or the usual number.

    Returns:
        the player's name and an empty text; or an empty name and a line, where the run has no net.

    Raises:
        UserError: `said` is no player that searches.
    """
    if said is None:
        check_nameable(run)
        try:
            find_package(str(run))
        except UserError as error:
            return "", f"no search: {error}; --player names another net"
        said = f"search:{run}"
    kind, _, rest = said.partition(":")
    if kind != "search":
        raise UserError(f"player {said!r}: wanted one that searches, search:PATH,visits=N")
    settings = rest.split(",")[1:]
    has_visits = any(each.startswith("visits=") for each in settings)
    if visits is not None or not has_visits:
        settings = [each for each in settings if not each.startswith("visits=")]
        settings.append(f"visits={VISITS if visits is None else visits}")
    find_package(net_of(said))  # its settings are read where it is made: that loads OpenVINO
    return ",".join([f"search:{net_of(said)}", *settings]), ""


def is_served() -> bool:
    """Whether the screen is drawn in a browser."""
    return os.environ.get("TEXTUAL_DRIVER") == SERVED


def open_studio(session: Session, player: tuple[str, str], theme: str) -> None:
    """Run the studio until the user leaves it, and restore the terminal.

    Args:
        player: as `player_of` has it.
        theme: a theme's name, or "auto" for one that fits the terminal.

    Raises:
        UserError: the theme can't be used.
    """
    from insei.client.drawing.look import Look
    from insei.client.drawing.terminal import (
        TRUE_COLOUR,
        Terminal,
        examine_terminal,
        num_colours,
    )
    from insei.client.drawing.theme import theme_for
    from insei.client.screen import COLOUR_SYSTEMS

    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)  # Textual takes an empty one for set
    colours = TRUE_COLOUR if is_served() else num_colours()
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", COLOUR_SYSTEMS[colours])
    theme_for(theme, Terminal(colours))  # refused before anything is written to the terminal
    terminal = Terminal() if is_served() else examine_terminal()
    appearance = Look(theme_for(theme, terminal), terminal)
    from insei.studio.app import Studio

    name, why_not = player
    studio = Studio(session, name, appearance, why_not)
    gc.freeze()  # garbage collection skips imported objects, so that keys do not wait for it
    studio.run()
