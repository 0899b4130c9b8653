"""Files of game records: plain, compressed, in archives and folders, read in pieces."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from insei.engine.errors import BadSgf
from insei.engine.sgf.encoding import decoded
from insei.engine.sgf.formats import as_sgf
from insei.engine.sgf.scanned_game import MOST_BYTES, scan_games
from insei.system.errors import UserError

PIECE = 8 << 20  # bytes read at a time
ARCHIVES = (".zip",)
SUFFIXES = (".sgf", ".gib", ".ngf", ".ugf", ".ugi")
COMPRESSED = (".gz",)
DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Piece:
    """Whole games of a file, as they stand in it."""

    source: str  # the file, and its name in an archive
    number: int  # of its first game in the file, from 0
    text: bytes  # in UTF-8


@dataclass(frozen=True)
class Unreadable:
    """A file, or the rest of one, that can't be read."""

    source: str
    reason: str


def files_of(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that these paths mean; in folders, all that may hold records, by name.

    Raises:
        UserError: a path is not there.
    """
    for path in paths:
        if path.is_dir():
            inside = (file for file in sorted(path.rglob("*")) if file.is_file())
            yield from (file for file in inside if holds_records(file.name))
        elif path.exists():
            yield path
        else:
            raise UserError(f"no file {path}: wanted game records, or a folder of them")


def holds_records(name: str) -> bool:
    """Whether a file of this name may hold records."""
    plain = name.lower()
    if plain.endswith(ARCHIVES):
        return True
    for suffix in COMPRESSED:
        plain = plain.removesuffix(suffix)
    return plain.endswith(SUFFIXES)


def pieces_of(file: Path) -> Iterator[Piece | Unreadable]:
    """A file's games in pieces, and what of it can't be read."""
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    if not member.is_dir() and holds_records(member.filename):
                        yield from pieces_of_member(
                            archive, member, f"{file.name}/{member.filename}"
                        )
        else:
            with open(file, "rb") as raw:
                yield from pieces_of_stream(plain_stream(raw), file.name)
    except DAMAGED as error:
        yield Unreadable(str(file), said_of(error))


def pieces_of_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str
) -> Iterator[Piece | Unreadable]:
    """The games of a file in an archive."""
    try:
        with archive.open(member) as raw:
            yield from pieces_of_stream(plain_stream(raw), source)
    except DAMAGED as error:
        yield Unreadable(source, said_of(error))


def said_of(error: BaseException) -> str:
    """Why a file can't be read, in a line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said or type(error).__name__


def plain_stream(raw: IO[bytes]) -> Any:
    """A stream, decompressed if its first bytes say that it is gzip."""
    start = raw.read(2)
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if start == b"\x1f\x8b" else raw


def pieces_of_stream(stream: IO[bytes], source: str) -> Iterator[Piece | Unreadable]:
    """The games of a stream; a piece ends where a game does.

    A game that the end of what was read cuts in two stands in the next piece.
    """
    held, number = b"", 0
    while True:
        try:
            read = stream.read(PIECE)
        except DAMAGED as error:
            read = b""
            yield Unreadable(source, said_of(error))
        held += read
        if not held:
            return
        if not read:
            yield Piece(source, number, as_utf8(held) if number else whole_as_sgf(held))
            return
        if len(held) > MOST_BYTES:
            yield Unreadable(source, f"a game of more than {MOST_BYTES:,} bytes")
            return
        whole, count = whole_games(held)
        if count:
            yield Piece(source, number, as_utf8(held[:whole]))
            held, number = held[whole:], number + count


def whole_games(text: bytes) -> tuple[int, int]:
    """Where the last game that is surely whole ends, and how many games end before."""
    ends = []
    try:
        ends = [game.end for game in scan_games(text)]
    except BadSgf:
        return (ends[-1], len(ends)) if ends else (0, 0)
    return (ends[-2], len(ends) - 1) if len(ends) > 1 else (0, 0)


def whole_as_sgf(text: bytes) -> bytes:
    """A whole file as SGF in UTF-8, whatever its format and encoding."""
    sgf, _ = as_sgf(decoded(text)[0])
    return sgf.encode("utf-8", "replace")


def as_utf8(text: bytes) -> bytes:
    """Text of any encoding in UTF-8."""
    if text.isascii():
        return text
    return decoded(text)[0].encode("utf-8", "replace")
