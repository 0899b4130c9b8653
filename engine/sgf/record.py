"""SGF FF[4]: the main line of a game, to and from text.

Reads files that bend the standard as far as they can be understood, and notes each bend. Games with
variations are in variations.py.
"""

from dataclasses import dataclass, field
from pathlib import Path

from insei.engine.diagram import result_of
from insei.engine.errors import BadSgf
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.file import SgfFile, file_bytes, read_file
from insei.engine.sgf.writer import TIMES_LEFT, escaped, line_text, move_nodes, root_properties


@dataclass(frozen=True)
class GameRecord:
    """One game: its last position, the players, and what the file says about it."""

    position: Position
    black: str = "black"
    white: str = "white"
    result: str = ""  # as SGF writes it, "B+3.5"; empty for the score of a finished game
    comments: dict[int, str] = field(default_factory=dict)  # by ply, 0 for the start
    main_time: float = 0.0  # seconds for each side; 0 for no limit
    time_left: dict[int, float] = field(default_factory=dict)  # seconds by colour, at the end
    notes: tuple[str, ...] = ()  # where the file bends the standard


def write_sgf(record: GameRecord) -> str:
    """Return a game as SGF text; `read_sgf` reads it back.

    The result is the record's, or the score of a finished game.
    """
    position = record.position
    result = record.result or (result_of(position) if position.is_over else "")
    root = root_properties(position, record.black, record.white, result)
    if 0 in record.comments:
        root["C"] = [escaped(record.comments[0])]
    if record.main_time:
        root["TM"] = [f"{record.main_time:g}"]
    nodes = move_nodes(position, record.comments)
    if position.num_moves:
        nodes[position.num_moves - 1] |= {
            TIMES_LEFT[colour]: [f"{seconds:.1f}"] for colour, seconds in record.time_left.items()
        }
    return line_text([root, *nodes])


def read_sgf(text: str | bytes, rules: Rules | None = None) -> GameRecord:
    """Read a game's main line from SGF text.

    Where stones are set up amid the game, or a move is executed that is illegal, the record begins
    there. An illegal move that at most two nodes follow ends the record before it. Notes say so.

    Args:
        text: a file's contents, in SGF or another format that `formats.py` knows; bytes are decoded
            as `encoding.py` says. Only the first game is read.
        rules: ko, suicide and scoring for a file that names no rules we know. The size is always
            the file's; so is the komi, if the file has one.

    Returns:
        the record; its `notes` say where the file bends the standard.

    Raises:
        BadSgf: this is not a game of Go on a board to 19x19; the message says why.
    """
    return read_file(text, rules, _main_line)


def read_sgf_file(path: Path, rules: Rules | None = None) -> GameRecord:
    """Read the main line of a file, as `read_sgf` does.

    Raises:
        BadSgf: the file cannot be read, or as `read_sgf`; the message begins with the path.
    """
    try:
        return read_sgf(file_bytes(path), rules)
    except OSError as error:
        raise BadSgf(f"{path}: {error.strerror}") from error
    except BadSgf as error:
        raise BadSgf(f"{path}: {error}") from error


def position_before(text: str | bytes, number: int, rules: Rules | None = None) -> Position:
    """The position of a file's main line before a move; setups of later nodes are not in it.

    Args:
        number: of the move, from 1. Passes count. If the game is shorter, its last position.
        text, rules: as for `read_sgf`.

    Raises:
        BadSgf: as `read_sgf`.
    """

    def read(file: SgfFile) -> Position:
        position, due, node = file.start, 1, 0
        while node >= 0:
            if due >= number and file.has_move(node):
                return file.set_up(position, node, due)
            position = file.advance(position, node, due)
            due += file.has_move(node)
            node = file.scanned.first_child(node)
        return position

    return read_file(text, rules, read)


def _main_line(file: SgfFile) -> GameRecord:
    position = file.start
    comments: dict[int, str] = {}
    times: dict[int, float] = {}
    number = 1  # of the move that is due
    node = 0
    while node >= 0:
        plies = position.num_moves
        reached = file.advance(position, node, number)
        if node in file.unplayed:
            break
        if reached is not position and reached.num_moves < plies + file.has_move(node):
            comments = {}
        position = reached
        number += file.has_move(node)
        times |= file.times_at(node)
        if said := file.text_of(node, "C"):
            ply = position.num_moves
            comments[ply] = f"{comments[ply]}\n{said}" if ply in comments else said
        node = file.scanned.first_child(node)
    return GameRecord(
        position,
        file.black,
        file.white,
        file.result,
        comments,
        file.seconds_of(0, "TM") or 0.0,
        times,
        tuple(file.notes),
    )
