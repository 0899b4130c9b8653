"""Text inside Markdown: what a name holds is shown, and never read as Markdown or HTML."""

import re

from insei.system.shown import shown

# What begins code, emphasis, a link, HTML or a table's cell. An underscore inside a word is none.
SPECIAL = re.compile(r"[\\`*\[\]<>|&]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")


class InCode(str):
    """Text between backticks, already safe there."""

    __slots__ = ()


def escaped(value: object) -> object:
    """What a template puts out, safe in a line and in a table's cell; numbers stay numbers."""
    if not isinstance(value, str) or isinstance(value, InCode):
        return value
    return SPECIAL.sub(lambda found: "\\" + found[0], re.sub(r"\s", " ", shown(value)))


def code(text: object) -> InCode:
    """Text for between backticks, where Markdown has no escapes."""
    return InCode(re.sub(r"\s", " ", shown(text)).replace("`", "'"))
