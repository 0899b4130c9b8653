"""The unfinished game, which is kept in a file until the next start."""

import os
from pathlib import Path

from insei.client.game import ClientGame
from insei.system.errors import UserError


def unfinished_path() -> Path:
    """The file, in the user's state folder."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "insei" / "unfinished.sgf"


def load_unfinished(path: Path) -> ClientGame | None:
    """The game kept there; None if it is finished or can't be read.

    A file that can't be read is renamed to `unfinished.broken`.
    """
    try:
        game = ClientGame.load(path)
    except ValueError:
        path.replace(path.with_suffix(".broken"))
        return None
    return game if game.has_people and not game.is_ended else None


def keep_unfinished(game: ClientGame, path: Path) -> None:
    """Save an unfinished game, or delete the file of a finished one.

    Raises:
        UserError: the file can't be written or deleted.
    """
    if not game.has_people or game.is_ended:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            message = f"{path}: {error.strerror}; the file of the finished game remains"
            raise UserError(message) from error
    elif game.position.num_moves:
        game.save(path)
