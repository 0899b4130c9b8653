"""Positions that deserve a look: surprising, uncertain, swinging, or lost although ahead."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from insei.engine.rules import Rules
from insei.engine.symmetries import num_symmetries
from insei.engine.vertex import vertex_of
from insei.selfplay.data.window import Window
from insei.selfplay.mining.folding import Candidate, position_key
from insei.selfplay.mining.judges import Judged, Judges, parts_of, row_output
from insei.selfplay.mining.mined import MinedItem
from insei.selfplay.mining.recording import Recording

AHEAD = 0.2  # a searched value from which the mover counts as ahead


def by_amount(
    recording: Recording, amount: NDArray[np.floating], reason: Callable[[int], str]
) -> Iterator[Candidate]:
    """Rows by a number of each, the largest first; those of 0 or less are left out.

    Args:
        amount: `[N]`.
        reason: of a row, in a line.
    """
    rows, frame = recording.rows, recording.config.rules
    for row in np.argsort(-amount, kind="stable").tolist():
        if amount[row] <= 0:
            return
        game, ply = str(rows["game"][row]), int(rows["ply"][row])
        item = MinedItem(game, ply, round(float(amount[row]), 4), reason(row))
        yield Candidate(item, position_key(rows, row, frame.height, frame.width))


def surprising(recording: Recording, judged: Judged) -> Iterator[Candidate]:
    """Rows whose recorded policy is far from that of the judge: divergence in nats."""

    def reason(row: int) -> str:
        policy = recording.rows["policy"][row]
        best = int(policy.argmax())
        return (
            f"the search gave {move_name(recording, row, best)} {float(policy[best]):.0%}; the "
            f"judge's policy is {judged.policy[row]:.2f} nats away"
        )

    return by_amount(recording, judged.policy, reason)


def uncertain(
    recording: Recording,
    judges: Judges,
    window: Window,
    watch: Callable[[int], None] = lambda rows: None,
) -> Iterator[Candidate]:
    """Rows to which a judge gives different values under the board's symmetries.

    The amount is the values' standard deviation.
    """
    values = values_turned(judges, window, recording.config.rules, watch)
    spread = values.std(0)

    def reason(row: int) -> str:
        low, high = values[:, row].min(), values[:, row].max()
        return f"the judge's value is {low:+.2f} to {high:+.2f} as the board is turned"

    return by_amount(recording, spread, reason)


def values_turned(
    judges: Judges, window: Window, frame: Rules, watch: Callable[[int], None]
) -> NDArray[np.float32]:
    """The judges' values of each row under each symmetry, `[symmetries, N]`."""
    found = np.zeros((num_symmetries(frame.height, frame.width), len(window)), np.float32)
    for rows, judge in parts_of(judges):
        for symmetry, values in enumerate(found):
            batch = window.batch(rows, np.full(len(rows), symmetry))
            values[rows] = row_output(judges.networks[judge], batch).value
        watch(int(rows.max()) + 1)
    return found


def swinging(recording: Recording) -> Iterator[Candidate]:
    """Rows after which the searched value jumps: the difference to the game's next ply."""
    rows = recording.rows
    value = rows["searched_value"].astype(np.float64)
    ply = rows["ply"].astype(np.int64)
    follows = (rows["game"][1:] == rows["game"][:-1]) & (ply[1:] == ply[:-1] + 1)
    after = np.append(-value[1:], 0)  # as the mover of the row before sees it
    amount = np.where(np.append(follows, False), np.abs(after - value), 0)

    def reason(row: int) -> str:
        played = move_name(recording, row, int(rows["move"][row]), is_played=True)
        return f"the search said {value[row]:+.2f}, and {after[row]:+.2f} after {played}"

    return by_amount(recording, amount, reason)


def lost_ahead(recording: Recording) -> Iterator[Candidate]:
    """Of each game that was lost by a player who was ahead, the row where it was most ahead.

    The amount is the searched value less the outcome, 1 to 2.
    """
    rows = recording.rows
    value = rows["searched_value"].astype(np.float64)
    is_lost = (value >= AHEAD) & (rows["outcome"] < 0)
    ahead = np.where(is_lost, value, -np.inf)
    amount = np.zeros(recording.num_rows)
    for start, length in zip(recording.starts.tolist(), recording.lengths.tolist(), strict=True):
        best = start + int(ahead[start : start + length].argmax())
        if is_lost[best]:
            amount[best] = value[best] + 1

    def reason(row: int) -> str:
        lead = abs(float(rows["score"][row]))
        return f"the search said {value[row]:+.2f}, and the game was lost by {lead:g} points"

    return by_amount(recording, amount, reason)


def move_name(recording: Recording, row: int, move: int, is_played: bool = False) -> str:
    """A move as people write it.

    Args:
        is_played: whether it is numbered on the board itself, or in the frame.
    """
    frame = recording.config.rules
    width, height = (int(recording.rows[name][row]) for name in ("width", "height"))
    board = Rules(width, height)
    if not is_played:
        if move == frame.num_points:
            move = board.pass_move
        else:
            y, x = divmod(move, frame.width)
            move = y * width + x
    return vertex_of(move, board)
