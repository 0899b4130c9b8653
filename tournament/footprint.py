"""How much memory a player takes, measured where the number means something.

Tables hold several players in one process, whose memory can't be told apart. So each player plays
a game against itself, alone, in a process started for it, and the process's memory is read after
each move: resident set and its peak, from /proc (Linux). What Python, numpy and the engine took
before the player was made is told apart. A GTP program's process is its own.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from insei.agents.grammar import make_player
from insei.agents.player import RESIGN, ExternalPlayer
from insei.engine.position import Position
from insei.engine.rules import Rules

ENOUGH_SECONDS = 40.0  # of play
PATIENCE_SECONDS = 300.0  # until the process is given up


@dataclass(frozen=True)
class Footprint:
    """Memory of a process that one player has for itself, in MiB."""

    before: float  # the process as the player was made; 0 for a program of its own
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


def measure_here(name: str, rules: Rules) -> Footprint:
    """Play in this process, which must be fresh, and read its memory."""
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
        return Footprint(
            before if own == "self" else 0.0, seated, peak, now - seated, position.num_moves
        )
    finally:
        player.close()


def footprint_of(name: str, rules: Rules) -> Footprint | None:
    """Measure a player in a process of its own; None where that failed or can't be read."""
    said = json.dumps({"name": name, "rules": asdict(rules)})
    paths = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "insei.tournament.footprint"],
            input=said,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        )
        return Footprint(**json.loads(done.stdout))
    except (subprocess.TimeoutExpired, json.JSONDecodeError, TypeError):
        return None


def main() -> None:
    """Measure the player that standard input names, and print its footprint as JSON."""
    asked = json.load(sys.stdin)
    print(json.dumps(asdict(measure_here(asked["name"], Rules(**asked["rules"])))))


if __name__ == "__main__":
    main()
