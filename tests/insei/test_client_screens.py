"""The client's whole screen at three sizes, against the golden text files in screens/."""

import asyncio

import numpy as np
import pytest

from insei.agents.search.analysis import MoveAnalysis
from insei.client import controller
from insei.client.app import Client
from insei.client.board_view import BoardView
from insei.client.game import ClientGame, Estimate
from insei.client.game_setup import YOU, GameSetup
from insei.client.player_tasks import PositionAnalysis
from insei.engine.rules import WHITE
from tests.helpers.screen_text import check_screen

SIZES = ((60, 20), (80, 24), (120, 40))


class IdleProcess:
    """Never replies, so that the screen depends on the test alone."""

    def __init__(self, on_reply, analyst, seed):
        pass

    def submit(self, task):
        pass

    def close(self):
        pass


@pytest.fixture(autouse=True)
def idle(monkeypatch):
    monkeypatch.setattr(controller, "PlayerProcess", IdleProcess)
    monkeypatch.setattr(
        ClientGame, "seconds_left", lambda game, colour: 300.0 - colour if game.clocks else None
    )


def middle_game(**setup):
    game = ClientGame.begin(GameSetup(black=YOU, white="influence", **setup))
    side = game.rules.width
    for row, column in ((2, 2), (side - 3, side - 3), (2, side - 3), (side - 3, 2), (2, 4)):
        game.play(row * side + column)
    game.estimates = {ply: Estimate(0.5 + 0.08 * ply * (-1) ** ply, 1.0) for ply in range(6)}
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


def look(game, size, rewrite, name, steps=None, is_plain=True, **options):
    client = Client(game, "5", "search:go9", is_plain, None, **options)

    async def run():
        async with client.run_test(size=size) as pilot:
            await pilot.pause()
            if steps is not None:
                await steps(client, pilot)
            await pilot.pause()
            check_screen(client, f"{name}-{size[0]}x{size[1]}", rewrite)

    asyncio.run(run())


@pytest.fixture
def rewrite(request):
    return request.config.getoption("--rewrite-screens")


@pytest.mark.parametrize("size", SIZES)
def test_a_game_on_wood(size, rewrite):
    look(middle_game(minutes=5), size, rewrite, "wood", is_plain=False)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("overlay", ["hint", "heat", "area"])
def test_hints_heat_and_area(size, overlay, rewrite):
    game = middle_game()

    async def steps(client, pilot):
        client.run_line(overlay)
        client.controller.receive(client.controller.process, analysis_of(game))
        client.draw()

    look(game, size, rewrite, overlay, steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_largest_board(size, rewrite):
    async def steps(client, pilot):
        await pilot.press("up", "down", "down", "left")

    look(middle_game(size=19), size, rewrite, "large", steps)


@pytest.mark.parametrize("size", SIZES)
def test_the_count_and_the_end(size, rewrite):
    game = finished_game()

    async def count(client, pilot):
        ownership = np.ones((5, 5), np.float32)
        analysis = PositionAnalysis(
            game.shown, 60, 0.9, 24.5, (), np.zeros(26, np.float32), ownership
        )
        client.controller.receive(client.controller.process, analysis)
        client.draw()

    look(game, size, rewrite, "count", count)

    async def end(client, pilot):
        await count(client, pilot)
        game.estimates = {
            0: Estimate(0.5, 0),
            1: Estimate(0.9, 5),
            3: Estimate(0.4, 1),
            2: Estimate(0.9, 4),
        }
        await pilot.press("enter")

    look(game, size, rewrite, "end", end)


@pytest.mark.parametrize("size", SIZES)
def test_the_new_game_dialog_and_a_question(size, rewrite):
    async def dialog(client, pilot):
        await pilot.press("f2")

    look(middle_game(), size, rewrite, "new", dialog)

    async def question(client, pilot):
        await pilot.press("f8")

    look(middle_game(), size, rewrite, "resign", question)


@pytest.mark.parametrize("size", SIZES)
def test_a_review_in_the_middle(size, rewrite, tmp_path):
    path = tmp_path / "tree.sgf"
    path.write_text("(;SZ[9]KM[7]PB[Ann]PW[Ben];B[cc](;W[gg]C[tight];B[dd])(;W[dd];B[bb]))")

    async def steps(client, pilot):
        client.controller.show_ply(2)
        client.draw()

    look(ClientGame.review(path), size, rewrite, "review", steps, is_review=True)


def test_a_high_board_scrolls_with_the_cursor():
    client = Client(middle_game(size=19), "5", "search:go9", True, None)

    async def run():
        async with client.run_test(size=(50, 14)) as pilot:
            await pilot.press("down", *["down"] * 9)
            view = client.query_one(BoardView)
            shown = [view.render_line(y).text for y in range(view.size.height)]
            assert any(".]" in line for line in shown)
            row = next(y for y, line in enumerate(shown) if "]" in line)
            await pilot.click(BoardView, offset=(3, row))
            assert client.game.position.moves[-1] == 18 * 19
            assert client.game.position.movers[-1] == WHITE

    game = client.game
    game.setup = GameSetup(size=19, black=YOU, white=YOU)
    asyncio.run(run())
