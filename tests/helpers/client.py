"""The client without a terminal: made, driven by keys, and read."""

import asyncio

from insei.client.app import Client
from insei.client.board_view import BoardView
from insei.client.drawing.layout import MARGIN
from insei.client.drawing.look import plain_look
from insei.client.estimate import set_estimate
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup

ANALYST = "search:go5,rule=puct,visits=20000"
SETUP = GameSetup(size=5, komi=14.5, black=YOU, white="capture")


def client_of(setup=SETUP, keeps=False, **options):
    options = {"opponent": "capture", "analyst": ANALYST, "look": plain_look()} | options
    game = options.pop("game", None) or ClientGame.begin(setup)
    return Client(game, keeps=keeps, **options)


def drive(client, script, size=(90, 30)):
    """Run a script of steps against the client without a terminal."""

    async def run():
        async with client.run_test(size=size) as pilot:
            await script(pilot)
            await pilot.pause()

    asyncio.run(run())


async def until(pilot, condition, seconds=20):
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError("waited in vain")


async def type_line(pilot, text):
    await pilot.press(*["space" if letter == " " else letter for letter in text], "enter")


def screen_of(client):
    """The board as plain text."""
    view = client.query_one(BoardView)
    return "\n".join(
        "".join(segment.text for segment in view.render_line(y)).rstrip()
        for y in range(client.game.rules.height + 2)
    )


def place_of(client, move):
    """Where a point is in the board's widget."""
    view = client.query_one(BoardView)
    row, column = divmod(move, client.game.rules.width)
    above = int(view.arrangement.letter_rows == 2) - view.offset_rows
    x = MARGIN + column * view.cell.columns + view.cell.centre
    return x, above + view.cell.centre_row(row)


def your_turn(client):
    return lambda: client.game.is_your_turn()


def note_estimates(game, estimates):
    """Give the plies of a game's line these estimates."""
    for ply, estimate in estimates.items():
        set_estimate(game.nodes[ply], estimate)
