"""How far the user has climbed: a level for each board, kept in the user's state folder."""

from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_state_path

from insei.engine.handicap import most_fixed
from insei.engine.rules import MAX_SIDE, chinese
from insei.levels import levels_on
from insei.ranks import stones_between
from insei.system.errors import UserError
from insei.system.records import BadRecord, read_record, write_record

IN_A_ROW = 3  # even games won that lead a level up, or lost that lead one down
FIRST_LEVEL = 5  # where nobody has played yet


@dataclass(frozen=True)
class Standing:
    """The user's level on one board, and the games won or lost there since it changed."""

    level: int = FIRST_LEVEL
    in_a_row: int = 0  # games won, or lost if negative


@dataclass(frozen=True)
class Progress:
    """The user's standing by the board's name, as the file holds it."""

    boards: dict[str, Standing]

    def on(self, size: int) -> Standing:
        """The standing on boards of this side; a level that is gone becomes the last one."""
        found = self.boards.get(f"{size}x{size}", Standing())
        return replace(found, level=min(max(1, found.level), len(levels_on(size))))


def progress_path() -> Path:
    """The file, in the user's state folder."""
    return user_state_path("insei", appauthor=False) / "progress.json"


def read_progress(path: Path) -> Progress:
    """The progress kept in a file; none if there is no file.

    A file that can't be read is renamed to `progress.broken`.
    """
    if not path.is_file():
        return Progress({})
    try:
        return read_record(Progress, path)
    except BadRecord:
        path.replace(path.with_suffix(".broken"))
        return Progress({})


def own_level(size: int) -> str:
    """The user's level on boards of this side, as it is typed."""
    if not 1 <= size <= MAX_SIDE:
        return str(FIRST_LEVEL)
    return str(read_progress(progress_path()).on(size).level)


def after_game(standing: Standing, level: int, has_won: bool, size: int) -> tuple[Standing, str]:
    """The standing after an even game with a level, and what the user is told.

    Three games won in a row against one's own level or a higher one lead a level up. Three lost
    against it or a lower one lead a level down. Other games change nothing.
    """
    if level < standing.level if has_won else level > standing.level:
        return standing, ""
    run = standing.in_a_row
    run = max(run, 0) + 1 if has_won else min(run, 0) - 1
    if abs(run) < IN_A_ROW:
        if has_won:
            left = IN_A_ROW - run
            more = "one more win leads" if left == 1 else f"{left} more wins in a row lead"
            return replace(standing, in_a_row=run), f"Your level is {standing.level}: {more} up."
        return replace(standing, in_a_row=run), ""
    number = standing.level + (1 if has_won else -1)
    if not 1 <= number <= len(levels_on(size)):
        words = "You have beaten the strongest level three times." if has_won else ""
        return replace(standing, in_a_row=0), words
    if not has_won:
        return Standing(number), f"Three losses in a row: your level is {number} now."
    new = levels_on(size)[number - 1]
    rank = f", {new.rank.text()}" if new.rank else ""
    return Standing(number), f"Three wins in a row: you go up to level {number}{rank}."


def record_game(path: Path, level: int, has_won: bool, size: int) -> str:
    """Keep the end of an even game with a level; what the user is told of it.

    Raises:
        UserError: the file can't be written.
    """
    try:
        progress = read_progress(path)
        standing, words = after_game(progress.on(size), level, has_won, size)
        if standing != progress.on(size) or words:
            path.parent.mkdir(parents=True, exist_ok=True)
            boards = progress.boards | {f"{size}x{size}": standing}
            write_record(path, Progress(boards))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; your level is not kept") from error
    return words


def handicap_advice(level: int, size: int, own_level: int) -> str:
    """The handicap that would make a game with a level even; empty if none is needed."""
    theirs, own = levels_on(size)[level - 1].rank, levels_on(size)[own_level - 1].rank
    if theirs is None or own is None:
        return ""
    stones = min(stones_between(theirs, own, size), most_fixed(chinese(size)))
    if stones < 2:
        return ""
    return (
        f"Level {level} is about {theirs.steps - own.steps:.0f} ranks above yours, {own_level}: "
        f"{stones} handicap stones make it about even."
    )
