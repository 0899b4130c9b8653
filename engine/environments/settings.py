"""The settings that the environments share."""

from dataclasses import dataclass, fields
from difflib import get_close_matches
from numbers import Integral
from typing import Any

from insei.engine.environments.opponents import Chooser, Function
from insei.engine.rules import COLOUR_NAMES, PRESETS, Rules

PLIES_PER_POINT = 4  # a game is cut short after so many plies a point
MASK = "action_mask"  # the key of the legal actions, in a Dict observation and in info
CHOICES = {
    "agent_colour": ("black", "white"),
    "illegal": ("raises", "loses"),
    "observation": ("net", "history", "rich"),
    "channels": ("first", "last"),
    "dtype": ("float32", "uint8", "bool"),
    "reward": ("win", "score", "score_change"),
}


@dataclass(frozen=True)
class GoSettings:
    """The settings of the environments.

    Raises:
        ValueError: a setting has none of the values named beside it.
    """

    board_size: int | tuple[int, int] = 9  # a side, or width and height
    rules: str | Rules = "tromp-taylor"  # a preset's name; a Rules has its own size and komi
    komi: float | None = None  # points for White; None for the preset's
    opponent: str | Chooser | Function | None = "random"  # a player's name, an object with
    # `choose`, or a function from Position to move; None: the caller plays both
    agent_colour: str = "black"  # or "white"; rewards are this colour's, with or without opponent
    illegal: str = "raises"  # or "loses": an illegal action ends the game, lost
    max_plies: int = 0  # plies after which a game is truncated; 0 for 4 a point
    observation: str = "net"  # 14 planes; or "history", AlphaGo Zero's 17; or "rich", 18
    channels: str = "first"  # [C, H, W]; or "last", [H, W, C]
    dtype: str = "float32"  # or "uint8" or "bool", for planes without komi: history and rich
    observation_key: str | None = None  # a name: observations are a Dict of the planes under it
    # and "action_mask"; None: the planes alone
    reward: str = "win"  # 1, 0 or -1 at the end; or "score", points at the end; or
    # "score_change", points that each step gained on the board

    def __post_init__(self) -> None:
        for name, wanted in CHOICES.items():
            if getattr(self, name) not in wanted:
                raise ValueError(f"{name} {getattr(self, name)!r}: wanted {' or '.join(wanted)}")
        named = isinstance(self.rules, str) and self.rules in PRESETS
        if not (named or isinstance(self.rules, Rules)):
            raise ValueError(f"rules {self.rules!r}: wanted a Rules or one of {', '.join(PRESETS)}")
        if not isinstance(self.max_plies, Integral) or self.max_plies < 0:
            raise ValueError(f"max_plies {self.max_plies!r}: wanted a whole number, 0 or more")
        if isinstance(self.board_size, tuple | list) and len(self.board_size) != 2:
            raise ValueError(f"board_size {self.board_size}: wanted a side, or width and height")
        if self.observation == "net" and self.dtype != "float32":
            raise ValueError(
                f"dtype {self.dtype!r} with observation 'net', which has komi in it: wanted "
                "float32, or observation history or rich"
            )
        key = self.observation_key
        if key is not None and (not isinstance(key, str) or key in ("", MASK)):
            raise ValueError(f"observation_key {key!r}: wanted a name other than {MASK}, or None")

    @classmethod
    def of(cls, owner: type, values: dict[str, Any]) -> "GoSettings":
        """Settings from the keyword arguments of `owner`.

        Raises:
            TypeError: there is no such setting; the message is worded as Python's.
            ValueError: a value is not allowed.
        """
        names = [field.name for field in fields(cls)]
        for name in values:
            if name not in names:
                near = get_close_matches(name, names, 1)
                hint = f"Did you mean '{near[0]}'?" if near else f"Wanted {', '.join(names)}"
                raise TypeError(
                    f"{owner.__name__}.__init__() got an unexpected keyword argument {name!r}. "
                    f"{hint}"
                )
        return cls(**values)

    def resolved_rules(self) -> Rules:
        """The rules that these settings mean."""
        if isinstance(self.rules, Rules):
            return self.rules
        size = self.board_size
        width, height = size if isinstance(size, tuple | list) else (size, size)
        komi = {} if self.komi is None else {"komi": self.komi}
        return PRESETS[self.rules](width, height, **komi)

    @property
    def agent(self) -> int:
        """BLACK or WHITE."""
        return COLOUR_NAMES.index(self.agent_colour)

    def plies_allowed(self) -> int:
        """Plies after which a game is truncated."""
        return int(self.max_plies) or PLIES_PER_POINT * self.resolved_rules().num_points
