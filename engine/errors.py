"""The engine's errors; the message of each says what came and what was wanted."""

from insei.system.errors import UserError


class IllegalMove(ValueError):
    """A move the rules forbid: "C3 for black: ko; black to play"."""


class GameOver(ValueError):
    """A move in a game that has ended."""


class BadDiagram(ValueError):
    """Text that is not a diagram of a board."""


class BadSgf(UserError):
    """A file that is not a game of Go that we play; the message says why."""


class NoGame(BadSgf):
    """Text in which no game begins."""
