"""Games that no worker in its right mind sends are found out."""

from dataclasses import replace

import numpy as np
import pytest

from insei.engine.rules import Rules
from insei.selfplay.worker import PlayCounts
from insei.selfplay.workers import fault_of_call
from insei.system.actor_pool import Task
from tests.helpers.games import some_games

FRAME = Rules(5, 5, 4.5)


def changed(game, name, value, row=0):
    """The game with one number of a column replaced."""
    column = game.rows[name].copy()
    column.reshape(len(game), -1)[row, 0] = value
    return replace(game, rows=game.rows | {name: column})


def test_games_of_self_play_have_no_fault():
    for game in some_games(20):
        assert game.fault(FRAME) == ""


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
        ("policy", 30),
        ("policy", -0.5),
        ("ownership", 3),
        ("ply", 60_000),
        ("move", 26),
        ("global_planes", np.nan),
    ],
)
def test_a_number_that_can_not_be_is_named(name, value):
    game = some_games(1)[0]
    fault = changed(game, name, value).fault(FRAME)
    assert name in fault or "move" in fault
    assert "\n" not in fault


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc/passwd"},
        {"id": None},
        {"width": 9},
        {"height": 0},
        {"moves": np.zeros(3, np.uint16)},
        {"moves": None},
        {"rows": {}},
    ],
)
def test_a_game_of_another_kind_is_told(change):
    assert replace(some_games(1)[0], **change).fault(FRAME)


def test_a_column_of_another_length_is_told():
    game = some_games(1)[0]
    assert "ownership" in replace(
        game, rows=game.rows | {"ownership": game.rows["ownership"][:, :3]}
    ).fault(FRAME)


def test_a_column_of_another_type_is_told():
    game = some_games(1)[0]
    rows = game.rows | {"score": game.rows["score"].astype(object)}
    assert "score of object" in replace(game, rows=rows).fault(FRAME)


def test_a_call_is_as_good_as_its_games():
    games = some_games(2)
    play = Task("play", (2,))
    assert fault_of_call(FRAME, play, (games, PlayCounts())) == ""
    bad = [games[0], changed(games[1], "outcome", 100)]
    assert "outcome 100" in fault_of_call(FRAME, play, (bad, PlayCounts()))
    assert fault_of_call(FRAME, Task("play_jobs", ()), "ratings are another's") == ""
