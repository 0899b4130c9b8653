"""The terminal client in a real pseudo-terminal: start to first board, and key press to redraw.

    python -m benchmarks.client [--json]

Bars: the board stands within 1,500 ms of the command, and a cursor key is drawn within 50 ms, also
while an opponent thinks. Wall time, medians and worst cases.
"""

import os
import select
import statistics
import sys
import tempfile
import time
from pathlib import Path

import pexpect

from benchmarks.measure import parser, tell

ROUNDS = 5
KEYS = 40


def start(state: str, *words: str) -> pexpect.spawn:
    """The client in a terminal of 90 by 30."""
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "insei.main", "play", *words],
        env=os.environ | {"XDG_DATA_HOME": state, "TERM": "xterm-256color"},
        cwd=str(Path(__file__).parent.parent),
        dimensions=(30, 90),
        encoding="utf-8",
        timeout=60,
    )
    terminal.delaybeforesend = None  # pexpect waits 50 ms otherwise
    return terminal


def stop(terminal: pexpect.spawn) -> None:
    """End it."""
    terminal.close(force=True)


def seconds_to_board(state: str) -> float:
    """From the command to the row of letters above the board."""
    began = time.perf_counter()
    terminal = start(state, "capture", "--size", "9")
    terminal.expect("A  B  C")
    taken = time.perf_counter() - began
    stop(terminal)
    return taken


def key_seconds(state: str, opponent: str, thinks: bool) -> list[float]:
    """From each key press to the cursor in its new place."""
    terminal = start(state, opponent, "--size", "9", "--colour", "white" if thinks else "black")
    terminal.expect("thinks" if thinks else "Your move")
    time.sleep(1.5)
    drain(terminal)
    taken = []
    for key in range(KEYS):
        began = time.perf_counter()
        os.write(terminal.child_fd, b"\x1b[A" if key % 2 else b"\x1b[B")
        while b"[" not in os.read(terminal.child_fd, 65536).replace(b"\x1b[", b""):
            pass  # the cursor is the one thing in square brackets
        taken.append(time.perf_counter() - began)
        time.sleep(0.05)
        drain(terminal)
    stop(terminal)
    return taken


def drain(terminal: pexpect.spawn) -> None:
    """Read what was drawn so far."""
    while select.select([terminal.child_fd], [], [], 0.02)[0]:
        os.read(terminal.child_fd, 65536)


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    with tempfile.TemporaryDirectory() as state:
        starts = [seconds_to_board(state) for _ in range(ROUNDS)]
        idle = key_seconds(state, "capture", False)
        busy = key_seconds(state, "search:go7,rule=puct,visits=50000,early=false", True)
    found = {
        "start_to_board_ms": 1000 * statistics.median(starts),
        "key_idle_median_ms": 1000 * statistics.median(idle),
        "key_idle_worst_ms": 1000 * max(idle),
        "key_thinking_median_ms": 1000 * statistics.median(busy),
        "key_thinking_worst_ms": 1000 * max(busy),
    }
    tell(found, as_json, "the terminal client, wall time")


if __name__ == "__main__":
    main()
