"""The client's whole screen at four sizes, against the golden text files in screens/."""

import asyncio

import numpy as np
import pytest
from textual.widgets import Footer

from insei.agents.clock import Clock, TimeControl
from insei.agents.search.analysis import MoveAnalysis
from insei.client import controller
from insei.client.app import Client
from insei.client.board_view import BoardView
from insei.client.drawing.look import Look, plain_look
from insei.client.estimate import Estimate
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.player_tasks import PositionAnalysis
from insei.engine.rules import WHITE
from tests.helpers.client import note_estimates, until
from tests.helpers.screen_text import check_screen
from tests.helpers.terminals.idle_process import IdleProcess

SIZES = ((60, 20), (80, 24), (120, 40), (200, 50))


@pytest.fixture(autouse=True)
def idle(monkeypatch):
    monkeypatch.setattr(controller, "PlayerProcess", IdleProcess)
    monkeypatch.setattr(
        ClientGame,
        "clock_now",
        lambda game, colour: Clock(TimeControl(300.0 - colour)) if game.clocks else None,
    )


def middle_game(**setup):
    game = ClientGame.begin(GameSetup(black=YOU, white="influence", **setup))
    side = game.rules.width
    for row, column in ((2, 2), (side - 3, side - 3), (2, side - 3), (side - 3, 2), (2, 4)):
        game.play(row * side + column)
    rates = {ply: Estimate(0.5 + 0.08 * ply * (-1) ** ply, 1.0) for ply in range(6)}
    note_estimates(game, rates)
    return game


def analysis_of(game):
    points = game.rules.num_points
    policy = np.zeros(points + 1, np.float32)
    policy[[40, 41]] = 0.6, 0.3
    moves = tuple(
        MoveAnalysis(move, visits, 0.62, 3.5, 0.4, 0.5, (move,), (visits,))
        for move, visits in ((40, 300), (41, 120), (points, 3))
    )
    ownership = np.linspace(1, -1, points, dtype=np.float32).reshape(game.shown.board.shape)
    return PositionAnalysis(game.shown, 423, 0.38, -3.5, moves, policy, ownership)


def finished_game():
    """Black's wall, White's two stones in its reach, both have passed."""
    game = ClientGame.begin(GameSetup(size=5, komi=0.5, black=YOU, white=YOU))
    for vertex in (12, 3, 7, 25, 17, 25, 11, 25, 13, 25, 25):
        game.play(vertex)
    return game


@pytest.fixture
def check(request, size):
    """Compare the screen with the golden file of a name at this size."""

    def check(client, name):
        rewrite = request.config.getoption("--rewrite-screens")
        check_screen(client, f"{name}-{size[0]}x{size[1]}", rewrite)

    return check


def run(game, size, script, look=None, **options):
    """Run a script of steps against the client in a terminal of this size."""
    client = Client(game, "5", "search:go9", look or plain_look(), False, **options)

    async def run():
        async with client.run_test(size=size) as pilot:
            keys = client.query_one(Footer)  # drawn later than the rest
            await until(pilot, lambda: keys.children or not keys.display)
            await pilot.pause()
            await script(client, pilot)

    asyncio.run(run())


@pytest.mark.parametrize("size", SIZES)
def test_a_game_on_wood(size, check):
    async def script(client, pilot):
        client.game.begin_turn()  # the clock has run while the client started
        client.draw()
        await pilot.pause()
        check(client, "wood")

    run(middle_game(minutes=5), size, script, look=Look())


@pytest.mark.parametrize("size", SIZES)
def test_hints_heat_and_area(size, check):
    game = middle_game()

    async def script(client, pilot):
        client.controller.receive(client.controller.process, analysis_of(game))
        for overlay in ("hint", "heat", "area"):
            client.run_line(overlay)
            await pilot.pause()
            check(client, overlay)

    run(game, size, script)


@pytest.mark.parametrize("size", SIZES)
def test_the_largest_board(size, check):
    async def script(client, pilot):
        await pilot.press("up", "down", "down", "left")
        await pilot.pause()
        check(client, "large")

    run(middle_game(size=19), size, script)


@pytest.mark.parametrize("size", SIZES)
def test_the_count_and_the_end(size, check):
    game = finished_game()

    async def script(client, pilot):
        ownership = np.ones((5, 5), np.float32)
        policy = np.zeros(26, np.float32)
        analysis = PositionAnalysis(game.shown, 60, 0.9, 24.5, (), policy, ownership)
        client.controller.receive(client.controller.process, analysis)
        client.draw()
        await pilot.pause()
        check(client, "count")
        rates = {0: 0.5, 1: 0.9, 3: 0.4, 2: 0.9, game.ply: 0.4}
        note_estimates(game, {ply: Estimate(rate, 0) for ply, rate in rates.items()})
        await pilot.press("enter")
        await pilot.pause()
        check(client, "end")

    run(game, size, script)


@pytest.mark.parametrize("size", SIZES)
def test_the_new_game_dialog_and_a_question(size, check):
    async def script(client, pilot):
        await pilot.press("f8")
        await pilot.pause()
        check(client, "resign")
        await pilot.press("n")
        await pilot.press("f2")
        await pilot.pause()
        check(client, "new")

    run(middle_game(), size, script)


@pytest.mark.parametrize("size", SIZES)
def test_a_review_in_the_middle(size, check, tmp_path):
    path = tmp_path / "tree.sgf"
    path.write_text("(;SZ[9]KM[7]PB[Ann]PW[Ben];B[cc](;W[gg]C[tight];B[dd])(;W[dd];B[bb]))")

    async def script(client, pilot):
        client.controller.show_ply(2)
        client.draw()
        await pilot.pause()
        check(client, "review")

    run(ClientGame.review(path), size, script, is_review=True)


def test_a_high_board_scrolls_with_the_cursor():
    game = middle_game(size=19)
    game.setup = GameSetup(size=19, black=YOU, white=YOU)

    async def script(client, pilot):
        await pilot.press("down", *["down"] * 9)
        view = client.query_one(BoardView)
        shown = [view.render_line(y).text for y in range(view.size.height)]
        row = next(y for y, line in enumerate(shown) if ".]" in line)
        await pilot.click(BoardView, offset=(3, row))
        assert game.position.moves[-1] == 18 * 19
        assert game.position.movers[-1] == WHITE

    run(game, (50, 14), script)
