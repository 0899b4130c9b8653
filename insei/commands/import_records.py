"""`insei import`: game records from files into a dataset."""

from pathlib import Path
from typing import TYPE_CHECKING

from insei.system.errors import UserError
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.selfplay.records.importing import ImportReport


def import_records(
    files: list[Path],
    /,
    *,
    into: Path,
    size: list[str] | None = None,
    years: str | None = None,
    ranks: str | None = None,
    min_moves: int | None = None,
    max_handicap: int | None = None,
    judge: bool = False,
    processes: int | None = None,
) -> None:
    """Import game records, so that a net can learn from them.

    `insei import games.sgf.gz club/ --into records/club` reads SGF files, collections of many games
    in a file, .gz and .zip, .gib, .ngf and .ugf, and folders of them. Games that the dataset holds
    already are left out, so that the command may be repeated with more files. At the end it counts
    what was left out, by reason. `insei learn records/club` then fits a net to the games.

    Parameters
    ----------
    files
        Files, or folders of them.
    into
        The folder of the dataset; it is made if it is not there.
    size
        Import games of this board alone, as in `--size 19` or `--size 13x9`; may be repeated.
    years
        Import games of these years alone, as in `--years 2005-2010` or `--years 2000-`.
    ranks
        Import games of players of this rank or a higher one alone, as in `--ranks 5d`.
    min_moves
        Fewest moves of a game; without it, a tenth of the board's points.
    max_handicap
        Most handicap stones.
    judge
        Find who owned each point at the end of counted games, so that a net learns that too: dead
        stones are judged by playouts, and believed where they lead to the recorded score. Takes
        about a hundred times longer.
    processes
        To read with; without it, one a core.
    """
    from insei.selfplay.records.importing import import_records as run
    from insei.selfplay.records.reading import UNKNOWN_RANK, Wanted, rank_read

    if not files:
        raise UserError("no files: wanted game records to import")
    first, last = years_read(years) if years else (None, None)
    rank = rank_read(ranks) if ranks else None
    if rank == UNKNOWN_RANK:
        raise UserError(f"ranks {ranks!r}: wanted a rank, as in 5d, 3k or 1p")
    wanted = Wanted(
        tuple(size_read(each) for each in size or ()), first, last, rank, min_moves, max_handicap
    )
    report = run(files, into, wanted, judges=judge, processes=processes)
    for line in lines_of(report, into):
        say(line)
    if not report.read:
        raise UserError("no game in these files: wanted game records")


def size_read(said: str) -> tuple[int, int]:
    """Width and height."""
    width, _, height = said.lower().partition("x")
    if not (width.isdecimal() and (height or width).isdecimal()):
        raise UserError(f"size {said!r}: wanted 19 or 13x9")
    return int(width), int(height or width)


def years_read(said: str) -> tuple[int | None, int | None]:
    """The first and the last year; None for an open end."""
    first, dash, last = said.partition("-")
    parts = [part.strip() for part in (first, last)]
    if any(part and not part.isdecimal() for part in parts) or not any(parts):
        raise UserError(f"years {said!r}: wanted years, as in 2005-2010, 2005- or 2005")
    numbers = [int(part) if part else None for part in parts]
    return (numbers[0], numbers[1] if dash else numbers[0])


def lines_of(report: "ImportReport", folder: Path) -> list[str]:
    """What an import found, in lines."""
    lines = [f"{folder}: {report.added:,} games added of {report.read:,} read"]
    if report.cut:
        lines.append(f"  {report.cut:,} games hold a move that can't be played")
    for reason, count in report.left_out.most_common():
        example = report.examples.get(reason)
        lines.append(
            f"  {count:,} left out: {reason}" + (f" (first: {example})" if example else "")
        )
    lines += [f"  not read: {each.source}: {each.reason}" for each in report.unreadable]
    return lines
