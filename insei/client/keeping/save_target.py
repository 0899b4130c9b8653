"""The file that a user names to save a game: what may be written there, and what is asked first."""

import os
from pathlib import Path

from insei.client.game import ClientGame
from insei.client.keeping.resume_marks import unmarked
from insei.engine.errors import BadSgf
from insei.engine.sgf.variations import read_variations_file
from insei.system.errors import UserError
from insei.system.files import typed_path, write_text

SUFFIX = ".sgf"


def save_target(name: str) -> Path:
    """The file that a typed name stands for; `.sgf` is added to a name without an ending.

    Raises:
        UserError: no game may be saved there; the message says why.
    """
    if not name:
        raise UserError("type save and the name of a file")
    path = typed_path(name)
    if not path.suffix:
        path = path.with_name(f"{path.name}{SUFFIX}") if path.name else path
    if path.suffix.lower() != SUFFIX:
        raise UserError(f"{path}: wanted a name that ends in {SUFFIX}; the game is not saved")
    path = Path(os.path.realpath(path))  # a link of the user's is followed
    if not path.parent.is_dir():
        raise UserError(f"{path.parent}: there is no such folder; the game is not saved")
    if path.exists():
        _check_game(path)
    return path


def _check_game(path: Path) -> None:
    """Refuse to replace anything but a game.

    Raises:
        UserError: it holds no game of Go, or can't be read.
    """
    if not path.is_file():
        raise UserError(f"{path} is no file; the game is not saved")
    try:
        if path.stat().st_size:
            read_variations_file(path)
    except BadSgf as error:
        raise UserError(f"{path} holds no game of Go and is not replaced: {error}") from error


def write_game(game: ClientGame, path: Path, result: str = "") -> None:
    """Write a whole game to a target. The file is replaced as a whole, or stays as it was.

    Args:
        result: as for `ClientGame.sgf`.

    Raises:
        UserError: the file can't be written.
    """
    try:
        with unmarked(game.line.tree):
            write_text(path, game.sgf(result))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; the game is not saved") from error
    game.saved()
