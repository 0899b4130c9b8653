"""The columns that can be edited: their values as bytes, as text, and what may stand in them.

A value's bytes are the numbers of its column's type, little-endian, as the table of games has them.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.engine.vertex import move_of
from insei.selfplay.data.columns import OF_THE_END, STORED, Column, num_values
from insei.selfplay.data.games import NEAR_ONE
from insei.selfplay.history.graph import PLAYED_NAME
from insei.system.errors import UserError

NAMES = (*OF_THE_END, "searched_value", "weight", "policy")
FIELDS: dict[str, Column] = {column.name: column for column in STORED if column.name in NAMES}
RESULT = re.compile(r"(?P<winner>[BW])(?:\+(?P<points>\d+(?:\.\d+)?)?)?", re.IGNORECASE)
MOST_WEIGHT = 1e6
LEAST_SHOWN = 0.005  # of a policy, as text


def field_of(name: str) -> Column:
    """The column of this name.

    Raises:
        UserError: there is none, or it can't be edited.
    """
    if name in FIELDS:
        return FIELDS[name]
    if name in {column.name for column in STORED}:
        raise UserError(
            f"field {name!r} is a fact of the game, and can't be edited; "
            f"wanted one of {', '.join(FIELDS)}"
        )
    raise UserError(f"field {name!r}: wanted one of {', '.join(FIELDS)}")


def hash_of(value: bytes) -> str:
    """The hash of a value's bytes, 16 hexadecimal digits."""
    return hashlib.blake2b(value, digest_size=8).hexdigest()


def bytes_of(value: NDArray | float, field: str) -> bytes:
    """A value as bytes."""
    return np.asarray(value, np.dtype(FIELDS[field].dtype).newbyteorder("<")).tobytes()


def numbers_of_bytes(values: Sequence[bytes], field: str, frame: Rules) -> NDArray:
    """Values as an array: `[N]`, or `[N, numbers]` for an array column.

    Raises:
        UserError: one is of another length than the column's.
    """
    column = FIELDS[field]
    dtype = np.dtype(column.dtype)
    count = num_values(column, frame.height, frame.width)
    wanted = count * dtype.itemsize
    if wrong := [len(value) for value in values if len(value) != wanted]:
        raise UserError(f"a {field} of {wrong[0]} bytes; wanted {wanted}")
    found = np.frombuffer(b"".join(values), dtype)
    return found.reshape(len(values), count) if column.is_array else found


def on_board(rules: Rules, frame: Rules) -> NDArray[np.bool_]:
    """Which points of the frame a board covers, `[H·W]`."""
    found = np.zeros((frame.height, frame.width), np.bool_)
    found[: rules.height, : rules.width] = True
    return found.ravel()


def fault_of(field: str, values: NDArray, rules: Rules, frame: Rules) -> str:
    """What can't stand in a column, in words; empty if nothing is wrong.

    Args:
        values: of rows, `[N]` or `[N, numbers]`.
        rules: of the rows' games.
        frame: of the run.
    """
    numbers = values.astype(np.float64).reshape(len(values), -1)
    if not np.isfinite(numbers).all():
        return "wanted finite numbers"
    most = 2 * rules.num_points + abs(rules.komi)  # prisoners may count too
    least, largest = {
        "outcome": (-1, 1),
        "score": (-most, most),
        "searched_value": (-1.001, 1.001),
        "weight": (0, MOST_WEIGHT),
        "policy": (0, 1.001),
        "ownership": (-1, 1),
    }[field]
    if numbers.min() < least or numbers.max() > largest:
        return f"wanted {least:g} to {largest:g}"
    if field == "policy":
        sums = numbers.sum(1)
        worst = sums[np.abs(sums - 1).argmax()]
        if abs(worst - 1) > NEAR_ONE:
            return f"sums to {worst:.3f}; wanted 1"
        numbers = numbers[:, :-1]
    if field in ("policy", "ownership") and numbers[:, ~on_board(rules, frame)].any():
        return f"wanted 0 off the board of {rules.size_name}"
    return ""


def value_read(
    field: str, said: str, ply: int, rules: Rules, frame: Rules, before: NDArray
) -> NDArray:
    """A value as a user typed it.

    Args:
        ply: of the row; Black moves at even plies.
        rules: of the game.
        before: the value that is there now.

    Raises:
        UserError: it is none of this field's.
    """
    column = field_of(field)
    sign = 1 if ply % 2 == 0 else -1
    found: NDArray
    if field == "policy":
        found = policy_read(said, rules, frame)
    elif field == "ownership":
        found = ownership_read(said, sign, rules, frame, before)
    elif field in ("outcome", "score") and (result := RESULT.fullmatch(said.strip())):
        winner = sign if result["winner"].upper() == "B" else -sign
        if field == "score" and result["points"] is None:
            raise UserError(f"score {said!r}: wanted points, as in B+3.5 or W+0.5")
        found = np.array(winner * (1 if field == "outcome" else float(result["points"])))
    else:
        found = number_read(field, said)
    if fault := fault_of(field, found[None], rules, frame):
        raise UserError(f"{field} {said!r}: {fault}")
    return found.astype(column.dtype)


def check_of_all(field: str, said: str) -> None:
    """Check that a value means the same in all rows of a game, whoever is to move.

    Raises:
        UserError: it doesn't.
    """
    column = FIELDS[field]
    is_by_mover = bool(column.seen_by) and not column.is_array
    if is_by_mover and said != PLAYED_NAME and said.strip() != "0" and not RESULT.fullmatch(said):
        results = {"outcome": "B+, W+ or 0", "score": "B+3.5, W+0.5 or 0"}
        raise UserError(
            f"{field} {said!r} of a whole game: rows are seen by their movers; wanted "
            f"{results.get(field, 'a ply')}"
        )


def number_read(field: str, said: str) -> NDArray:
    """One number, as its mover sees it."""
    try:
        value = np.array(float(said))
    except ValueError:
        also = {"outcome": ", or B+, W+", "score": ", or B+3.5"}.get(field, "")
        raise UserError(f"{field} {said!r}: wanted a number{also}") from None
    if field == "outcome" and value not in (-1, 0, 1):
        raise UserError(f"outcome {said!r}: wanted 1, 0 or -1, or B+, W+")
    return value


def pairs_read(field: str, said: str) -> list[tuple[str, str]]:
    """`D4=0.7,C3=0.3` as pairs; a part without `=` has an empty second one."""
    parts = [part.strip() for part in said.split(",")]
    if not all(parts):
        raise UserError(f"{field} {said!r}: wanted points, as in D4=...,C3=...")
    return [(point.strip(), share.strip()) for point, _, share in (p.partition("=") for p in parts)]


def place_of(move: int, rules: Rules, frame: Rules) -> int:
    """Where a move of the board stands in the frame's policy."""
    if move == rules.pass_move:
        return frame.num_points
    row, column = divmod(move, rules.width)
    return row * frame.width + column


def policy_read(said: str, rules: Rules, frame: Rules) -> NDArray[np.float32]:
    """One move, `D4`, or shares of several, `D4=0.7,C3=0.3`."""
    pairs = pairs_read("policy", said)
    policy = np.zeros(frame.num_points + 1, np.float32)
    for point, share in pairs:
        if not share and len(pairs) > 1:
            raise UserError(f"policy {said!r}: wanted a share for each move, as in D4=0.7,C3=0.3")
        try:
            policy[place_of(move_of(point, rules), rules, frame)] += float(share or 1)
        except UserError:
            raise
        except ValueError:
            raise UserError(f"policy {said!r}: {share!r}, wanted a share such as 0.7") from None
    return policy


def ownership_read(
    said: str, sign: int, rules: Rules, frame: Rules, before: NDArray
) -> NDArray[np.int8]:
    """Owners of some points, `D4=B,C3=W,A1=none`; the others stay as they are."""
    owners = {"b": sign, "w": -sign, "none": 0}
    ownership = before.astype(np.int8).copy()
    for point, owner in pairs_read("ownership", said):
        move = move_of(point, rules)
        if owner.lower() not in owners or move == rules.pass_move:
            raise UserError(f"ownership {said!r}: wanted points and B, W or none, as in D4=B,C3=W")
        ownership[place_of(move, rules, frame)] = owners[owner.lower()]
    return ownership
