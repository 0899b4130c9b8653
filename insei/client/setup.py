"""What is agreed before a game: who sits where, the board, the rules, the time."""

from dataclasses import dataclass, replace

from insei.engine.handicap import fixed_handicap, handicap_position
from insei.engine.position import Position
from insei.engine.rules import BLACK, PRESETS
from insei.system.errors import UserError

YOU = "you"


@dataclass(frozen=True)
class GameSetup:
    """A game about to begin; seats are players by the grammar, or "you".

    Raises:
        UserError: a field makes no sense.
    """

    size: int = 9
    komi: float = 7.0
    rules: str = "chinese"
    handicap: int = 0
    black: str = YOU
    white: str = "influence"
    minutes: float = 0.0  # each side's main time; 0 for none
    seed: int = 0

    def start(self) -> Position:
        """Where it begins."""
        if self.rules not in PRESETS:
            raise UserError(f"rules {self.rules!r}: wanted one of {', '.join(PRESETS)}")
        if not 1 <= self.size <= 19:
            raise UserError(f"size {self.size}: wanted 1 to 19")
        if not 0 <= self.minutes <= 1440:
            raise UserError(f"minutes {self.minutes:g}: wanted 0 to 1440")
        rules = replace(PRESETS[self.rules](self.size), komi=self.komi)
        if self.handicap:
            return handicap_position(rules, fixed_handicap(rules, self.handicap))
        return Position(rules)

    def seat(self, colour: int) -> str:
        """Who plays this colour."""
        return self.black if colour == BLACK else self.white
