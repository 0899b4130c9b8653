"""Records on disk, as JSON: the form of each file is one type, which writes and reads it.

The types are dataclasses and plain containers, with bounds of `annotated_types`. Pydantic checks
what is read: every key, type and bound; NaN and infinity are refused. Keys that a type doesn't know
are ignored, because a newer version may have written them.
"""

import dataclasses
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from insei.system.configuration import said_of
from insei.system.errors import UserError
from insei.system.files import append_lines, open_file, write_text

T = TypeVar("T")
Single = tuple[T]
MOST_OF_A_LINE = 4 << 20  # bytes; a game of 19x19 needs a tenth
MOST_OF_A_FILE = 64 << 20
MOST_SAID = 200  # characters of what is said about a bad record


class BadRecord(UserError):
    """A file that doesn't hold what it should; the message names it and what was wanted."""


@dataclass(frozen=True)
class BadLine:
    """A line that holds no record."""

    number: int  # in the file, from 1
    why: str


@dataclass(frozen=True)
class Lines(Generic[T]):
    """What a file of one record a line holds."""

    path: Path
    records: list[tuple[int, T]]  # each with the number of its line
    bad: list[BadLine]

    @property
    def values(self) -> list[T]:
        """The records, in the order of the file."""
        return [record for _, record in self.records]

    @property
    def notice(self) -> str:
        """What a user should know of bad lines, in one line; empty if there are none."""
        if not self.bad:
            return ""
        first, count = self.bad[0], len(self.bad)
        if count == 1:
            return f"{self.path}: line {first.number} is set aside: {first.why}"
        return f"{self.path}: {count} lines are set aside; line {first.number}: {first.why}"


@cache
def reader_of(kind: Any) -> Any:
    """What reads a type; made once, because it is compiled."""
    from pydantic import ConfigDict, TypeAdapter  # here, because it takes 0.2 s and 12 MB

    config = ConfigDict(strict=True, allow_inf_nan=False)
    # A dataclass itself may not be given a configuration, a tuple of one may.
    return TypeAdapter(Single[kind], config=config)


def record_of(kind: type[T], text: str | bytes, source: str) -> T:
    """The record of a type in JSON that came from `source`.

    Raises:
        BadRecord: the text is not JSON, or not such a record.
    """
    from pydantic import ValidationError

    if isinstance(text, str):
        text = text.encode()
    try:
        reader = reader_of(kind)  # type: ignore[arg-type]
        [record] = reader.validate_json(b"[" + text + b"]")
    except ValidationError as error:
        raise BadRecord(f"{source}: {reason_of(error)}") from None
    return record


def reason_of(error: Any) -> str:
    """Why Pydantic refused a record, in one short line."""
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return f"not JSON ({first['ctx']['error']})"[:MOST_SAID]
    if not first["loc"] or (len(first["loc"]) == 1 and first["type"] == "missing"):
        return "wanted one JSON value"
    said = said_of(first | {"loc": first["loc"][1:], "input": shortened(first["input"])})
    said = said.removeprefix(": ").replace("wanted Input should be ", "wanted ")  # Pydantic's words
    return " ".join(said.split())[:MOST_SAID]


def shortened(value: Any) -> Any:
    """A value to be quoted; long ones by their kind alone."""
    return value if len(repr(value)) <= MOST_SAID // 2 else f"{type(value).__name__} ..."


def read_record(kind: type[T], path: Path) -> T:
    """Read a file that holds one record.

    Raises:
        BadRecord: it holds another thing.
        OSError: it can't be read.
    """
    with open_file(path, os.O_RDONLY) as file:
        text = file.read(MOST_OF_A_FILE + 1)
    if len(text) > MOST_OF_A_FILE:
        raise BadRecord(f"{path}: wanted at most {MOST_OF_A_FILE >> 20} MiB")
    return record_of(kind, text, str(path))


def read_lines(kind: type[T], path: Path) -> Lines[T]:
    """Read a file of one record a line; no records if there is no such file.

    Bad lines are set aside. A last line that a crash cut short is passed over in silence.
    """
    records: list[tuple[int, T]] = []
    bad: list[BadLine] = []
    if not path.exists() and not path.is_symlink():
        return Lines(path, records, bad)
    with open_file(path, os.O_RDONLY) as file:
        number = 0
        while line := file.readline(MOST_OF_A_LINE):
            number += 1
            is_whole = line.endswith(b"\n")
            if not is_whole and len(line) == MOST_OF_A_LINE:
                bad.append(BadLine(number, f"wanted at most {MOST_OF_A_LINE >> 20} MiB"))
                while (rest := file.readline(MOST_OF_A_LINE)) and not rest.endswith(b"\n"):
                    pass
                continue
            if not line.strip():
                continue
            try:
                records.append((number, record_of(kind, line, "")))
            except BadRecord as error:
                if is_whole:
                    bad.append(BadLine(number, str(error).removeprefix(": ")))
    return Lines(path, records, bad)


def json_of(record: Any, indent: int | None = None) -> str:
    """A record as JSON. What its type would refuse to read is not written."""
    return json.dumps(record, indent=indent, allow_nan=False, default=dataclasses.asdict)


def append_records(path: Path, records: Iterable[Any]) -> None:
    """Append a line for each record, and flush."""
    append_lines(path, map(json_of, records))


def write_record(path: Path, record: Any) -> None:
    """Write a file that holds one record, whole or not at all."""
    write_text(path, json_of(record, indent=2) + "\n")
