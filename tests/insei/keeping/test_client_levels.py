"""Which net plays and judges on which board, and what the client says of it."""

from dataclasses import replace

import pytest

from insei.client import controller
from insei.client.controller import GameController
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup, seated_on
from insei.client.player_server import PlayerServer
from insei.client.screen import ANALYST
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.levels import levels_on
from tests.helpers.client import SETUP, client_of, drive, type_line, until

NEVER_SEEN = "No net knows 13x13"


def level_5(size):
    return levels_on(size)[4].player


def test_a_level_that_sits_down_at_another_board_is_that_boards_level():
    setup = GameSetup(size=9, black=YOU, white=level_5(9))
    assert seated_on(setup, 7) == GameSetup(size=7, black=YOU, white=level_5(7))
    assert seated_on(replace(setup, white="influence"), 7).white == "influence"
    assert seated_on(replace(setup, white="search:go9,visits=7"), 7).white == "search:go9,visits=7"


def test_a_loaded_game_is_played_by_the_level_of_its_board(tmp_path):
    path = tmp_path / "seven.sgf"
    path.write_text("(;SZ[7];B[dd])")
    game = ClientGame.load(path, GameSetup(size=9, black=YOU, white=level_5(9)))
    assert game.setup.white == level_5(7)
    assert game.setup.size == 7


def test_the_net_for_the_board_judges():
    server = PlayerServer(None, None, ANALYST, 0)
    for size, net in ((9, "go9-6b64"), (7, "go5to9"), (5, "go5to9")):
        server._search(Position(Rules(size, size)))
        assert list(server.players)[-1] == f"search:{net},rule=puct,visits=20000"
    assert len(server.players) == 2


@pytest.mark.usefixtures("player_thread")
def test_hints_after_a_change_of_size_are_those_of_the_new_board():
    """Both clients judge an empty 7x7 board: one began there, the other on 9x9."""
    began = client_of(GameSetup(size=7, komi=9.5, white="influence"), analyst=ANALYST)
    changed = client_of(GameSetup(size=9, komi=9.5, white="influence"), analyst=ANALYST)
    found = []

    async def script(pilot):
        client = pilot.app
        if client is changed:
            await pilot.press("f2")
            await pilot.pause()
            client.screen.query_one("#size").value = "7"
            await pilot.press("enter")
        await until(pilot, lambda: client.game.rules.width == 7 and 0 in client.game.estimates, 60)
        found.append(client.game.estimates[0].black_win_rate)

    drive(began, script)
    drive(changed, script)
    assert found[0] == pytest.approx(found[1], abs=0.05)  # 0.53; the 9x9 net says 0.71


def text_of(setup, monkeypatch, moves=()):
    class Idle:
        def __init__(self, *words): ...

        def submit(self, task): ...

        def close(self): ...

    monkeypatch.setattr(controller, "PlayerProcess", Idle)
    game = ClientGame.begin(setup)
    for move in moves:
        game.play(move)
    session = GameController(game, ANALYST, None, False, False, 0.0, None)
    session.advance()
    return session.text()


@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ({}, ()),
        ({"black": level_5(13), "white": YOU}, ()),  # the level begins
        ({"black": level_5(13), "white": YOU}, (80,)),
        ({"handicap": 2}, ()),  # White begins
        ({"handicap": 2}, (80,)),
        ({"white": "influence"}, ()),  # hints alone come from a net
        ({"black": "random", "white": level_5(13)}, ()),  # watched
    ],
)
def test_a_board_that_no_net_knows_is_said_whoever_begins(changes, moves, monkeypatch):
    setup = replace(GameSetup(size=13, white=level_5(13)), **changes)
    assert NEVER_SEEN in text_of(setup, monkeypatch, moves)
    assert NEVER_SEEN not in text_of(replace(SETUP, white="influence"), monkeypatch)


@pytest.mark.parametrize("changes", [{}, {"black": level_5(9), "white": YOU}, {"handicap": 2}])
def test_a_scoring_that_a_net_does_not_know_is_said_whoever_begins(changes, monkeypatch):
    setup = replace(GameSetup(size=9, white=level_5(9), rules="japanese"), **changes)
    assert "learned under area scoring" in text_of(setup, monkeypatch)


@pytest.mark.usefixtures("player_thread")
def test_the_note_is_gone_once_the_user_has_moved():
    client = client_of(GameSetup(size=13, black=YOU, white="capture"))

    async def script(pilot):
        await until(pilot, lambda: NEVER_SEEN in client.controller.text())
        await type_line(pilot, "d4")
        await until(pilot, client.game.is_your_turn)
        assert NEVER_SEEN not in client.controller.text()

    drive(client, script)
    assert client.game.history[1].board.ravel()[client.game.history[1].last_move] == BLACK
