"""ScannedGame: what Python sees of a scanned game, and the games of a collection one by one."""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint64_t

import numpy as np

from insei.engine.errors import BadSgf
from insei.engine.sgf.scanner cimport (
    GAME_AFTER, JUNK, LINE_GOES_ON, LONG, LOWER_CASE, MAX_NODES, MAX_VALUES, MOST_BENDS,
    NO_BRACKET, NO_CLOSING, NO_MEMORY, NO_OPENING, NO_SEMICOLON, NO_START, NO_VALUE, TEXT_AFTER,
    TEXT_BEFORE, TOO_MANY_BENDS, TOO_MANY_NODES, TWO_VALUES, VALUE_ALONE, Game, Span,
    game_first_child, game_free, game_move, game_scan, game_value, note_rest, packed,
    properties_end, properties_start, values_end
)

MOST_NODES = MAX_NODES
MOST_BYTES = 1 << 28  # of a file

WORDS = {
    NO_SEMICOLON: "semicolon missing",
    NO_OPENING: "opening parenthesis missing",
    NO_CLOSING: "the file ends early: closing parenthesis missing",
    NO_BRACKET: "closing bracket missing",
    LINE_GOES_ON: "a line goes on after its variations: taken for one more",
    LOWER_CASE: "property in lower case",
    LONG: "long name {} as in FF[3]",
    NO_VALUE: "property {} without a value",
    TWO_VALUES: "property {} has two values: the first counts",
    VALUE_ALONE: "a value without a property",
    JUNK: "a character without a meaning",
    TEXT_BEFORE: "text before the game",
    TEXT_AFTER: "text after the game",
    GAME_AFTER: "another game follows: the first is read",
}


class NoGame(BadSgf):
    """Text in which no game begins."""


cdef uint64_t packed_text(str name):
    cdef bytes letters = name.encode()
    return packed(<const unsigned char*> letters, len(letters), True)


cdef uint64_t B = packed_text("B"), W = packed_text("W"), AB = packed_text("AB")
cdef uint64_t AW = packed_text("AW"), AE = packed_text("AE"), PL = packed_text("PL")


cdef class ScannedGame:
    """One game of a file: nodes by number in the file's order, the root 0, and their raw values.

    A raw value is what stands between the brackets, escapes included.

    Args:
        text: the file, in UTF-8.
        start: the byte from which on the game is looked for.

    Raises:
        BadSgf: there is no game, or it is larger than MOST_NODES nodes.
    """

    cdef Game game
    cdef readonly bytes text
    cdef list _notes

    def __init__(self, bytes text not None, int64_t start=0):
        if self.text is not None:
            raise ValueError("a scanned game is scanned once")
        if not 0 <= start <= len(text):
            raise ValueError(f"start {start}: wanted 0 to {len(text)}")
        if len(text) > MOST_BYTES:
            raise BadSgf(f"{len(text):,} bytes of SGF: wanted at most {MOST_BYTES:,}")
        cdef const unsigned char* letters = text
        cdef int64_t size = len(text)
        cdef int failure
        self.text = text
        with nogil:
            failure = game_scan(&self.game, letters, size, start)
        if failure:
            self._fail(failure)

    def __dealloc__(self):
        game_free(&self.game)

    def __reduce__(self):
        return ScannedGame, (self.text[: self.game.at],)

    cdef _fail(self, int failure):
        if failure == NO_MEMORY:
            raise MemoryError
        if failure == NO_START:
            raise NoGame("not an SGF game: wanted (;")
        if failure == TOO_MANY_NODES:
            raise BadSgf(f"a game of more than {MAX_NODES:,} nodes: more than we hold")
        if failure == TOO_MANY_BENDS:
            notes = self.notes()
            raise BadSgf(f"not an SGF game: {MOST_BENDS} kinds of errors; {notes[0]}")
        raise BadSgf(f"a game of more than {MAX_VALUES:,} values: more than we hold")

    cdef str _text(self, int64_t start, int64_t end):
        return PyUnicode_DecodeUTF8(PyBytes_AS_STRING(self.text) + start, end - start, "replace")

    @property
    def num_nodes(self):
        """The number of nodes, at least 1."""
        return self.game.num_nodes

    @property
    def num_values(self):
        """The number of values of all properties."""
        return self.game.num_values

    @property
    def end(self):
        """The byte behind the game."""
        return self.game.at

    def notes(self):
        """Where the text bends the grammar: each kind of bend with its first line and column."""
        cdef int i
        notes = []
        for i in range(self.game.num_bends):
            name_start = self.game.bends[i].name_start
            name = self._text(name_start, name_start + self.game.bends[i].name_length)
            words = WORDS[self.game.bends[i].kind].format(name)
            notes.append(f"{self.place(self.game.bends[i].at)}: {words}")
        return notes

    def note_rest(self):
        """Note what stands behind the game."""
        note_rest(&self.game)

    def place(self, int64_t at):
        """A byte of the text as "line 3, column 17", counted from 1."""
        cdef int64_t i, line = 1, column = 1
        cdef const unsigned char* text = self.game.text
        for i in range(min(at, self.game.size)):
            if text[i] == 10:
                line += 1
                column = 1
            elif text[i] & 0xC0 != 0x80:
                column += 1
        return f"line {line}, column {column}"

    cdef int32_t _checked(self, int64_t node) except -1:
        if not 0 <= node < self.game.num_nodes:
            raise IndexError(f"node {node}: wanted 0 to {self.game.num_nodes - 1}")
        return <int32_t> node

    def parent(self, int64_t node):
        """The node before this one; -1 for the root."""
        return self.game.nodes[self._checked(node)].parent

    def first_child(self, int64_t node):
        """The node after this one on the main line; -1 if the line ends."""
        return game_first_child(&self.game, self._checked(node))

    def values(self, int64_t node, str name not None):
        """The raw values of a node's property; an empty list if the node does not have it."""
        cdef int64_t i, value
        cdef int32_t checked = self._checked(node)
        cdef uint64_t wanted = packed_text(name)
        found = []
        for i in range(properties_start(&self.game, checked), properties_end(&self.game, checked)):
            if self.game.properties[i].name == wanted:
                for value in range(self.game.properties[i].first_value, values_end(&self.game, i)):
                    found.append(
                        self._text(self.game.values[value].start, self.game.values[value].end)
                    )
        return found

    def has_setup(self, int64_t node):
        """Whether a node has AB, AW, AE or PL."""
        cdef int64_t i
        cdef int32_t checked = self._checked(node)
        cdef uint64_t name
        for i in range(properties_start(&self.game, checked), properties_end(&self.game, checked)):
            name = self.game.properties[i].name
            if name == AB or name == AW or name == AE or name == PL:
                return True
        return False

    def move(self, int64_t node):
        """A node's move: "B" or "W" and its raw value; None if it has none."""
        cdef int64_t i
        cdef int32_t checked = self._checked(node)
        cdef const Span* value
        for i in range(properties_start(&self.game, checked), properties_end(&self.game, checked)):
            if self.game.properties[i].name == B or self.game.properties[i].name == W:
                value = &self.game.values[self.game.properties[i].first_value]
                key = "B" if self.game.properties[i].name == B else "W"
                return key, self._text(value.start, value.end)
        return None

    def properties(self, int64_t node):
        """All properties of a node, in the file's order: raw values by name in capitals."""
        cdef int64_t i, value
        cdef int32_t checked = self._checked(node)
        found = {}
        for i in range(properties_start(&self.game, checked), properties_end(&self.game, checked)):
            start = self.game.properties[i].name_start
            name = self._text(start, start + self.game.properties[i].name_length)
            if not name.isupper():
                name = name.upper() if name.islower() else "".join(filter(str.isupper, name))
            values = found.setdefault(name, [])
            for value in range(self.game.properties[i].first_value, values_end(&self.game, i)):
                values.append(
                    self._text(self.game.values[value].start, self.game.values[value].end)
                )
        return found

    def place_of(self, int64_t node, str name not None):
        """Where a node's property has its first value, as `place` says it."""
        cdef const Span* value = game_value(&self.game, self._checked(node), packed_text(name))
        return self.place(value.start - 1 if value != NULL else 0)

    @property
    def root(self):
        """The root's properties, as `properties` gives them."""
        return self.properties(0)

    def main_line(self, int width=19, int height=19):
        """The moves of the main line as they are written; no rule is asked.

        Args:
            width, height: of the board, 1 to 19.

        Returns:
            moves `[M]` int16, row · width + column, or width · height for a pass and for what is
            not a point of this board; and colours `[M]` uint8, BLACK or WHITE.
        """
        if not (1 <= width <= 19 and 1 <= height <= 19):
            raise ValueError(f"board {width}x{height}: wanted 1 to 19 a side")
        cdef int32_t node = 0, move, length = 0, found = 0
        cdef int colour
        while node >= 0:
            length += 1
            node = game_first_child(&self.game, node)
        moves = np.empty(length, np.int16)
        colours = np.empty(length, np.uint8)
        cdef int16_t[::1] moves_view = moves
        cdef uint8_t[::1] colours_view = colours
        node = 0
        while node >= 0:
            move = game_move(&self.game, node, width, height, &colour)
            if move >= 0:
                moves_view[found] = <int16_t> move
                colours_view[found] = <uint8_t> colour
                found += 1
            node = game_first_child(&self.game, node)
        return moves[:found], colours[:found]


def scan_games(bytes text not None):
    """The games of a collection in UTF-8, one at a time, in their order.

    Nothing is checked by the rules: this is the fast way to the moves of many games
    (`ScannedGame.main_line`). A collection without a game gives none.

    Raises:
        BadSgf: while iterating, a game is larger than MOST_NODES nodes.
    """
    start = 0
    while start < len(text):
        try:
            game = ScannedGame(text, start)
        except NoGame:
            return
        yield game
        start = game.end


def unescaped(str raw not None, bint one_line=False):
    """A raw value as text: escapes undone, lines ended by \\n, other white space as a space.

    Args:
        one_line: whether the ends of lines become spaces too (SimpleText).
    """
    cdef bytes given = raw.encode("utf-8", "surrogatepass")
    cdef bytes made = PyBytes_FromStringAndSize(NULL, len(given))
    cdef const unsigned char* source = given
    cdef unsigned char* target = <unsigned char*> PyBytes_AS_STRING(made)
    cdef int64_t i = 0, used = 0, size = len(given)
    cdef unsigned char c
    cdef bint escaped
    while i < size:
        c = source[i]
        escaped = c == b"\\" and i + 1 < size
        if escaped:
            i += 1
            c = source[i]
        if c == 10 or c == 13:
            if i + 1 < size and source[i + 1] + c == 23:  # \r\n or \n\r
                i += 1
            if not escaped:
                target[used] = 32 if one_line else 10
                used += 1
        elif not (c == b"\\" and not escaped):
            target[used] = 32 if c in (9, 11, 12) else c
            used += 1
        i += 1
    return made[:used].decode("utf-8", "surrogatepass")
