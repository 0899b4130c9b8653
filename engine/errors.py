"""What can go wrong at the engine's door: four small errors whose message is the whole story."""

from insei.system.errors import UserError


class IllegalMove(ValueError):
    """A move the rules forbid: "C3 for black: ko; black to play"."""


class GameOver(ValueError):
    """A move after the game's end."""


class BadDiagram(ValueError):
    """Rows that draw no board, or a board with a chain without liberties."""


class BadSgf(UserError):
    """Text that is no SGF game, or a game the rules forbid; the message says where."""
