"""What self-play keeps of its evaluator's speed: python -m benchmarks.selfplay [--json].

One worker, one core, a fresh net: evaluations a second in self-play, games recorded and all, over
the same evaluator's on full batches of the same size alone. The two take turns of a few batches, in
processor time; medians of rounds are told.
"""

import statistics
import time
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import parser, tell
from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.evaluator import Evaluation, Evaluator
from insei.agents.search.settings import SearchSettings
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.rules import Rules
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import SelfPlayConfig
from insei.selfplay.worker import Worker, compiled

ROUNDS = 9
SECONDS = 1.0  # of each side in a round
TURN = 4  # batches


class InTurns:
    """A worker's evaluator that evaluates one batch alone, every few calls, as often again.

    So both see the same processor: others slow it, and its matrix unit, for fractions of a second.
    """

    def __init__(self, evaluate: Evaluator, batch: NDArray[np.float32]) -> None:
        self.evaluate = evaluate
        self.batch = batch
        self.calls = 0
        self.evaluations = 0  # of the batch alone
        self.seconds = 0.0  # that they took

    def __call__(self, planes: NDArray[np.float32]) -> Evaluation:
        """Evaluate, after a turn alone where one is due."""
        self.calls += 1
        if self.calls % TURN == 0:
            began = time.process_time()
            for _ in range(TURN):
                self.evaluate(self.batch)
            self.seconds += time.process_time() - began
            self.evaluations += TURN * len(self.batch)
        return self.evaluate(planes)


def beside_alone(worker: Worker, batch: NDArray[np.float32], seconds: float) -> dict[str, float]:
    """What a worker and its evaluator alone reach in turns, so many processor seconds each.

    Returns:
        `evaluations`, `positions` searched, evaluations `alone`, and the first's `share` of these.
    """
    assert worker.evaluate is not None
    turns = InTurns(worker.evaluate, batch)
    worker.evaluate = turns
    began = time.process_time()
    evaluations = positions = 0
    while time.process_time() - began < 2 * seconds:
        _, counts = worker.play(1)
        evaluations += counts.evaluations
        positions += counts.positions
    spent = time.process_time() - began - turns.seconds
    worker.evaluate = turns.evaluate
    alone = turns.evaluations / turns.seconds
    return {
        "evaluations": evaluations / spent,
        "positions": positions / spent,
        "alone": alone,
        "share": evaluations / spent / alone,
    }


def measure(size: int, network: NetworkConfig, batch: int, visits: int) -> dict[str, float]:
    """The numbers of one board size."""
    rules = Rules(size, size, 7.0)
    weights = Learner(network, LearnerConfig(), 1).playing_weights()
    make = partial(compiled, network, size, size, "bf16")
    config = SelfPlayConfig(
        search=replace(SearchSettings(), visits=visits), games_in_flight=batch, games_per_call=1
    )
    worker = Worker(BoardMix.of(rules), config, make, 1)
    worker.load(weights, 0)
    worker.play(batch)
    seen = np.stack([planes(random_game(rules, seed, size * 3)) for seed in range(batch)])
    rounds = [beside_alone(worker, seen, SECONDS) for _ in range(ROUNDS)]
    name = f"{size}x{size}"
    return {
        f"{title}_{name}_{unit}": statistics.median(figures[of] for figures in rounds)
        for title, unit, of in (
            ("evaluator", "per_second", "alone"),
            ("selfplay", "evaluations_per_second", "evaluations"),
            ("selfplay", "positions_per_second", "positions"),
            ("selfplay", "share", "share"),
        )
    }


def main() -> None:
    """Print the table, or one flat JSON object."""
    options = parser(__doc__)
    options.add_argument("--batch", type=int, default=64, help="games in flight (64)")
    arguments = options.parse_args()
    found = measure(5, NetworkConfig(blocks=4, channels=32), arguments.batch, 16)
    found |= measure(9, NetworkConfig(blocks=4, channels=48), arguments.batch, 32)
    tell(
        found,
        arguments.json,
        f"one core, batch {arguments.batch}, bf16: 5x5 4b32 16 visits, 9x9 4b48 32 visits",
    )


if __name__ == "__main__":
    main()
