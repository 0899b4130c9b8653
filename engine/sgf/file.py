"""SgfFile: one game of a file, its root read, its nodes ready to be played.

The scanner has parsed the text. Here its values get their meaning: rules, moves, setups. Notes say
where a file bends the standard or the rules. No move and no setup makes a file unreadable: SGF has
viewers execute every move (`board_after`), and a point that is not on the board is a pass.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from insei.engine.errors import BadSgf
from insei.engine.handicap import fixed_handicap, most_fixed
from insei.engine.position import Position
from insei.engine.rules import BLACK, COLOUR_NAMES, EMPTY, WHITE, Rules, opponent, tromp_taylor
from insei.engine.sgf.encoding import decoded
from insei.engine.sgf.formats import as_sgf
from insei.engine.sgf.points import (
    NO_POINT,
    NOTES,
    board_after,
    move_read,
    points_read,
    take_dead,
)
from insei.engine.sgf.replay import play_recorded
from insei.engine.sgf.root import (
    handicap_read,
    komi_read,
    quoted,
    result_read,
    rules_read,
    size_read,
)
from insei.engine.sgf.scanned_game import MOST_BYTES, ScannedGame, unescaped
from insei.engine.vertex import vertex_of

COLOURS = {"b": BLACK, "w": WHITE}
COLOUR_DIGITS = {"1": BLACK, "2": WHITE}  # PL in older files
LETTERS = {BLACK: "B", WHITE: "W"}
TIMES_LEFT = {BLACK: "BL", WHITE: "WL"}
SETUP = {"AB": BLACK, "AW": WHITE, "AE": EMPTY}
LONGEST_TIME = 1e9  # seconds
LONGEST_TAIL = 2  # moves that may follow an illegal one that is read as the end of the game
MOST_EXECUTED = 1000  # illegal moves of a file that are executed; it is no game by then
MOST_NOTES = 100  # of a file; more are counted

Read = TypeVar("Read")


class _Repetition(BadSgf):
    """A move that superko forbids, in a file that does not name its rules."""


def file_bytes(path: Path) -> bytes:
    """The bytes of a file that may be a game.

    Raises:
        OSError: it can't be read.
        BadSgf: it is too large.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise BadSgf(f"{size:,} bytes: wanted at most {MOST_BYTES:,}")
    return path.read_bytes()


def as_utf8(text: str | bytes) -> tuple[bytes, list[str]]:
    """A file's contents as SGF in UTF-8, and notes of what was lost or changed on the way."""
    notes: list[str] = []
    if isinstance(text, bytes):
        text, notes = decoded(text)
    text, more = as_sgf(text.removeprefix("\ufeff"))
    return text.encode("utf-8", "replace"), notes + more


def read_file(text: str | bytes, rules: Rules | None, read: "Callable[[SgfFile], Read]") -> Read:
    """Parse a file and return what `read` returns for its first game.

    If neither the file nor the caller names rules we know and a position repeats, the rules had no
    superko. The file is then read again under simple ko, with a note. Only repetitions that `read`
    comes upon count.

    Raises:
        BadSgf: this is not an SGF game that we play, or `read` raises it.
    """
    return read_game(*as_utf8(text), rules, read)


def read_game(
    text: bytes, notes: list[str], rules: Rules | None, read: "Callable[[SgfFile], Read]"
) -> Read:
    """As `read_file`, of a text in UTF-8 that has these notes already."""
    try:
        return read(SgfFile(text, rules, notes))
    except _Repetition as found:
        again = f"{found}; no rules that we know are named: taken for simple ko"
        file = SgfFile(text, replace(tromp_taylor(), ko="simple"), notes)
        file.note(again)
        return read(file)


class SgfFile:
    """One game's file.

    Args:
        text: in UTF-8; its first game is read.
        rules: as for `read_sgf`.
        notes: on the text as a whole.

    Raises:
        BadSgf: this is not an SGF game that we play; the message says why.
    """

    def __init__(self, text: bytes, rules: Rules | None, notes: list[str]) -> None:
        self.given = (text, rules, notes)
        self.scanned = ScannedGame(text)
        self.scanned.note_rest()
        self.notes = [*notes, *self.scanned.notes()]
        self.num_left_out = 0  # notes beyond MOST_NOTES
        self.said = set(self.notes)
        if self.notes and not self.scanned.num_values:
            first = self.scanned.notes()[0]
            raise BadSgf(f"not an SGF game: nothing in it can be read; {first}")
        self.executed: set[int] = set()  # nodes whose illegal moves were executed
        self.unplayed: set[int] = set()  # nodes behind a move that ends what can be played
        self._read_root(rules)

    def __reduce__(self) -> tuple[object, ...]:
        return SgfFile, self.given

    def note(self, what: str) -> None:
        """Note a bend, once."""
        if what in self.said:
            return
        if len(self.notes) >= MOST_NOTES:
            self.num_left_out += 1
            self.notes[MOST_NOTES - 1] = f"{self.num_left_out + 1} more notes are left out"
            return
        self.said.add(what)
        self.notes.append(what)

    def _read_root(self, rules: Rules | None) -> None:
        game_type = self.raw_of(0, "GM")
        if game_type.lower() not in ("1", "", "go", "围棋", "圍棋", "囲碁"):
            raise BadSgf(f"GM[{quoted(game_type)}]: wanted GM[1], Go")
        if not self.scanned.values(0, "GM"):
            self.note("GM missing: taken for Go")
        width, height = size_read(self.raw_of(0, "SZ"), self.note)
        said = self.text_of(0, "RU")
        komi = komi_read(self.text_of(0, "KM"), self.note, said, self.text_of(0, "AP"))
        named = rules_read(said, self.note)
        base = named or rules or tromp_taylor()
        self.has_rules = named is not None or rules is not None
        self.lacks_rules, self.lacks_komi = named is None, komi is None  # in the file itself
        if komi is None:
            komi = rules.komi if rules else base.komi
        self.rules = replace(base, width=width, height=height, komi=komi)
        self.black = self.text_of(0, "PB", one_line=True) or "black"
        self.white = self.text_of(0, "PW", one_line=True) or "white"
        self.result = result_read(self.text_of(0, "RE", one_line=True))
        self._read_start()

    def _read_start(self) -> None:
        """Find who is to play first, and set up a handicap that the file only names."""
        line = self._opening()
        said = [self._to_play(node) for node in line]
        self.said_to_play = next((colour for colour in reversed(said) if colour), None)
        to_play = self.said_to_play or self._next_mover(line[-1]) or BLACK
        board = np.zeros((self.rules.height, self.rules.width), np.uint8)
        named = self.raw_of(0, "HA")
        stones = handicap_read(named)
        if stones and not any(self.scanned.values(node, key) for node in line for key in SETUP):
            if to_play == WHITE and stones <= most_fixed(self.rules):
                board.flat[fixed_handicap(self.rules, stones)] = BLACK
                self.note(f"HA[{named}]: the stones are not set up: placed on the star points")
            else:
                self.note(f"HA[{quoted(named)}]: no handicap stones set up")
        self.handicap = board
        self.start = Position(self.rules, board if board.any() else None, to_play)

    def _opening(self) -> list[int]:
        """The nodes of the main line before the first move, the root at least."""
        line = [0]
        while (node := self.scanned.first_child(line[-1])) >= 0 and not self.has_move(node):
            if self.has_move(line[-1]):
                break
            line.append(node)
        return line

    def text_of(self, node: int, key: str, one_line: bool = False) -> str:
        """A property as text; empty if it is missing."""
        values = self.scanned.values(node, key)
        return unescaped(values[0], one_line) if values else ""

    def raw_of(self, node: int, key: str) -> str:
        """A property as it is in the file, without space around it; empty if it is missing."""
        values = self.scanned.values(node, key)
        return str(values[0].strip()) if values else ""

    def has_move(self, node: int) -> bool:
        """Whether a node has a move, which may be a pass."""
        return self.scanned.move(node) is not None

    def seconds_of(self, node: int, key: str) -> float | None:
        """A time in seconds; None if it is missing, or, with a note, not a number."""
        said = self.raw_of(node, key)
        if not said:
            return None
        try:
            seconds = float(said)
        except ValueError:
            seconds = -1.0
        if 0 <= seconds < LONGEST_TIME:
            return seconds
        self.note(f"{key}: not a number of seconds, and left out")
        return None

    def times_at(self, node: int) -> dict[int, float]:
        """The seconds left by colour, as a move's node has them."""
        found = {colour: self.seconds_of(node, key) for colour, key in TIMES_LEFT.items()}
        return {colour: seconds for colour, seconds in found.items() if seconds is not None}

    def _next_mover(self, node: int) -> int | None:
        """The colour that moves at a node or first after it; None if no move follows."""
        while node >= 0:
            if move := self.scanned.move(node):
                return COLOURS[move[0].lower()]
            node = self.scanned.first_child(node)
        return None

    def _to_play(self, node: int) -> int | None:
        """The player to move by PL; None if it is missing, or, with a note, not a colour."""
        said = self.raw_of(node, "PL")
        if not said or said.lower() in COLOURS:
            return COLOURS.get(said.lower())
        colour = COLOUR_DIGITS.get(said) or COLOURS.get(said[0].lower())
        meant = f"taken for PL[{LETTERS[colour]}]" if colour else "not a colour, left out"
        self.note(f"PL[{quoted(said)}]: {meant}")
        return colour

    def advance(self, position: Position, node: int, number: int) -> Position:
        """The position after a node's setup and its move.

        A move onto a stone of one's own and the suicide of one stone leave the board as it is: they
        are passes. Another illegal move begins a new game with the board that it makes. If at most
        two nodes follow, it is not played, and nothing behind it.

        Args:
            position: before the node; changed in place, and not to be used any more.
            number: of the node's move, or of the next one, counted from the start of the file.
        """
        if self.scanned.parent(node) in self.unplayed:
            self.unplayed.add(node)
            return position
        if self.scanned.has_setup(node):
            position = self.set_up(position, node, number)
        found = self.scanned.move(node)
        if found is None:
            return position
        key, raw = found
        colour = COLOURS[key.lower()]
        move, written = move_read(raw, self.rules)
        if written in NOTES:
            said = f"move {number}: {key}" if written == NO_POINT else f"move {number}"
            self._note_kind(written, said, raw)
        illegal = play_recorded(position, move, colour)
        if illegal is None:
            return position
        return self._execute(position, node, number, move, colour, illegal)

    def _note_kind(self, written: int, said: str, raw: str) -> None:
        """Note a way of writing moves where it first occurs; each point off the board."""
        words = NOTES[written].format(quoted(raw))
        if written == NO_POINT:
            self.note(said + words)
        elif not any(note.endswith(words) for note in self.notes):
            self.note(f"{said}: {words}")

    def set_up(self, position: Position, node: int, number: int) -> Position:
        """The position after a node's AB, AW, AE and PL."""
        to_play = self._to_play(node)
        before = position.board
        board = self._placed(before, node, number)
        if (board == before).all():
            if to_play and position.is_over:
                position = position.resumed()
            return position.with_to_play(to_play) if to_play else position
        if not to_play and number == 1:
            to_play = self.said_to_play or self._next_mover(node) or self._handicap_mover(board)
        to_play = to_play or position.to_play
        if taken := take_dead(board, to_play):
            vertex = vertex_of(taken[0], self.rules)
            self.note(f"move {number}: stones without a liberty at {vertex}, taken off the board")
        if number > 1:
            self.note(f"move {number}: stones set up, a new game begins there")
        return Position(self.rules, board, to_play)

    def _placed(self, before: NDArray[np.uint8], node: int, number: int) -> NDArray[np.uint8]:
        """The board after a node's setup; what is not a point of it is left out."""
        board = before.copy()
        for key, colour in SETUP.items():
            for raw in dict.fromkeys(self.scanned.values(node, key)):
                points = points_read(raw, self.rules)
                if points is None:
                    self.note(f"move {number}: {key}[{quoted(raw)}]: wanted points of the board")
                for point in points or ():
                    board.flat[point] = colour
        return board

    @staticmethod
    def _handicap_mover(board: NDArray[np.uint8]) -> int:
        """Who moves first on a board if nothing says so: White after a handicap."""
        return WHITE if (board == BLACK).any() and not (board == WHITE).any() else BLACK

    def _execute(
        self, position: Position, node: int, number: int, move: int, colour: int, illegal: str
    ) -> Position:
        """The position after an illegal move; see `advance`.

        Raises:
            BadSgf: superko forbids the move, and the file names no rules.
        """
        vertex, name = vertex_of(move, self.rules), COLOUR_NAMES[colour]
        said = f"move {number} by {name}: {vertex} for {name}: {illegal}"
        if illegal == "superko" and not self.has_rules:
            raise _Repetition(f"move {number} by {name}: {vertex}: superko")
        before = position.board
        is_own = before.flat[move] == colour
        after = before if is_own else board_after(before, move, colour)
        if is_own or (after == before).all():
            self.note(f"{said}; taken for a pass")
            play_recorded(position, self.rules.pass_move, colour)
        elif self._is_tail(node) or self._is_no_game(node):
            self.note(f"{said}; {name} to play; read as far as this")
            self.unplayed.add(node)
        else:
            self.executed.add(node)
            self.note(f"{said}; executed, a new game begins there")
            return Position(self.rules, after, opponent(colour))
        return position

    def _is_no_game(self, node: int) -> bool:
        """Whether too many illegal moves were executed before this node's."""
        return len(self.executed) >= MOST_EXECUTED and node not in self.executed

    def _is_tail(self, node: int) -> bool:
        for _ in range(LONGEST_TAIL + 1):
            node = self.scanned.first_child(node)
            if node < 0:
                return True
        return False
