"""The client's dialogs."""

from dataclasses import replace

import pytest

from insei.engine.rules import BLACK, WHITE
from insei.levels import levels_on
from tests.helpers.client import SETUP, client_of, drive, until

pytestmark = pytest.mark.usefixtures("player_thread")


def test_resigning_asks_first():
    client = client_of()

    async def script(pilot):
        await pilot.press("f8")
        await pilot.press("n")
        assert not client.game.is_ended
        await pilot.press("f8")
        await pilot.press("y")
        await pilot.pause()

    drive(client, script)
    assert client.game.result == "W+R"
    assert "you lose" in client.controller.text()


def test_the_dialog_begins_a_new_game():
    client = client_of()

    async def script(pilot):
        await pilot.press("f2")
        await pilot.pause()
        fields = {"size": "7", "komi": "9", "handicap": "2", "colour": "white"}
        for field, value in ({"opponent": "influence"} | fields).items():
            client.screen.query_one(f"#{field}").value = value
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: client.game.rules.width == 7, 5)

    drive(client, script)
    assert client.game.setup.black == "influence"
    assert client.game.rules.komi == 9
    assert (client.game.history[0].board == BLACK).sum() == 2
    assert client.game.own_colour == WHITE


@pytest.mark.parametrize(
    ("typed", "komi"),
    [
        ({"handicap": "3"}, "3.5"),
        ({"handicap": "3", "rules": "japanese"}, "0.5"),
        ({"handicap": "3", "rules": "new-zealand"}, "0.5"),
        ({"size": "19"}, "7.5"),
        ({"komi": "2", "handicap": "3"}, "2"),
        ({"handicap": "x"}, "7.5"),
    ],
)
def test_the_dialog_keeps_komi_fair_unless_one_is_typed(typed, komi):
    client = client_of(replace(SETUP, size=9, komi=7.5))
    found = ""

    async def script(pilot):
        nonlocal found
        await pilot.press("f2")
        await pilot.pause()
        for field, value in typed.items():
            client.screen.query_one(f"#{field}").value = value
            await pilot.pause()
        found = client.screen.query_one("#komi").value

    drive(client, script)
    assert found == komi


def test_the_dialog_refuses_bad_settings():
    client = client_of()

    async def script(pilot):
        await pilot.press("f2")
        await pilot.pause()
        for field, value, message in (
            ("komi", "x", "komi 'x': wanted a number"),
            ("size", "²", "size '²': wanted a number"),  # Unicode counts ² among the digits
            ("opponent", "²", "player '²': wanted random"),
            ("opponent", "net:[b]runs[/x]", "[b]runs[/x]"),  # no markup
        ):
            line = client.screen.query_one(f"#{field}")
            line.value, before = value, line.value
            await pilot.press("enter")
            await pilot.pause()
            assert message in str(client.screen.query_one("#error").render())
            line.value = before

    drive(client, script)
    assert client.game.setup == SETUP


def test_arrows_change_the_level_and_the_dialog_describes_it():
    client = client_of()

    async def script(pilot):
        await pilot.press("f2")
        await pilot.pause()
        level = client.screen.query_one("#opponent")
        level.value = "11"
        await pilot.press("up", "up")
        assert level.value == "12"
        await pilot.press("down")
        await pilot.pause()
        assert levels_on(5)[10].description in str(client.screen.query_one("#description").render())
        level.value = "influence"
        await pilot.pause()
        assert str(client.screen.query_one("#description").render()) == ""
        await pilot.click("#cancel")

    drive(client, script)


def test_a_cancelled_dialog_changes_nothing():
    client = client_of()

    async def script(pilot):
        await pilot.press("f2")
        await pilot.press("escape")
        await pilot.pause()
        assert client.game.setup == SETUP

    drive(client, script)
