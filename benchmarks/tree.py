"""The search tree alone: python -m benchmarks.tree [--rule puct] [--rounds 400] [--json].

64 games on 9x9, 32 simulations each, answered for nothing, so that all time is the tree's: walking
down, rules, planes, backup. Processor time, round by round: on a machine that others slow, the
fastest rounds say what the tree costs and the median what the machine gave.
"""

import time
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import parser, tell
from insei.agents.net.evaluator import Evaluation, Evaluator
from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from insei.engine.playouts import random_game
from insei.engine.rules import Rules

RULES = Rules(9, 9, 7.0)
GAMES = 64
VISITS = 32


def free_answers() -> Evaluator:
    """An evaluator whose answers for up to `GAMES` boards are there already."""
    rng = np.random.default_rng(0)
    policy = rng.normal(size=(GAMES, RULES.num_actions)).astype(np.float32)
    value = rng.uniform(-0.3, 0.3, GAMES).astype(np.float32)

    def answer(planes: NDArray[np.float32]) -> Evaluation:
        rows = len(planes)
        return Evaluation(policy[:rows], value[:rows], value[:rows], None)

    return answer


class TreeAlone:
    """Games whose searches are answered for nothing."""

    def __init__(self, rule: Literal["gumbel", "puct"]) -> None:
        self.evaluate = free_answers()
        self.games = [random_game(RULES, seed, 20) for seed in range(GAMES)]
        self.forest = Forest(GAMES, 9, 9, SearchSettings(rule=rule, visits=VISITS), 1)

    def round(self) -> int:
        """Search each game once from its beginning; returns the evaluations it took."""
        count = 0
        for game, position in enumerate(self.games):
            self.forest.start(game, position)
        while rows := self.forest.select():
            policy, value, score, _ = self.evaluate(self.forest.batch())
            self.forest.expand(policy, value, score)
            count += rows
        return count


def main() -> None:
    """Print the table, or one flat JSON object."""
    options = parser(__doc__)
    options.add_argument("--rule", choices=["gumbel", "puct"], default="gumbel")
    options.add_argument("--rounds", type=int, default=400)
    asked = options.parse_args()
    if asked.rounds < 1:
        options.error(f"rounds {asked.rounds}: wanted 1 or more")
    alone = TreeAlone(asked.rule)
    taken = []
    for _ in range(asked.rounds):
        began = time.process_time_ns()
        count = alone.round()
        taken.append((time.process_time_ns() - began) / count)
    found = {
        "fastest_nanoseconds": min(taken),
        "fastest_tenth_nanoseconds": float(np.percentile(taken, 10)),
        "median_nanoseconds": float(np.median(taken)),
        "evaluations": float(asked.rounds * count),
    }
    tell(found, asked.json, f"9x9, {GAMES} games, {VISITS} simulations, {asked.rule}: a simulation")


if __name__ == "__main__":
    main()
