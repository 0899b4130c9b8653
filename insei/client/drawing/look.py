"""A theme on a terminal: which colours and which characters there are."""

from dataclasses import dataclass, field
from functools import cache, lru_cache

from rich.style import Style

from insei.client.drawing.terminal import TRUE_COLOUR, Terminal
from insei.client.drawing.theme import Theme
from insei.engine.rules import BLACK

PLAIN = Style()  # not None, because Textual's filters need a style
REVERSE = Style(reverse=True)
ANSI_AROUND = {False: "ansi-dark", True: "ansi-light"}


@dataclass(frozen=True)
class Look:
    """A theme on a terminal."""

    theme: Theme = field(default_factory=Theme)
    terminal: Terminal = field(default_factory=Terminal)

    @property
    def is_plain(self) -> bool:
        """Whether to draw in ASCII and without colours, stones as X and O."""
        return self.theme.colours == 0

    @property
    def has_symbols(self) -> bool:
        """Whether to draw with more than ASCII."""
        return self.terminal.has_symbols and not self.is_plain

    @property
    def has_stone(self) -> bool:
        """Whether `●` is one column wide and in the font."""
        return self.has_symbols and not self.terminal.is_console

    @property
    def has_blends(self) -> bool:
        """Whether colours can be mixed."""
        return self.theme.colours >= 256

    @property
    def has_shades(self) -> bool:
        """Whether a stone can be shaded."""
        return self.has_blends and self.terminal.num_colours >= TRUE_COLOUR

    @property
    def around(self) -> str:
        """The name of Textual's theme for what is around the board."""
        if self.theme.around.startswith("ansi") or self.terminal.num_colours <= 16:
            return ANSI_AROUND[self.terminal.is_light]
        return self.theme.around

    def stone(self, colour: int) -> str:
        """The theme's colour of a stone."""
        return self.theme.black if colour == BLACK else self.theme.white

    def ink(self, colour: int) -> str:
        """The theme's colour of text on a stone."""
        return self.theme.white if colour == BLACK else self.theme.black


@cache
def plain_look() -> Look:
    """ASCII without colours."""
    return Look(Theme(colours=0))


@lru_cache(4096)
def paint(ink: str, ground: str, is_bold: bool = False) -> Style:
    """A style. Cached, because a board has few styles and is drawn at each key.

    Args:
        ground: empty for what is around the board.
    """
    return Style(color=ink, bgcolor=ground or None, bold=is_bold)
