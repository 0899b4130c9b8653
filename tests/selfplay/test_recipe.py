"""The recipe's choices of self-play, each off unless a configuration asks for it."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.search.analysis import divergence
from insei.agents.search.settings import SearchSettings
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.selfplay.archive import OpeningArchive
from insei.selfplay.data.recording import surprise_weights
from insei.selfplay.train_config import SelfPlayConfig
from insei.selfplay.worker import visits_at
from tests.helpers.games import quick_worker


def test_simulations_double_in_equal_parts_of_the_run():
    config = SelfPlayConfig(search=SearchSettings(visits=64), first_visits=8)
    found = [visits_at(config, share) for share in (0.0, 0.24, 0.25, 0.5, 0.74, 0.75, 1.0)]
    assert found == [8, 8, 16, 32, 32, 64, 64]
    uneven = replace(config, search=SearchSettings(visits=50), first_visits=12)
    assert [visits_at(uneven, share) for share in (0.0, 0.4, 0.9)] == [12, 24, 50]
    for first in (None, 64, 100):
        assert visits_at(replace(config, first_visits=first), 0.0) == 64


def test_a_young_run_searches_less_for_as_many_positions():
    def cost(progress):
        worker = quick_worker(seed=3, first_visits=1, search=SearchSettings(visits=8))
        worker.load({}, 9, progress)
        counts = worker.play(20)[1]
        return counts.evaluations / counts.positions

    assert cost(0.0) < 0.5 * cost(1.0)


def test_quick_moves_are_played_and_not_recorded():
    def played(**changes):
        games, counts = quick_worker(seed=4, **changes).play(40)
        plies = sum(len(game.moves) for game in games)
        return sum(len(game) for game in games) / plies, counts.evaluations / counts.positions

    every, cost = played(search=SearchSettings(visits=16))
    quarter, cheaper = played(search=SearchSettings(visits=16), full_share=0.25, quick_visits=2)
    assert every > 0.9
    assert 0.15 < quarter < 0.35
    assert cheaper < 0.6 * cost


def test_surprise_moves_weight_between_rows_and_adds_none():
    weights = surprise_weights([0.0, 1.0, 3.0], 0.5)
    assert weights == pytest.approx([0.5, 0.5 + 0.5 * 3 / 4, 0.5 + 0.5 * 9 / 4])
    assert weights.mean() == pytest.approx(1)
    assert surprise_weights([0.0, 0.0], 0.5).tolist() == [1, 1]
    assert surprise_weights([0.2, 0.9], 0.0).tolist() == [1, 1]


def test_divergence_is_zero_for_equals_and_known_for_a_sure_move():
    even = np.full(4, 0.25, np.float32)
    assert divergence(even, even) == pytest.approx(0, abs=1e-6)
    assert divergence(np.array([1, 0, 0, 0], np.float32), even) == pytest.approx(np.log(4))


def test_rows_weigh_by_surprise_where_a_configuration_says_so():
    plain = quick_worker(seed=5).play(10)[0]
    assert all((game.rows["weight"] == 1).all() for game in plain)
    games = quick_worker(seed=5, surprise_share=0.5).play(10)[0]
    weights = [game.rows["weight"] for game in games if len(game) > 2]
    assert all(row.min() >= 0.5 - 1e-6 for row in weights)
    assert all(row.mean() == pytest.approx(1, abs=1e-4) for row in weights)
    assert any(row.max() > 1.2 for row in weights)


def test_the_archive_gives_positions_before_the_end_and_forgets_the_oldest():
    archive = OpeningArchive(2, 3)
    rng = np.random.default_rng(1)
    assert archive.draw(0, rng) == []
    for first in range(5):
        archive.add(0, [first, 7, 8])
    drawn = [archive.draw(0, rng) for _ in range(300)]
    assert {len(moves) for moves in drawn} == {0, 1, 2}
    assert {moves[0] for moves in drawn if moves} == {2, 3, 4}
    assert archive.draw(1, rng) == []


def test_games_fork_from_earlier_ones():
    games = quick_worker(seed=6, archive_share=0.9, opening_plies=0.0).play(60)[0]
    openings = [game.moves[: game.rows["ply"][0]].tolist() for game in games]
    late = [number for number, moves in enumerate(openings) if len(moves) > 4]
    assert len(late) > 10
    for number in late:
        rules = Rules(5, 5, games[number].komi)
        position = Position(rules).play_all(openings[number])
        assert not position.is_over
        lines = [game.moves.tolist() for game in games]
        assert any(
            line[: len(openings[number])] == openings[number]
            for other, line in enumerate(lines)
            if other != number
        )


def test_games_begin_with_random_plies():
    games = quick_worker(seed=6, random_share=0.8, random_plies=3, opening_plies=0.0).play(60)[0]
    begun = [int(game.rows["ply"][0]) for game in games]
    counts = [begun.count(plies) for plies in range(4)]
    assert sum(counts) == len(games)
    assert all(count > 5 for count in counts)
    firsts = {int(game.moves[0]) for game, plies in zip(games, begun, strict=True) if plies}
    assert len(firsts) > 15
