"""The terminal client in a real pseudo-terminal: start to first board, and key press to redraw.

    python -m benchmarks.client [--json]

Bars: the board stands within 1,500 ms of the command, and a cursor key is drawn within 50 ms, also
while an opponent thinks. Wall time and the client's processor time, medians and worst cases. The
terminal is one of true colour, so stones are shaded discs, and answers as terminals do.
"""

import os
import re
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
SMALL, LARGE = (30, 90), (50, 200)  # rows and columns
ENVIRONMENT = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "COLORFGBG": "15;0"}
ASKED, ANSWER = "\x1b[6n", "\x1b[1;2R"  # where the cursor is, after one stone
CODES = re.compile(rb"\x1b\[[\d;?]*[a-zA-Z]")
TICKS = os.sysconf("SC_CLK_TCK")


def start(state: str, size: tuple[int, int], *words: str) -> pexpect.spawn:
    """The client in a terminal, which has answered how wide a stone is."""
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "insei.main", "play", *words],
        env=environment | ENVIRONMENT | {"XDG_DATA_HOME": state, "XDG_STATE_HOME": state},
        cwd=str(Path(__file__).parent.parent),
        dimensions=size,
        encoding="utf-8",
        timeout=60,
    )
    terminal.delaybeforesend = None  # pexpect waits 50 ms otherwise
    terminal.expect_exact(ASKED)
    terminal.send(ANSWER)
    return terminal


def stop(terminal: pexpect.spawn) -> None:
    """End it."""
    terminal.close(force=True)


def processor_seconds(terminal: pexpect.spawn) -> float:
    """What the client has used of processors, without the processes of players."""
    after_name = Path(f"/proc/{terminal.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def seconds_to_board(state: str) -> tuple[float, float]:
    """From the command to the row of letters above the board: wall and processor time."""
    began = time.perf_counter()
    terminal = start(state, SMALL, "capture", "--size", "9")
    terminal.expect("A +B +C")
    taken = time.perf_counter() - began, processor_seconds(terminal)
    stop(terminal)
    return taken


def key_seconds(
    state: str, size: tuple[int, int], opponent: str, board: int, thinks: bool
) -> tuple[list[float], float]:
    """From each key press to the cursor in its new place, and processor time for a key."""
    colour = "white" if thinks else "black"
    terminal = start(state, size, opponent, "--size", str(board), "--colour", colour)
    terminal.expect("thinks" if thinks else "Your move")
    time.sleep(1.5)
    drain(terminal)
    taken = []
    used = processor_seconds(terminal)
    for key in range(KEYS):
        began = time.perf_counter()
        os.write(terminal.child_fd, b"\x1b[A" if key % 2 else b"\x1b[B")
        while b"[" not in CODES.sub(b"", os.read(terminal.child_fd, 65536)):
            pass  # the cursor is the one thing in square brackets
        taken.append(time.perf_counter() - began)
        time.sleep(0.05)
        drain(terminal)
    used = (processor_seconds(terminal) - used) / KEYS
    stop(terminal)
    return taken, used


def drain(terminal: pexpect.spawn) -> None:
    """Read what was drawn so far."""
    while select.select([terminal.child_fd], [], [], 0.02)[0]:
        os.read(terminal.child_fd, 65536)


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    thinker = "search:go7,rule=puct,visits=50000,early=false"
    with tempfile.TemporaryDirectory() as state:
        starts = [seconds_to_board(state) for _ in range(ROUNDS)]
        found = {
            "start_to_board_ms": 1000 * statistics.median(wall for wall, _ in starts),
            "start_to_board_cpu_ms": 1000 * statistics.median(used for _, used in starts),
        }
        for name, size, opponent, board, thinks in (
            ("idle", SMALL, "capture", 9, False),
            ("thinking", SMALL, thinker, 9, True),
            ("19x19_idle", LARGE, "capture", 19, False),
            ("19x19_thinking", LARGE, "uct:playouts=1000000", 19, True),
        ):
            taken, used = key_seconds(state, size, opponent, board, thinks)
            found[f"key_{name}_median_ms"] = 1000 * statistics.median(taken)
            found[f"key_{name}_worst_ms"] = 1000 * max(taken)
            found[f"key_{name}_cpu_ms"] = 1000 * used
    tell(found, as_json, "the terminal client: wall time, and processor time of its process")


if __name__ == "__main__":
    main()
