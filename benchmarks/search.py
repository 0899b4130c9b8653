"""What the search costs beside its evaluator: python -m benchmarks.search [--json].

The tree alone with an evaluator that is free; self-play beside the evaluator alone, in bf16 and in
int8, and with one that is free; two worker processes beside one; and a program that plays single
moves over GTP. Processor time and medians of many short rounds, but for the two processes and GTP,
which are wall time. About four minutes.
"""

import multiprocessing
import statistics
import time
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier, Event
from typing import Literal

import numpy as np

from benchmarks.genmove import genmove_numbers
from benchmarks.measure import median_seconds, parser, tell
from benchmarks.selfplay import beside_alone
from benchmarks.tree import GAMES, RULES, TreeAlone, free_answers
from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.evaluator import Evaluation, Evaluator
from insei.agents.search.settings import SearchSettings
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import Precision, SelfPlayConfig
from insei.selfplay.worker import Worker, compiled

NETWORK = NetworkConfig(blocks=4, channels=64)
ROUNDS = 41  # short, for others slow the machine now and then
VISITS = 16
SECONDS = 0.25  # of self-play, and as many of its evaluator alone
WALL_SECONDS = 0.3  # that one worker process plays, or two
PATIENCE = 120  # seconds that processes may take to begin
SETTLING_SECONDS = 0.02  # in which a batch under way ends


def weights_of(network: NetworkConfig) -> dict[str, np.ndarray]:
    """Weights of a net that knows nothing."""
    rng = np.random.default_rng(1)
    return {
        name: (rng.normal(size=shape) * (1 / max(1, int(np.prod(shape[1:])))) ** 0.5).astype(
            np.float32
        )
        for name, shape in network.weight_shapes().items()
    }


def tree_simulations_per_second(rule: Literal["gumbel", "puct"]) -> float:
    """Simulations a second over 64 games, with answers that are there already."""
    return 1 / median_seconds(TreeAlone(rule).round, 401)


def a_worker(precision: Precision, seed: int) -> Worker:
    """A worker amid its games."""

    def make(weights: dict[str, np.ndarray], seen: np.ndarray | None) -> object:
        return compiled(NETWORK, 9, 9, precision, weights, seen)

    config = SelfPlayConfig(
        search=SearchSettings(visits=VISITS),
        games_in_flight=GAMES,
        games_per_call=1,
        opening_plies=30,  # of different lengths, so that games don't all end together
        max_plies_per_point=1.0,
    )
    worker = Worker(BoardMix.of(RULES), config, make, seed)  # type: ignore[arg-type]
    worker.load(weights_of(NETWORK), 0)
    worker.play(1)
    worker.load(weights_of(NETWORK), 1)  # int8 takes its ranges from the games under way
    return worker


def selfplay_share(precision: Precision) -> float:
    """Evaluations a second in self-play over those of its evaluator alone, in turns."""
    worker = a_worker(precision, 1)
    seen = np.stack([planes(random_game(RULES, seed, 27)) for seed in range(GAMES)])
    return statistics.median(beside_alone(worker, seen, SECONDS)["share"] for _ in range(ROUNDS))


def microseconds_beside() -> float:
    """What self-play does beside an evaluation, records included: the answers are there."""
    worker = a_worker("fp32", 1)
    worker.evaluate = free_answers()
    return 1e6 * median_seconds(lambda: worker.play(1)[1].evaluations, ROUNDS)


class Gated:
    """An evaluator that answers while its gate is open, and counts its evaluations."""

    def __init__(self, evaluate: Evaluator, gate: Event, count: "Synchronized[int]") -> None:
        self.evaluate = evaluate
        self.gate = gate
        self.count = count

    def __call__(self, planes: np.ndarray) -> Evaluation:
        """Evaluate once the gate is open."""
        self.gate.wait()
        answer = self.evaluate(planes)
        self.count.value += len(planes)
        return answer


def play_on(seed: int, gate: Event, count: "Synchronized[int]", ready: Barrier) -> None:
    """A process that plays while its gate is open, until it is ended."""
    worker = a_worker("bf16", seed)
    assert worker.evaluate is not None
    worker.evaluate = Gated(worker.evaluate, gate, count)
    ready.wait(PATIENCE)
    while True:
        worker.play(1)


def two_workers_over_one() -> float:
    """What two worker processes reach side by side over one of them, in turns of wall time."""
    context = multiprocessing.get_context("spawn")
    gates = [context.Event() for _ in range(2)]
    counts = [context.Value("q", 0) for _ in range(2)]
    ready = context.Barrier(3)

    def reached(playing: list[int]) -> float:
        for one in playing:
            gates[one].set()
        began, before = time.perf_counter(), sum(count.value for count in counts)
        time.sleep(WALL_SECONDS)
        found = sum(count.value for count in counts) - before
        spent = time.perf_counter() - began
        for one in playing:
            gates[one].clear()
        time.sleep(SETTLING_SECONDS)
        return found / spent

    working = [
        context.Process(
            target=play_on, args=(worker, gates[worker], counts[worker], ready), daemon=True
        )
        for worker in range(2)
    ]
    for one in working:
        one.start()
    ready.wait(PATIENCE)  # no longer, should one of them fail
    found = statistics.median(reached([0, 1]) / reached([turn % 2]) for turn in range(ROUNDS))
    for one in working:
        one.terminate()
        one.join()
    return found


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    found = {
        "tree_simulations_per_second": tree_simulations_per_second("gumbel"),
        "tree_puct_simulations_per_second": tree_simulations_per_second("puct"),
        "selfplay_share_bf16": selfplay_share("bf16"),
        "selfplay_share_int8": selfplay_share("int8"),
        "selfplay_microseconds_beside": microseconds_beside(),
        "two_workers_over_one": two_workers_over_one(),
        **genmove_numbers(),
    }
    tell(
        found,
        as_json,
        "9x9; net of 4 blocks of 64 channels, batch 64, 16 visits; genmove: go9, 800 visits",
    )


if __name__ == "__main__":
    main()
