"""What the controller does with files: keeps its games, saves them, and opens others."""

from pathlib import Path
from typing import TYPE_CHECKING

from insei.client.game import ClientGame
from insei.client.keeping.kept_games import is_kept_game, keep, keep_review
from insei.client.keeping.save_target import save_target, write_game
from insei.system.files import typed_path

if TYPE_CHECKING:
    from insei.client.controller import GameController


class GameFiles:
    """The files of a controller's games. What goes wrong becomes its message.

    Args:
        keeps: whether games are kept, in the user's data folder.
    """

    def __init__(self, controller: "GameController", keeps: bool) -> None:
        self.controller = controller
        self.keeps = keeps

    def keep(self) -> None:
        """Keep the game as it stands."""
        controller = self.controller
        if not self.keeps or controller.study is not None:
            return
        try:
            if controller.is_review:
                keep_review(controller.game)
            else:
                keep(controller.game)
        except ValueError as error:
            controller.message = str(error)

    def leaving_question(self) -> str:
        """What to ask before the game is left; empty if nothing would be interrupted or lost."""
        controller, game = self.controller, self.controller.game
        if controller.is_under_way:
            return "Leave this game? It is kept: you can go on with it at the next start."
        is_users = controller.is_review and controller.study is None and not is_kept_game(game)
        if is_users and not game.is_saved:
            return "Leave without saving the moves that you added?"
        return ""

    def target(self, name: str) -> Path | None:
        """The file to save the game to; None, with a message, if it can't be saved there.

        Args:
            name: as typed; empty for the file that the game was read from.
        """
        try:
            return save_target(name or str(self.controller.game.file or ""))
        except ValueError as error:
            self.controller.message = f"{error}."
            return None

    def save(self, path: Path) -> None:
        """Write the game as SGF."""
        try:
            write_game(self.controller.game, path)
        except ValueError as error:
            self.controller.message = str(error)
        else:
            self.controller.message = f"Saved to {path}."

    def read(self, name: str, is_review: bool) -> ClientGame | None:
        """Read an SGF game, to look at, or to go on from its end with the last game's players.

        Returns:
            None, with a message, if it can't be read.
        """
        controller = self.controller
        if not name:
            controller.message = "Type load or review, and the name of a file."
            return None
        path = typed_path(name)
        try:
            return ClientGame.review(path) if is_review else ClientGame.load(path, controller.seats)
        except ValueError as error:
            controller.message = str(error)
            return None
