"""Saving line by line: a file that is there already is replaced only after a yes."""

from collections.abc import Iterator
from pathlib import Path

from insei.client.game import ClientGame
from insei.client.keeping.save_target import save_target, write_game

YES = ("yes", "y")
ANSWERS = (*YES, "no", "n")


class LineSaving:
    """Saves a game where the user says.

    Attributes:
        asked: a file that the user was asked about; the next line is the answer.
    """

    def __init__(self, game: ClientGame) -> None:
        self.game = game
        self.asked: Path | None = None
        self.result = ""

    def save(self, name: str, result: str = "") -> Iterator[str]:
        """Save the game, or ask whether a file may be replaced.

        Args:
            name: as typed; empty for the file that the game was read from.
            result: as for `ClientGame.sgf`.
        """
        try:
            path = save_target(name or str(self.game.file or ""))
        except ValueError as error:
            yield f"{error}."
            return
        self.result = result
        if path.exists():
            self.asked = path
            yield f"{path} is there already: type yes to replace it."
        else:
            yield from self._write(path)

    def answer(self, word: str) -> Iterator[str]:
        """Replace the file that was asked about, or leave it as it is."""
        path, self.asked = self.asked, None
        if path is not None and word.lower() in YES:
            yield from self._write(path)
        else:
            yield "Not saved."

    def _write(self, path: Path) -> Iterator[str]:
        try:
            write_game(self.game, path, self.result)
        except ValueError as error:
            yield f"{error}."
        else:
            yield f"Saved to {path}."
