"""The table `edits.lance`: everything that happened to a dataset's labels, one append an event.

An event is a commit, or a branch, a tag or a switch. It has a row of its own, and a commit has one
more for each edit. An append is atomic, so that a crash leaves an event whole or not there at all.
Rows are never changed or deleted, and old versions of the table are kept. The state of branches,
tags and edits follows from the rows in their order (graph.py).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import lance
import pyarrow as pa

from insei.selfplay.history.graph import PLAYED, Commit, Edit, Graph, Proposer
from insei.system.errors import UserError
from insei.system.files import files_in, flush_files, flush_folder_of, flush_to_disk

EDITS = "edits.lance"  # beside the table of games
FILES_BEFORE_COMPACTION = 50
Kind = Literal["commit", "branch", "tag", "switch", "delete"]
KINDS = ("commit", "branch", "tag", "switch", "delete", "edit")


@dataclass(frozen=True)
class Column:
    """A column of the table."""

    name: str
    kind: pa.DataType
    rows: str  # the kinds of rows that have it
    meaning: str


COLUMNS = (
    Column("kind", pa.string(), "all", ", ".join(KINDS)),
    Column(
        "commit", pa.string(), "all",
        "16 hexadecimal digits; of a branch or tag, what it points to; empty: as it was played",
    ),
    Column(
        "name", pa.string(), "all but edit",
        "the branch that a commit moves; the name of a branch or tag; what is deleted or used",
    ),
    Column(
        "branch", pa.string(), "commit", "the branch on which the commit was made",
    ),
    Column("parents", pa.list_(pa.string()), "commit", "one commit, or two of a merge"),
    Column("time", pa.timestamp("us", "UTC"), "all but edit", "when"),
    Column("author", pa.string(), "all but edit", "who"),
    Column("message", pa.string(), "commit", "why"),
    Column("proposer", pa.string(), "commit", "SHA-256 of the weights that proposed the values"),
    Column("visits", pa.int32(), "commit", "of the proposer's search"),
    Column("seed", pa.int64(), "commit", "of the proposer"),
    Column("game", pa.string(), "edit", "as in games.lance"),
    Column("ply", pa.uint16(), "edit", "as in games.lance"),
    Column("field", pa.string(), "edit", "the column of games.lance"),
    Column("old", pa.string(), "edit", "hash of the value before: blake2b, 8 bytes"),
    Column("new", pa.string(), "edit", "hash of the value after"),
    Column("value", pa.binary(), "edit", "bytes as in games.lance; null: as it was played"),
)  # fmt: skip
ZSTD = {"lance-encoding:compression": "zstd"}
SCHEMA = pa.schema(
    pa.field(each.name, each.kind, metadata=ZSTD if each.name == "value" else None)
    for each in COLUMNS
)
OF_AN_EDIT = [*Edit._fields]


@dataclass(frozen=True)
class Event:
    """Something that happened; for a commit, without its edits."""

    kind: Kind
    name: str  # of the branch or tag
    commit: str  # its id
    seconds: float  # since 1970, UTC
    author: str

    @property
    def row(self) -> dict[str, Any]:
        """The event as a row of the table."""
        time = datetime.fromtimestamp(self.seconds, UTC)
        return asdict(self) | {"time": time}


def id_of(commit: Commit, edits: Sequence[Edit]) -> str:
    """The hash of all that a commit says; its own id is left out."""
    found = hashlib.blake2b(digest_size=8)
    told = (commit.parents, commit.seconds, commit.author, commit.message, commit.proposer)
    found.update(repr(told).encode())
    for edit in edits:
        found.update(repr(edit).encode())
    return found.hexdigest()


def rows_of_commit(commit: Commit, edits: Sequence[Edit], branch: str) -> pa.Table:
    """A commit as rows.

    Args:
        branch: which it moves.
    """
    head = Event("commit", branch, commit.id, commit.seconds, commit.author).row
    head |= {"branch": commit.branch, "parents": list(commit.parents), "message": commit.message}
    if commit.proposer is not None:
        proposer = commit.proposer
        head |= {
            "proposer": proposer.weights, "visits": proposer.visits, "seed": proposer.seed,
        }  # fmt: skip
    heads = rows_of_events([head])
    if not edits:
        return heads
    columns = dict(zip(OF_AN_EDIT, zip(*edits, strict=True), strict=True))
    count = len(edits)
    known = {"kind": ["edit"] * count, "commit": [commit.id] * count} | columns
    arrays = [
        pa.array(known[name], SCHEMA.field(name).type)
        if name in known
        else pa.nulls(count, SCHEMA.field(name).type)
        for name in SCHEMA.names
    ]
    return pa.concat_tables([heads, pa.table(arrays, schema=heads.schema)])


def rows_of_events(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Events as rows."""
    return pa.Table.from_pylist(
        [{name: row.get(name) for name in SCHEMA.names} for row in rows], schema=SCHEMA
    )


class EditTable:
    """The table of a run's edits, as it stood when it was opened.

    Args:
        path: of the table; made with the first event.
        terms: what all games of the run have in common, as games.lance states it.

    Raises:
        UserError: it can't be read, or is of games of other rules or planes.
    """

    def __init__(self, path: Path, terms: dict[str, str]) -> None:
        self.path = path
        self.terms = terms
        self.table: lance.LanceDataset | None = None
        if not path.exists() or not list(path.glob("_versions/*")):  # a first event was cut short
            return
        try:
            self.table = lance.dataset(str(path))
        except (ValueError, OSError) as error:
            raise UserError(
                f"{path} can't be read, cut short perhaps: wanted a table of edits; {self._mends}"
            ) from error
        check_terms(path, self.table.schema, terms)

    @property
    def schema(self) -> pa.Schema:
        """The columns, and the terms as metadata."""
        return SCHEMA.with_metadata(self.terms)

    @property
    def _mends(self) -> str:
        """What helps if the table is damaged."""
        return f"`insei data {self.path.parent} mend` goes on from its last whole version"

    @property
    def is_newest(self) -> bool:
        """Whether nobody has appended since the table was opened."""
        if self.table is None:
            return not list(self.path.glob("_versions/*"))
        return bool(self.table.latest_version == self.table.version)

    def append(self, rows: pa.Table, message: str = "") -> None:
        """Add events in one commit of Lance's, which then survives a power cut."""
        rows = rows.replace_schema_metadata(self.terms)
        self.path.mkdir(parents=True, exist_ok=True)
        before = files_in(self.path)
        is_first = self.table is None
        self.table = lance.write_dataset(
            rows,
            str(self.path),
            mode="create" if is_first else "append",
            enable_stable_row_ids=True,
            commit_message=message or None,
        )
        flush_files(files_in(self.path) - before)
        if is_first:
            flush_to_disk(self.path)
            flush_folder_of(self.path)

    def compact(self) -> None:
        """Put many small files together, if they are many; if it fails, they stay as they are."""
        if self.table is None or len(self.table.get_fragments()) < FILES_BEFORE_COMPACTION:
            return
        before = files_in(self.path)
        self.table.optimize.compact_files()
        flush_files(files_in(self.path) - before)

    def read(self) -> Graph:
        """Everything that happened.

        Raises:
            UserError: a file of the table is missing or cut short.
        """
        if self.table is None:
            return Graph()
        try:
            rows = self.table.to_table().combine_chunks()
        except (OSError, RuntimeError, ValueError) as error:
            said = str(error).partition(", /")[0].splitlines()[0][:200]
            raise UserError(f"{self.path} can't be read: {said}; {self._mends}") from error
        try:
            return graph_of(rows)
        except UserError as error:
            raise UserError(f"{self.path} can't be read: {error}") from error


def check_terms(path: Path, schema: pa.Schema, terms: dict[str, str]) -> None:
    """Check that a table has these columns, and is of games like these.

    Raises:
        UserError: it hasn't, or isn't.
    """
    if schema.names != SCHEMA.names:
        raise UserError(f"{path}: columns {schema.names}, wanted {SCHEMA.names}")
    came = {key.decode(): value.decode() for key, value in (schema.metadata or {}).items()}
    for key, value in terms.items():
        if came.get(key) != value:
            raise UserError(
                f"{path}: edits of games with {key} {came.get(key)}; wanted {key} {value}"
            )


def graph_of(rows: pa.Table) -> Graph:
    """The events of a table, in their order."""
    graph = Graph()
    kinds = rows["kind"].to_pylist()
    edits = [*map(Edit._make, zip(*(rows[name].to_pylist() for name in OF_AN_EDIT), strict=True))]
    rows = rows.drop_columns(OF_AN_EDIT)
    at = rows.schema.get_field_index("time")
    rows = rows.set_column(at, "time", rows["time"].cast(pa.int64()))  # microseconds
    places = [place for place, kind in enumerate(kinds) if kind != "edit"]
    heads = rows.take(places).to_pylist()
    for head, place, end in zip(heads, places, [*places[1:], len(kinds)], strict=True):
        add_event(graph, head, edits[place + 1 : end])
    return graph


def add_event(graph: Graph, head: dict[str, Any], edits: list[Edit]) -> None:
    """Let a graph take in an event.

    Raises:
        UserError: it makes no sense after those before it, as in a table of somebody else's.
    """
    kind, name, commit = head["kind"], head["name"], head["commit"]
    check_event(graph, head)
    if kind == "commit":
        graph.add(commit_of(head), edits, name)
    elif kind == "branch":
        graph.branches[name] = commit
    elif kind == "tag":
        graph.tags[name] = commit
    elif kind == "switch":
        graph.head = name
    elif kind == "delete":
        names = graph.branches if name in graph.branches else graph.tags
        del names[name]


def check_event(graph: Graph, head: dict[str, Any]) -> None:
    """Check that an event makes sense after those before it.

    Raises:
        UserError: it doesn't.
    """
    kind, name, commit = head["kind"], head["name"], head["commit"]
    told = [value for value in (name, head["author"], head["time"], commit) if value is None]
    if kind not in KINDS or told:
        raise UserError(f"an event of kind {str(kind)[:20]!r} without a name, author or time")
    if kind == "commit":
        if commit in graph.commits or commit == PLAYED:
            raise UserError(f"commit {commit[:16]!r} twice, or without an id")
        if len(head["parents"] or ()) not in (1, 2) or head["message"] is None:
            raise UserError(f"commit {commit[:16]!r} without parents or a message")
        named = head["parents"]
    else:
        named = [commit]
        known = graph.branches if kind == "switch" else graph.branches | graph.tags
        if kind in ("switch", "delete") and (name not in known or name == graph.head):
            raise UserError(f"{kind} of {name[:40]!r}, which there is not, or which is used")
    if unknown := [each for each in named if each != PLAYED and each not in graph.commits]:
        raise UserError(f"a {kind} names commit {str(unknown[0])[:16]!r}, which there is not")


def commit_of(head: dict[str, Any]) -> Commit:
    """The commit that a row tells of."""
    proposer = None
    if head["proposer"] is not None:
        proposer = Proposer(head["proposer"], head["visits"], head["seed"])
    return Commit(
        head["commit"],
        tuple(head["parents"]),
        head["branch"],
        head["time"] / 1e6,
        head["author"],
        head["message"],
        proposer,
    )


def markdown() -> str:
    """The table of columns as docs/dataset.md shows it."""
    lines = ["| column | type | rows | meaning |", "|---|---|---|---|"]
    lines += [f"| `{each.name}` | {each.kind} | {each.rows} | {each.meaning} |" for each in COLUMNS]
    return "\n".join(lines)
