"""Repairs of SGF text: files that bend the grammar are rewritten to follow it, with a note each.

Known bends: missing brackets, semicolons and parentheses; properties in lower case or with FF[3]'s
long names; points in capitals; text around the game; encodings other than UTF-8.
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
CODECS = re.compile(
    "ascii|big5|cp|euc|gb|hz|iso|koi8|mac|shift|tis|utf-8"
)  # no others: Python also has rot-13
WIDER = {
    "ascii": "cp1252",
    "big5": "cp950",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "shift_jis": "cp932",
}  # the larger encoding that programs write under a narrower name
SEVEN_BITS = ("iso2022", "hz")  # encodings whose bytes are all valid UTF-8


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Decode bytes as UTF-8, else by the file's CA, else as Latin-1; a note says what is lost.

    For encodings of seven bits CA comes first, as their bytes are valid UTF-8. UTF-16 is recognized
    by its byte order mark.
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
    """Python's name of the encoding that CA, or a byte order mark, names; empty if unknown."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    said = CODING.search(data)
    try:
        name = codecs.lookup(said[1].decode().lower().removeprefix("x-")).name if said else ""
    except LookupError:
        return ""
    return WIDER.get(name, name) if CODECS.match(name) else ""


def repaired(text: str) -> tuple[str, list[str]]:
    """Return the first game of a file in the grammar of FF[4], and notes of the repairs.

    Raises:
        BadSgf: the file has no node.
    """
    return _Repair(text).repair()


MOST_BENDS = 100  # different ones; a file with more is not a game


class _Repair:
    """Reads text from left to right and writes it in the grammar of FF[4]."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.out: list[str] = []
        self.notes: list[str] = []
        self.noted: set[str] = set()  # bends that have a note
        self.depth = 0
        self.wants_node = True  # whether a semicolon must come before a property
        self.has_closed = False  # whether a variation has just ended
        self.has_moved = False  # whether the present node has a move
        self.seen: set[str] = set()  # the present node's properties of one value

    def note(self, what: str, at: int | None = None) -> None:
        """Note a bend where it first occurs, with line and column from 1.

        Raises:
            BadSgf: there are too many different ones.
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

    def repair(self) -> tuple[str, list[str]]:
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
        """Read one token."""
        character = self.text[self.at]
        if character.isspace():
            self.at = BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr]
        elif character == "(":
            self.close_nodes()
            self.open("(")
            self.depth += 1
            self.wants_node = True
            self.has_closed = False
        elif character == ";":
            self.begin_variation(self.at)
            self.open(";")
            self.begin_node()
        elif character == ")":
            self.close_nodes()
            self.open(")")
            self.depth -= 1
            self.has_closed = True
        elif named := IDENTIFIER.match(self.text, self.at):
            self.read_property(named[0])
        elif character == "[":
            self.note("a value without a property")
            self.read_value("", keeps=False)
        else:
            self.note("a character without a meaning")
            junk = JUNK.match(self.text, self.at)
            self.at = junk.end() if junk else self.at + 1

    def open(self, token: str) -> None:
        self.out.append(token)
        self.at += 1

    def close_nodes(self) -> None:
        """Begin the node that a sequence must have."""
        if self.wants_node:
            self.note("semicolon missing")
            self.out.append(";")
            self.begin_node()

    def begin_variation(self, at: int) -> None:
        """Open a parenthesis if a variation has just ended: only another one can follow."""
        if self.has_closed:
            self.note("opening parenthesis missing", at)
            self.out.append("(")
            self.depth += 1
            self.wants_node = True
            self.has_closed = False

    def begin_node(self) -> None:
        """Start to record the properties of a new node."""
        self.wants_node = self.has_moved = False
        self.seen = set()

    def read_property(self, written: str) -> None:
        start = self.at
        self.at = BLANKS.match(self.text, start + len(written)).end()  # type: ignore[union-attr]
        name = written
        if written.islower():
            name = written.upper()
            self.note("property in lower case", start)
        elif not written.isupper():
            name = "".join(letter for letter in written if letter.isupper())
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
            self.read_value(name, keeps)
            if name in SINGLE:
                self.seen.add(name)
            self.at = BLANKS.match(self.text, self.at).end()  # type: ignore[union-attr]
        if self.out[-1] == name:
            self.out.pop()  # its value was truncated

    def read_value(self, name: str, keeps: bool = True) -> None:
        """Read a value in brackets; without a closing one it ends where it must."""
        start = self.at
        if name in POINT_PROPERTIES and (point := POINT.match(self.text, start)):
            value, self.at = point[1], point.end()
            if self.text[self.at : self.at + 1] == "]":
                self.at += 1
            elif self.at == len(self.text) or self.text[self.at] in ";()[":
                self.note("closing bracket missing", start)
                keeps = keeps and len(value) >= 2  # a truncated point is not a pass
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
