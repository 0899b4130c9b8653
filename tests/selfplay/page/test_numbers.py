"""What a dataset's page counts, against slow counts of the same games."""

from collections import Counter

import numpy as np
import pytest

from insei.engine.symmetries import transform_move
from insei.selfplay.data import load
from insei.selfplay.data.loading import RunData
from insei.selfplay.history.fields import bytes_of
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.page.numbers import BoardNumbers, DatasetNumbers, Results, numbers_of
from insei.selfplay.page.openings import OpeningCounts, folded
from tests.helpers.history.small import small_run
from tests.helpers.tables import older_run_with

MOST = 50


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("runs") / "run", 30)


def black_outcome(game):
    sign = 1 if game.rows["ply"][0] % 2 == 0 else -1
    return sign * int(game.rows["outcome"][0])


def counted_in_batches_of(data, size, monkeypatch, most=MOST):
    whole = RunData.arrow_batches
    monkeypatch.setattr(RunData, "arrow_batches", lambda self, names, _=0: whole(self, names, size))
    return numbers_of(data, most)


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_games_outcomes_and_lengths_are_those_of_the_games(made, size, monkeypatch):
    path, games = made
    numbers = counted_in_batches_of(load(path), size, monkeypatch)
    [board] = numbers.boards.values()
    ends = Counter(black_outcome(game) for game in games)
    assert (numbers.games, numbers.rows) == (30, sum(map(len, games)))
    assert board.results == Results(30, ends[1], ends[-1])
    assert sum(found.games for _, found in board.komi_lines()) == 30
    for komi, found in board.by_komi.items():
        own = [black_outcome(game) for game in games if game.komi == komi]
        assert found == Results(len(own), own.count(1), own.count(-1))
    assert board.lengths == Counter(len(game.moves) for game in games)
    lengths = sorted(len(game.moves) for game in games)
    assert board.length_at(0.5) == lengths[14]
    assert board.length_at(1.0) == lengths[-1]


@pytest.mark.parametrize("size", [1, 4096])
def test_the_widest_gaps_are_the_widest_of_each_game(made, size, monkeypatch):
    path, games = made
    numbers = counted_in_batches_of(load(path), size, monkeypatch)
    gaps = {
        game.id: float(np.abs(game.rows["searched_value"] - game.rows["outcome"]).max())
        for game in games
    }
    wanted = sorted(gaps, key=lambda game: (-gaps[game], game))
    for limit in (5, MOST):
        found = numbers.widest_gaps(limit)
        assert [item.game for item in found] == wanted[:limit]
        assert [item.amount for item in found] == [gaps[game] for game in wanted[:limit]]
    first = numbers.widest_gaps(1)[0]
    game = next(game for game in games if game.id == first.game)
    winner = {1: "Black", -1: "White", 0: "nobody"}[black_outcome(game)]
    assert first.reason.endswith(f"and {winner} won")
    assert first.ply in game.rows["ply"]


def test_few_gaps_that_are_kept_are_the_widest_of_all(made, monkeypatch):
    path, _ = made
    every = numbers_of(load(path), MOST).widest_gaps(4)
    assert counted_in_batches_of(load(path), 3, monkeypatch, 4).widest_gaps(4) == every


def test_calibration_is_the_mean_outcome_of_each_span(made):
    path, games = made
    numbers = numbers_of(load(path), MOST)
    values = np.concatenate([game.rows["searched_value"] for game in games]).astype(float)
    outcomes = np.concatenate([game.rows["outcome"] for game in games])
    assert sum(each.rows for each in numbers.bins) == len(values)
    for each in numbers.bins:
        here = (values >= each.low) & (values < each.high)
        assert each.rows == here.sum()
        assert each.value == pytest.approx(values[here].mean())
        assert each.outcome == pytest.approx(outcomes[here].mean())
    gaps = [each.rows * abs(each.value - each.outcome) for each in numbers.bins]
    assert numbers.calibration_error == pytest.approx(sum(gaps) / len(values))


def test_edits_are_counted_as_they_stand(tmp_path):
    path, games = small_run(tmp_path / "run", 6)
    history, game = History(path), games[0]
    before = numbers_of(load(path), MOST).results
    history.edit(game.id, None, "outcome", "B+" if black_outcome(game) < 0 else "W+", "wrong")
    after = numbers_of(load(path), MOST)
    assert after.results.black - before.black == (1 if black_outcome(game) < 0 else -1)
    assert numbers_of(load(path, "played"), MOST).results == before
    plies = game.rows["ply"].tolist()
    history.commit(
        [Proposal(game.id, ply, "weight", bytes_of(0, "weight")) for ply in plies], "out"
    )
    without = numbers_of(load(path), MOST)
    assert without.unweighted == len(plies)
    assert without.games == after.games - 1
    assert sum(each.rows for each in without.bins) == after.rows - len(plies)
    [board] = without.boards.values()
    assert sum(board.lengths.values()) == sum(found.games for _, found in board.komi_lines()) == 5
    assert game.id in {item.game for item in after.widest_gaps(MOST)}
    assert game.id not in {item.game for item in without.widest_gaps(MOST)}


def test_games_that_were_not_kept_whole_are_counted_without_lengths(tmp_path):
    _, games = small_run(tmp_path / "run", 6)
    older = older_run_with(tmp_path / "older", games)
    numbers = numbers_of(load(older), MOST)
    assert (numbers.games, numbers.whole_games) == (6, 0)


def test_many_komi_share_lines():
    board = BoardNumbers(9, 9)
    for number in range(200):
        board.by_komi.setdefault(number / 2, Results()).add(1 - number % 3)
    lines = board.komi_lines()
    assert len(lines) <= 24
    assert sum(found.games for _, found in lines) == 200
    assert sum(found.draws for _, found in lines) == 67
    assert lines[0][0] == "0 to below 5"


def test_nothing_is_counted_of_no_games():
    numbers = DatasetNumbers()
    assert numbers.games == numbers.whole_games == 0
    assert numbers.bins == []
    assert numbers.widest_gaps(5) == ()
    assert numbers.calibration_error == 0


@pytest.mark.parametrize(("height", "width", "count"), [(5, 5, 8), (5, 7, 4)])
def test_openings_that_mirror_each_other_are_one(height, width, count):
    moves = (1, 2 * width + 1, height * width)  # the last one a pass
    images = {
        tuple(transform_move(move, symmetry, height, width) for move in moves)
        for symmetry in range(count)
    }
    assert len(images) == count
    assert len({folded(image, height, width) for image in images}) == 1
    assert folded(moves, height, width)[-1] == height * width
    assert folded((1, 0), height, width) != folded((1, 2), height, width)


def test_openings_are_counted_with_the_points_of_black():
    counts = OpeningCounts(5, 5)
    counts.add([0, 6, 12], 1.0)
    counts.add([4, 8, 12], 0.0)  # the mirror image
    counts.add([12], 0.5)  # a game of one move
    [opening] = counts.most(3)
    assert (opening.moves, opening.games, opening.black_share) == ((0, 6, 12), 2, 0.5)
    assert [(each.moves, each.games) for each in counts.most(1)] == [((0,), 2), ((12,), 1)]
    counts.add([], 1.0)
    assert sum(each.games for each in counts.most(1)) == 3
