"""An evaluation layer by layer: python -m benchmarks.layers [--precision int8] [--json].

A net of 4 blocks of 64 on 9x9, as in self-play, measured by the runtime's own counters. The table
has the layers in their order, with the median and the fastest time of 200 batches in microseconds a
board. On a shared machine other guests slow some layers and not others: read the fastest times.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import get_args

import numpy as np

from benchmarks.measure import parser, tell
from benchmarks.search import GAMES, NETWORK, RULES, weights_of
from insei.agents.net.evaluator import Precision
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.openvino_runtime import ov
from insei.engine.planes.net_planes import planes
from insei.engine.playouts import random_game

BATCHES = 200


def layer_microseconds(precision: Precision) -> dict[str, list[float]]:
    """Microseconds a board of each layer, one entry a batch."""
    seen = np.stack([planes(random_game(RULES, seed, 27)) for seed in range(GAMES)])
    evaluate = OpenVinoEvaluator(
        weights_of(NETWORK), NETWORK, RULES.height, RULES.width, precision, ownership=False
    )
    evaluate.core.set_property("CPU", {"PERF_COUNT": True})
    if precision == "int8":
        evaluate.calibrate(seen)
    evaluate(seen)
    [graph] = evaluate.graphs.values()
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(BATCHES):
        evaluate(seen)
        for name, spent in layers_of(graph.request.get_profiling_info()):
            found[name].append(spent / len(seen))
    return found


def layers_of(counters: Iterable[ov.ProfilingInfo]) -> Iterable[tuple[str, float]]:
    """The name and the microseconds of each layer that was computed."""
    for counter in counters:
        if counter.status == ov.ProfilingInfo.Status.EXECUTED:
            name = f"{counter.node_type} {counter.exec_type} {counter.node_name}"
            yield name, counter.real_time.total_seconds() * 1e6


def by_kind(layers: Mapping[str, list[float]]) -> dict[str, float]:
    """The fastest microseconds of all layers of a kind together."""
    found: dict[str, float] = defaultdict(float)
    for name, spent in layers.items():
        kind, code, _ = name.split(" ", 2)
        found[f"{kind}_{code}_microseconds"] += min(spent)
    return dict(found)


def main() -> None:
    """Print the table, or one flat JSON object with a number a kind of layer."""
    options = parser(__doc__)
    options.add_argument("--precision", choices=get_args(Precision), default="bf16")
    asked = options.parse_args()
    layers = layer_microseconds(asked.precision)
    if not asked.json:
        print(f"4 blocks of 64, 9x9, batch {GAMES}, {asked.precision}: median, fastest; us a board")
        for name, spent in layers.items():
            print(f"{statistics.median(spent):8.3f} {min(spent):8.3f}  {name}")
    tell(by_kind(layers), asked.json, "the fastest, by kind")


if __name__ == "__main__":
    main()
