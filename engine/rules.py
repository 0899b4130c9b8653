"""The rules of a game as data: a frozen value that every room passes around."""

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Literal

from insei.system.errors import UserError

EMPTY, BLACK, WHITE = 0, 1, 2
COLOUR_NAMES = ("empty", "black", "white")
MAX_SIDE = 19
MAX_KOMI = 400

KoRule = Literal["simple", "positional", "situational"]
KO_RULES: tuple[KoRule, ...] = ("simple", "positional", "situational")
Scoring = Literal["area", "territory"]
SCORINGS: tuple[Scoring, ...] = ("area", "territory")


def opponent(colour: int) -> int:
    """Return the other colour of BLACK and WHITE."""
    return BLACK + WHITE - colour


def is_integer(number: object) -> bool:
    """Whether this is an integer of Python or numpy, and not a bool."""
    return isinstance(number, Integral) and not isinstance(number, bool)


@dataclass(frozen=True)
class Rules:
    """Which moves are legal, and who has won. Two passes end the game.

    Territory scoring counts prisoners, and eyes in seki. `Position.score` says which stones are
    dead. Under `captures_to_win` the deciding capture ends the game, and wins by one point.

    The suicide of a single stone is never legal, as in KataGo and GNU Go. Positional superko
    forbids it anyway, as it leaves the board unchanged. Simple ko and situational superko, taken
    literally, would allow it as a pass that does not count as one, and games might never end.

    Args:
        width: columns, 1 to 19.
        height: rows, 1 to 19.
        komi: points for White, a multiple of 0.5 from -400 to 400.
        ko: "simple", or superko: "positional" or "situational".
        suicide: whether suicides of several stones are legal.
        captures_to_win: stones to capture for a win (Atari Go), to 1000; 0 for Go.
        scoring: "area" or "territory".
        pass_stones: whether a pass hands a stone over and White passes last (AGA); for territory
            scoring only.

    Raises:
        UserError: a field has another value.
    """

    width: int = 19
    height: int = 19
    komi: float = 7.5
    ko: KoRule = "positional"
    suicide: bool = False
    captures_to_win: int = 0
    scoring: Scoring = "area"
    pass_stones: bool = False

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            side = getattr(self, name)
            if not is_integer(side) or not 1 <= side <= MAX_SIDE:
                raise UserError(f"{name} {side!r}: wanted a whole number from 1 to {MAX_SIDE}")
        komi = self.komi
        if (
            isinstance(komi, bool)
            or not isinstance(komi, Real)
            or not -MAX_KOMI <= komi <= MAX_KOMI
            or (2 * komi) % 1
        ):
            raise UserError(
                f"komi {komi!r}: wanted a multiple of 0.5 from -{MAX_KOMI} to {MAX_KOMI}"
            )
        if self.ko not in KO_RULES:
            raise UserError(f"ko {self.ko!r}: wanted one of {', '.join(KO_RULES)}")
        for name in ("suicide", "pass_stones"):
            if not isinstance(getattr(self, name), bool):
                raise UserError(f"{name} {getattr(self, name)!r}: wanted true or false")
        if self.scoring not in SCORINGS:
            raise UserError(f"scoring {self.scoring!r}: wanted one of {', '.join(SCORINGS)}")
        if self.pass_stones and self.scoring != "territory":
            raise UserError("pass_stones with area scoring: wanted territory scoring, or none")
        wins = self.captures_to_win
        if not is_integer(wins) or not 0 <= wins <= 1000:
            raise UserError(f"captures_to_win {wins!r}: wanted a whole number from 0 to 1000")
        for name in ("width", "height", "captures_to_win"):  # numpy's numbers are taken too
            object.__setattr__(self, name, int(getattr(self, name)))
        object.__setattr__(self, "komi", float(komi))

    @property
    def num_points(self) -> int:
        """H·W, which is also the move that passes."""
        return self.width * self.height

    @property
    def pass_move(self) -> int:
        """The move that passes, H·W; points count from the top left, row by row."""
        return self.width * self.height

    @property
    def num_actions(self) -> int:
        """A = H·W + 1, the points and the pass."""
        return self.width * self.height + 1

    @property
    def size_name(self) -> str:
        """The board's size as people write it, width first: "9x9"."""
        return f"{self.width}x{self.height}"


def tromp_taylor(width: int = 19, height: int | None = None, komi: float = 7.5) -> Rules:
    """Rules with positional superko, suicide and area scoring (tromp.github.io/go.html).

    Args:
        width: columns, 1 to 19.
        height: rows; None for a square.
        komi: points for White.
    """
    return Rules(width, width if height is None else height, komi, ko="positional", suicide=True)


def chinese(width: int = 19, height: int | None = None, komi: float = 7.5) -> Rules:
    """Rules with simple ko, no suicide and area scoring, as Chinese referees and GNU Go apply them.

    They also give White points for handicap stones, to be added to komi:
    `rule_names.handicap_points`.
    """
    return Rules(width, width if height is None else height, komi, ko="simple", suicide=False)


def new_zealand(width: int = 19, height: int | None = None, komi: float = 7.0) -> Rules:
    """Rules with situational superko, suicide and area scoring (New Zealand Go Society, 1986)."""
    return Rules(width, width if height is None else height, komi, ko="situational", suicide=True)


def japanese(width: int = 19, height: int | None = None, komi: float = 6.5) -> Rules:
    """Rules with simple ko, no suicide and territory scoring (after Nihon Kiin's rules of 1989)."""
    return Rules(width, width if height is None else height, komi, ko="simple", scoring="territory")


def aga(width: int = 19, height: int | None = None, komi: float = 7.5) -> Rules:
    """Rules with situational superko, territory and pass stones (AGA Concise Rules of Go)."""
    return Rules(
        width,
        width if height is None else height,
        komi,
        ko="situational",
        scoring="territory",
        pass_stones=True,
    )


PRESETS = {
    "tromp-taylor": tromp_taylor,
    "chinese": chinese,
    "new-zealand": new_zealand,
    "japanese": japanese,
    "aga": aga,
}


def with_preset(rules: Rules, name: str) -> Rules:
    """Return a preset with the size and komi of `rules`.

    Raises:
        UserError: there is no such preset.
    """
    if name not in PRESETS:
        raise UserError(f"rules {name!r}: wanted one of {', '.join(PRESETS)}")
    return PRESETS[name](rules.width, rules.height, rules.komi)


def preset_name(rules: Rules) -> str | None:
    """The preset that these rules are, size and komi aside; None if they are no preset."""
    return next((name for name in PRESETS if with_preset(rules, name) == rules), None)
