"""Text as it is shown: on the terminal, in logs and in reports.

A name or a comment may come from a file of somebody else's. Control characters in it could set the
terminal's title or its clipboard, and bidirectional overrides could make it read as something else.
They are shown as what they are, as `\\x1b`. Everything that is printed goes through `say`.
"""

import sys
import unicodedata

SHOWN_AS_THEY_ARE = frozenset("\n\t\u200c\u200d")  # the last two join letters and emoji
HIDDEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))  # controls, formats, surrogates, separators


def shown(text: object) -> str:
    """Text without characters that steer a terminal or hide; newlines and tabs are kept."""
    given = str(text)
    return given if given.isprintable() else "".join(map(shown_character, given))


def shown_character(character: str) -> str:
    """A character, or its name in Python's notation."""
    if character in SHOWN_AS_THEY_ARE or unicodedata.category(character) not in HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")


def shown_line(text: object) -> str:
    """As `shown`, in one line."""
    return shown(" ".join(str(text).split()))


def say(text: object, *, to_error: bool = False, end: str = "\n", flush: bool = False) -> None:
    """Print text to standard output, or to standard error; nothing if that is closed.

    Letters that the stream's encoding lacks are escaped too.
    """
    stream = sys.stderr if to_error else sys.stdout
    if stream is None:
        return
    encoding = stream.encoding or "utf-8"
    said = shown(text).encode(encoding, "backslashreplace").decode(encoding)
    print(said, file=stream, end=end, flush=flush)
