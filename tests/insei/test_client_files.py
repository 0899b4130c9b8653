"""Games that the client loads, saves, reviews and keeps."""

from dataclasses import replace

import pytest

from insei.client.estimate import Estimate
from insei.client.game import ClientGame
from insei.client.keeping.save_target import write_game
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.record import GameRecord, read_sgf, write_sgf
from tests.helpers.client import (
    SETUP,
    client_of,
    drive,
    note_estimates,
    type_line,
    until,
    your_turn,
)

pytestmark = pytest.mark.usefixtures("player_thread")


def test_a_loaded_game_is_on_the_clock_too(tmp_path):
    path = tmp_path / "game.sgf"
    write_game(ClientGame.begin(SETUP), path)
    assert ClientGame.load(path).clocks == {}
    game = ClientGame.load(path, replace(SETUP, minutes=2))
    assert game.clocks[BLACK].main_left == game.clocks[WHITE].main_left == 120


def test_an_unfinished_game_comes_back_with_its_clocks(tmp_path):
    path = tmp_path / "game.sgf"
    game = ClientGame.begin(replace(SETUP, minutes=2))
    game.play(12)
    game.clocks[BLACK].main_left = 31.5
    game.clocks[WHITE].main_left = 7.5
    write_game(game, path)
    again = ClientGame.load(path)
    assert again.setup.minutes == 2
    assert again.clocks[BLACK].main_left == 31.5
    assert again.clocks[WHITE].main_left == pytest.approx(7.5, abs=1)  # whose turn ran on
    fresh = ClientGame.load(path, replace(SETUP, minutes=3))
    assert fresh.clocks[BLACK].main_left == 180
    assert ClientGame.review(path).clocks == {}


def test_a_resumed_game_is_loaded_as_it_was_left(tmp_path):
    path = tmp_path / "game.sgf"
    passed = SETUP.start().play_all([12, 25, 25])
    path.write_text(write_sgf(GameRecord(passed)))
    assert ClientGame.load(path).position.is_over
    path.write_text(write_sgf(GameRecord(passed.resumed())))
    assert not ClientGame.load(path).position.is_over


def test_a_game_is_saved_loaded_and_reviewed(tmp_path):
    path = tmp_path / "game.sgf"
    client = client_of()

    async def script(pilot):
        await type_line(pilot, "c3")
        await until(pilot, your_turn(client))
        client.run_line(f"save {path}")
        moves = client.game.position.moves
        assert read_sgf(path.read_bytes()).position.moves == moves
        client.run_line(f"load {path}")
        await pilot.press("y")  # the game is under way
        assert client.game.position.moves == moves
        assert client.game.is_your_turn()
        client.run_line(f"review {path}")
        await pilot.press("y")
        assert client.game.ply == 0
        await pilot.press("pagedown")
        assert client.game.ply == 1
        await pilot.press("pageup")
        await type_line(pilot, "last")
        last = client.game.ply
        await type_line(pilot, "a1")
        assert client.game.ply == last + 1
        client.run_line("undo")
        assert client.game.position.moves == moves
        client.run_line("undo")
        assert "Only moves that you added" in client.controller.text()
        (tmp_path / "broken.sgf").write_text("no game")
        for line in (f"load {tmp_path / 'none.sgf'}", f"review {tmp_path / 'broken.sgf'}", "load"):
            client.run_line(line)
            assert client.game.position.moves == moves
        client.run_line(f"save {tmp_path / 'game.sgf' / 'below'}")
        assert "there is no such folder; the game is not saved" in client.controller.text()

    drive(client, script)


def test_a_review_shows_variations_and_comments(tmp_path):
    path = tmp_path / "tree.sgf"
    path.write_text("(;SZ[5]KM[0.5];B[cc](;W[bb]C[tight];B[dd])(;W[dd]C[wide];B[bb];W[bc]))")
    client = client_of()

    async def script(pilot):
        client.run_line(f"review {path}")
        client.run_line("next")
        client.run_line("variation")
        assert client.controller.text() == "The move on the screen has no other variation."
        client.run_line("next")
        assert client.controller.text().endswith("tight")
        assert client.game.shown.moves == [12, 6]
        client.run_line("variation")
        assert client.controller.text().startswith("Variation 2 of 2")
        assert client.controller.text().endswith("wide")
        assert client.game.shown.moves == [12, 18]
        client.run_line("last")
        assert client.game.shown.moves == [12, 18, 6, 11]
        client.run_line("first")
        assert client.game.shown.moves == []
        await pilot.pause()

    drive(client, script)


def test_a_game_on_another_board_has_no_cursor_yet(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text("(;SZ[3]KM[0.5];B[bb])")
    client = client_of()

    async def script(pilot):
        await pilot.press("up")
        assert client.cursor == 12
        client.run_line(f"review {path}")
        assert client.cursor is None

    drive(client, script)


def test_a_faulty_file_is_reviewed_and_its_faults_are_listed(tmp_path):
    path = tmp_path / "bent.sgf"
    path.write_text("(;SZ[5]KM[0.5]C[hello];B[cc];W[bb];AB[aa]AW[ee];B[dd]")
    client = client_of(game=ClientGame.review(path), is_review=True)

    async def script(pilot):
        client.run_line("first")
        assert "closing parenthesis missing" in client.controller.text()
        assert "hello" in client.controller.text()
        client.run_line("last")
        assert client.game.shown.board[0, 0] == BLACK
        await pilot.pause()

    drive(client, script)


def test_a_reviewed_game_is_analysed_ply_by_ply(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text("(;SZ[5]KM[0.5];B[cc];W[bb];B[dd];W[aa])")
    client = client_of(game=ClientGame.review(path), is_review=True)

    async def script(pilot):
        await until(pilot, lambda: len(client.game.estimates) == 5)
        lost = {2: Estimate(0.95, 5), 3: Estimate(0.05, -5), 4: Estimate(0.05, -5)}
        note_estimates(client.game, lost)
        client.run_line("last")
        assert "Digits show what lost most: 1 D2 -90 %." in client.controller.text()

    drive(client, script)


def test_names_in_a_reviewed_file_are_never_started_as_players(tmp_path):
    marker = tmp_path / "started"
    path = tmp_path / "game.sgf"
    name = rf'gtp:sh -c "touch {marker}"'
    path.write_text(f"(;SZ[5]KM[0.5]PB[{name}]PW[{name}];B[cc];W[bb])")
    client = client_of(game=ClientGame.review(path), is_review=True, seats=SETUP)

    async def script(pilot):
        client.run_line(f"load {path}")
        await until(pilot, your_turn(client))
        await type_line(pilot, "d4")
        await until(pilot, lambda: len(client.game.position.moves) == 4)

    drive(client, script)
    assert client.game.setup.white == "capture"
    assert not marker.exists()
