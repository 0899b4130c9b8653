"""Self-play games as workers record them, made cheaply."""

from dataclasses import replace

from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import SelfPlayConfig
from insei.selfplay.worker import Worker
from tests.helpers.searches import pseudo_net

QUICK = SelfPlayConfig(
    search=SearchSettings(visits=4, considered=4), games_in_flight=8, games_per_call=4
)


class PseudoEvaluator:
    """Answers by a fixed function of the stones."""

    def __call__(self, planes):
        from insei.agents.net.evaluator import Evaluation

        policy, value, score = pseudo_net(planes)
        return Evaluation(policy, value, score, planes[:, 1].copy())


def make_pseudo(weights, seen):
    return PseudoEvaluator()


def quick_worker(seed=1, size=5, **changes):
    worker = Worker(
        BoardMix.of(Rules(size, size, 4.5)), replace(QUICK, **changes), make_pseudo, seed
    )
    worker.load({}, 0)
    return worker


def some_games(count, seed=1, generation=0, size=5):
    worker = quick_worker(seed, size)
    worker.load({}, generation)
    return worker.play(count)[0]
