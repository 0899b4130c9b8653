"""What a game against a level does to the user's own level, and what handicap suits it."""

from pathlib import Path

from insei.client.game import ClientGame
from insei.engine.rules import BLACK, opponent
from insei.levels import Level, level_of
from insei.progress import handicap_advice, read_progress, record_game

SMALLEST = 5  # boards below this decide nothing


class Climbing:
    """The user's climb from level to level.

    Args:
        path: of the file that keeps it; None to keep nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.ended: set[int] = set()  # games that were counted, by identity
        self.said = ""  # of the last game that was counted

    def level(self, game: ClientGame) -> Level | None:
        """The level that the user plays; None if the opponent is none."""
        if not game.own_colour or game.rules.width < SMALLEST:
            return None
        return level_of(game.setup.player(opponent(game.own_colour)), game.rules.width)

    def advice(self, game: ClientGame) -> str:
        """The handicap that would make an even game with a stronger level; empty if none would."""
        level = self.level(game)
        if self.path is None or level is None or game.setup.handicap or game.position.num_moves:
            return ""
        size = game.rules.width
        own = read_progress(self.path).on(size).level
        return handicap_advice(level.number, size, own)

    def note_end(self, game: ClientGame) -> str:
        """Count a game that has ended, once; what the user is told of it.

        Games with a handicap, and those that failed, do not count.
        """
        if id(game) in self.ended:
            return self.said
        self.ended, self.said = {id(game)}, ""
        level = self.level(game)
        is_even = not game.setup.handicap and not game.result.endswith("+F")
        if self.path is None or level is None or not is_even or game.result[:1] not in ("B", "W"):
            return ""
        has_won = (game.result[0] == "B") == (game.own_colour == BLACK)
        self.said = record_game(self.path, level.number, has_won, game.rules.width)
        return self.said
