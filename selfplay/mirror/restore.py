"""A run brought back from its copy on shared storage, to go on on another machine."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from insei.agents.net.find_package import check_nameable
from insei.selfplay.mirror.mirror import MirrorStatus
from insei.selfplay.mirror.snapshot import digest_of
from insei.selfplay.mirror.state import (
    FILES,
    STATUS_FILE,
    SavedFile,
    SavedState,
    read_state,
    state_names,
)
from insei.selfplay.mirror.store import Store, StoreError, open_store
from insei.system.errors import UserError
from insei.system.files import new_folder, open_file
from insei.system.records import BadRecord, write_record


class DamagedCopy(UserError):
    """A file of a state is missing on the store, or is another."""


def restore(
    url: str, runs: Path = Path("runs"), notice: Callable[[str], None] = lambda line: None
) -> tuple[Path, SavedState]:
    """Bring a run back from its copy: the newest state that is whole.

    Args:
        url: where the copy is.
        runs: where the run's folder goes, under the name that it had.
        notice: told in one line of each newer state that is damaged.

    Returns:
        the run's folder, and the state that it is in.

    Raises:
        UserError: there is no whole state, or the folder exists already.
        OSError: the store can't be reached.
    """
    store = open_store(url)
    names = state_names(store)
    if not names:
        raise UserError(f"{url}: no copy of a run; wanted states/ with a state in it")
    for name in reversed(names):
        try:
            state = read_state(store, name)
            path = runs / folder_name(state)
            with new_folder(path) as folder:
                for file in state.files:
                    bring(store, file, folder)
                write_record(folder / STATUS_FILE, MirrorStatus(url, state.run))
        except (BadRecord, DamagedCopy) as error:
            notice(f"{error}; trying the state before")
            continue
        return path, state
    raise UserError(f"{url}: none of its {len(names)} states is whole")


def folder_name(state: SavedState) -> str:
    """The name of the run's folder; raises DamagedCopy if it is none."""
    if state.name in (".", "..") or "/" in state.name or "\0" in state.name:
        raise DamagedCopy(f"a run named {state.name!r}: wanted the name of a folder")
    check_nameable(Path(state.name))
    return state.name


def bring(store: Store, file: SavedFile, folder: Path) -> None:
    """Bring one file of a state into the run's folder.

    Raises:
        DamagedCopy: it is missing, or another.
        OSError: the store can't be reached.
    """
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_file(path, os.O_RDWR | os.O_CREAT | os.O_EXCL) as target:
        download(store, file, target)
        target.seek(0)
        sha256 = digest_of(target)
    if sha256 != file.sha256:
        raise DamagedCopy(f"{store.url}/{FILES}/{file.sha256}: another content, for {file.path}")


def download(store: Store, file: SavedFile, target: BinaryIO) -> None:
    """Copy a file from the store; raises DamagedCopy if it is missing there."""
    try:
        store.download(f"{FILES}/{file.sha256}", target)
    except FileNotFoundError as error:
        raise missing(store, file) from error
    except StoreError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise missing(store, file) from error
        raise


def missing(store: Store, file: SavedFile) -> DamagedCopy:
    """What is said of a file that is not there."""
    return DamagedCopy(f"{store.url}/{FILES}/{file.sha256}: not there, wanted for {file.path}")
