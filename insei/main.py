"""The `insei` program: finds the command, and turns what a user can cause into one line."""

import os
import sys

import cyclopts
from cyclopts import CycloptsError

from insei.agents.player import PlayerFailed
from insei.commands.ablate import ablate
from insei.commands.analysis import analysis
from insei.commands.curve import curve
from insei.commands.gtp import gtp
from insei.commands.ladder import ladder
from insei.commands.package import package
from insei.commands.play import play
from insei.commands.rate import rate
from insei.commands.resize import resize
from insei.commands.tournament import tournament
from insei.commands.train import train
from insei.commands.version import version, version_text
from insei.commands.watch import watch

app = cyclopts.App(
    name="insei",
    help="""Software 2.0 for Go: players that learn by self-play, measured against handwritten ones.

    To play: `insei play` is a game on 9x9 against a trained net, `insei play 1` against a beginner,
    `insei play --list` tells all levels.

    To train: `insei train configs/go5.yaml`, then `insei tournament configs/demo.yaml`, then
    `insei play search:runs/go5,visits=100 --size 5`.

    Players are named the same way everywhere: a level's number where you play, or `random`,
    `capture`, `influence`, `alphabeta`, `uct`, `net:PATH`, `search:PATH,visits=100`,
    `gtp:COMMAND`, `python:FILE:CLASS`, where PATH is a shipped player's name, a player package,
    or a run's folder.
    `insei COMMAND --help` says more on each command.
    """,
    version=version_text,
    help_format="markdown",
    suppress_keyboard_interrupt=False,  # `main` says that it stopped
)
COMMANDS = (
    play, watch, train, tournament, rate, ladder, curve, resize, ablate, gtp, analysis, package,
    version,
)  # fmt: skip
for command in COMMANDS:
    app.command(command)


def main(words: list[str] | None = None) -> None:
    """Run the command that the words name; exits with 2 where they, or a file, make no sense."""
    try:
        app(words, exit_on_error=False, print_error=False, result_action="return_value")
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a reader that has left is no surprise
    except CycloptsError as error:
        complain(str(error))
    except BrokenPipeError:  # whoever read the output, as `head` does, has left
        leave_quietly()
    except (ValueError, OSError, PlayerFailed) as error:
        if os.environ.get("INSEI_TRACEBACK") == "1":
            raise
        complain(str(error))
    except KeyboardInterrupt:
        print("insei: stopped", file=sys.stderr)
        sys.exit(130)


def leave_quietly() -> None:
    """Exit with 1, and without a word of what can't be written any more.

    Source: the note on SIGPIPE in the documentation of Python's module signal.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # standard output, which Python flushes once more as it exits
    sys.exit(1)


def complain(what: str) -> None:
    """Say what was wrong in one line, and exit with 2."""
    print(f"insei: {' '.join(what.split())}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
