"""Boards of several sizes in one run: one frame, one net, one dataset."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.net.find_package import find_package
from insei.agents.net.package import read_card
from insei.engine.planes.net_planes import planes
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.engine.symmetries import num_symmetries, transform, transform_moves
from insei.selfplay.data.dataset import GameDataset, rows_of, schema_of, table_of
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.recording import final_area
from insei.selfplay.data.window import Window
from insei.selfplay.run import RunFolder
from insei.selfplay.sizes import BoardMix, BoardSize
from insei.selfplay.train_config import RatingConfig, TrainConfig
from insei.selfplay.worker import Worker
from tests.helpers.games import QUICK, make_pseudo
from tests.helpers.runs import CONFIG, begin, curve_names, finish, learner_of, training_of

SIZES = (BoardSize(5, 4.5, 0.5, 0.1), BoardSize(6, 3.5, 0.25), BoardSize(7, 8.5, 0.25, 0.9))
FRAME = Rules(7, 7, 9.0)


def mixed_games(count, seed=1, progress=0.0, **changes):
    worker = Worker(BoardMix.of(FRAME, SIZES), replace(QUICK, **changes), make_pseudo, seed)
    worker.load({}, 0, progress)
    return worker.play(count)[0]


def test_shares_go_from_the_first_to_the_last():
    mix = BoardMix.of(FRAME, SIZES)
    assert [board.size_name for board in mix.boards] == ["7x7", "6x6", "5x5"]
    assert mix.shares(0.0) == pytest.approx([0.25, 0.25, 0.5])
    assert mix.shares(1.0) == pytest.approx([0.9 / 1.25, 0.25 / 1.25, 0.1 / 1.25])
    halfway = [(a + b) / 2 for a, b in zip(mix.shares(0.0), mix.shares(1.0), strict=True)]
    assert mix.shares(0.5) == pytest.approx(halfway)
    rng = np.random.default_rng(1)
    drawn = np.bincount([mix.draw(1.0, rng) for _ in range(4000)], minlength=3) / 4000
    assert np.allclose(drawn, mix.shares(1.0), atol=0.03)
    assert BoardMix.of(FRAME).boards == (FRAME,)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ((BoardSize(5, 4.5), BoardSize(5, 4.5)), "wanted each once"),
        ((BoardSize(5, 4.5), BoardSize(9, 7)), "wanted the rules' board to be the largest"),
        ((BoardSize(5, 4.5), BoardSize(6, 4)), "wanted the rules' board to be the largest"),
        ((BoardSize(7, 4.5, 0.0),), "wanted one above 0"),
        ((BoardSize(7, 4.5, 1.0, 0.0),), "last_share .* wanted one above 0"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(sizes, said):
    with pytest.raises(ValueError, match=said):
        TrainConfig(rules=FRAME, sizes=sizes)


def test_a_worker_records_boards_of_every_size_at_the_top_left_of_the_frame():
    games = mixed_games(60, seed=3)
    assert {game.width for game in games} == {5, 6, 7}
    for game in games:
        side = game.width
        rules = Rules(side, side, game.komi)
        end = Position(rules).play_all(game.moves.tolist())
        area, score = final_area(end)
        for row, ply in enumerate(game.rows["ply"]):
            position = Position(rules).play_all(game.moves[:ply].tolist())
            sign = 1 if position.to_play == BLACK else -1
            assert game.rows["score"][row] == sign * score
            owned = game.rows["ownership"][row].reshape(7, 7)
            assert (owned[:side, :side] == sign * area).all()
            assert not owned[side:].any()
            assert not owned[:, side:].any()
            seen = planes(position, 7, 7)
            bits = np.unpackbits(game.rows["planes"][row], count=12 * 49).reshape(12, 7, 7)
            assert (bits == seen[:12]).all()
            policy = game.rows["policy"][row].astype(np.float32)
            assert policy.sum() == pytest.approx(1, abs=5e-3)
            assert not policy[:-1].reshape(7, 7)[~seen[0].astype(bool)].any()


def test_larger_boards_are_played_more_often_late_in_the_run():
    worker = Worker(BoardMix.of(FRAME, SIZES), QUICK, make_pseudo, 1)

    def share_of_largest(progress):
        worker.load({}, 0, progress)
        return np.mean([worker._begin_game(0).board == 0 for _ in range(300)])

    assert share_of_largest(0.0) == pytest.approx(0.25, abs=0.1)
    assert share_of_largest(1.0) == pytest.approx(0.72, abs=0.1)


def test_a_batch_turns_each_board_within_its_own_corner():
    window = Window(7, 7)
    rows = rows_of(table_of(SelfPlayGames.of(mixed_games(40)), schema_of(7, 7)))
    window.update(rows, 10**6)
    rng = np.random.default_rng(1)
    chosen = rng.permutation(len(window))[:200]
    symmetries = rng.integers(8, size=200)
    plain = window.batch(chosen, np.zeros(200, np.int64))
    turned = window.batch(chosen, symmetries)
    turned.check()
    for row, symmetry in enumerate(symmetries):
        side = int(rows["width"][chosen[row]])
        assert num_symmetries(side, side) == 8
        wanted = np.zeros_like(plain["planes"][row])
        wanted[:, :side, :side] = transform(plain["planes"][row][:, :side, :side], symmetry)
        assert (turned["planes"][row] == wanted).all()
        for name in ("policy", "reply"):
            came, was = turned[name][row], plain[name][row]
            own = np.append(was[:-1].reshape(7, 7)[:side, :side], was[-1])
            own = transform_moves(own, symmetry, side, side)
            assert (came[:-1].reshape(7, 7)[:side, :side] == own[:-1].reshape(side, side)).all()
            assert came.sum() == pytest.approx(was.sum(), abs=1e-5)
        owned = turned["ownership"][row][:side, :side]
        assert (owned == transform(plain["ownership"][row][:side, :side], symmetry)).all()
    sampled = window.sample(64, rng)
    assert set(sampled["planes"][:, 0].sum((1, 2)).tolist()) == {25, 36, 49}


@pytest.mark.slow
def test_one_run_learns_all_sizes_rates_each_and_goes_on(tmp_path):
    config = replace(
        CONFIG,
        rules=FRAME,
        sizes=SIZES,
        generations=2,
        rating=RatingConfig(every=2, games=2, opponents=("random",), earlier_games=2),
    )
    run, training = begin(tmp_path / "tiny", config)
    finish(run, training)
    window, held = learner_of(training).learned, learner_of(training).held_out
    dataset = GameDataset(tmp_path / "tiny" / "games.lance", FRAME)
    assert set(dataset.newest(10**6)["width"].tolist()) == {5, 6, 7}
    names = curve_names(tmp_path / "tiny" / "tensorboard")
    for side in (5, 6, 7):
        size = f"{side}x{side}"
        wanted = {f"rating/{size}/random", f"rating/{size}/earlier", f"elo/{size}"}
        assert wanted <= names
        assert f"games/{size}/policy_entropy" in names
    card = read_card(find_package(str(tmp_path / "tiny")))
    assert card.sizes == {f"{size.side}x{size.side}": size.komi for size in SIZES}
    run = RunFolder(tmp_path / "tiny")
    longer = replace(config, generations=3)
    training = training_of(run, longer)
    assert training.progress.generation == 2
    again = learner_of(training)
    for mine, theirs in ((again.learned, window), (again.held_out, held)):
        rows, same = mine.rows, theirs.rows
        assert len(mine) == len(theirs)
        assert all((rows[name] == same[name]).all() for name in rows)  # none held out: no columns
    finish(run, training)
