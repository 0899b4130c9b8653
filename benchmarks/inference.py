"""The evaluator alone: python -m benchmarks.inference [--json].

Three measurements, on one core:

    speed       a net of 4 blocks of 64 channels on 9x9, as in self-play, batch 32, in each
                precision. It takes turns with two matrix products, `peak` of large squares and
                `layer` in the shape of a block's convolution; both are in bf16 for int8 too.
                Processor time, medians of 41 rounds.
    agreement   how often the first move of bf16 and int8 is that of fp32, for the shipped 9x9 and
                7x7 nets on positions of their own games.
    swap        wall time from new weights to their first answer, the median of five.
"""

import statistics
import time

import numpy as np
import torch

from benchmarks.measure import in_turns, parser, tell
from benchmarks.products import product
from benchmarks.search import weights_of
from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import find_package
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.openvino_runtime import ov
from insei.agents.net.package import load_package
from insei.agents.search.settings import SearchSettings
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import Precision, SelfPlayConfig
from insei.selfplay.worker import Worker, compiled
from insei.tournament.cost import multiply_adds

NETWORK = NetworkConfig(blocks=4, channels=64)
BATCH = 32
CALIBRATED_ON = 64  # boards
ROUNDS = 41


def speed_numbers(precision: Precision, kind: torch.dtype) -> dict[str, float]:
    """Evaluations a second on positions of random games, in turns with matrix products.

    Args:
        kind: of the products' numbers.
    """
    rules = Rules(9, 9, 7.0)
    seen = np.stack([planes(random_game(rules, seed, 27)) for seed in range(BATCH)])
    evaluate = compiled(NETWORK, 9, 9, precision, weights_of(NETWORK), seen)

    def run() -> int:
        for _ in range(10):
            evaluate(seen)
        return 10 * BATCH

    channels = NETWORK.channels
    layer = product(kind, BATCH * rules.num_points, 9 * channels, channels)
    rounds = np.array(in_turns([run, product(kind), layer], ROUNDS))
    work = 2 * multiply_adds(NETWORK, rules.num_points)
    share, share_of_layer = np.median(work * rounds[:, 1:] / rounds[:, :1], axis=0)
    each, peak, peak_of_layer = 1 / np.median(rounds, axis=0)
    return {
        f"{precision}_evaluations_per_second": each,
        f"{precision}_peak_gflops": peak / 1e9,
        f"{precision}_share_of_peak": share,
        f"{precision}_layer_gflops": peak_of_layer / 1e9,
        f"{precision}_share_of_layer": share_of_layer,
    }


def positions_of_games(name: str, rules: Rules, count: int) -> np.ndarray:
    """Positions of games that a shipped net plays against itself, each once.

    Counted once a game, the empty board would be a hundredth of all positions, and the net's choice
    among its symmetric moves would be arbitrary.

    Returns:
        planes `[count, C, H, W]`.
    """
    package = load_package(find_package(name))

    def make(weights: object, seen: object) -> OpenVinoEvaluator:
        return OpenVinoEvaluator(
            package.weights, package.card.architecture, rules.height, rules.width
        )

    config = SelfPlayConfig(search=SearchSettings(visits=8), games_in_flight=16, opening_plies=4)
    worker = Worker(BoardMix.of(rules), config, make, 3)
    worker.load(package.weights, 9)
    found: dict[bytes, np.ndarray] = {}
    while len(found) < count:
        for game in worker.play(16)[0]:
            position = Position(rules)
            for move in game.moves.tolist():
                seen = planes(position)
                found.setdefault(seen.tobytes(), seen)
                position = position.play(move)
    return np.stack(list(found.values())[:count])


def agreement_with_fp32(name: str, seen: np.ndarray) -> dict[str, float]:
    """How often bf16 and int8 agree with fp32 on the first move, and the mean difference in value.

    int8 is calibrated on boards from all stages of the games, as a worker's is, and compared on all
    others.

    Args:
        name: of the shipped net.
        seen: planes `[N, C, H, W]`.
    """
    package = load_package(find_package(name))
    config, (height, width) = package.card.architecture, seen.shape[2:]
    every = len(seen) // CALIBRATED_ON
    calibrating = seen[::every][:CALIBRATED_ON]
    asked = np.delete(seen, np.s_[::every], axis=0)
    exact = OpenVinoEvaluator(package.weights, config, height, width, "fp32")
    found = {}
    for precision in ("bf16", "int8"):
        rough = OpenVinoEvaluator(package.weights, config, height, width, precision)
        if precision == "int8":
            rough.calibrate(calibrating)
        agree, differences = [], []
        for first in range(0, len(asked) - 63, 64):
            batch = asked[first : first + 64]
            wanted, came = exact(batch), rough(batch)
            agree.append((wanted.policy.argmax(1) == came.policy.argmax(1)).mean())
            differences.append(np.abs(wanted.value - came.value).mean())
        found[f"{precision}_top1_agreement"] = float(np.mean(agree))
        found[f"{precision}_value_difference"] = float(np.mean(differences))
    return found


def swap_seconds(precision: Precision) -> float:
    """Wall time from new weights to their first answer, batch 64."""
    rules = Rules(9, 9, 7.0)
    seen = np.stack([planes(random_game(rules, seed, 27)) for seed in range(64)])
    weights = weights_of(NETWORK)
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        compiled(NETWORK, 9, 9, precision, weights, seen)(seen)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    # On a processor without bf16 the evaluator computes in fp32, and so do the products.
    has_bf16 = "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    rough = torch.bfloat16 if has_bf16 else torch.float32
    found = {
        **speed_numbers("fp32", torch.float32),
        **speed_numbers("bf16", rough),
        **speed_numbers("int8", rough),
    }
    found |= agreement_with_fp32("go9", positions_of_games("go9", Rules(9, 9, 7.0), 2304))
    small = agreement_with_fp32("go7", positions_of_games("go7", Rules(7, 7, 9.0), 2304))
    found |= {f"{name}_7x7": value for name, value in small.items()}
    for precision in ("bf16", "int8"):
        found[f"swap_{precision}_seconds"] = swap_seconds(precision)
    tell(
        found,
        as_json,
        "9x9, 4 blocks of 64 channels, batch 32, one core; agreement: go9 on 9x9, go7 on 7x7",
    )


if __name__ == "__main__":
    main()
