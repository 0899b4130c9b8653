"""SGF FF[4]: the main line of a game, to and from text.

Reads files that bend the standard as far as they can be understood, and notes each bend. A file
that breaks the rules of the game is an error that says where. Games with variations are in
variations.py.
"""

from dataclasses import dataclass, field
from pathlib import Path

from insei.engine.diagram import result_of
from insei.engine.errors import BadSgf
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.file import (
    SgfFile,
    finished_text,
    has_move,
    new_file,
    read_file,
    write_moves,
    write_times,
)


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
    game = new_file(position, record.black, record.white, result)
    write_moves(game.get_root(), position, record.comments)
    write_times(game, record.main_time, record.time_left)
    return finished_text(game, position.rules)


def read_sgf(text: str | bytes, rules: Rules | None = None) -> GameRecord:
    """Read a game's main line from SGF text.

    Where stones are set up amid the game, the record begins there. An illegal move that at most two
    moves follow ends the record before it, with a note.

    Args:
        text: a file's contents; bytes are decoded by the file's CA. Only the first game is read.
        rules: ko, suicide and scoring for a file that names no rules we know. The size is always
            the file's; so is the komi, if the file has one.

    Returns:
        the record; its `notes` say where the file bends the standard.

    Raises:
        BadSgf: this is not an SGF game, or a move is illegal; the message says which and where.
    """
    return read_file(text, rules, _main_line)


def read_sgf_file(path: Path, rules: Rules | None = None) -> GameRecord:
    """Read the main line of a file, as `read_sgf` does.

    Raises:
        BadSgf: the file cannot be read, or as `read_sgf`; the message begins with the path.
    """
    try:
        return read_sgf(path.read_bytes(), rules)
    except OSError as error:
        raise BadSgf(f"{path}: {error.strerror}") from error
    except BadSgf as error:
        raise BadSgf(f"{path}: {error}") from error


def _main_line(file: SgfFile) -> GameRecord:
    position = file.position
    comments = {0: file.opening_comment} if file.opening_comment else {}
    times: dict[int, float] = {}
    number = 1  # of the move that is due
    for node in file.game.get_main_sequence()[file.num_opening :]:
        reached = file.after(node, position, number)
        if not reached:
            break
        number += has_move(node)
        if reached[-1].num_moves < position.num_moves or len(reached) > 1:
            comments = {}
        position = reached[-1]
        times |= file.times_at(node)
        if said := file.text_of(node, "C"):
            ply = position.num_moves
            comments[ply] = f"{comments[ply]}\n{said}" if ply in comments else said
    return GameRecord(
        position,
        file.black,
        file.white,
        file.result,
        comments,
        file.seconds_of(file.root, "TM") or 0.0,
        times,
        tuple(file.notes),
    )
