"""Rows as KataGo's npz and as Parquet, checked by replaying the games."""

import os
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.main import main
from insei.selfplay.data import load
from insei.selfplay.data.export import export_npz, export_parquet, export_sgf, span_of
from insei.selfplay.data.katago import ARRAYS, Frame, Replies, parity_wave, score_targets
from insei.system.errors import UserError
from tests.helpers.games import quick_worker, some_games
from tests.helpers.tables import older_run_with, run_with

FIVE = Rules(5, 5, 4.5)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    games = quick_worker(3, full_share=0.6, quick_visits=2, surprise_share=0.5).play(12)[0]
    return run_with(tmp_path_factory.mktemp("runs") / "run", games[:5], games[5:])


@pytest.fixture(scope="module")
def npz(run, tmp_path_factory):
    path = tmp_path_factory.mktemp("npz") / "rows.npz"
    data = load(run)
    assert export_npz(data, path).count == data.num_rows
    with np.load(path) as found:
        return dict(found)


def positions(run):
    """The position of each row."""
    games = {game.id: game for game in load(run).games()}
    rows = load(run).rows()
    for name, ply in zip(rows.game, rows.ply, strict=True):
        yield Position(games[name].rules).play_all(games[name].moves[:ply]), games[name]


def test_the_arrays_have_katago_s_names_types_and_shapes(npz, run):
    count = load(run).num_rows
    assert {name: (array.dtype.name, array.shape) for name, array in npz.items()} == {
        "binaryInputNCHWPacked": ("uint8", (count, 22, 4)),
        "globalInputNC": ("float32", (count, 19)),
        "policyTargetsNCMove": ("int16", (count, 2, 26)),
        "globalTargetsNC": ("float32", (count, 64)),
        "scoreDistrN": ("int8", (count, 2 * 25 + 120)),
        "valueTargetsNCHW": ("int8", (count, 5, 5, 5)),
        "qValueTargetsNCMove": ("int16", (count, 3, 26)),
    }


def test_the_inputs_are_those_of_the_positions(npz, run):
    bits = np.unpackbits(npz["binaryInputNCHWPacked"], axis=2)[:, :, :25].reshape(-1, 22, 5, 5)
    for row, (position, game) in enumerate(positions(run)):
        board, mover = position.board, position.to_play
        planes, numbers = bits[row], npz["globalInputNC"][row]
        assert planes[0].all()
        assert (planes[1] == (board == mover)).all()
        assert (planes[2] == ((board != mover) & (board != 0))).all()
        for point in range(25):
            count = len(position.liberties(point)) if board.flat[point] else 0
            assert planes[3:6, point // 5, point % 5].tolist() == [count == n for n in (1, 2, 3)]
        for back, move in enumerate(position.moves[::-1][:5]):
            wanted = np.zeros(25)
            wanted[[move] if move < 25 else []] = 1
            assert (planes[9 + back].ravel() == wanted).all()
            assert numbers[back] == (move == 25)
        assert not numbers[len(position.moves) : 5].any()
        assert not planes[[7, 8, *range(14, 22)]].any()
        komi = -game.rules.komi if mover == BLACK else game.rules.komi
        assert numbers[5] == pytest.approx(komi / 20)
        assert numbers[6:9].tolist() == [1, 0.5, 0]
        assert numbers[14] == (position.passes == 1)
        assert not numbers[[9, 10, 11, 12, 13, 15, 16, 17]].any()


def test_the_targets_are_those_of_the_rows(npz, run):
    rows = load(run).rows()
    policy, targets = npz["policyTargetsNCMove"], npz["globalTargetsNC"]
    assert (abs(policy[:, 0] / 10_000 - rows.policy) <= 0.5e-4 + 1e-6).all()
    won = np.select([rows.outcome > 0, rows.outcome == 0], [1, 0.5], 0)
    assert (targets[:, 0] == won).all()
    assert (targets[:, 0] + targets[:, 1] == 1).all()
    assert (targets[:, 16] == (1 + rows.searched_value) / 2).all()
    assert (targets[:, 3] == rows.score).all()
    assert (targets[:, 20] == rows.score).all()
    assert (targets[:, 25] == rows.weight).all()
    assert len(set(rows.weight.tolist())) > 10
    assert (targets[:, 51] == rows.ply).all()
    ids = [int(a) | int(b) << 22 | int(c) << 44 for a, b, c in targets[:, 41:44]]
    assert [f"{one:016x}" for one in ids] == rows.game.tolist()
    assert (npz["valueTargetsNCHW"][:, 0] == rows.ownership).all()
    assert (npz["valueTargetsNCHW"][:, 4] == 120 * rows.ownership).all()
    assert not npz["qValueTargetsNCMove"].any()
    replies = np.flatnonzero(targets[:, 28])
    assert 0 < len(replies) < len(rows) - 12
    assert (rows.game[replies + 1] == rows.game[replies]).all()
    assert (rows.ply[replies + 1] == rows.ply[replies] + 1).all()
    assert (policy[replies, 1] == policy[replies + 1, 0]).all()
    others = np.flatnonzero(targets[:, 28] == 0)
    assert (policy[others, 1] == 1).all()


def test_the_score_is_spread_around_its_half_points(npz, run):
    spread = npz["scoreDistrN"].astype(np.int64)
    assert (spread.sum(axis=1) == 100).all()
    values = np.arange(spread.shape[1]) - 25 - 60 + 0.5
    scores = load(run).rows().score
    assert spread @ values / 100 == pytest.approx(scores, abs=1e-6)
    assert ((spread > 0).sum(axis=1) <= 2).all()


def test_scores_beyond_the_range_are_its_ends(run):
    rows = load(run).rows()[:3]
    rows = replace(rows, score=np.array([400.0, -400.0, 84.5], np.float32))
    found = score_targets(rows, Replies.of(rows, None), Frame(FIVE))
    assert found.argmax(axis=1).tolist() == [169, 0, 169]
    assert (found.sum(axis=1) == 100).all()


def test_the_parity_wave_peaks_half_a_point_from_a_tie():
    komi = np.arange(-3, 3.5, 0.5, dtype=np.float32)
    even = parity_wave(komi, np.float32(36))
    assert even.tolist() == [0, -0.5, 0, 0.5, 0, -0.5, 0, 0.5, 0, -0.5, 0, 0.5, 0]
    assert (parity_wave(komi + 1, np.float32(25)) == even).all()


def test_a_batch_s_last_reply_is_in_the_next_batch(run, tmp_path, monkeypatch, npz):
    monkeypatch.setattr("insei.selfplay.data.export.BATCH", 5)
    export_npz(load(run), tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as found:
        assert all((found[array.name] == npz[array.name]).all() for array in ARRAYS)


def test_a_frame_that_is_no_square_is_laid_into_one(tmp_path):
    rows = load(run_with(tmp_path / "run", some_games(3))).rows()
    rules = Rules(5, 3, 4.5)
    narrow = replace(
        rows,
        planes=rows.planes[:, :, :3],
        ownership=rows.ownership[:, :3],
        policy=np.concatenate([rows.policy[:, :15], rows.policy[:, 25:]], axis=1),
        height=np.full(len(rows), 3, np.uint8),
    )
    for array in ARRAYS:
        made = array.make(narrow, Replies.of(narrow, None), Frame(rules))
        assert made.shape == (len(rows), *array.shape(5))
        assert made.dtype == array.dtype
    policy = ARRAYS[2].make(narrow, Replies.of(narrow, None), Frame(rules))[:, 0]
    assert not policy[:, 15:25].any()
    assert (policy[:, 25] == np.rint(10_000 * rows.policy[:, 25])).all()


def test_parquet_is_the_rows_unpacked(run, tmp_path):
    export_parquet(load(run), tmp_path / "rows.parquet")
    table = pq.read_table(tmp_path / "rows.parquet")
    rows = load(run).rows()
    for name in ("game", "ply", "score", "searched_value", "komi"):
        assert table[name].to_pylist() == getattr(rows, name).tolist()
    for name, shape in (("planes", (12, 5, 5)), ("policy", (26,)), ("ownership", (5, 5))):
        flat = table[name].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        assert (flat.reshape(-1, *shape) == getattr(rows, name)).all()
    games = [moves for moves in table["moves"].to_pylist() if moves]
    assert games == [game.moves for game in load(run).games()]
    assert table.schema.metadata[b"frame"] == b"5x5"


def test_an_older_run_exports_its_rows(tmp_path):
    games = some_games(4)
    older = load(older_run_with(tmp_path / "run", games))
    assert export_parquet(older, tmp_path / "a.parquet").count == older.num_rows
    assert export_npz(older, tmp_path / "a.npz").count == older.num_rows


WRITERS = (["--npz", "out"], ["--parquet", "out"], ["--sgf", "out"])


@pytest.mark.parametrize("words", WRITERS)
def test_nothing_is_overwritten(run, tmp_path, monkeypatch, words, capsys):
    monkeypatch.chdir(tmp_path)
    for make in (lambda: open("out", "x").close(), lambda: os.symlink("nowhere", "out")):
        make()
        with pytest.raises(SystemExit):
            main(["export", str(run), *words])
        assert capsys.readouterr().err == "insei: out exists already: wanted a new name\n"
        os.unlink("out")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("words", WRITERS)
def test_a_failure_on_the_way_leaves_nothing(run, tmp_path, monkeypatch, words, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("insei.selfplay.data.export.BATCH", 8)

    def fail(self, names, size=8, limit=None, condition=None):
        yield from ()
        raise UserError("damaged")

    monkeypatch.setattr("insei.selfplay.data.loading.RunData.arrow_batches", fail)
    with pytest.raises(SystemExit):
        main(["export", str(run), *words])
    assert "damaged" in capsys.readouterr().err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "wanted one of --sgf FOLDER, --npz FILE and --parquet FILE"),
        (["--npz", "a", "--sgf", "b"], "wanted one of --sgf FOLDER"),
        (["--npz", "nowhere/a"], "nowhere/a: no folder nowhere"),
        (["--npz", "a", "--generations", "x"], "generations 'x': wanted one, as 12"),
        (["--npz", "a", "--generations", "9-3"], "wanted the lower number first"),
        (["--npz", "a", "--generations", "-3"], "generations"),
        (["--npz", "a", "--generations", "1" * 30], "generations"),
        (["--npz", "a", "--generations", "5-"], "holds no such rows: wanted other --generations"),
        (["--sgf", "a", "--generations", "5"], "holds no whole games"),
        (["--npz", "a", "--limit", "0"], "--limit"),
    ],
)
def test_what_cannot_be_exported_is_one_line(run, tmp_path, monkeypatch, words, said, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["export", str(run), *words])
    assert ended.value.code == 2
    line = capsys.readouterr().err
    assert said in line
    assert line.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_atari_go_is_unknown_to_katago(tmp_path):
    rules = Rules(5, 5, 4.5, captures_to_win=1)
    data = load(run_with(tmp_path / "run", some_games(2), rules=rules))
    with pytest.raises(UserError, match="KataGo knows no Atari Go"):
        export_npz(data, tmp_path / "a.npz")


def test_limits_and_generations_are_read(run, tmp_path, capsys):
    assert (span_of("12"), span_of("3-9"), span_of("4-")) == ((12, 12), (3, 9), (4, 2**31 - 1))
    main(["export", str(run), "--npz", str(tmp_path / "a.npz"), "--limit", "7"])
    assert capsys.readouterr().out == f"{tmp_path}/a.npz: 7 rows\n"
    with np.load(tmp_path / "a.npz") as found:
        assert {len(found[array.name]) for array in ARRAYS} == {7}
    main(["export", str(run), "--sgf", str(tmp_path / "s"), "--limit", "2", "--generations", "0-"])
    assert capsys.readouterr().out == f"{tmp_path}/s: 2 games\n"


@pytest.mark.parametrize(
    "name", ["../../../outside", "a/b", "", "0" * 15 + "x", "\x1b]52;c;eA==\x07"]
)
@pytest.mark.parametrize("writer", [export_sgf, export_npz])
def test_an_id_of_a_table_that_somebody_sent_names_no_file(tmp_path, name, writer):
    game = replace(some_games(1)[0], id=name)
    data = load(run_with(tmp_path / "a" / "b" / "run", [game]))
    with pytest.raises(UserError, match="wanted an id of 16 hexadecimal digits") as refused:
        writer(data, tmp_path / "out")
    assert str(refused.value).isprintable()
    assert {path.name for path in tmp_path.iterdir()} == {"a"}
