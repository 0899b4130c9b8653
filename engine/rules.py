"""The rules of a game as data: a frozen value that every room passes around."""

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Literal

from insei.system.errors import UserError

EMPTY, BLACK, WHITE = 0, 1, 2
COLOUR_NAMES = ("empty", "black", "white")
MAX_SIDE = 19

KoRule = Literal["simple", "positional", "situational"]
KO_RULES: tuple[KoRule, ...] = ("simple", "positional", "situational")
Scoring = Literal["area", "territory"]
SCORINGS: tuple[Scoring, ...] = ("area", "territory")


def opponent(colour: int) -> int:
    """Return the other colour of BLACK and WHITE."""
    return BLACK + WHITE - colour


def is_whole(number: object) -> bool:
    """Whether this is a whole number, of Python's or numpy's, and not a truth value."""
    return isinstance(number, Integral) and not isinstance(number, bool)


@dataclass(frozen=True)
class Rules:
    """What may be played and who has won; two passes end the game.

    Territory counts prisoners, and eyes in seki too; see `Position.score` on dead stones. Where
    captures win, the stones that decide it end the game, as a win by one point.

    A suicide of several stones is legal where `suicide` says so; that of a single stone never is,
    as in KataGo and GNU Go. Positional superko forbids it anyway, for it leaves the board as it
    was. Read literally, situational superko and simple ko would allow it where suicide is legal:
    a pass that does not count as one, with which a game need never end.

    Raises:
        UserError: a field is outside what is said beside it.
    """

    width: int = 19  # columns, 1 to 19
    height: int = 19  # rows, 1 to 19
    komi: float = 7.5  # points given to White, a multiple of one half, at most 400 either way
    ko: KoRule = "positional"
    suicide: bool = False
    captures_to_win: int = 0  # who has taken so many stones has won (Atari Go); 0 for Go
    scoring: Scoring = "area"
    pass_stones: bool = False  # each pass hands a stone over, White passes last (AGA); territory

    def __post_init__(self) -> None:
        for name in ("width", "height"):
            side = getattr(self, name)
            if not is_whole(side) or not 1 <= side <= MAX_SIDE:
                raise UserError(f"{name} {side!r}: wanted a whole number from 1 to {MAX_SIDE}")
        komi = self.komi
        if (
            isinstance(komi, bool)
            or not isinstance(komi, Real)
            or not -400 <= komi <= 400
            or (2 * komi) % 1
        ):
            raise UserError(f"komi {komi!r}: wanted a multiple of 0.5 from -400 to 400")
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
        if not is_whole(wins) or not 0 <= wins <= 1000:
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
    """Positional superko, suicide allowed, area scoring (Tromp and Taylor, tromp.github.io)."""
    return Rules(width, width if height is None else height, komi, ko="positional", suicide=True)


def chinese(width: int = 19, height: int | None = None, komi: float = 7.5) -> Rules:
    """Simple ko, no suicide, area scoring, as Chinese referees apply it and GNU Go plays it.

    But for handicap stones: those give them back to White, here komi has to be raised.
    """
    return Rules(width, width if height is None else height, komi, ko="simple", suicide=False)


def new_zealand(width: int = 19, height: int | None = None, komi: float = 7.0) -> Rules:
    """Situational superko, suicide allowed, area scoring (New Zealand Go Society, 1986)."""
    return Rules(width, width if height is None else height, komi, ko="situational", suicide=True)


def japanese(width: int = 19, height: int | None = None, komi: float = 6.5) -> Rules:
    """Simple ko, no suicide, territory scoring (after Nihon Kiin's rules of 1989)."""
    return Rules(width, width if height is None else height, komi, ko="simple", scoring="territory")


def aga(width: int = 19, height: int | None = None, komi: float = 7.5) -> Rules:
    """Situational superko, no suicide, territory with pass stones (AGA Concise Rules of Go)."""
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


OTHER_NAMES = {"nz": "new-zealand", "jp": "japanese", "korean": "japanese"}


def preset_called(said: str) -> str | None:
    """The preset that goes by this name in files and programs; None for a name we don't know."""
    name = said.strip().lower().removesuffix(" rules").replace("_", "-").replace(" ", "-")
    name = OTHER_NAMES.get(name, name)
    return name if name in PRESETS else None


def with_preset(rules: Rules, name: str) -> Rules:
    """`rules` with all but the size and komi as the preset has it.

    Raises:
        UserError: there is no such preset.
    """
    if name not in PRESETS:
        raise UserError(f"rules {name!r}: wanted one of {', '.join(PRESETS)}")
    return PRESETS[name](rules.width, rules.height, rules.komi)


def preset_name(rules: Rules) -> str | None:
    """The preset that these rules are, whatever the size and komi; None for rules of their own."""
    return next((name for name in PRESETS if with_preset(rules, name) == rules), None)
