"""Rows of games are read beside a run that trains, which compacts their table."""

from datetime import timedelta

import pytest

from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.history.history import History
from insei.system.errors import UserError
from tests.helpers.games import some_games
from tests.helpers.history.small import first_ply, small_run

READS = {
    "keys": lambda rows, game: rows.plies_of([game.id])[game.id],
    "columns": lambda rows, game: rows.read([3, 1, 3], ["ply", "policy"])["policy"].tolist(),
    "moves": lambda rows, game: rows.moves_at([0]),
    "edit": lambda rows, game: rows.find([(game.id, first_ply(game))]),
}


@pytest.mark.parametrize("kind", READS)
def test_rows_are_read_after_the_version_that_was_opened_is_deleted(tmp_path, kind):
    path, games = small_run(tmp_path / "run", 6)
    history = History(path)
    read = READS[kind]
    wanted = read(History(path).games, games[1])
    assert history.games.moves_at([0]), "the table is opened"
    dataset = GameDataset(path / "games.lance", history.frame)
    for seed in range(2):
        dataset.append(SelfPlayGames.of(some_games(2, seed=100 + seed)))
    dataset.table.optimize.compact_files()
    dataset.table.cleanup_old_versions(older_than=timedelta(0), delete_unverified=True)
    assert read(history.games, games[1]) == wanted


@pytest.mark.parametrize("kind", READS)
def test_a_table_that_is_damaged_is_one_line(tmp_path, kind):
    path, games = small_run(tmp_path / "run", 6)
    history = History(path)
    assert history.games.moves_at([0])
    [file] = (path / "games.lance" / "data").iterdir()
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(UserError, match=r"games.lance can't be read") as error:
        READS[kind](history.games, games[1])
    assert "\n" not in str(error.value)
