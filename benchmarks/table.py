"""The dataset's table: python -m benchmarks.table [--json].

Rows of 9x9 games between nets of random weights: with arrays as bytes of fixed length and zstd, as
insei stores them, and as lists of fixed size, for which pylance 14 ignores zstd. Bytes a row on
disk; rows a second written, and read whole; milliseconds of a random batch of 256. Wall time,
medians of five.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import lance
import numpy as np
import pyarrow as pa

from benchmarks.measure import parser, tell
from insei.agents.net.architecture import NetworkConfig
from insei.engine.rules import Rules
from insei.selfplay.data.columns import STORED, num_values
from insei.selfplay.data.dataset import numbers_of, schema_of, table_of
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import SelfPlayConfig
from insei.selfplay.worker import Worker, compiled

RULES = Rules(9, 9, 7.0)
NET = NetworkConfig(blocks=1, channels=8)
GAMES, COPIES, BATCH, ROUNDS = 100, 10, 256, 5


def some_rows() -> pa.Table:
    """Rows as self-play records them."""

    def evaluator(weights: dict, seen: object) -> object:
        return compiled(NET, RULES.height, RULES.width, "fp32", weights, None)

    rng = np.random.default_rng(1)
    weights = {
        name: rng.normal(0, 0.1, shape).astype(np.float32)
        for name, shape in NET.weight_shapes().items()
    }
    worker = Worker(BoardMix.of(RULES), SelfPlayConfig(games_in_flight=32), evaluator, 1)  # type: ignore[arg-type]
    worker.load(weights, 0)
    games = SelfPlayGames.of(worker.play(GAMES)[0])
    return table_of(games, schema_of(RULES.height, RULES.width))


def with_lists(table: pa.Table) -> pa.Table:
    """The same rows, each array as a list of fixed size."""
    for column in STORED:
        if column.is_array:
            values = numbers_of(table[column.name], column).reshape(-1)
            size = num_values(column, RULES.height, RULES.width)
            field = pa.field(
                column.name,
                pa.list_(pa.from_numpy_dtype(np.dtype(column.dtype)), size),
                metadata={"lance-encoding:compression": "zstd"},
            )
            lists = pa.FixedSizeListArray.from_arrays(pa.array(values), size)
            place = table.schema.get_field_index(column.name)
            table = table.set_column(place, field, lists)
    return table


def median_wall(run: Callable[[], object]) -> float:
    """Median wall seconds."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def numbers(table: pa.Table, name: str, folder: Path) -> dict[str, float]:
    """What a table costs."""
    path = str(folder / f"{name}.lance")
    whole = pa.concat_tables([table] * COPIES)
    written = median_wall(lambda: lance.write_dataset(whole, path, mode="overwrite"))
    dataset = lance.dataset(path)
    files = (file for part in dataset.get_fragments() for file in part.data_files())
    chosen = np.random.default_rng(1).integers(len(whole), size=BATCH).tolist()
    return {
        f"{name}, bytes a row": sum(file.file_size_bytes or 0 for file in files) / len(whole),
        f"{name}, rows a second written": len(whole) / written,
        f"{name}, rows a second read": len(whole) / median_wall(dataset.to_table),
        f"{name}, ms a batch": 1000 * median_wall(lambda: dataset.take(chosen)),
    }


def main() -> None:
    """Print the numbers of both."""
    as_json = parser(__doc__).parse_args().json
    table = some_rows()
    with tempfile.TemporaryDirectory() as name:
        found = numbers(table, "bytes", Path(name)) | numbers(
            with_lists(table), "lists", Path(name)
        )
    tell(found, as_json, f"9x9, {COPIES * len(table)} rows")


if __name__ == "__main__":
    main()
