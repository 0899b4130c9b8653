"""A run's games and rows as files of other programs: SGF, KataGo's npz, Parquet.

Each file appears whole or not at all. Nothing is overwritten. Memory does not grow with the run.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from insei.engine.diagram import result_of
from insei.engine.planes.net_planes import NUM_BINARY_PLANES
from insei.engine.position import Position
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.selfplay.data.columns import STORED, WHOLE_GAME, Column, num_values
from insei.selfplay.data.dataset import MOVES_FIELD, terms_of
from insei.selfplay.data.katago import ARRAYS, Frame, KataGoArray, Replies
from insei.selfplay.data.loading import BATCH, RunData, SelfPlayRows, WholeGame, unpacked
from insei.system.errors import UserError
from insei.system.files import FolderExists, new_file, new_folder

SPAN = re.compile(r"(?P<first>\d{1,9})(?P<dash>-(?P<last>\d{1,9})?)?")
NEWEST = 2**31 - 1
COMPRESSION = 1  # of npz; higher levels take several times as long for a tenth less


@dataclass(frozen=True)
class Exported:
    """What was written."""

    path: Path
    count: int  # of games or rows
    notices: tuple[str, ...] = ()  # what a user should know, a line each


def span_of(text: str) -> tuple[int, int]:
    """Read a span of generations: "12", "10-20", or "10-" to the newest.

    Raises:
        UserError: it is none.
    """
    found = SPAN.fullmatch(text.strip())
    if found is None:
        raise UserError(f"generations {text!r}: wanted one, as 12, or a span, as 10-20 or 10-")
    first = int(found["first"])
    last = int(found["last"] or NEWEST) if found["dash"] else first
    if last < first:
        raise UserError(f"generations {text!r}: wanted the lower number first")
    return first, last


def check_new(path: Path) -> None:
    """Check that nothing is there yet, and that there is a folder to write in.

    Raises:
        UserError: something is, or there is none.
    """
    if path.exists() or path.is_symlink():
        raise FolderExists(f"{path} exists already: wanted a new name")
    if not path.parent.is_dir():
        raise UserError(f"{path}: no folder {path.parent}")


def export_sgf(data: RunData, folder: Path, limit: int | None = None) -> Exported:
    """Write each whole game as GENERATION/ID.sgf in a new folder.

    Raises:
        UserError: something is there, or the run's games were recorded without their moves.
    """
    check_new(folder)
    if not data.num_games:
        why = "an older insei recorded them without their moves" if data.num_rows else "none"
        raise UserError(
            f"{data.path} holds no whole games ({why}); wanted a run that has gone on since, or "
            "--npz or --parquet, which need no moves"
        )
    count, notices = 0, []
    with new_folder(folder) as unfinished:
        for game in data.games(limit):
            try:
                text = sgf_of(game)
            except UserError as error:
                notices.append(f"left out: {error}")
                continue
            path = unfinished / f"{game.generation:06}" / f"{game.id}.sgf"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            count += 1
    if limit is None and (older := games_without_moves(data)):
        notices.append(f"left out: {older} games that an older insei recorded without their moves")
    return Exported(folder, count, tuple(notices))


def games_without_moves(data: RunData) -> int:
    """How many games of the table are not kept whole."""
    ids: set[str] = set()
    for batch in data.arrow_batches(["game"]):
        ids.update(batch.column(0).to_pylist())
    return len(ids) - data.num_games


def sgf_of(game: WholeGame) -> str:
    """A game as SGF; the result is the score that its rows were labelled with.

    Raises:
        UserError: its moves are illegal.
    """
    position = game.position
    name = name_of_net(game)
    return write_sgf(GameRecord(position, name, name, final_result(position)))


def name_of_net(game: WholeGame) -> str:
    """What SGF calls a game's players."""
    return f"insei, net {game.generation}"


def final_result(position: Position) -> str:
    """The result that a game's rows were labelled with, as SGF writes it."""
    is_settled = not position.is_over and position.is_settled()
    return result_of(position, position.dead_stones() if is_settled else None)


def export_npz(data: RunData, path: Path, limit: int | None = None) -> Exported:
    """Write the rows in KataGo's layout.

    Raises:
        UserError: something is there, there are no rows, or KataGo doesn't know the rules.
    """
    check_new(path)
    if data.rules.captures_to_win:
        raise UserError("KataGo knows no Atari Go: wanted --parquet")
    count = num_rows(data, limit)
    frame = Frame(data.rules)
    with (
        new_file(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive,
    ):
        for array in ARRAYS:
            with archive.open(f"{array.name}.npy", "w", force_zip64=True) as member:
                header = {
                    "descr": np.lib.format.dtype_to_descr(np.dtype(array.dtype)),
                    "fortran_order": False,
                    "shape": (count, *array.shape(frame.side)),
                }
                np.lib.format.write_array_header_1_0(member, header)
                for part in parts_of(array, data, limit, frame):
                    member.write(part.tobytes())
    return Exported(path, count)


def num_rows(data: RunData, limit: int | None) -> int:
    """How many rows are exported.

    Raises:
        UserError: none.
    """
    count = data.num_rows if limit is None else min(limit, data.num_rows)
    if not count:
        raise UserError(f"{data.path} holds no such rows: wanted other --generations")
    return count


def parts_of(
    array: KataGoArray, data: RunData, limit: int | None, frame: Frame
) -> Iterator[np.ndarray]:
    """The parts of an array, in the order of the rows."""
    for rows, following in with_next(data.batches(BATCH, limit)):
        part = array.make(rows, Replies.of(rows, following), frame)
        yield np.ascontiguousarray(part, array.dtype)


def with_next(
    batches: Iterator[SelfPlayRows],
) -> Iterator[tuple[SelfPlayRows, SelfPlayRows | None]]:
    """Each batch with the one that follows it."""
    before = None
    for batch in batches:
        if before is not None:
            yield before, batch
        before = batch
    if before is not None:
        yield before, None


def parquet_field(column: Column, height: int, width: int) -> pa.Field:
    """A column of the Parquet file: an array is a list of fixed size."""
    if column.dtype is np.str_:
        return pa.field(column.name, pa.string())
    if column.name == "planes":
        return pa.field(column.name, pa.list_(pa.uint8(), NUM_BINARY_PLANES * height * width))
    dtype = np.float32 if column.name == "policy" else column.dtype
    kind = pa.from_numpy_dtype(np.dtype(dtype))
    if column.is_array:
        kind = pa.list_(kind, num_values(column, height, width))
    return pa.field(column.name, kind)


def parquet_schema(data: RunData) -> pa.Schema:
    """The columns of the Parquet file, with the terms of the table as metadata."""
    height, width = data.rules.height, data.rules.width
    fields = [parquet_field(column, height, width) for column in STORED]
    if data.has_games:
        fields.append(MOVES_FIELD)
    return pa.schema(fields, metadata=terms_of(data.rules))


def export_parquet(data: RunData, path: Path, limit: int | None = None) -> Exported:
    """Write the rows as Parquet: arrays are lists of fixed size, planes are unpacked.

    Raises:
        UserError: something is there, or there are no rows.
    """
    check_new(path)
    count = num_rows(data, limit)
    schema = parquet_schema(data)
    with (
        new_file(path) as file,
        parquet.ParquetWriter(pa.PythonFile(file, "w"), schema, compression="zstd") as writer,
    ):
        for batch in data.arrow_batches(schema.names, BATCH, limit):
            writer.write_batch(parquet_batch(batch, data, schema))
    return Exported(path, count)


def parquet_batch(batch: pa.RecordBatch, data: RunData, schema: pa.Schema) -> pa.RecordBatch:
    """A batch of the table as the Parquet file has it."""
    values = unpacked(batch, data.rules)
    arrays = []
    for field in schema:
        if field.name == WHOLE_GAME.name or field.type == pa.string():
            arrays.append(batch.column(field.name))
        elif isinstance(field.type, pa.FixedSizeListType):
            flat = pa.array(np.ascontiguousarray(values[field.name]).reshape(-1))
            arrays.append(pa.FixedSizeListArray.from_arrays(flat, field.type.list_size))
        else:
            arrays.append(pa.array(values[field.name]))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
