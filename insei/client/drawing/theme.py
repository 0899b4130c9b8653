"""Themes: the colours of the board and of what is around it, each in a file.

A theme is a YAML file with the fields of `Theme`. Those that come with insei are in themes/, a
user's own in `~/.config/insei/themes/NAME.yaml`.
"""

import os
import re
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from insei.client.drawing.terminal import Terminal
from insei.system.configuration import build
from insei.system.errors import UserError
from insei.system.plain_yaml import read_yaml
from insei.system.setting import BadSetting, Setting, check_settings

SHIPPED = Path(__file__).parent / "themes"
NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
ANSI = frozenset([*NAMES, *(f"bright_{name}" for name in NAMES)])
EXACT = re.compile(r"#[0-9a-fA-F]{6}$")


@dataclass(frozen=True)
class Theme:
    """The colours of a theme.

    A theme for 16 colours names them, as in `yellow` or `bright_white`: each terminal has its own.
    One for 256 writes them as `#d9a860`. One for 0 colours needs none: the board is plain ASCII.
    """

    colours: Literal[0, 16, 256] = 256  # the least that a terminal must have
    ground: str = "#dcb168"
    line: str = "#7a5a2a"
    black: str = "#141414"
    white: str = "#f7f5ee"
    cursor: str = "#4f8f4f"
    last: str = "#c0392b"
    heat: str = "#d02020"
    best: str = "#50c050"
    candidate: str = "#8fd08f"
    mistake: str = "#e06050"
    around: Annotated[str, Setting("one of Textual's themes")] = "textual-dark"

    def __post_init__(self) -> None:
        check_settings(self)
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in ("colours", "around") or not self.colours:
                continue
            if self.colours == 16 and value not in ANSI:
                raise BadSetting(field.name, value, f"one of {', '.join(sorted(ANSI))}")
            if self.colours == 256 and not EXACT.match(value):
                raise BadSetting(field.name, value, "a colour such as '#d9a860'")
        from textual.theme import BUILTIN_THEMES  # here, because themes are read with the client

        if self.around not in BUILTIN_THEMES:
            raise BadSetting("around", self.around, f"one of {', '.join(BUILTIN_THEMES)}")


def own_folder() -> Path:
    """The folder of the user's themes."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(config) / "insei" / "themes"


def theme_names() -> list[str]:
    """The names of all themes, the user's own included."""
    folders = (SHIPPED, own_folder())
    return sorted({path.stem for folder in folders for path in folder.glob("*.yaml")})


def find_theme(name: str) -> Theme:
    """The theme of this name. A user's own hides one that comes with insei.

    Raises:
        UserError: there is none, or its file is wrong.
    """
    for folder in (own_folder(), SHIPPED):
        path = folder / f"{name}.yaml"
        if path.name == f"{name}.yaml" and path.is_file():
            return read_theme(path)
    raise UserError(f"theme {name!r}: wanted auto, {', '.join(theme_names())}")


def read_theme(path: Path) -> Theme:
    """Read a theme's file.

    Raises:
        UserError: it is no theme.
    """
    values = read_yaml(path)
    try:
        return build(Theme, values)
    except ValueError as error:
        raise UserError(f"{path}: {error}") from error


def theme_for(name: str, terminal: Terminal) -> Theme:
    """The theme of this name, or for "auto" the one that fits the terminal.

    Raises:
        UserError: there is none, its file is wrong, or the terminal has too few colours for it.
    """
    if name == "auto":
        return find_theme(fitting_theme(terminal))
    theme = find_theme(name)
    if theme.colours > terminal.num_colours:
        has = f"has {terminal.num_colours}" if terminal.num_colours else "shows none"
        raise UserError(
            f"theme {name}: wants {theme.colours} colours, and this terminal {has}: "
            f"TERM={os.environ.get('TERM', '')}, NO_COLOR={os.environ.get('NO_COLOR', '')}"
        )
    return theme


def fitting_theme(terminal: Terminal) -> str:
    """The name of the theme that fits a terminal."""
    if terminal.num_colours < 16:
        return "plain"
    if terminal.num_colours < 256:
        return "sixteen"
    return "paper" if terminal.is_light else "wood"


@lru_cache(4096)
def blend(first: str, second: str, share: float) -> str:
    """A mixture of two colours, as in `#d9a860`. Named colours don't mix: the nearer one.

    Args:
        share: of the second colour, 0 to 1.
    """
    share = min(1.0, max(0.0, share))
    if not (first.startswith("#") and second.startswith("#")):
        return second if share >= 0.5 else first
    parts = [
        round(int(first[at : at + 2], 16) * (1 - share) + int(second[at : at + 2], 16) * share)
        for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)
