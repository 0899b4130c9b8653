"""SgfFile: a parsed SGF file, its root read, its setup placed, its nodes ready to be walked.

sgfmill parses the text that repair.py has repaired. Notes say where a file bends the standard.
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
from insei.engine.sgf.repair import decoded, repaired
from insei.engine.sgf.root import komi_read, rules_read, size_read
from insei.engine.vertex import vertex_of
from insei.system.errors import UserError

LETTERS = {BLACK: "b", WHITE: "w"}
COLOURS = {"b": BLACK, "w": WHITE}
TIMES_LEFT = {BLACK: "BL", WHITE: "WL"}
LONGEST_TIME = 1e9  # seconds
COLOUR_DIGITS = {"1": BLACK, "2": WHITE}  # PL in older files
LONGEST_TAIL = 2  # moves that may follow an illegal one that is read as the end of the game


Read = TypeVar("Read")


class _Repetition(BadSgf):
    """A move that superko forbids, in a file that does not name its rules."""


def read_file(text: str | bytes, rules: Rules | None, read: "Callable[[SgfFile], Read]") -> Read:
    """Parse a file and return what `read` returns for it.

    If neither the file nor the caller names rules we know and a position repeats, the rules had no
    superko. The file is then read again under simple ko, with a note. Only repetitions that `read`
    comes upon count.

    Raises:
        BadSgf: this is not an SGF game that we play, or `read` raises it.
    """
    try:
        return read(SgfFile(text, rules))
    except _Repetition as found:
        file = SgfFile(text, replace(tromp_taylor(), ko="simple"))
        file.notes.append(f"{found}; no rules that we know are named: taken for simple ko")
        return read(file)


class SgfFile:
    """One game's file.

    Args:
        text, rules: as for `read_sgf`.

    Raises:
        BadSgf: this is not an SGF game that we play; the message says why.
    """

    def __init__(self, text: str | bytes, rules: Rules | None) -> None:
        self.notes: list[str] = []
        if isinstance(text, bytes):
            text, self.notes = decoded(text)
        text, notes = repaired(text)
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
        # sgfmill has only square boards: a rectangle is the top left of the square around it.
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
        """A property as text; empty if it is missing."""
        return str(node.get(key)) if node.has_property(key) else ""

    def raw_of(self, node: sgf.Tree_node, key: str) -> str:
        """A property as it is in the file; empty if it is missing."""
        if not node.has_property(key):
            return ""
        return str(node.get_raw(key).decode("utf-8", "replace")).strip()

    def seconds_of(self, node: sgf.Tree_node, key: str) -> float | None:
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
        note = f"{key}: not a number of seconds, and left out"
        if note not in self.notes:  # once a file, not once a move
            self.notes.append(note)
        return None

    def times_at(self, node: sgf.Tree_node) -> dict[int, float]:
        """The seconds left by colour, as a move's node has them."""
        found = {colour: self.seconds_of(node, key) for colour, key in TIMES_LEFT.items()}
        return {colour: seconds for colour, seconds in found.items() if seconds is not None}

    def _set_up(self) -> None:
        """Set up the stones of the nodes before the first move."""
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
        self.opening_comment = "\n".join(
            filter(None, (self.text_of(node, "C") for node in opening))
        )
        self.position = Position(self.rules, board if board.any() else None, to_play)

    def _place(self, node: sgf.Tree_node, board: NDArray[np.uint8]) -> None:
        if node.has_setup_stones():
            try:
                placed = node.get_setup_stones()
            except (ValueError, KeyError):
                said = "".join(
                    f"{key}[{value.decode('utf-8', 'replace')}]"
                    for key in ("AB", "AW", "AE")
                    if node.has_property(key)
                    for value in node.get_raw_list(key)
                )
                raise BadSgf(f"{said[:80]}: wanted points of the board") from None
            for points, colour in zip(placed, (BLACK, WHITE, EMPTY), strict=True):
                for point in points:
                    board.flat[self._move(point)] = colour

    def _to_play(self, node: sgf.Tree_node) -> int | None:
        """The player to move by PL; None if it is missing, or unclear in a file with moves.

        Raises:
            BadSgf: it is unclear, and the file has no move that would say who is to play.
        """
        said = self.raw_of(node, "PL")
        if not said or said.lower() in COLOURS:
            return COLOURS.get(said.lower())
        colour = COLOUR_DIGITS.get(said) or COLOURS.get(said[0].lower())
        if colour is None and _next_mover(self.root) is None:
            raise BadSgf(f"PL[{said}]: wanted PL[B] or PL[W]")
        meant = f"taken for PL[{LETTERS[colour].upper()}]" if colour else "not a colour, left out"
        note = f"PL[{said}]: {meant}"
        if note not in self.notes:
            self.notes.append(note)
        return colour

    def _moved(self, node: sgf.Tree_node) -> "tuple[str, tuple[int, int] | None]":
        """The colour that moves at a node, empty for no move, and the point."""
        try:
            colour, point = node.get_move()
        except ValueError:
            key = "B" if node.has_property("B") else "W"
            raise UserError(f"{key}[{self.raw_of(node, key)}]: wanted a point") from None
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
        """The nodes after the opening nodes, the main line's first."""
        if not self.num_opening:
            return [self.root]
        return list(self.game.get_main_sequence()[self.num_opening - 1])

    def after(self, node: sgf.Tree_node, position: Position, number: int) -> list[Position]:
        """The positions that a node leads to: after its setup and after its move.

        If the node has neither, this is `position`. If its move is illegal and at most two moves
        follow, there is none, and a note says so.

        Args:
            number: of the node's move, or of the next one, counted from the start of the file.

        Raises:
            BadSgf: the move is illegal, or the setup is not a legal board.
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
            self.notes.append(f"move {number}: stones set up, a new game begins there")
        elif to_play:
            position = position.resumed() if position.is_over else position
            position = position.with_to_play(to_play)
        colour, point = self._moved(node)
        if not colour:
            return reached or [position]
        if position.to_play != COLOURS[colour]:
            position = position.with_to_play(COLOURS[colour])
        if position.is_over:
            position = position.resumed()  # games go on after two passes if the players disagree
        move = self._move(point)
        if not self.has_rules and position.why_illegal(move) == "superko":
            vertex = vertex_of(move, position.rules)
            raise _Repetition(
                f"move {number} by {COLOUR_NAMES[COLOURS[colour]]}: {vertex}: superko"
            )
        return [*reached, position.play(move)]


def has_move(node: sgf.Tree_node) -> bool:
    """Whether a node has a move, which may be a pass."""
    return bool(node.has_property("B") or node.has_property("W"))


def _next_mover(node: sgf.Tree_node) -> int | None:
    """The colour that moves at a node or first after it; None if no move follows."""
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
        if following > LONGEST_TAIL:
            return False
    return True


def new_file(position: Position, black: str, white: str, result: str) -> sgf.Sgf_game:
    """A file whose root has a game's rules, players, result and setup."""
    rules = position.rules
    game = sgf.Sgf_game(size=max(rules.width, rules.height), encoding="UTF-8")
    root = game.get_root()
    root.set("AP", ("insei", "1"))
    # Without a decimal point, readers take a komi of hundreds for hundredths.
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
    """Write a position's moves below the root, with comments by ply, and PL after them if needed.

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
    """Write the main time at the root, and the time left at the last move."""
    if main:
        game.get_root().set_raw("TM", f"{main:g}".encode())
    moves = [node for node in game.get_main_sequence() if has_move(node)]
    for colour, seconds in left.items() if moves else ():
        moves[-1].set_raw(TIMES_LEFT[colour], f"{seconds:.1f}".encode())


def _is_turn_open(position: Position) -> bool:
    """Whether the moves need a PL after them, as they do not say whose turn it is.

    They do not where the same side is to move again, or where a game was resumed after two passes.
    That a single pass was forgotten by `resumed` is lost.
    """
    if not position.num_moves:
        return False
    passed = position.moves[-2:] == [position.rules.pass_move] * 2
    return position.to_play == position.movers[-1] or (passed and not position.is_over)


def stones_of(board: NDArray[np.uint8], colour: int, rules: Rules) -> list[tuple[int, int] | None]:
    """The stones of one colour on a board `[H·W]`, as sgfmill's points."""
    return [point_of(int(move), rules) for move in np.flatnonzero(board == colour)]


def point_of(move: int, rules: Rules) -> tuple[int, int] | None:
    """A move as sgfmill's point: row from the square's bottom, and column; None for a pass."""
    if move == rules.pass_move:
        return None
    row, column = divmod(move, rules.width)
    return max(rules.width, rules.height) - 1 - row, column


def finished_text(game: sgf.Sgf_game, rules: Rules) -> str:
    """The file's text, with a rectangle's own size for that of the square around it."""
    tree = sgf_grammar.make_coarse_game_tree(
        game.get_root(), lambda node: node, lambda node: dict(node.get_raw_property_map())
    )
    if rules.width != rules.height:
        tree.sequence[0]["SZ"] = [f"{rules.width}:{rules.height}".encode()]
    text: str = sgf_grammar.serialise_game_tree(tree).decode("utf-8")
    return text
