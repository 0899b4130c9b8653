"""Game records from files into a dataset.

    from insei.selfplay.records.importing import import_records

    report = import_records(["games.sgf.gz"], "records/club")

adds the games to the dataset, on all cores. Games that are there already are left out, so that an
import may be repeated after a stop.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from multiprocessing import active_children, get_context
from pathlib import Path

from insei.selfplay.records.reading import PieceGames, Wanted, games_of
from insei.selfplay.records.sources import Piece, Unreadable, files_of, pieces_of
from insei.selfplay.records.table import RecordedGame, RecordTable
from insei.system.child_process import end_with_parent
from insei.system.lock import FolderLock

GAMES_A_COMMIT = 20_000
PIECES_AHEAD = 2  # of each process


@dataclass
class ImportReport:
    """What an import found."""

    read: int = 0  # games in the files
    added: int = 0
    cut: int = 0  # of those added, read up to a move that can't be played
    left_out: Counter[str] = field(default_factory=Counter)  # games by reason
    examples: dict[str, str] = field(default_factory=dict)  # a source by reason
    unreadable: list[Unreadable] = field(default_factory=list)  # files


def import_records(
    paths: Sequence[Path | str],
    folder: Path | str,
    wanted: Wanted | None = None,
    *,
    judges: bool = False,
    processes: int | None = None,
    watch: Callable[[ImportReport], None] = lambda report: None,
) -> ImportReport:
    """Add the games of files to a dataset.

    Args:
        paths: SGF and other records, also .gz and .zip, and folders of them.
        folder: of the dataset, made if it is not there.
        wanted: which games; None for all.
        judges: whether the owners of the points at the end of counted games are found; takes a
            hundred times longer.
        processes: to read with; None for one a core, 0 to read in this one.
        watch: told what was found so far, after each commit.

    Raises:
        UserError: a file is not there, or the folder is no dataset.
    """
    folder = Path(folder)
    files = list(files_of([Path(path) for path in paths]))
    table = RecordTable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder)
    try:
        report = ImportReport()
        waiting: list[RecordedGame] = []
        for found in found_in(
            files, partial(games_of, wanted=wanted or Wanted(), judges=judges), processes, report
        ):
            report.read += len(found.games) + found.left_out.total()
            report.cut += found.cut
            report.left_out += found.left_out
            report.examples = found.examples | report.examples
            waiting += found.games
            if len(waiting) >= GAMES_A_COMMIT:
                commit(table, waiting, report)
                waiting = []
                watch(report)
        commit(table, waiting, report)
        watch(report)
    finally:
        lock.close()
    return report


def commit(table: RecordTable, games: list[RecordedGame], report: ImportReport) -> None:
    """Add games; those that were there are counted as duplicates."""
    added = table.append(games)
    report.added += added
    if len(games) > added:
        report.left_out["duplicate"] += len(games) - added


def found_in(
    files: Sequence[Path],
    read: Callable[[Piece], PieceGames],
    processes: int | None,
    report: ImportReport,
) -> Iterator[PieceGames]:
    """What is in the pieces of files, in their order; a few pieces are in memory at a time."""

    def pieces() -> Iterator[Piece]:
        for file in files:
            for piece in pieces_of(file):
                if isinstance(piece, Unreadable):
                    report.unreadable.append(piece)
                else:
                    yield piece

    count = len(os.sched_getaffinity(0)) if processes is None else processes
    if count < 2:
        yield from map(read, pieces())
        return
    with ProcessPoolExecutor(count, get_context("spawn"), end_with_parent) as pool:
        try:
            yield from in_order(pool, read, pieces(), count * PIECES_AHEAD)
        except BaseException:  # an interrupt: what is under way may take minutes
            for process in active_children():
                process.kill()
            raise


def in_order(
    pool: ProcessPoolExecutor,
    read: Callable[[Piece], PieceGames],
    coming: Iterator[Piece],
    most: int,
) -> Iterator[PieceGames]:
    """What a pool reads in pieces, in their order; at most so many are under way."""
    under_way: list[Future[PieceGames]] = []
    for piece in coming:
        under_way.append(pool.submit(read, piece))
        for more in islice(coming, most - len(under_way)):
            under_way.append(pool.submit(read, more))
        yield under_way.pop(0).result()
    for future in under_way:
        yield future.result()
