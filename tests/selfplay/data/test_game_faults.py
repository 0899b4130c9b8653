"""Games that no worker in its right mind sends are found out."""

from dataclasses import replace

import numpy as np
import pytest

from insei.engine.rules import Rules
from insei.selfplay.data.games import SelfPlayGames, numbers_of_ids
from tests.helpers.games import some_games

FRAME = Rules(5, 5, 4.5)


def games_of(count=3, seed=1):
    return SelfPlayGames.of(some_games(count, seed)[:count])


def changed(games, name, value, row=-1):
    """The games with one number of a column of plies replaced."""
    column = games.rows[name].copy()
    column.reshape(games.num_rows, -1)[row, 0] = value
    return replace(games, rows=games.rows | {name: column})


def test_games_of_self_play_have_no_fault():
    assert games_of(20).fault(FRAME) == ""


@pytest.mark.parametrize("row", [0, -1])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("outcome", 100),
        ("outcome", -2),
        ("score", np.nan),
        ("score", np.inf),
        ("score", 1000),
        ("prior_value", np.nan),
        ("searched_value", 1.5),
        ("weight", -1),
        ("weight", np.nan),
        ("policy", np.nan),
        ("policy", np.inf),
        ("policy", 30),
        ("policy", -0.5),
        ("ownership", 3),
        ("ply", 60_000),
        ("move", 26),
        ("global_planes", np.nan),
    ],
)
def test_a_number_that_can_not_be_is_named(name, value, row):
    fault = changed(games_of(), name, value, row).fault(FRAME)
    assert name in fault or "move" in fault
    assert "\n" not in fault


@pytest.mark.parametrize(
    "change",
    [
        {"game": np.array([b"../../etc/passwd"] * 3)},
        {"game": np.array([b"short"] * 3, "S16")},
        {"game": np.array([b"0123456789ABCDEF"] * 3)},
        {"game": None},
        {"width": np.full(3, 9, np.uint8)},
        {"height": np.zeros(3, np.uint8)},
        {"height": np.full(2, 5, np.uint8)},
        {"komi": np.full(3, np.nan, np.float32)},
        {"moves": np.zeros(3, np.uint16)},
        {"moves": None},
        {"num_plies": np.zeros(3, np.int64)},
        {"rows": {}},
    ],
)
def test_games_of_another_kind_are_told(change):
    fault = replace(games_of(), **change).fault(FRAME)
    assert fault
    assert "\n" not in fault


def test_a_column_of_another_length_is_told():
    games = games_of()
    short = games.rows | {"ownership": games.rows["ownership"][:, :3]}
    assert "ownership" in replace(games, rows=short).fault(FRAME)


def test_a_column_of_another_type_is_told():
    games = games_of()
    rows = games.rows | {"score": games.rows["score"].astype(object)}
    assert "score of object" in replace(games, rows=rows).fault(FRAME)


def test_games_side_by_side_are_the_games():
    games = some_games(9)
    whole = SelfPlayGames.of(games)
    parts = SelfPlayGames.together([SelfPlayGames.of(games[:4]), SelfPlayGames.of(games[4:])])
    for one, other in ((whole, parts), (whole, whole.without(()))):
        assert one.ids == other.ids
        assert (one.moves == other.moves).all()
        assert all((one.rows[name] == other.rows[name]).all() for name in one.rows)
    some = whole.without({game.id for game in games[::2]})
    wanted = SelfPlayGames.of(games[1::2])
    assert some.ids == wanted.ids
    assert (some.moves == wanted.moves).all()
    assert all((some.rows[name] == wanted.rows[name]).all() for name in wanted.rows)


def test_ids_are_numbers():
    ids = ["00000000000000ff", "ffffffffffffffff", "0123456789abcdef"]
    assert numbers_of_ids(np.array(ids)).tolist() == [int(game, 16) for game in ids]
