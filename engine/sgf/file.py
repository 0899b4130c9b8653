"""An SGF file opened: its root understood, its setup placed, its nodes ready to be walked.

sgfmill parses what sgf_text.py has mended; notes say where a file bends the standard.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from sgfmill import sgf, sgf_grammar

from insei.engine.errors import BadSgf, GameOver, IllegalMove
from insei.engine.position import Position
from insei.engine.rule_names import word_of
from insei.engine.rules import BLACK, COLOUR_NAMES, EMPTY, WHITE, Rules, tromp_taylor
from insei.engine.sgf.repair import decoded, mended
from insei.engine.sgf.root import komi_read, rules_read, size_read
from insei.engine.vertex import vertex_of

LETTERS = {BLACK: "b", WHITE: "w"}
COLOURS = {"b": BLACK, "w": WHITE}
TIMES_LEFT = {BLACK: "BL", WHITE: "WL"}
LONGEST_TIME = 1e9  # seconds
COLOUR_DIGITS = {"1": BLACK, "2": WHITE}  # as older files write PL
TAIL = 2  # moves after an illegal one with which it still counts as a slip at the end


Read = TypeVar("Read")


class _Repeats(BadSgf):
    """A move that superko forbids, in a file that names no rules."""


def read_file(text: str | bytes, rules: Rules | None, read: "Callable[[SgfFile], Read]") -> Read:
    """What `read` makes of a file.

    Where neither it nor the caller names rules that we know and a position comes back, they were
    not those with superko; it is read once more under simple ko, with a note. `read` decides what
    of the file counts: a variation that nobody reads changes nothing.

    Raises:
        BadSgf: it is no SGF game that we play, or `read` says so.
    """
    try:
        return read(SgfFile(text, rules))
    except _Repeats as found:
        file = SgfFile(text, replace(tromp_taylor(), ko="simple"))
        file.notes.append(f"{found}; no rules that we know are named: taken for simple ko")
        return read(file)


class SgfFile:
    """One game's file.

    Args:
        text: what it holds; only the first game counts.
        rules: ko, suicide and scoring where the file names no rules we know; the size is the
            file's, and so is the komi if it has one.

    Raises:
        BadSgf: it is no SGF game that we play; says why.
    """

    def __init__(self, text: str | bytes, rules: Rules | None) -> None:
        self.notes: list[str] = []
        if isinstance(text, bytes):
            text, self.notes = decoded(text)
        text, notes = mended(text)
        self.notes += notes
        try:
            self._parse(text, rules)
        except BadSgf:
            raise
        except (ValueError, KeyError) as error:
            raise BadSgf(f"not an SGF game: {error}") from error

    def _parse(self, text: str, rules: Rules | None) -> None:
        coarse = sgf_grammar.parse_sgf_game(text.encode("utf-8", "replace"))
        said = {key: values[0].decode() for key, values in coarse.sequence[0].items()}
        if said.get("GM", "1").strip() not in ("1", ""):
            raise BadSgf(f"GM[{said['GM']}]: wanted GM[1], Go")
        if "GM" not in said:
            self.notes.append("GM missing: taken for Go")
        width, height = size_read(said.get("SZ"), self.notes.append)
        komi = komi_read(said.get("KM"), self.notes.append)
        # sgfmill knows squares alone: a rectangle is the top left of the square around it.
        coarse.sequence[0]["SZ"] = [b"%d" % max(width, height)]
        coarse.sequence[0].pop("KM", None)
        self.game = sgf.Sgf_game.from_coarse_game_tree(coarse, override_encoding="UTF-8")
        self.root = self.game.get_root()
        named = rules_read(self.text_of(self.root, "RU"), self.notes.append) or rules
        self.has_rules = named is not None
        base = named or tromp_taylor()
        if komi is None:
            komi = rules.komi if rules else base.komi
        self.rules = Rules(
            width, height, komi, base.ko, base.suicide, base.captures_to_win, base.scoring,
            base.pass_stones,
        )  # fmt: skip
        self.black = self.text_of(self.root, "PB") or "black"
        self.white = self.text_of(self.root, "PW") or "white"
        self.result = self.text_of(self.root, "RE")
        self._set_up()

    def text_of(self, node: sgf.Tree_node, key: str) -> str:
        """What a property says, empty where there is none."""
        return str(node.get(key)) if node.has_property(key) else ""

    def raw_of(self, node: sgf.Tree_node, key: str) -> str:
        """A property as it stands in the file, empty where there is none."""
        if not node.has_property(key):
            return ""
        return str(node.get_raw(key).decode("utf-8", "replace")).strip()

    def seconds_of(self, node: sgf.Tree_node, key: str) -> float | None:
        """A time in seconds; None where there is none, or, with a note, no number."""
        said = self.raw_of(node, key)
        if not said:
            return None
        try:
            seconds = float(said)
        except ValueError:
            seconds = -1.0
        if 0 <= seconds < LONGEST_TIME:
            return seconds
        note = f"{key}: not a number of seconds, and left out"
        if note not in self.notes:  # once a file, not once a move
            self.notes.append(note)
        return None

    def times_at(self, node: sgf.Tree_node) -> dict[int, float]:
        """The seconds left that a move's node tells of, by colour."""
        found = {colour: self.seconds_of(node, key) for colour, key in TIMES_LEFT.items()}
        return {colour: seconds for colour, seconds in found.items() if seconds is not None}

    def _set_up(self) -> None:
        """Place the stones of the opening nodes, those before the first move."""
        board = np.zeros((self.rules.height, self.rules.width), np.uint8)
        nodes = self.game.get_main_sequence()
        self.num_opening = 0
        to_play = None
        for node in nodes:
            if self.num_opening and not node.has_setup_stones():
                break
            if has_move(node):
                break
            self._place(node, board)
            to_play = self._to_play(node) or to_play
            self.num_opening += 1
            if len(list(node)) > 1:
                break  # variations begin here
        if to_play is None:
            to_play = _next_mover(nodes[max(self.num_opening - 1, 0)])
        if to_play is None:
            handicap = bool((board == BLACK).any()) and not (board == WHITE).any()
            to_play = WHITE if handicap else BLACK
        handicap_said = self.raw_of(self.root, "HA")
        if handicap_said not in ("", "0", "1") and not board.any():
            self.notes.append(f"HA[{handicap_said}]: no handicap stones set up")
        opening = nodes[: self.num_opening]
        self.opening_comment = "\n".join(filter(None, (self.text_of(one, "C") for one in opening)))
        self.position = Position(self.rules, board if board.any() else None, to_play)

    def _place(self, node: sgf.Tree_node, board: NDArray[np.uint8]) -> None:
        if node.has_setup_stones():
            try:
                placed = node.get_setup_stones()
            except (ValueError, KeyError):
                said = "".join(
                    f"{key}[{one.decode('utf-8', 'replace')}]"
                    for key in ("AB", "AW", "AE")
                    if node.has_property(key)
                    for one in node.get_raw_list(key)
                )
                raise BadSgf(f"{said[:80]}: wanted points of the board") from None
            for points, colour in zip(placed, (BLACK, WHITE, EMPTY), strict=True):
                for point in points:
                    board.flat[self._move(point)] = colour

    def _to_play(self, node: sgf.Tree_node) -> int | None:
        """Who is to move by PL; None where it says nothing, or nothing clear and moves say it.

        Raises:
            BadSgf: it says nothing clear, and nobody moves.
        """
        said = self.raw_of(node, "PL")
        if not said or said.lower() in COLOURS:
            return COLOURS.get(said.lower())
        colour = COLOUR_DIGITS.get(said) or COLOURS.get(said[0].lower())
        if colour is None and _next_mover(self.root) is None:
            raise BadSgf(f"PL[{said}]: wanted PL[B] or PL[W]")
        meant = f"taken for PL[{LETTERS[colour].upper()}]" if colour else "names nobody, left out"
        note = f"PL[{said}]: {meant}"
        if note not in self.notes:
            self.notes.append(note)
        return colour

    def _moved(self, node: sgf.Tree_node) -> "tuple[str, tuple[int, int] | None]":
        """Who moves at a node, empty for nobody, and where."""
        try:
            colour, point = node.get_move()
        except ValueError:
            key = "B" if node.has_property("B") else "W"
            raise ValueError(f"{key}[{self.raw_of(node, key)}]: wanted a point") from None
        return colour or "", point

    def _move(self, point: tuple[int, int] | None) -> int:
        rules = self.rules
        if point is None:
            return rules.pass_move
        row, column = max(rules.width, rules.height) - 1 - point[0], point[1]
        if not (0 <= row < rules.height and 0 <= column < rules.width):
            raise BadSgf(f"column {column + 1}, row {row + 1}: off the {rules.size_name} board")
        return row * rules.width + column

    def first_nodes(self) -> list[sgf.Tree_node]:
        """The nodes that follow the opening, the main line's first."""
        if not self.num_opening:
            return [self.root]
        return list(self.game.get_main_sequence()[self.num_opening - 1])

    def after(self, node: sgf.Tree_node, position: Position, number: int) -> list[Position]:
        """The positions that a node leads to: after its setup, after its move, or as it was.

        None where its move is illegal and the line all but ends with it; a note says so. `number`
        is that of its move, or of the next, counted from the start of the file.

        Raises:
            BadSgf: the move is illegal, or the board set up is none.
        """
        try:
            return self._after(node, position, number)
        except BadSgf:
            raise
        except (IllegalMove, GameOver) as error:
            colour = COLOUR_NAMES[COLOURS[self._moved(node)[0]]]
            if not _is_tail(node):
                raise BadSgf(f"move {number} by {colour}: {error}") from error
            self.notes.append(f"move {number} by {colour}: {error}; read as far as this")
            return []
        except (ValueError, KeyError) as error:
            raise BadSgf(f"move {number}: {error}") from error

    def _after(self, node: sgf.Tree_node, position: Position, number: int) -> list[Position]:
        reached = []
        board, to_play = position.board, self._to_play(node)
        self._place(node, board)
        if (board != position.board).any():
            position = Position(position.rules, board, to_play or position.to_play)
            reached.append(position)
            self.notes.append(f"move {number}: stones set up, a game begins anew there")
        elif to_play:
            position = position.resumed() if position.is_over else position
            position = position.with_to_play(to_play)
        colour, point = self._moved(node)
        if not colour:
            return reached or [position]
        if position.to_play != COLOURS[colour]:
            position = position.with_to_play(COLOURS[colour])
        if position.is_over:
            position = position.resumed()  # records go on after passes where players disagreed
        move = self._move(point)
        if not self.has_rules and position.why_illegal(move) == "superko":
            vertex = vertex_of(move, position.rules)
            raise _Repeats(f"move {number} by {COLOUR_NAMES[COLOURS[colour]]}: {vertex}: superko")
        return [*reached, position.play(move)]


def has_move(node: sgf.Tree_node) -> bool:
    """Whether somebody moves at a node, a pass included."""
    return bool(node.has_property("B") or node.has_property("W"))


def _next_mover(node: sgf.Tree_node) -> int | None:
    """Who moves at a node or first after it; None where nobody does."""
    while not has_move(node):
        if not len(node):
            return None
        node = node[0]
    return BLACK if node.has_property("B") else WHITE


def _is_tail(node: sgf.Tree_node) -> bool:
    following = 0
    while len(node):
        node = node[0]
        following += 1
        if following > TAIL:
            return False
    return True


def new_file(position: Position, black: str, white: str, result: str) -> sgf.Sgf_game:
    """A file whose root says what a game began with."""
    rules = position.rules
    game = sgf.Sgf_game(size=max(rules.width, rules.height), encoding="UTF-8")
    root = game.get_root()
    root.set("AP", ("insei", "1"))
    # A komi of hundreds is a bent one of hundredths, unless it has a point.
    komi = f"{rules.komi:g}" if abs(rules.komi) < 100 else f"{rules.komi:.1f}"
    root.set_raw("KM", komi.encode())
    root.set("RU", word_of(rules))
    root.set("PB", black)
    root.set("PW", white)
    if result:
        root.set("RE", result)
    board = position.initial_board.ravel()
    if board.any():
        placed = [stones_of(board, colour, rules) for colour in (BLACK, WHITE)]
        root.set_setup_stones(*placed)
        root.set("PL", LETTERS[position.initial_to_play])
        if len(placed[0]) > 1 and not placed[1] and position.initial_to_play == WHITE:
            root.set("HA", len(placed[0]))
    elif position.initial_to_play == WHITE:
        root.set("PL", "w")
    return game


def write_moves(
    root: sgf.Tree_node, position: Position, comments: Mapping[int, str]
) -> sgf.Tree_node:
    """Write a position's moves below the root, comments by ply, and whose turn it is after them.

    Returns:
        the last node.
    """
    node = root
    if 0 in comments:
        node.set("C", comments[0])
    for ply, (move, mover) in enumerate(zip(position.moves, position.movers, strict=True), 1):
        node = node.new_child()
        node.set_move(LETTERS[mover], point_of(move, position.rules))
        if ply in comments:
            node.set("C", comments[ply])
    if _is_turn_open(position):
        node = node.new_child()
        node.set("PL", LETTERS[position.to_play])
    return node


def write_times(game: sgf.Sgf_game, main: float, left: Mapping[int, float]) -> None:
    """Write each side's main time at the root, and at the last move what is left of it."""
    if main:
        game.get_root().set_raw("TM", f"{main:g}".encode())
    moves = [node for node in game.get_main_sequence() if has_move(node)]
    for colour, seconds in left.items() if moves else ():
        moves[-1].set_raw(TIMES_LEFT[colour], f"{seconds:.1f}".encode())


def _is_turn_open(position: Position) -> bool:
    """Whether a PL has to follow the moves: the turn is not as they leave it, or the game goes on.

    It goes on after two passes where it was resumed. That one pass was forgotten is not kept.
    """
    if not position.num_moves:
        return False
    passed = position.moves[-2:] == [position.rules.pass_move] * 2
    return position.to_play == position.movers[-1] or (passed and not position.is_over)


def stones_of(board: NDArray[np.uint8], colour: int, rules: Rules) -> list[tuple[int, int] | None]:
    """sgfmill's points of one colour's stones, the board `[H·W]`."""
    return [point_of(int(move), rules) for move in np.flatnonzero(board == colour)]


def point_of(move: int, rules: Rules) -> tuple[int, int] | None:
    """sgfmill's point: the row from the bottom of the square, and the column; None passes."""
    if move == rules.pass_move:
        return None
    row, column = divmod(move, rules.width)
    return max(rules.width, rules.height) - 1 - row, column


def finished_text(game: sgf.Sgf_game, rules: Rules) -> str:
    """The file's text, a rectangle's size put in place of the square's around it."""
    tree = sgf_grammar.make_coarse_game_tree(
        game.get_root(), lambda node: node, lambda node: dict(node.get_raw_property_map())
    )
    if rules.width != rules.height:
        tree.sequence[0]["SZ"] = [f"{rules.width}:{rules.height}".encode()]
    text: str = sgf_grammar.serialise_game_tree(tree).decode("utf-8")
    return text
