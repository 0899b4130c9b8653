"""What a run's copy on shared storage looks like.

    files/SHA256                a file of the run, named by its content
    states/NUMBER-WRITER.json   one whole state of the run: each file's path, hash and size

A state is written after its files. Whoever reads the newest one finds everything that it names. A
file that several states share is there once. The oldest states are deleted, and then what only they
named.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated

from annotated_types import Interval, Len

from insei.selfplay.mirror.store import Store
from insei.system.errors import UserError
from insei.system.records import json_of, record_of

FILES = "files"
STATES = "states"
STATUS_FILE = "mirror.json"  # in the run's folder: `mirror.MirrorStatus`
HEX = frozenset("0123456789abcdef")
HASH_DIGITS = 64
TOKEN_DIGITS = 16

Text = Annotated[str, Len(1, 4096)]
Size = Annotated[int, Interval(ge=0, le=2**50)]
Number = Annotated[int, Interval(ge=1, le=10**9)]


@dataclass(frozen=True)
class SavedFile:
    """A file of a run.

    Raises:
        UserError: its path leads out of the run's folder, or its hash is none.
    """

    path: Text  # within the run's folder, with slashes
    sha256: Text
    size: Size

    def __post_init__(self) -> None:
        pure = PurePosixPath(self.path)
        is_plain = pure.parts and not pure.is_absolute() and str(pure) == self.path
        if not is_plain or ".." in pure.parts or "\0" in self.path:
            raise UserError(f"path {self.path!r}: wanted one within the run's folder")
        if len(self.sha256) != HASH_DIGITS or set(self.sha256) - HEX:
            raise UserError(f"sha256 {self.sha256!r}: wanted {HASH_DIGITS} hexadecimal digits")


@dataclass(frozen=True)
class SavedState:
    """A run at one moment.

    Raises:
        UserError: two of its files have one path.
    """

    number: Number  # of this state, from 1
    run: Text  # which run, drawn when its first state was written
    writer: Text  # which command wrote it, drawn when that began
    name: Text  # of the run
    time: Annotated[float, Interval(ge=0, le=1e12)]  # seconds since 1970
    generation: Annotated[int, Interval(ge=-1, le=10**9)]  # of its newest checkpoint; -1: none
    files: tuple[SavedFile, ...]

    def __post_init__(self) -> None:
        if len({file.path for file in self.files}) < len(self.files):
            raise UserError("two files of one path")

    @property
    def file_name(self) -> str:
        """Its name on the store."""
        return f"{self.number:09}-{self.writer}.json"

    @property
    def hashes(self) -> set[str]:
        """The names of its files on the store."""
        return {file.sha256 for file in self.files}


def state_names(store: Store) -> list[str]:
    """The names of the states on a store, oldest first."""
    return sorted(name for name in store.names(STATES) if is_state_name(name))


def is_state_name(name: str) -> bool:
    """Whether a file of `states/` is a state."""
    number, dash, writer = name.removesuffix(".json").partition("-")
    return bool(
        name.endswith(".json")
        and number.isascii()
        and number.isdecimal()
        and dash
        and len(writer) == TOKEN_DIGITS
        and not set(writer) - HEX
    )


def read_state(store: Store, name: str) -> SavedState:
    """Read a state.

    Raises:
        BadRecord: it is damaged.
        OSError: the store can't be reached, or the state is gone.
    """
    data = store.read(f"{STATES}/{name}")
    return record_of(SavedState, data, f"{store.url}/{STATES}/{name}")


def write_state(store: Store, state: SavedState) -> None:
    """Write a state, whose files are all there.

    Raises:
        BadRecord: it could not be read again.
    """
    data, name = json_of(state).encode(), f"{STATES}/{state.file_name}"
    record_of(SavedState, data, f"{store.url}/{name}")
    store.write(name, data)


def stored_files(store: Store) -> set[str]:
    """The hashes of the files on a store."""
    names = store.names(FILES)
    return {name for name in names if len(name) == HASH_DIGITS and not set(name) - HEX}


def delete_files(store: Store, hashes: Iterable[str]) -> None:
    """Delete files that no state names."""
    store.delete(f"{FILES}/{sha256}" for sha256 in hashes)
