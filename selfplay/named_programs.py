"""Programs that a run starts, and whether the user has named them.

The configuration in a run's folder may name programs (`gtp:`, `python:`) as opponents of its nets,
and the folder may come from somebody else. A program is started only if the user has named it, in
the same working directory: in a configuration given by its file, or by `--set`. The user's state
folder remembers these names, so that one's own runs go on without asking.
"""

import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from insei.agents.grammar import is_external
from insei.selfplay.train_config import TrainConfig
from insei.system.error_log import state_folder
from insei.system.errors import UserError
from insei.system.files import LinkRefused
from insei.system.records import append_records, read_lines

PROGRAMS_FILE = "named-programs.jsonl"
MOST_SHOWN = 200  # characters of a program's name


@dataclass(frozen=True)
class NamedProgram:
    """A program that the user has named."""

    folder: str  # the working directory, because a command may be relative to it
    player: str


def programs_of(config: TrainConfig) -> list[str]:
    """The opponents of a run's ratings that are programs."""
    return [name for name in config.rating.opponents if config.rating.every and is_external(name)]


def named_by(settings: Sequence[str], config: TrainConfig) -> list[str]:
    """The programs that `--set` names."""
    keys = {setting.partition("=")[0] for setting in settings}
    return programs_of(config) if keys & {"rating", "rating.opponents"} else []


def named_before() -> set[str]:
    """The programs that the user has named in this working directory."""
    try:
        known = read_lines(NamedProgram, state_folder() / PROGRAMS_FILE).values
    except (OSError, LinkRefused):  # no home, or no right to read there
        return set()
    return {program.player for program in known if program.folder == os.getcwd()}


def remember(names: Collection[str]) -> None:
    """Remember that the user has named these programs, if there is a place to."""
    new = set(names) - named_before()
    if not new:
        return
    with suppress(OSError, LinkRefused):
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True)
        programs = [NamedProgram(os.getcwd(), name) for name in sorted(new)]
        append_records(folder / PROGRAMS_FILE, programs)


def check_named(run: Path, config: TrainConfig, settings: Sequence[str]) -> None:
    """Check that the user has named each program that a run's folder would start.

    Args:
        config: the folder's configuration, with the settings.

    Raises:
        UserError: one was never named here. Nothing was started.
    """
    named = named_by(settings, config)
    remember(named)
    unknown = [name for name in programs_of(config) if name not in {*named, *named_before()}]
    if unknown:
        shown = ", ".join(repr(name)[:MOST_SHOWN] for name in unknown)
        raise UserError(
            f"{run} would start programs that you have not named in this working directory: "
            f"{shown}; wanted --set 'rating.opponents=[...]' with the opponents to play against, "
            "or --set rating.every=null"
        )
