"""The newest games of a run, and what their SGF says of the search."""

import pytest

from insei.engine.sgf.record import read_sgf
from insei.selfplay.data import load
from insei.selfplay.data.recent import recent_games, sgf_with_values, write_game
from insei.system.errors import UserError
from tests.helpers.games import some_games
from tests.helpers.tables import run_with


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    batches = [some_games(3, generation + 1, generation) for generation in (0, 3, 4)]
    return run_with(tmp_path_factory.mktemp("runs") / "run", *batches)


def all_games(run):
    return list(load(run).games())


def test_games_come_newest_first(run):
    played = all_games(run)
    for count in (1, 2, len(played) - 1, len(played), len(played) + 5):
        found = recent_games(load(run), count)
        assert [game.id for game in found] == [game.id for game in played[::-1][:count]]


def test_games_of_a_generation_are_its_own(run):
    wanted = [game.id for game in all_games(run) if game.generation == 3][::-1]
    assert [game.id for game in recent_games(load(run), 100, 3)] == wanted
    with pytest.raises(UserError, match="no whole games of generation 2: it has generations"):
        recent_games(load(run), 1, 2)


def test_a_game_tells_blacks_chances_after_each_searched_move(run):
    data = load(run)
    game = recent_games(data, 1)[0]
    text = sgf_with_values(data, game)
    record = read_sgf(text)
    assert record.position.moves == game.moves
    assert record.position.rules == game.rules
    assert record.black == f"insei, net {game.generation}"
    rows = data.rows()
    own = rows[rows.game == game.id]
    searched = own.ply < len(game.moves)
    assert text.count("SBKV[") == searched.sum() + (own.ply == len(game.moves)).sum()
    ply, value = int(own.ply[-1]), float(own.searched_value[-1])
    chance = f"SBKV[{50 * (1 + (value if ply % 2 == 0 else -value)):.1f}]"
    nodes = text.replace("\n", "").split(";")[1:]
    assert chance in nodes[ply]


def test_a_file_that_is_there_is_kept(run):
    data = load(run)
    game = recent_games(data, 1)[0]
    path = write_game(data, game)
    assert path.parent == run / "sgf"
    assert path.read_text() == sgf_with_values(data, game)
    path.write_text("mine")
    assert write_game(data, game) == path
    assert path.read_text() == "mine"
