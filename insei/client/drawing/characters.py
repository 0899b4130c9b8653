"""Characters that a terminal lacks or draws too wide are replaced as the screen is drawn."""

import unicodedata
from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from insei.client.drawing.terminal import Terminal

CORNERS = "┌┐└┘╭╮╰╯┏┓┗┛╔╗╚╝├┤┬┴┼╋╬"
ACROSS, DOWN = "─━═╌┄┈╴╶", "│┃║╎┆┊╷╵▏▕▎▍▌▐"
FILLED = "█▉▊▋▇▆▅▄▃▂▁▀▔■●"
ASCII = {
    **dict.fromkeys(CORNERS, "+"),
    **dict.fromkeys(ACROSS, "-"),
    **dict.fromkeys(DOWN, "|"),
    **dict.fromkeys(FILLED, "#"),
    **dict(zip("▲▼◀▶○…“”‘’–—·•×", "^v<>o.\"\"''--.*x", strict=True)),
}
ROUND = dict(zip("╭╮╰╯╋", "┌┐└┘╬", strict=True))  # what a console's font has instead


class Replacement(LineFilter):
    """Replaces characters as a function says, each by one column."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.replace = console_text if terminal.has_symbols else narrow_text

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with other characters."""
        return [
            segment if segment.text.isascii() else segment._replace(text=self.replace(segment.text))
            for segment in segments
        ]


def needs_replacement(terminal: Terminal) -> bool:
    """Whether a terminal lacks characters, or draws some too wide."""
    return terminal.is_console or not terminal.has_symbols


@lru_cache(4096)
def narrow_text(text: str) -> str:
    """Text without characters that are two columns wide in some terminals and one in others."""
    return "".join(map(narrow_character, text))


def narrow_character(character: str) -> str:
    """A character, or an ASCII one like it where its width is ambiguous."""
    if unicodedata.east_asian_width(character) != "A":
        return ASCII.get(character, character)
    plain = unicodedata.normalize("NFKD", character)[0]
    return ASCII.get(character) or (plain if plain.isascii() else "?")


@lru_cache(4096)
def console_text(text: str) -> str:
    """Text with the lines and blocks that the font of Linux's console has."""
    return "".join(map(console_character, text))


def console_character(character: str) -> str:
    """A character, or one like it where it is a symbol that code page 437 lacks."""
    if not "\u2000" <= character <= "\u2bff":
        return character
    known = ROUND.get(character, character)
    try:
        known.encode("cp437")
    except UnicodeEncodeError:
        return ASCII.get(known, "?")
    return known
