"""How much memory a player takes.

In a tournament several players share a process, so their memory can't be told apart. Each player is
therefore measured in a process of its own, in a game against itself. The process's resident set and
its peak are read after each move, from /proc (Linux), and separately before the player is made. Of
a GTP player the program's process is measured.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from insei.agents.grammar import make_player
from insei.agents.player import RESIGN, ExternalPlayer
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.child_process import bound_to_us, python_environment, python_words
from insei.system.shown import say

ENOUGH_SECONDS = 40.0  # of play
PATIENCE_SECONDS = 300.0  # until the process is killed


@dataclass(frozen=True)
class MemoryUse:
    """Memory of a player's own process, in MiB."""

    before: float  # of the process before the player was made; 0 for a GTP program
    seated: float  # after its first move
    peak: float
    growth: float  # from its first move to its last
    plies: int


def memory_of(process: int | str) -> tuple[float, float]:
    """A process's resident memory and its peak, in MiB."""
    found = {}
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        key, _, rest = line.partition(":")
        if key in ("VmRSS", "VmHWM"):
            found[key] = int(rest.split()[0]) / 1024
    return found["VmRSS"], found["VmHWM"]


def measure_here(name: str, rules: Rules) -> MemoryUse:
    """Play in this process, which must be new, and measure its memory."""
    before = memory_of("self")[0]
    player = make_player(name)
    try:
        player.new_game(rules, 1)
        own = player.process_id() if isinstance(player, ExternalPlayer) else "self"
        position = Position(rules)
        began, seated = time.monotonic(), 0.0
        while not position.is_over and position.num_moves < 3 * rules.num_points:
            move = player.choose(position).move
            if move == RESIGN or position.why_illegal(move):
                break
            position.play_in_place(move)
            seated = seated or memory_of(own)[0]
            if time.monotonic() - began > ENOUGH_SECONDS:
                break
        now, peak = memory_of(own)
        return MemoryUse(
            before if own == "self" else 0.0, seated, peak, now - seated, position.num_moves
        )
    finally:
        player.close()


def memory_use_of(name: str, rules: Rules) -> MemoryUse | None:
    """Measure a player in a process of its own; None if that failed."""
    said = json.dumps({"name": name, "rules": asdict(rules)})
    try:
        done = subprocess.run(
            bound_to_us(python_words("-m", "insei.tournament.memory_use")),
            input=said,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            env=python_environment(),
        )
        return MemoryUse(**json.loads(done.stdout))
    except (subprocess.TimeoutExpired, json.JSONDecodeError, TypeError):
        return None


def main() -> None:
    """Measure the player named on standard input, and print its memory use as JSON."""
    asked = json.load(sys.stdin)
    say(json.dumps(asdict(measure_here(asked["name"], Rules(**asked["rules"])))))


if __name__ == "__main__":
    main()
