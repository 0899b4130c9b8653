"""The games that the client keeps: a file for each, in the user's data folder."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path, user_state_path

from insei.client.game import ClientGame
from insei.client.keeping.resume_marks import HERE, marked, resume_marked, take_marks
from insei.engine.sgf.file import as_utf8, file_bytes
from insei.engine.sgf.scanned_game import ScannedGame, unescaped
from insei.system.errors import UserError
from insei.system.files import write_text
from insei.system.shown import shown_line

UNFINISHED = f"{HERE}[".encode()
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def games_folder() -> Path:
    """The folder of kept games, by the platform's convention; it need not exist."""
    return user_data_path("insei", appauthor=False) / "games"


@dataclass(frozen=True)
class KeptGame:
    """What a list says of a kept game."""

    path: Path
    date: str  # as DT says it
    black: str
    white: str
    size: str
    num_moves: int  # of the main line
    result: str  # empty if there is none
    is_unfinished: bool


def kept_paths() -> list[Path]:
    """The files of kept games, the one that was played last first."""
    found = [(path.stat().st_mtime_ns, path) for path in games_folder().glob("[!.]*.sgf")]
    return [path for _, path in sorted(found, reverse=True)]


def kept_games() -> Iterator[KeptGame]:
    """What is kept, the last game first. Files that can't be read are left out."""
    for path in kept_paths():
        try:
            yield described(path)
        except (OSError, ValueError):
            continue


def described(path: Path) -> KeptGame:
    """What a list says of a file.

    Raises:
        OSError, UserError: it can't be read.
    """
    text, _ = as_utf8(file_bytes(path))
    scanned = ScannedGame(text)
    root = scanned.properties(0)

    def said(key: str) -> str:
        return shown_line(unescaped(root.get(key, [""])[0], one_line=True))

    num_moves, node = 0, 0
    while node >= 0:
        num_moves += scanned.move(node) is not None
        node = scanned.first_child(node)
    is_unfinished = UNFINISHED in text
    return KeptGame(
        path, said("DT"), said("PB"), said("PW"), said("SZ"), num_moves, said("RE"), is_unfinished
    )


def kept_game(number: int) -> Path:
    """A kept game by its number in the list, 1 for the last.

    Raises:
        UserError: there is none of this number.
    """
    games = list(kept_games())
    if not games:
        raise UserError(f"no game is kept yet in {games_folder()}: `insei play` plays one")
    if not 1 <= number <= len(games):
        raise UserError(f"game {number}: wanted 1, the last, to {len(games)}")
    return games[number - 1].path


def is_kept(path: Path) -> bool:
    """Whether a file is among the kept games."""
    return path.resolve().parent == games_folder().resolve()


def is_kept_game(game: ClientGame) -> bool:
    """Whether a game was read from a file among the kept games."""
    return game.file is not None and is_kept(game.file)


def keep(game: ClientGame, is_begun: bool = False) -> None:
    """Write a game that has begun to its file among the kept games.

    Args:
        is_begun: whether it has, even if no move was added to it.

    Raises:
        UserError: the file can't be written.
    """
    if not game.line.added and game.kept_at is None and not is_begun:
        return
    folder = games_folder()
    try:
        if game.kept_at is None:
            folder.mkdir(parents=True, exist_ok=True)
            take_marks(game.line.tree)  # of a file that was kept before
            game.kept_at = _new_file(game)
        with marked(game):
            write_text(game.kept_at, game.sgf())
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}; the game is not kept") from error


def keep_review(game: ClientGame) -> None:
    """Write a kept game that was looked at, with the moves and the analysis that were added.

    Raises:
        UserError: the file can't be written.
    """
    if game.file is None or not is_kept_game(game):
        return
    try:
        write_text(game.file, game.sgf())
    except OSError as error:
        raise UserError(f"{game.file}: {error.strerror}; the game is not kept") from error


def _new_file(game: ClientGame) -> Path:
    """A new, empty file, named by when the game began, its players and the size of its board."""
    tree = game.line.tree
    players = f"{tree.black}-{tree.white}"
    tail = NOT_IN_NAMES.sub("-", f"{players[:60]}-{game.rules.size_name}")
    now = time.strftime("%Y-%m-%d-%H%M%S")
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        path = games_folder() / f"{now}{more}-{tail}.sgf"
        try:
            path.open("x").close()
        except FileExistsError:
            number += 1
        else:
            return path


def resume(path: Path) -> ClientGame:
    """An unfinished game from its file, as it was left.

    Raises:
        UserError: the file can't be read, or is no unfinished game.
    """
    game = ClientGame.load(path)
    if not resume_marked(game):
        raise UserError(f"{path}: wanted a game that is not finished")
    game.kept_at = path
    return game


def unfinished_game() -> ClientGame | None:
    """The game that was played last, if it is unfinished and the user takes part; else None."""
    _take_over_old()
    last = next(kept_games(), None)
    if last is None or not last.is_unfinished:
        return None
    try:
        game = resume(last.path)
    except ValueError:  # damaged; it stays in the folder
        return None
    return game if game.has_people else None


def _take_over_old() -> None:
    """Keep the game that earlier versions left in the state folder among the others.

    A file that can't be read is renamed to `unfinished.broken`.
    """
    old = user_state_path("insei", appauthor=False) / "unfinished.sgf"
    if not old.is_file():
        return
    try:
        game = ClientGame.load(old)
    except ValueError:
        old.replace(old.with_suffix(".broken"))
        return
    game.result = ""
    keep(game, is_begun=True)
    old.unlink()
