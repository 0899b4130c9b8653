"""Single moves of a program over GTP, at fixed visits: python -m benchmarks.genmove [--json].

`insei gtp` with go9 plays games against itself on 9x9, 800 visits a move, each from four random
plies to its end. After each move this process evaluates its board as often, by the net alone: how
uneven that is, is the machine's doing. Wall time; two to three minutes.
"""

import shlex
import statistics
import sys
import time
from contextlib import closing

import numpy as np

from benchmarks.measure import parser, tell
from insei.agents.grammar import make_player
from insei.agents.net.find_package import find_package
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.package import load_package
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import tromp_taylor

RULES = tromp_taylor(9, komi=7.0)  # as the program has them when nobody says otherwise
NET = "go9"
VISITS = 800
MOVES = 200  # so that p99 is not the slowest of all
OPENING_PLIES = 4


def alone_milliseconds(evaluate: OpenVinoEvaluator, position: Position) -> float:
    """Wall time of a move's evaluations, all of this board."""
    seen = planes(position)[np.newaxis]
    began = time.perf_counter()
    for _ in range(VISITS + 1):
        evaluate(seen)
    return 1000 * (time.perf_counter() - began)


def timed_moves() -> tuple[list[float], list[float]]:
    """The milliseconds of each move, and of as many evaluations by the net alone."""
    package = load_package(find_package(NET))
    evaluate = OpenVinoEvaluator(package.weights, package.card.architecture, 9, 9)
    program = [sys.executable, "-m", "insei.main", "gtp", "--player"]
    program.append(f"search:{NET},rule=puct,visits={VISITS},keep=false,early=false")
    taken: list[float] = []
    alone: list[float] = []
    with closing(make_player(f"gtp:{shlex.join(program)}")) as player:
        player.new_game(RULES, 0)
        player.choose(Position(RULES))  # compiles graphs
        seed = 0
        while len(taken) < MOVES:
            seed += 1
            position = random_game(RULES, seed, OPENING_PLIES)
            player.new_game(RULES, seed)
            while not position.is_over and len(taken) < MOVES:
                began = time.perf_counter()
                move = player.choose(position).move
                taken.append(1000 * (time.perf_counter() - began))
                alone.append(alone_milliseconds(evaluate, position))
                position = position.play(move)
    return taken, alone


def genmove_numbers() -> dict[str, float]:
    """Median and p99 of a move, and of the evaluations alone; and what a move takes beside them."""
    taken, alone = timed_moves()
    found: dict[str, float] = {}
    for name, numbers in ("genmove", taken), ("evaluations_alone", alone):
        median, p99 = statistics.median(numbers), float(np.percentile(numbers, 99))
        found |= {f"{name}_median_ms": median, f"{name}_p99_ms": p99}
        found[f"{name}_p99_over_median"] = p99 / median
    found["genmove_over_evaluations_alone"] = statistics.median(
        one / other for one, other in zip(taken, alone, strict=True)
    )
    return found


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    tell(genmove_numbers(), as_json, f"9x9, {NET}, {VISITS} visits, {MOVES} moves")


if __name__ == "__main__":
    main()
