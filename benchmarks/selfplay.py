"""What self-play keeps of its evaluator's speed: python -m benchmarks.selfplay [--json].

One worker, one core, a fresh net: evaluations a second in self-play, games recorded and all, over
the same evaluator's on full batches of the same size alone. The two are measured in turns, five
times each, in processor time; medians are told, and the share is the median of the rounds' shares.
"""

import statistics
import time
from dataclasses import replace
from functools import partial

import numpy as np

from agents.architecture import NetworkConfig
from agents.search_settings import SearchSettings
from benchmarks.measure import parser, tell
from engine.planes import planes
from engine.playouts import random_game
from engine.rules import Rules
from selfplay.config import SelfPlayConfig
from selfplay.learner import Learner
from selfplay.learner_config import LearnerConfig
from selfplay.sizes import BoardMix
from selfplay.worker import Worker, compiled

ROUNDS = 5


def alone(evaluate: object, batch: np.ndarray, seconds: float) -> float:
    """Evaluations a second of the evaluator alone, on one batch again and again."""
    began = time.process_time()
    count = 0
    while time.process_time() - began < seconds:
        evaluate(batch)  # type: ignore[operator]
        count += len(batch)
    return count / (time.process_time() - began)


def playing(worker: Worker, seconds: float) -> tuple[float, float]:
    """Evaluations and recorded positions a second in self-play."""
    began = time.process_time()
    evaluations = positions = 0
    while time.process_time() - began < seconds:
        _, counts = worker.play(1)
        evaluations += counts.evaluations
        positions += counts.positions
    spent = time.process_time() - began
    return evaluations / spent, positions / spent


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
    evaluate = make(weights, None)
    rounds = [(alone(evaluate, seen, 2.0), *playing(worker, 2.0)) for _ in range(ROUNDS)]
    name = f"{size}x{size}"
    return {
        f"evaluator_{name}_per_second": statistics.median(one[0] for one in rounds),
        f"selfplay_{name}_evaluations_per_second": statistics.median(one[1] for one in rounds),
        f"selfplay_{name}_positions_per_second": statistics.median(one[2] for one in rounds),
        f"selfplay_{name}_share": statistics.median(one[1] / one[0] for one in rounds),
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
