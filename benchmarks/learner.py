"""The learner's step: python -m benchmarks.learner [--json].

Rows a second of one core, 256 a step on 9x9, for three nets, in bf16 where the processor has it and
in fp32; beside it the share of the matrix product's peak in the same precision, in turns, reckoned
with three products a layer: forward, backward to the features, backward to the weights. Then how
many times as fast the step is once torch has compiled the net (`learner.compiled`), in turns with
the step as it is. Processor time, medians of nine.
"""

import statistics
from collections.abc import Callable

import numpy as np
import torch

from benchmarks.measure import in_turns, parser, tell
from benchmarks.products import product
from insei.agents.net.architecture import NetworkConfig
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.rules import Rules
from insei.selfplay.data.batch import Batch, one_hot
from insei.selfplay.data.columns import OF_THE_END, Rows
from insei.selfplay.learner.learner import Learner
from insei.selfplay.learner.learner_config import LearnerConfig
from insei.tournament.cost import multiply_adds

NETWORKS = tuple(NetworkConfig(blocks=b, channels=c) for b, c in ((4, 48), (4, 64), (6, 96)))
RULES = Rules(9, 9, 7.0)
ROWS = 256
ROUNDS = 9


def a_batch() -> Batch:
    """Positions amid random games; what they are to teach is of no account."""
    rng = np.random.default_rng(1)
    policy = rng.dirichlet(np.ones(RULES.num_actions), ROWS).astype(np.float32)
    outcome = rng.integers(-1, 2, size=ROWS)
    columns: Rows = {
        "planes": np.stack([planes(random_game(RULES, seed, 27)) for seed in range(ROWS)]),
        "policy": policy,
        "reply": policy[::-1].copy(),
        "reply_weight": np.ones(ROWS),
        "outcome": outcome,
        "chances": one_hot(outcome),
        "score": rng.normal(0, 10, ROWS),
        "ownership": rng.uniform(-1, 1, (ROWS, RULES.height, RULES.width)),
        "weight": np.ones(ROWS),
        **{f"{name}_weight": np.ones(ROWS) for name in OF_THE_END},
    }
    return Batch({name: column.astype(np.float32) for name, column in columns.items()})


def steps_of(learner: Learner, batch: Batch) -> Callable[[], int]:
    """A function that takes a step on the batch, and returns its rows."""

    def run() -> int:
        learner.step(batch, 0.0)
        return ROWS

    return run


def step_numbers(learner: Learner, batch: Batch, name: str) -> dict[str, float]:
    """Of one step after another on the same rows, in turns with the product of matrices."""
    kind = torch.bfloat16 if learner.autocasts else torch.float32
    rounds = in_turns([steps_of(learner, batch), product(kind)], ROUNDS)
    work = 3 * 2 * multiply_adds(learner.network.config, RULES.num_points)
    return {
        f"{name}_rows_per_second": 1 / statistics.median(ours for ours, _ in rounds),
        f"{name}_share_of_peak": statistics.median(work * peak / ours for ours, peak in rounds),
    }


def gain_of_compiling(network: NetworkConfig, batch: Batch) -> float:
    """How many times as fast a step is with the net compiled."""
    both = [Learner(network, LearnerConfig(compiled=compiled), 1) for compiled in (False, True)]
    rounds = in_turns([steps_of(learner, batch) for learner in both], ROUNDS)
    return statistics.median(plain / compiled for plain, compiled in rounds)


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    batch = a_batch()
    found: dict[str, float] = {}
    for precision in ("bf16", "fp32"):
        for network in NETWORKS:
            learner = Learner(network, LearnerConfig(precision=precision), 1)
            name = f"{precision}_{network.blocks}b{network.channels}"
            found |= step_numbers(learner, batch, name)
    for network in NETWORKS:
        name = f"{network.blocks}b{network.channels}_gain_of_compiling"
        found[name] = gain_of_compiling(network, batch)
    tell(found, as_json, f"9x9, one core, {ROWS} rows a step")


if __name__ == "__main__":
    main()
