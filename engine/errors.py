"""The engine's errors; the message of each says what came and what was wanted."""

from insei.system.errors import UserError


class IllegalMove(ValueError):
    """A move the rules forbid: "C3 for black: ko; black to play"."""


class GameOver(ValueError):
    """A move in a game that has ended."""


class BadDiagram(ValueError):
    """Text that is not a diagram of a board."""


class BadSgf(UserError):
    """Text that is not an SGF game, or a game that breaks the rules; the message says where."""
