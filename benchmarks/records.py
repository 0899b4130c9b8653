"""Learning from records: python -m benchmarks.records [--json].

Games a second that one core imports, beside sgfmill, which only reads the moves of the same text;
positions a second that are drawn with their planes, without and with the extra planes of records19;
rows a second that its net learns on one core and on two, in wall time. 2,000 random games of 210
plies on 19x19, made anew each time. Medians of five rounds in turns.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from sgfmill import sgf

from benchmarks.measure import in_turns, parser, tell
from insei.engine.playouts import random_game
from insei.engine.rules import Rules
from insei.engine.sgf.record import GameRecord, write_sgf
from insei.selfplay.learner.learner import Learner
from insei.selfplay.records.importing import import_records
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.records.sampler import RecordSampler
from insei.selfplay.records.table import read_games
from insei.system.configuration import build
from insei.system.plain_yaml import read_yaml

RULES = Rules(19, 19, 6.5)
GAMES, PLIES, ROUNDS = 2000, 210, 5
CONFIG = Path(__file__).parents[1] / "configs" / "records19.yaml"


def wall_seconds(run: Callable[[], int]) -> float:
    """Median wall seconds of a unit of `run`."""
    run()
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        units = run()
        found.append((time.perf_counter() - began) / units)
    return statistics.median(found)


def import_numbers(folder: Path) -> dict[str, float]:
    """Games a second, and how many times as fast as sgfmill reads them."""
    texts = [write_sgf(GameRecord(random_game(RULES, seed, PLIES))) for seed in range(GAMES)]
    file = folder / "games.sgf"
    file.write_text("\n".join(texts))
    numbers = iter(range(100))

    def ours() -> int:
        return import_records([file], folder / f"set{next(numbers)}", processes=0).added

    def theirs() -> int:
        for text in texts[: GAMES // 10]:
            game = sgf.Sgf_game.from_bytes(text.encode())
            assert len([node.get_move() for node in game.get_main_sequence()]) > PLIES
        return GAMES // 10

    rounds = in_turns([ours, theirs], ROUNDS)
    return {
        "imported_games_per_second": 1 / statistics.median(one for one, _ in rounds),
        "imported_times_sgfmill": statistics.median(other / one for one, other in rounds),
    }


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    config = build(LearnConfig, read_yaml(CONFIG))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = import_numbers(folder)
        games = read_games(folder / "set0")
    batch_size = config.learner.batch_size
    everything = np.ones(len(games), np.bool_)
    for groups, label in ((0, "plain"), (config.network.plane_groups, "extra")):
        sampler = RecordSampler(games, everything, groups, 1)
        steps = iter(range(1000))

        def draw(sampler: RecordSampler = sampler, steps=steps) -> int:  # type: ignore[no-untyped-def]
            return len(sampler.batch(next(steps), batch_size))

        [seconds] = in_turns([draw], ROUNDS)[ROUNDS // 2]
        found[f"drawn_per_second_{label}"] = 1 / seconds
    batch = sampler.batch(0, batch_size)
    for threads in (1, 2):
        learner = Learner(config.network, replace(config.learner, threads=threads), 1)
        torch.set_num_threads(threads)

        def step(learner: Learner = learner) -> int:
            learner.step(batch, 0.0)
            return batch_size

        found[f"learned_per_second_{threads}_cores"] = 1 / wall_seconds(step)
    one, two = (found[f"learned_per_second_{threads}_cores"] for threads in (1, 2))
    found["learned_two_cores_over_one"] = two / one
    tell(found, as_json, f"19x19, {GAMES} games, {batch_size} rows a step")


if __name__ == "__main__":
    main()
