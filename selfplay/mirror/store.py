"""Where a run's copy lies: a folder, or a bucket of an object store, behind one small interface.

    store = open_store("s3://bucket/go9")
    store.write("states/1.json", data)

A file appears there whole or not at all. In a folder that is a rename; object stores do it by
themselves. Errors of any store are `StoreError`s of one line.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, ParamSpec, Protocol, TypeVar

from insei.selfplay.mirror.place import EXTRAS, check_place, scheme_of
from insei.system.errors import UserError
from insei.system.files import delete_unfinished, new_file, open_file, typed_path

P = ParamSpec("P")
R = TypeVar("R")

MOST_SAID = 200  # characters of what is said of an error


class StoreError(UserError, OSError):
    """A store can't be reached, or does not do what was asked."""


class Store(Protocol):
    """A place with files, by names such as "states/1.json"."""

    url: str

    def names(self, folder: str) -> dict[str, int]:
        """The files of a folder with their sizes; none if there is no such folder."""

    def read(self, name: str) -> bytes:
        """A file's bytes."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""

    def upload(self, source: Path, name: str) -> None:
        """Copy a file there."""

    def download(self, name: str, target: BinaryIO) -> None:
        """Copy a file from there."""

    def delete(self, names: Iterable[str]) -> None:
        """Delete files."""


def open_store(url: str) -> Store:
    """The store at a URL; nothing is asked of it yet.

    Raises:
        UserError: it is no such URL, what speaks to such stores is not installed, or lacks
            credentials.
    """
    check_place(url)
    scheme = scheme_of(url)
    if scheme == "file":
        return FolderStore(url)
    import fsspec.core

    try:
        files, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except ImportError as error:
        raise UserError(f"{url}: wanted `pip install '{EXTRAS[scheme]}'` ({error})") from error
    except Exception as error:  # each store's library raises kinds of its own
        raise StoreError(f"{url}: {one_line(error)}") from error
    return ObjectStore(url, files, root.rstrip("/"))


class FolderStore:
    """A folder, as on a shared file system."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.root = typed_path(url.partition("://")[2])

    def names(self, folder: str) -> dict[str, int]:
        """The files of a folder with their sizes; none if there is no such folder."""
        path = self.root / folder
        if not path.is_dir():
            return {}
        delete_unfinished(path)
        return {file.name: file.stat().st_size for file in path.iterdir() if file.is_file()}

    def read(self, name: str) -> bytes:
        """A file's bytes."""
        with open_file(self.root / name, os.O_RDONLY) as file:
            return file.read()

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with new_file(path) as file:
            file.write(data)

    def upload(self, source: Path, name: str) -> None:
        """Copy a file there."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_file(source, os.O_RDONLY) as file, new_file(path) as copy:
            shutil.copyfileobj(file, copy, 1 << 20)

    def download(self, name: str, target: BinaryIO) -> None:
        """Copy a file from there."""
        with open_file(self.root / name, os.O_RDONLY) as file:
            shutil.copyfileobj(file, target, 1 << 20)

    def delete(self, names: Iterable[str]) -> None:
        """Delete files."""
        for name in names:
            (self.root / name).unlink(missing_ok=True)


def one_line(error: Exception) -> str:
    """What is said of an error of a store's library."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:MOST_SAID]}"


def in_one_line(method: Callable[P, R]) -> Callable[P, R]:
    """Raise a StoreError for whatever a method of an object store raises."""

    @wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except Exception as error:  # each store's library raises kinds of its own
            raise StoreError(one_line(error)) from error

    return checked


class ObjectStore:
    """A bucket, or what else fsspec reaches.

    Args:
        files: of fsspec.
        root: the path there.
    """

    def __init__(self, url: str, files: Any, root: str) -> None:
        self.url = url
        self.files = files
        self.root = root

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    @in_one_line
    def names(self, folder: str) -> dict[str, int]:
        """The files of a folder with their sizes; none if there is no such folder."""
        try:
            found = self.files.ls(self._path(folder), detail=True)
        except FileNotFoundError:
            return {}
        return {
            one["name"].rpartition("/")[2]: one["size"] for one in found if one["type"] == "file"
        }

    @in_one_line
    def read(self, name: str) -> bytes:
        """A file's bytes."""
        return bytes(self.files.cat_file(self._path(name)))

    @in_one_line
    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        self.files.pipe_file(self._path(name), data)

    @in_one_line
    def upload(self, source: Path, name: str) -> None:
        """Copy a file there."""
        self.files.put_file(str(source), self._path(name))

    @in_one_line
    def download(self, name: str, target: BinaryIO) -> None:
        """Copy a file from there."""
        with self.files.open(self._path(name), "rb") as file:
            shutil.copyfileobj(file, target, 1 << 20)

    @in_one_line
    def delete(self, names: Iterable[str]) -> None:
        """Delete files."""
        for name in names:
            self.files.rm_file(self._path(name))
