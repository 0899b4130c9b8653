"""The `insei` program: runs a command, and ends with one line and an exit status if it fails.

Exit status 2 is a user's mistake, 1 a bug (its traceback is in a file), 75 a cluster that has gone
away, 130 an interrupt, 143 SIGTERM. See docs/errors.md.
"""

import difflib
import os
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

import cyclopts
from cyclopts import CycloptsError, UnknownCommandError

from insei.commands.ablate import ablate
from insei.commands.analysis import analysis
from insei.commands.completion import completion, help_on
from insei.commands.curve import curve
from insei.commands.data.data import data
from insei.commands.demo import demo
from insei.commands.export import export
from insei.commands.games import games
from insei.commands.gtp import gtp
from insei.commands.import_records import import_records
from insei.commands.ladder import ladder
from insei.commands.learn import learn
from insei.commands.mining.lesson import lesson
from insei.commands.mining.mine import mine
from insei.commands.mining.relabel import relabel
from insei.commands.package import package
from insei.commands.play import play
from insei.commands.rate import rate
from insei.commands.resize import resize
from insei.commands.restore import restore
from insei.commands.status import status
from insei.commands.studio import studio
from insei.commands.study.guess import guess
from insei.commands.study.problem import problem
from insei.commands.study.review import review
from insei.commands.tournament import tournament
from insei.commands.train import train
from insei.commands.version import version
from insei.commands.watch import watch
from insei.failures import bug_line, is_users
from insei.system.error_log import write_error_log
from insei.system.errors import ClusterLost
from insei.system.shown import say, shown_line
from insei.system.termination import EXIT_STATUS, end_on_sigterm, was_asked
from insei.system.version import version as version_text

app = cyclopts.App(
    name="insei",
    help="""Software 2.0 for Go: players that learn by self-play, measured against handwritten ones.

    To play: `insei play` is a game on 9x9 against a trained net, `insei play 1` against a beginner,
    `insei play --list` tells all levels.

    To train: `insei train go5`, then `insei tournament demo` (`insei demo` does both), then
    `insei play search:runs/go5,visits=100 --size 5`. `insei train --list` tells what there is.

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
    play, review, games, watch, problem, guess, train, import_records, learn, status, restore,
    tournament, demo, rate, ladder, curve, resize, ablate, export, data, mine, relabel,
    lesson, studio, gtp, analysis, package, completion, help_on, version,
)  # fmt: skip
NAMES: dict[Callable[..., None], str] = {import_records: "import", help_on: "help"}  # another
for command in COMMANDS:
    app.command(command, name=NAMES.get(command))


def command_names() -> list[str]:
    """The commands, those to play with first."""
    return [name for name in app.resolved_commands() if not name.startswith("-")]


FIRST = """insei: play Go in the terminal, and train nets that play it.

  insei play             a game on 9x9 against level 5; `insei play 1` against a beginner
  insei play --list      the levels and their strength
  insei review           your last game, with analysis; `insei games` lists all
  insei demo             train a net on 5x5 and rate it, in 5 to 30 minutes
  insei help             all commands; `insei help play` explains one
"""  # what `insei` alone says
CLUSTER_LOST = os.EX_TEMPFAIL  # the same command goes on once there is a cluster again


def main(words: list[str] | None = None) -> None:
    """Run the command that the words name; exits as docs/errors.md says."""
    words = sys.argv[1:] if words is None else words
    end_on_sigterm()
    try:
        if not words:
            say(FIRST, end="")
            return
        app(words, exit_on_error=False, print_error=False, result_action="return_value")
        if sys.stdout is not None:
            sys.stdout.flush()  # here, so that a closed pipe is caught below
    except UnknownCommandError as error:
        complain(unknown_command((error.unused_tokens or [""])[0]))
    except CycloptsError as error:
        complain(str(error))
    except BrokenPipeError:  # the reader of the output, as `head`, has closed it
        leave_quietly()
    except KeyboardInterrupt:
        is_sigterm = was_asked.is_set()
        say(f"insei: {'ended by SIGTERM' if is_sigterm else 'stopped'}", to_error=True)
        sys.exit(EXIT_STATUS if is_sigterm else 130)
    except Exception as error:
        if os.environ.get("INSEI_TRACEBACK") == "1":
            raise
        if is_users(error):
            complain(str(error), CLUSTER_LOST if isinstance(error, ClusterLost) else 2)
        report_bug(error, words)


def unknown_command(word: str) -> str:
    """What is said of a word that is no command: the nearest one, and all others."""
    names = command_names()
    nearest = difflib.get_close_matches(word, names, 1)
    hint = f", did you mean {nearest[0]}?" if nearest else ""
    return f"command {word!r}: wanted one of {', '.join(names)}{hint}"


def report_bug(error: Exception, words: list[str]) -> NoReturn:
    """Name the error and the file with its traceback in one line, and exit with 1."""
    line = bug_line(error)
    try:
        log = write_error_log(error, words)
    except OSError as why:
        say(f"insei: a bug: {line} (no log: {why})", to_error=True)
        say("".join(traceback.format_exception(error)), to_error=True, end="")
    else:
        say(f"insei: a bug: {line}; its traceback is in {log}", to_error=True)
    sys.exit(1)


def leave_quietly() -> NoReturn:
    """Exit with 1 and no message, because standard output is closed.

    Source: the note on SIGPIPE in the documentation of Python's module signal.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)  # Python flushes standard output once more as it exits
    sys.exit(1)


def complain(what: str, status: int = 2) -> NoReturn:
    """Say what was wrong in one line, and exit."""
    say(f"insei: {shown_line(what)}", to_error=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
