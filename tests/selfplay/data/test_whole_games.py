"""Whole games: every move is kept, also of openings and quick searches, once, in one commit."""

import multiprocessing
import os
import signal
from dataclasses import replace

import lance
import numpy as np
import pytest

from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import read_sgf_file
from insei.selfplay.data import load
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.export import export_sgf
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.run import DATASET
from insei.selfplay.sizes import BoardMix, BoardSize
from insei.selfplay.worker import Worker
from insei.system.errors import UserError
from tests.helpers.games import QUICK, make_pseudo, quick_worker, some_games
from tests.helpers.tables import older_run_with, run_with

FIVE = Rules(5, 5, 4.5)
SIZES = BoardMix.of(Rules(6, 6, 5.5), (BoardSize(4, 3.5), BoardSize(6, 5.5, 2.0)))


def moves_by_id(games):
    return {game.id: game.moves.tolist() for game in games}


def kept(run):
    return {game.id: game.moves for game in load(run).games()}


def test_openings_and_quick_plies_are_kept(tmp_path):
    worker = quick_worker(3, full_share=0.3, quick_visits=2, opening_plies=6, archive_share=0.5)
    games = worker.play(20)[0]
    assert sum(map(len, games)) < 0.6 * sum(len(game.moves) for game in games)  # rows are fewer
    run = run_with(tmp_path / "run", games[:7], games[7:])
    assert kept(run) == moves_by_id(games)
    for game in load(run).games():
        position = game.position
        assert position.is_over or position.is_settled()
        assert position.moves == game.moves


def test_boards_of_several_sizes_keep_their_rules(tmp_path):
    config = replace(QUICK, random_share=0.5, stops_settled=True)
    worker = Worker(SIZES, config, make_pseudo, 5)
    worker.load({}, 4)
    games = worker.play(12)[0]
    run = run_with(tmp_path / "run", games, rules=SIZES.frame)
    found = {game.id: game for game in load(run).games()}
    assert {game.rules.size_name for game in found.values()} == {"4x4", "6x6"}
    for game in games:
        assert found[game.id].rules == replace(
            SIZES.frame, width=game.width, height=game.height, komi=game.komi
        )
        assert found[game.id].generation == 4


def test_rows_and_games_agree(tmp_path):
    run = run_with(tmp_path / "run", some_games(10))
    games = {game.id: game for game in load(run).games()}
    rows = load(run).rows()
    for name, ply, move, outcome in zip(rows.game, rows.ply, rows.move, rows.outcome, strict=True):
        game = games[name]
        assert game.moves[ply] == move
        position = game.position
        dead = position.dead_stones() if not position.is_over else None
        black = np.sign(position.score(dead))
        assert outcome == (black if ply % 2 == 0 else -black)


def test_no_game_is_kept_twice_nor_lost(tmp_path):
    games = some_games(6)
    run = run_with(tmp_path / "run", games[:4], games[:4], games, games)
    assert kept(run) == moves_by_id(games)
    assert load(run).num_games == 6
    assert load(run).num_rows == sum(map(len, games))


def test_compaction_keeps_whole_games(tmp_path):
    games = some_games(60)
    run = run_with(tmp_path / "run", *[[game] for game in games])
    table = GameDataset(run / DATASET, FIVE).table
    assert len(table.get_fragments()) < 30
    assert [game.id for game in load(run).games()] == [game.id for game in games]


def test_an_older_run_goes_on_and_keeps_whole_games_from_then_on(tmp_path):
    games = some_games(8)
    run = older_run_with(tmp_path / "run", games[:4])
    assert not load(run).has_games
    assert kept(run) == {}
    assert load(run).num_rows == sum(map(len, games[:4]))
    with pytest.raises(UserError, match="an older insei recorded them without their moves"):
        export_sgf(load(run), tmp_path / "sgf")
    assert not (tmp_path / "sgf").exists()
    for _ in range(2):
        dataset = GameDataset(run / DATASET, FIVE)
        dataset.append(SelfPlayGames.of(games))
        assert dataset.num_games == 8
    assert kept(run) == moves_by_id(games[4:])
    assert load(run).num_rows == dataset.num_rows == sum(map(len, games))
    done = export_sgf(load(run), tmp_path / "sgf")
    assert done.count == 4
    assert done.notices == ("left out: 4 games that an older insei recorded without their moves",)


def test_what_the_window_reads_is_as_before(tmp_path):
    games = some_games(5)
    dataset = GameDataset(tmp_path / "table", FIVE)
    rows = dataset.append(SelfPlayGames.of(games)).all_rows()
    assert "moves" not in rows
    assert "moves" not in dataset.newest(10)


def append_until_killed(path, games):
    dataset = GameDataset(path, FIVE)
    for game in games:
        dataset.append(SelfPlayGames.of([game]))


@pytest.mark.parametrize("first", ["new", "older"])
def test_kill_9_between_commits_loses_and_doubles_nothing(tmp_path, first):
    games = some_games(120)
    run = tmp_path / "run"
    if first == "older":
        older_run_with(run, games[:10])
    else:
        run_with(run, games[:10])
    for _ in range(3):
        known = set(GameDataset(run / DATASET, FIVE).newest_ids)
        process = multiprocessing.get_context("spawn").Process(
            target=append_until_killed, args=(run / DATASET, games)
        )
        process.start()
        while GameDataset(run / DATASET, FIVE).newest_ids.keys() == known and process.is_alive():
            pass
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        dataset = GameDataset(run / DATASET, FIVE)
        assert known <= dataset.newest_ids.keys()
        whole = kept(run)
        assert len(dataset.newest_ids) == len(whole) + (10 if first == "older" else 0)
        assert dataset.num_rows == lance.dataset(str(run / DATASET)).count_rows()
    append_until_killed(run / DATASET, games)
    wanted = games[10:] if first == "older" else games
    assert kept(run) == moves_by_id(wanted)
    assert load(run).num_rows == sum(map(len, games))


def test_sgf_files_are_the_games(tmp_path):
    games = [*some_games(6), *some_games(5, seed=2, generation=3)]
    run = run_with(tmp_path / "run", games)
    done = export_sgf(load(run), tmp_path / "sgf")
    assert (done.path, done.count, done.notices) == (tmp_path / "sgf", len(games), ())
    files = sorted((tmp_path / "sgf").glob("*/*.sgf"))
    assert {path.parent.name for path in files} == {"000000", "000003"}
    assert len(files) == len(games)
    for game in games:
        path = tmp_path / "sgf" / f"{game.generation:06}" / f"{game.id}.sgf"
        record = read_sgf_file(path)
        assert record.position.moves == game.moves.tolist()
        assert record.position.rules == replace(FIVE, komi=game.komi)
        assert record.black == record.white == f"insei, net {game.generation}"
        row = game.rows["score"][0] * (1 if game.rows["ply"][0] % 2 == 0 else -1)
        assert record.result == ("0" if row == 0 else f"{'B' if row > 0 else 'W'}+{abs(row):g}")


def test_generations_and_limits_choose_games(tmp_path):
    games = [*some_games(6), *some_games(5, seed=2, generation=3)]
    run = run_with(tmp_path / "run", games)
    late = load(run).of_generations(1, 5)
    assert [game.id for game in late.games()] == [game.id for game in games[-5:]]
    assert [game.id for game in late.games(2)] == [game.id for game in games[-5:-3]]
    assert (late.num_games, late.num_rows) == (5, sum(map(len, games[-5:])))
    assert export_sgf(late, tmp_path / "sgf", limit=3).count == 3


def test_a_game_that_cannot_be_replayed_is_left_out_and_named(tmp_path):
    first, second = some_games(20)[:2]
    bad = replace(first, moves=np.array([0, 0, 1], np.uint16))
    run = run_with(tmp_path / "run", [bad, second])
    done = export_sgf(load(run), tmp_path / "sgf")
    assert done.count == 1
    assert done.notices[0].startswith(f"left out: game {first.id}: ")
    with pytest.raises(UserError, match=first.id):
        print(next(load(run).games()).position)


def test_a_position_of_a_game_is_one_of_the_engine(tmp_path):
    run = run_with(tmp_path / "run", some_games(2))
    assert isinstance(next(load(run).games()).position, Position)
