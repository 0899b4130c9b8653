"""Where an unfinished game waits for the next start."""

import os
from pathlib import Path

from insei.client.game import ClientGame
from insei.system.errors import UserError


def unfinished_path() -> Path:
    """The file, in the user's state folder."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(home) / "insei" / "unfinished.sgf"


def unfinished_game(path: Path) -> ClientGame | None:
    """The game kept there; None, and the file put aside, where it can't be read."""
    try:
        game = ClientGame.load(path)
    except ValueError:
        path.replace(path.with_suffix(".broken"))
        return None
    return game if game.has_people and not game.is_ended else None


def keep_unfinished(game: ClientGame, path: Path) -> None:
    """Keep a game that isn't over, and forget one that is.

    Raises:
        UserError: it can't be written; says why.
    """
    if not game.has_people or game.is_ended:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"{path}: {error.strerror}; a game stays that has ended") from error
    elif game.position.num_moves:
        game.save(path)
