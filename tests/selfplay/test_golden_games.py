"""Seeded self-play is the golden one: the same games, and the same rows recorded of them.

`python -m tests.selfplay.test_golden_games` writes tests/data/games_played.json anew, after a
change that is meant to change self-play.
"""

import hashlib
import json
from dataclasses import replace

import numpy as np
import pytest

from insei.agents.net.evaluator import Evaluation
from insei.agents.search.settings import SearchSettings
from insei.engine.planes.net_planes import KOMI_SCALE, NUM_PLANES
from insei.engine.rules import Rules
from insei.selfplay import worker
from insei.selfplay.sizes import BoardMix, BoardSize
from insei.selfplay.train_config import SelfPlayConfig
from insei.selfplay.worker import Worker
from tests.helpers.games import QUICK
from tests.helpers.paths import DATA

GOLDEN = DATA / "games_played.json"
GUMBEL = SearchSettings(visits=8, considered=4)
PUCT = SearchSettings(rule="puct", visits=12, forced=2.0, dirichlet_weight=0.25)
ONE_SIZE = BoardMix.of(Rules(5, 5, 4.5))
SIZES = BoardMix.of(Rules(6, 6, 5.5), (BoardSize(4, 3.5), BoardSize(6, 5.5, 2.0)))
CASES: dict[str, tuple[BoardMix, SelfPlayConfig]] = {
    "gumbel": (ONE_SIZE, replace(QUICK, search=GUMBEL, surprise_share=0.5)),
    "puct, playout caps": (
        ONE_SIZE,
        replace(QUICK, search=PUCT, full_share=0.4, quick_visits=3, surprise_share=0.5),
    ),
    "puct, sizes, archive": (
        SIZES,
        replace(QUICK, search=PUCT, archive_share=0.6, random_share=0.5, stops_settled=True),
    ),
    "gumbel, clear endings": (
        ONE_SIZE,
        replace(QUICK, search=GUMBEL, clear_value=0.3),
    ),
    "gumbel, sizes, batches, cache": (
        SIZES,
        replace(QUICK, search=GUMBEL, batches=2, threads=2, cache=300, stops_settled=True),
    ),
}
CLEAR_ENDINGS = {"clear_plies": 2, "clear_visits": 3, "clear_share": 0.4}  # for every case


class WholeNumberEvaluator:
    """Answers in steps of 1/64, from sums of whole numbers: the same on every machine."""

    def __init__(self, frame):
        shape = (NUM_PLANES * frame.num_points, frame.num_actions + 1)
        self.mixer = np.random.default_rng(7).integers(-99, 100, shape).astype(np.float64)

    def __call__(self, planes):
        whole = np.rint(planes * 2.0 * KOMI_SCALE).reshape(len(planes), -1).astype(np.float64)
        answers = ((whole @ self.mixer) % 129 - 64) / 64
        value = np.ascontiguousarray(answers[:, -1], np.float32)
        policy = np.ascontiguousarray(2 * answers[:, :-1], np.float32)
        return Evaluation(policy, value, 3 * value, None)


def recorded(mix, config, monkeypatch):
    """The games that a seeded worker plays, under two nets: their ends and their recorded plies."""
    found = []
    finished = worker.finished

    def kept(position, plies, *others):
        found.append((position, list(plies)))
        return finished(position, plies, *others)

    monkeypatch.setattr(worker, "finished", kept)
    for constant, value in CLEAR_ENDINGS.items():
        monkeypatch.setattr(SelfPlayConfig, constant, value)
    player = Worker(mix, config, lambda weights, seen: WholeNumberEvaluator(mix.frame), 5)
    for generation, progress in ((0, 0.0), (5, 0.7)):
        player.load({}, generation, progress)
        player.play(8)
    return found


def summary(games):
    """A hash of the whole numbers; sums of the others, whose last digits depend on the machine."""
    digest = hashlib.sha256()
    plies = [ply for _, recorded_plies in games for ply in recorded_plies]
    for position, recorded_plies in games:
        rules = position.rules
        digest.update(repr((rules.size_name, rules.komi, position.moves)).encode())
        for ply in recorded_plies:
            digest.update(repr((ply.ply, ply.colour)).encode() + ply.planes.tobytes())
    policy = np.array([ply.policy for ply in plies], np.float64)
    return {
        "games": len(games),
        "plies": len(plies),
        "digest": digest.hexdigest()[:16],
        "komi": float(np.mean([ply.global_planes[0] for ply in plies])),
        "policy": [float(policy.sum()), float((policy @ np.arange(policy.shape[1])).mean())],
        "policy_squares": float((policy**2).sum()),
        "prior_value": float(np.mean([ply.prior_value for ply in plies])),
        "searched_value": float(np.mean([ply.searched_value for ply in plies])),
        "surprise": float(np.mean([ply.surprise for ply in plies])),
    }


@pytest.mark.parametrize("name", CASES)
def test_self_play_is_the_golden_one(name, monkeypatch):
    found = summary(recorded(*CASES[name], monkeypatch))
    golden = json.loads(GOLDEN.read_text())[name]
    for field in ("games", "plies", "digest"):
        assert found[field] == golden[field]
    for field in found:
        if field != "digest":
            assert found[field] == pytest.approx(golden[field], rel=1e-4, abs=1e-5), field


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patches:
        GOLDEN.write_text(
            json.dumps(
                {name: summary(recorded(*case, patches)) for name, case in CASES.items()}, indent=1
            )
            + "\n"
        )
