"""What is agreed before a game: players, board, rules and time."""

from dataclasses import dataclass, replace

from insei.agents.clock import TimeControl
from insei.client.clocks import time_control
from insei.engine.handicap import fixed_handicap, handicap_position
from insei.engine.position import Position
from insei.engine.rule_names import handicap_points
from insei.engine.rules import BLACK, MAX_SIDE, PRESETS
from insei.system.errors import UserError

YOU = "you"
FAIR_KOMI = {5: 24.5, 6: 4.5, 7: 9.5, 8: 10.5, 9: 7.5}  # by side, area scoring; 7.5 elsewhere


def fair_komi(size: int, handicap: int = 0, rules: str = "chinese") -> float:
    """The komi of an about even game on this size.

    With a handicap it is what the rules give White for Black's stones, and half a point, so that
    nobody ties.
    """
    return handicap_points(rules, handicap) + 0.5 if handicap else FAIR_KOMI.get(size, 7.5)


@dataclass(frozen=True)
class GameSetup:
    """A game to be played. `black` and `white` are players by the grammar, or "you"."""

    size: int = 9
    komi: float = 7.0
    rules: str = "chinese"
    handicap: int = 0
    black: str = YOU
    white: str = "influence"
    minutes: float = 0.0  # each side's main time
    seed: int = 0
    overtime: str = ""  # after the main time, as clocks.py reads it

    def start(self) -> Position:
        """The first position.

        Raises:
            UserError: a field is out of bounds.
        """
        if self.rules not in PRESETS:
            raise UserError(f"rules {self.rules!r}: wanted one of {', '.join(PRESETS)}")
        if not 1 <= self.size <= MAX_SIDE:
            raise UserError(f"size {self.size}: wanted 1 to {MAX_SIDE}")
        self.time_control()
        rules = replace(PRESETS[self.rules](self.size), komi=self.komi)
        if self.handicap:
            return handicap_position(rules, fixed_handicap(rules, self.handicap))
        return Position(rules)

    def time_control(self) -> TimeControl | None:
        """The time of each side; None without a limit.

        Raises:
            UserError: a field is out of bounds.
        """
        return time_control(self.minutes, self.overtime)

    def player(self, colour: int) -> str:
        """Who plays this colour."""
        return self.black if colour == BLACK else self.white


def seated_on(setup: GameSetup, size: int) -> GameSetup:
    """The setup on another board; a level is played there by the net for that board."""
    from insei.levels import level_on

    black, white = (level_on(player, setup.size, size) for player in (setup.black, setup.white))
    return replace(setup, size=size, black=black, white=white)
