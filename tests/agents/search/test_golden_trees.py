"""Searches are the golden ones, which were checked by hand; and take no more memory over time.

`python -m tests.agents.search.test_golden_trees` writes tests/data/trees.json anew,
after a change that is meant to change play.
"""

import json
from dataclasses import replace

import numpy as np
import psutil
import pytest

from insei.agents.search.forest import Forest
from insei.agents.search.search import Search
from insei.agents.search.settings import SearchSettings
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.games import PseudoEvaluator
from tests.helpers.paths import DATA
from tests.helpers.searches import pseudo_net, search

GOLDEN = DATA / "trees.json"
SETTINGS = {
    "gumbel": SearchSettings(rule="gumbel", visits=48, considered=8),
    "puct": SearchSettings(rule="puct", visits=48),
    "puct, forced, noise": SearchSettings(
        rule="puct", visits=48, forced=2.0, dirichlet_weight=0.25
    ),
    "puct, 4 leaves": SearchSettings(rule="puct", visits=48, leaves=4),
}
OPENINGS = {"empty": [], "corner": [0], "middle game": [12, 6, 7, 8, 11, 13, 2]}


def coarse_net(planes):
    """Answers in steps of 1/64: no machine's last digit can change a tree."""
    return tuple(np.round(answer * 64) / np.float32(64) for answer in pseudo_net(planes))


def tree_of(settings, opening):
    """A search as plain data: each visited move with its visits, value and variation."""
    forest = Forest(1, 5, 5, settings, 17)
    forest.start(0, Position(Rules(5, 5, 0.5)).play_all(opening))
    search(forest, coarse_net)
    return {
        "move": forest.choose(0),
        "candidates": [
            [
                candidate.move,
                candidate.visits,
                round(candidate.value, 3),
                forest.variation(0, candidate.move, 4),
            ]
            for candidate in forest.candidates(0)
            if candidate.visits
        ],
    }


def all_trees():
    return {
        f"{rule}: {name}": tree_of(settings, opening)
        for rule, settings in SETTINGS.items()
        for name, opening in OPENINGS.items()
    }


@pytest.mark.parametrize(
    "name", [f"{rule}: {opening}" for rule in SETTINGS for opening in OPENINGS]
)
def test_a_search_is_the_golden_one(name):
    rule, _, opening = name.partition(": ")
    found = tree_of(SETTINGS[rule], OPENINGS[opening])
    golden = json.loads(GOLDEN.read_text())[name]
    assert found["move"] == golden["move"]
    assert [candidate[:2] + candidate[3:] for candidate in found["candidates"]] == [
        candidate[:2] + candidate[3:] for candidate in golden["candidates"]
    ]
    for candidate, other in zip(found["candidates"], golden["candidates"], strict=True):
        assert candidate[2] == pytest.approx(other[2], abs=2e-3)


def played_game(player, seed):
    """One game of a search with itself, from its own first move to the end."""
    rng = np.random.default_rng(seed)
    position = Position(Rules(5, 5, 0.5)).play(int(rng.integers(25)))
    while not position.is_over and position.num_moves < 40:
        player.look_at(position)
        player.run(None, True)
        position.play_in_place(player.forest.choose(0))


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["gumbel", "puct"])
def test_a_hundred_games_take_no_more_memory_than_ten(rule):
    settings = replace(SearchSettings(visits=40), rule=rule)
    player = Search(PseudoEvaluator(), Rules(5, 5, 0.5), settings, True, 1)
    process = psutil.Process()
    for seed in range(10):
        played_game(player, seed)
    before = process.memory_info().rss
    for seed in range(10, 110):
        played_game(player, seed)
    assert process.memory_info().rss - before < 2**20


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(all_trees(), indent=1) + "\n")
