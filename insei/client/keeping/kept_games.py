"""The games that the client keeps: a file for each, in the user's data folder.

While a game is unfinished, private properties in its file name its players by the grammar, and mark
the node to go on from. Files that the user saves do not have them.
"""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_data_path, user_state_path

from insei.client.clocks import time_control
from insei.client.game import ClientGame
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.file import as_utf8, file_bytes
from insei.engine.sgf.scanned_game import ScannedGame, unescaped
from insei.engine.sgf.writer import escaped
from insei.system.errors import UserError
from insei.system.files import write_text
from insei.system.shown import shown_line

PLAYER = {BLACK: "INSEIB", WHITE: "INSEIW"}  # private properties of the root
CLOCK = "INSEICLOCK"  # of the root: minutes and overtime
HERE = "INSEIHERE"  # of the node to go on from
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
    found = [(path.stat().st_mtime_ns, path) for path in games_folder().glob("*.sgf")]
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
    paths = kept_paths()
    if not paths:
        raise UserError(f"no game is kept yet in {games_folder()}: `insei play` plays one")
    if not 1 <= number <= len(paths):
        raise UserError(f"game {number}: wanted 1, the last, to {len(paths)}")
    return paths[number - 1]


def is_kept(path: Path) -> bool:
    """Whether a file is among the kept games."""
    return path.resolve().parent == games_folder().resolve()


def is_kept_game(game: ClientGame) -> bool:
    """Whether a game was read from a file among the kept games."""
    return game.file is not None and is_kept(game.file)


def keep(game: ClientGame) -> None:
    """Write a game that has begun to its file among the kept games.

    Raises:
        UserError: the file can't be written.
    """
    if not game.line.added and game.kept_at is None:
        return
    path = game.kept_at
    if path is None:
        path = games_folder() / _new_name(game)
        for node in game.line.tree.start.subtree():  # of a file that was kept before
            node.properties.pop(HERE, None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _marked(game):
            write_text(path, game.sgf())
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; the game is not kept") from error
    game.kept_at = path


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


def _new_name(game: ClientGame) -> str:
    """The name of a new file: when the game began, its players and the size of its board."""
    tree = game.line.tree
    players = f"{tree.black}-{tree.white}"
    tail = NOT_IN_NAMES.sub("-", f"{players[:60]}-{game.rules.size_name}")
    now = time.strftime("%Y-%m-%d-%H%M%S")
    folder = games_folder()
    names = (f"{now}{more}-{tail}.sgf" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(name for name in names if not os.path.lexists(folder / name))


@contextmanager
def _marked(game: ClientGame) -> Iterator[None]:
    """Give an unfinished game its private properties, until its text is written."""
    root, here = game.line.tree.start.properties, game.nodes[-1].properties
    before = [(properties, dict(properties)) for properties in (root, here)]
    if not game.is_ended:
        for colour, key in PLAYER.items():
            root[key] = [escaped(game.setup.player(colour))]
        if game.clocks:
            root[CLOCK] = [f"{game.setup.minutes:g} {game.setup.overtime}"]
        here[HERE] = ["1"]
    try:
        yield
    finally:
        for properties, was in before:
            properties.clear()
            properties.update(was)


def resume(path: Path) -> ClientGame:
    """An unfinished game from its file, as it was left.

    Raises:
        UserError: the file can't be read, or is no unfinished game.
    """
    game = ClientGame.load(path)
    root = game.line.tree.start
    here = next((node for node in root.subtree() if HERE in node.properties), None)
    if here is None:
        raise UserError(f"{path}: wanted a game that is not finished")
    names = {colour: root.properties.pop(key, None) for colour, key in PLAYER.items()}
    black, white = (_name(names[colour], game.setup.player(colour)) for colour in (BLACK, WHITE))
    del here.properties[HERE]
    minutes, overtime = _clock_read(root.properties.pop(CLOCK, [""])[0])
    setup = replace(game.setup, black=black, white=white, minutes=minutes, overtime=overtime)
    game.resume_at(here, setup)
    game.kept_at = path
    return game


def _clock_read(said: str) -> tuple[float, str]:
    minutes, _, overtime = said.partition(" ")
    try:
        read = float(minutes or 0), overtime.strip()
        time_control(*read)
    except ValueError:  # somebody has changed it
        return 0.0, ""
    return read


def _name(values: list[str] | None, otherwise: str) -> str:
    return unescaped(values[0]) if values else otherwise


def unfinished_game() -> ClientGame | None:
    """The game that was played last, if it is unfinished and the user takes part; else None."""
    _take_over_old()
    paths = kept_paths()
    if not paths:
        return None
    try:
        game = resume(paths[0])
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
    game.result, game.kept_at = "", games_folder() / _new_name(game)
    keep(game)
    old.unlink()
