"""A run's folder at one moment, while the run goes on.

What never changes once it is there, tables and checkpoints, gets a second name (a hard link), so
that its bytes stay even if the run deletes it. The rest is copied.

The order keeps the state whole. Checkpoints are taken before tables, because games are committed
before the checkpoint that follows them. Within a table the list of versions is taken before the
files that they need.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from insei.selfplay.checkpoints import MILESTONES, checkpoints_of
from insei.selfplay.mirror.state import STATUS_FILE, SavedFile
from insei.selfplay.reports.run_now import NOW_FILE
from insei.system.files import TEMPORARY, open_file

CURVES = "tensorboard"
LEFT_OUT = ("lock", NOW_FILE, STATUS_FILE)  # what holds for this machine alone
HINT = "latest_version_hint.json"  # of Lance, which does without it
NO_LINKS = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.EACCES, errno.ENOSYS)
TRIES = 10

Known = dict[str, tuple[tuple[int, int, int], str]]  # by path: a file's marks, and its hash


class RunMoves(OSError):
    """A run writes checkpoints faster than its state can be taken."""


class FileChanged(OSError):
    """A file was still being written when it was taken."""


@dataclass(frozen=True)
class HeldFile:
    """A file whose bytes are held until the snapshot is closed."""

    saved: SavedFile
    held: Path | None  # where they are; None: they were saved before, and are not held

    def check_whole(self) -> None:
        """Raise FileChanged if it has another size than when its hash was taken."""
        if self.held and (size := self.held.stat().st_size) != self.saved.size:
            raise FileChanged(f"{self.saved.path}: {size} bytes, and {self.saved.size} before")


class Snapshot:
    """A run's files at one moment.

    Args:
        run: its folder.
        known: hashes of files seen before; new ones are added.
        stored: hashes of files that are not needed, because they are saved already.
        curves: the files of `tensorboard/` to be taken as they were; None takes them anew.

    Raises:
        RunMoves: a checkpoint was written at each try.
        OSError: the folder can't be read, or the disk is full.
    """

    def __init__(
        self, run: Path, known: Known, stored: set[str], curves: list[SavedFile] | None = None
    ) -> None:
        self.run = run
        self.known = known
        self.stored = stored
        self.folder = Path(tempfile.mkdtemp(prefix=f"{TEMPORARY}mirror-", dir=run))
        try:
            for _ in range(TRIES):
                self.generation = newest_generation(run)
                try:
                    self.files = list(self._take(curves))
                except FileNotFoundError:  # deleted meanwhile, as old checkpoints are
                    continue
                if newest_generation(run) == self.generation:
                    return
            raise RunMoves(f"{run}: checkpoints appear faster than its state can be taken")
        except BaseException:
            self.close()
            raise

    def _take(self, curves: list[SavedFile] | None) -> Iterator[HeldFile]:
        for path in paths_of(self.run, with_curves=curves is None):
            yield self._hold(path)
        for saved in curves or []:
            yield HeldFile(saved, None)

    def _hold(self, path: Path) -> HeldFile:
        name = path.relative_to(self.run).as_posix()
        is_kept, marks = never_changes(name), marks_of(path)
        if is_kept and name in self.known:
            known_marks, sha256 = self.known[name]
            if known_marks == marks and sha256 in self.stored:
                return HeldFile(SavedFile(name, sha256, marks[0]), None)
        held = self.folder / name
        held.parent.mkdir(parents=True, exist_ok=True)
        held.unlink(missing_ok=True)  # of a try before
        if not (is_kept and linked(path, held)):
            copy(path, held)
        sha256, size = hash_of(held)
        if is_kept:
            self.known[name] = marks, sha256
        return HeldFile(SavedFile(name, sha256, size), held)

    @property
    def saved(self) -> tuple[SavedFile, ...]:
        """Its files, as a state names them."""
        return tuple(file.saved for file in self.files)

    @property
    def curves(self) -> list[SavedFile]:
        """Those of `tensorboard/`."""
        return [saved for saved in self.saved if saved.path.startswith(f"{CURVES}/")]

    def missing(self) -> list[HeldFile]:
        """The files that are not saved yet, each content once."""
        found = {file.saved.sha256: file for file in self.files if file.held is not None}
        return [file for sha256, file in found.items() if sha256 not in self.stored]

    def close(self) -> None:
        """Let the bytes go."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def newest_generation(run: Path) -> int:
    """The number of a run's newest checkpoint; -1 for none."""
    return max((int(folder.name) for folder in checkpoints_of(run)), default=-1)


def paths_of(run: Path, with_curves: bool) -> Iterator[Path]:
    """The files of a run that are saved, in the order in which they are taken."""
    tables = []
    for path in sorted(run.iterdir()):
        is_left_out = path.name in LEFT_OUT or path.name.startswith(TEMPORARY)
        if is_left_out or (path.name == CURVES and not with_curves):
            continue
        if path.is_dir() and path.suffix == ".lance":
            tables.append(path)
        elif path.is_dir() and path.name != "checkpoints":
            yield from files_in(path)
        elif path.is_file() and not path.is_symlink():
            yield path
    for folder in checkpoints_of(run):
        yield from files_in(folder)
    for table in tables:
        versions = [path for path in files_in(table) if path.suffix == ".manifest"]
        yield from (path for path in files_in(table) if path.suffix != ".manifest")
        yield from versions


def files_in(folder: Path) -> list[Path]:
    """The files of a folder, however deep; without unfinished ones and links.

    Lance begins the names of those that it is writing with a dot.
    """
    unfinished = "." if folder.suffix == ".lance" else TEMPORARY
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and path.name != HINT
        and not any(part.startswith(unfinished) for part in path.relative_to(folder).parts)
    ]


def never_changes(name: str) -> bool:
    """Whether a file of a run stays as it is once it is there."""
    first, *inner = name.split("/")
    if ".lance" in first:
        return "_refs" not in inner  # names of versions, which may move
    return first in ("checkpoints", MILESTONES) and bool(inner)


def marks_of(path: Path) -> tuple[int, int, int]:
    """Size, number and time of a file, by which it is known again."""
    found = path.stat()
    return found.st_size, found.st_ino, found.st_mtime_ns


def linked(path: Path, held: Path) -> bool:
    """Give a file a second name; False where the file system has none."""
    try:
        os.link(path, held, follow_symlinks=False)
    except OSError as error:
        if error.errno in NO_LINKS:
            return False
        raise
    return True


def copy(path: Path, held: Path) -> None:
    """Copy a file, which may grow meanwhile."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with open_file(path, os.O_RDONLY) as file, open_file(held, flags) as target:
        shutil.copyfileobj(file, target, 1 << 20)


def hash_of(path: Path) -> tuple[str, int]:
    """A file's SHA-256 in hexadecimal, and its size."""
    with open_file(path, os.O_RDONLY) as file:
        return digest_of(file), file.tell()


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 of an open file from where it stands to its end, in hexadecimal."""
    digest = hashlib.sha256()
    while data := file.read(1 << 20):
        digest.update(data)
    return digest.hexdigest()
