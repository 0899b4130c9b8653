"""SGF text mended: files that bend the grammar become ones that keep it, with a note of each bend.

What is known of such files: brackets, semicolons and parentheses left out, properties in lower case
or by FF[3]'s long names, points in capitals, text around the game, encodings other than UTF-8.
"""

import codecs
import re

from insei.engine.errors import BadSgf

POINT_PROPERTIES = {"B", "W", "AB", "AW", "AE"}
SINGLE = {
    *("AP", "B", "C", "CA", "EV", "FF", "GM", "HA", "KM", "N", "OT", "PB", "PC", "PL", "PW", "RE"),
    *("RO", "RU", "SO", "SZ", "TM", "US", "W"),
}  # properties of one value
IDENTIFIER = re.compile(r"[A-Za-z]{1,64}")
POINT = re.compile(r"\[\s*([A-Za-z]{0,2}(?::[A-Za-z]{2})?)\s*")
VALUE = re.compile(r"\[((?:[^\\\]]|\\.)*)\]", re.DOTALL)
BLANKS = re.compile(r"\s*")
JUNK = re.compile(r"[^()\[\];A-Za-z\s]+")
CODING = re.compile(rb"CA\[\s*([A-Za-z0-9_.:-]{1,40})\s*\]")
CODECS = re.compile("ascii|big5|cp|euc|gb|hz|iso|koi8|mac|shift|tis|utf-8")  # not rot-13 or idna
WIDER = {
    "ascii": "cp1252",
    "big5": "cp950",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
}  # what programs in fact write under a narrower name
SEVEN_BITS = ("iso2022", "hz")  # all their bytes are ASCII's, and so pass for UTF-8


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Read bytes as UTF-8, else as the file's CA says, else as Latin-1; a note says what is lost.

    Encodings of seven bits pass for UTF-8, so CA comes first there; UTF-16 shows by its mark.
    """
    said = _codec_said(data)
    order = ["utf-8", said] if said else ["utf-8"]
    for codec in [said, *order] if said.startswith(SEVEN_BITS) else order:
        try:
            return data.decode(codec).removeprefix("\ufeff"), []
        except UnicodeDecodeError as error:
            where = f"byte {error.start + 1}: not {codec.upper()}"
    if said:
        return data.decode(said, "replace"), [f"{where}; what can't be read is marked \ufffd"]
    return data.decode("latin-1"), [f"{where}; read as Latin-1"]


def _codec_said(data: bytes) -> str:
    """Python's name of the encoding that a file says it has; empty for none that we know."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    said = CODING.search(data)
    try:
        name = codecs.lookup(said[1].decode().lower().removeprefix("x-")).name if said else ""
    except LookupError:
        return ""
    return WIDER.get(name, name) if CODECS.match(name) else ""


def mended(text: str) -> tuple[str, list[str]]:
    """Return the first game of a file by the grammar of FF[4], and what had to be mended.

    Raises:
        BadSgf: there is no node in it.
    """
    return _Mender(text).mend()


MOST_BENDS = 100  # kinds of them, beyond which a file is no game


class _Mender:
    """Reads text from left to right and writes what it means."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.out: list[str] = []
        self.notes: list[str] = []
        self.noted: set[str] = set()  # the kinds of bends that there is a note of
        self.depth = 0
        self.wants_node = True  # whether a semicolon must come before a property
        self.has_closed = False  # whether a variation has just ended
        self.has_moved = False  # whether the present node has a move
        self.seen: set[str] = set()  # the present node's properties of one value

    def note(self, what: str, at: int | None = None) -> None:
        """Note a bend, once of its kind, with the line and column, from 1.

        Raises:
            BadSgf: there are so many that this is something else.
        """
        at = self.at if at is None else at
        if what in self.noted:
            return
        if len(self.noted) == MOST_BENDS:
            raise BadSgf(f"not an SGF game: {MOST_BENDS} kinds of errors; {self.notes[0]}")
        self.noted.add(what)
        line = self.text.count("\n", 0, at) + 1
        column = at - self.text.rfind("\n", 0, at)
        self.notes.append(f"line {line}, column {column}: {what}")

    def mend(self) -> tuple[str, list[str]]:
        self.find_start()
        while self.at < len(self.text) and self.depth:
            self.step()
        if self.depth:
            self.note("the file ends early: closing parenthesis missing")
            self.close_nodes()
            self.out.append(")" * self.depth)
        elif rest := self.text[self.at :].strip("\x00\x1a \t\r\n"):
            more = re.match(r"\(\s*;", rest)
            self.note("another game follows: the first is read" if more else "text after the game")
        text = "".join(self.out)
        if self.notes and "[" not in text:
            raise BadSgf(f"not an SGF game: nothing in it can be read; {self.notes[0]}")
        return text, self.notes

    def find_start(self) -> None:
        found = re.search(r"\(\s*;", self.text) or re.search(
            r"[(;]\s*[A-Za-z]{1,64}\s*\[", self.text
        )
        if found is None:
            raise BadSgf("not an SGF game: wanted (;")
        self.at = found.start()
        if self.text[: self.at].strip():
            self.note("text before the game", 0)
        if self.text[self.at] == ";":
            self.note("opening parenthesis missing")
        else:
            self.at += 1
        self.out.append("(")
        self.depth = 1

    def step(self) -> None:
        """Take one token."""
        one = self.text[self.at]
        if one.isspace():
            self.at = BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr]
        elif one == "(":
            self.close_nodes()
            self.open("(")
            self.depth += 1
            self.wants_node = True
            self.has_closed = False
        elif one == ";":
            self.begin_variation(self.at)
            self.open(";")
            self.begin_node()
        elif one == ")":
            self.close_nodes()
            self.open(")")
            self.depth -= 1
            self.has_closed = True
        elif named := IDENTIFIER.match(self.text, self.at):
            self.take_property(named[0])
        elif one == "[":
            self.note("a value without a property")
            self.take_value("", keeps=False)
        else:
            self.note("a character that means nothing")
            junk = JUNK.match(self.text, self.at)
            self.at = junk.end() if junk else self.at + 1

    def open(self, token: str) -> None:
        self.out.append(token)
        self.at += 1

    def close_nodes(self) -> None:
        """A sequence has one node at least."""
        if self.wants_node:
            self.note("semicolon missing")
            self.out.append(";")
            self.begin_node()

    def begin_variation(self, at: int) -> None:
        """Where a variation has ended, a node can only begin another."""
        if self.has_closed:
            self.note("opening parenthesis missing", at)
            self.out.append("(")
            self.depth += 1
            self.wants_node = True
            self.has_closed = False

    def begin_node(self) -> None:
        """What follows a semicolon."""
        self.wants_node = self.has_moved = False
        self.seen = set()

    def take_property(self, written: str) -> None:
        start = self.at
        self.at = BLANKS.match(self.text, start + len(written)).end()  # type: ignore[union-attr]
        name = written
        if written.islower():
            name = written.upper()
            self.note("property in lower case", start)
        elif not written.isupper():
            name = "".join(one for one in written if one.isupper())
            self.note(f"long name {written} as in FF[3]", start)
        if self.text[self.at : self.at + 1] != "[":
            self.note(f"property {written} without a value", start)
            return
        self.begin_variation(start)
        moves = name in ("B", "W")
        if self.wants_node or (moves and self.has_moved):
            self.note("semicolon missing", start)
            self.out.append(";")
            self.begin_node()
        self.has_moved |= moves
        if name not in self.seen:
            self.out.append(name)
        while self.text[self.at : self.at + 1] == "[":
            keeps = name not in self.seen
            if not keeps:
                self.note(f"property {name} has two values: the first counts")
            self.take_value(name, keeps)
            if name in SINGLE:
                self.seen.add(name)
            self.at = BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr]
        if self.out[-1] == name:
            self.out.pop()  # its value was cut short

    def take_value(self, name: str, keeps: bool = True) -> None:
        """Take a value in brackets; where the closing one is missing it ends where it must."""
        start = self.at
        if name in POINT_PROPERTIES and (point := POINT.match(self.text, start)):
            value, self.at = point[1], point.end()
            if self.text[self.at : self.at + 1] == "]":
                self.at += 1
            elif self.at == len(self.text) or self.text[self.at] in ";()[":
                self.note("closing bracket missing", start)
                keeps = keeps and len(value) >= 2  # a point cut short is no pass
            elif found := VALUE.match(self.text, start):
                value, self.at = found[1], found.end()
            if value != value.lower() and value.isascii() and len(value) <= 5:
                self.note("point in capitals", start)
                value = value.lower()
        elif found := VALUE.match(self.text, start):
            value, self.at = found[1], found.end()
        else:
            self.note("closing bracket missing", start)
            value = self.text[start + 1 :].rstrip().removesuffix("\\").removesuffix(")")
            value = value.removesuffix("\\")
            self.at = len(self.text)
        if keeps:
            self.out.append(f"[{value}]")
