"""What a study is: a file that the user answers move by move, in place of a player."""

from typing import Protocol

from insei.client.game import ClientGame
from insei.client.game_line import GameLine
from insei.client.game_setup import GameSetup
from insei.client.marks import Mark
from insei.engine.position import Position
from insei.levels import strongest_net_for

ANSWER_VISITS = 200


class Study(Protocol):
    """A problem, or a game whose moves are guessed."""

    line: GameLine

    @property
    def names(self) -> tuple[str, str]:
        """Who plays Black and White, as the panel names them."""

    @property
    def is_yours(self) -> bool:
        """Whether the user moves; else a net should answer."""

    def play(self, move: int) -> None:
        """Take the user's move.

        Raises:
            IllegalMove: as `Position.play`.
        """

    def answer(self, move: int) -> None:
        """Take a net's move."""

    def undo(self) -> bool:
        """Take back the user's last move; False if there is none."""

    def again(self) -> None:
        """Go back to the beginning."""

    def next(self) -> "Study | None":
        """What comes next: the next problem, or the next move; None if this is the last."""

    def hint(self) -> int | None:
        """A good move; None if none is to be told."""

    def marks(self) -> dict[int, Mark]:
        """What the board shows beside the stones."""

    def text(self) -> str:
        """What the user is told."""


def game_of_study(study: Study) -> ClientGame:
    """A game that shows a study."""
    rules = study.line.shown.rules
    black, white = study.names
    return ClientGame(
        GameSetup(size=rules.width, komi=rules.komi, black=black, white=white), study.line
    )


def net_that_answers(position: Position) -> str:
    """The player that moves where a file has no answer, by the grammar."""
    return f"search:{strongest_net_for(position.rules.width)},rule=puct,visits={ANSWER_VISITS}"
