"""Time over GTP: the clocks that a controller sets, and pondering while the other one thinks."""

from dataclasses import replace

import pytest

from insei.agents.clock import LAG, Clock, TimeControl
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.uct import UctPlayer
from insei.agents.search.search_player import SearchPlayer
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import BLACK, Rules
from tests.helpers.gtp import Controller, engine, told

PUCT = SearchSettings(rule="puct", visits=30, noise=0)


@pytest.fixture
def thinker(tiny_package):
    return SearchPlayer(tiny_package, "search", PUCT)


def test_a_clock_hurries_the_player(tiny_package):
    player = SearchPlayer(tiny_package, "search", SearchSettings(rule="puct", visits=20_000))
    game = engine(player)
    assert told(game, "time_settings 1 0 1", "time_left b 1 0")[1] == "="
    assert game.answer("genmove b").startswith("= ")
    assert player.search.evaluations < 20_000


def test_a_clock_hurries_what_searches_without_a_net():
    player = UctPlayer(playouts=1_000_000)
    game = engine(player, Rules(9, 9, 7))
    assert told(game, "time_settings 1 0 1", "time_left b 1 0")[1] == "="
    assert game.answer("genmove b").startswith("= ")
    assert 0 < player.move_seconds < 1
    player.playouts = 20
    assert told(game, "kgs-time_settings none", "genmove w")[0] == "="
    assert player.move_seconds is None


@pytest.mark.parametrize(
    "line",
    [
        "time_settings 600 0 1",
        "time_settings 0 1 0",
        "kgs-time_settings none",
        "kgs-time_settings absolute 300",
        "kgs-time_settings byoyomi 600 30 5",
        "kgs-time_settings canadian 600 300 25",
        "kata-time_settings fischer-capped 60 3 100 10",
        "kata-time_settings fischer 60 3",
    ],
)
def test_time_systems_are_understood(line, thinker):
    game = engine(thinker)
    assert game.answer(line) == "="
    assert game.answer("time_left b 20 3") == "="


@pytest.mark.parametrize(
    "line",
    [
        "time_settings",
        "time_settings a b c",
        "time_settings -1 0 0",
        "time_settings nan 0 0",
        "time_settings 1e999 0 1",
        "kgs-time_settings sundial 3",
        "kgs-time_settings byoyomi 3",
        "time_left green 1 1",
        "time_left b 1",
        "time_left b 1 1e20",
        "time_left b 1 nan",
        "time_settings 0 5 1e999",
        "time_settings 0 5 inf",
        "time_left b 5 inf",
        "time_left b 5 -1e999",
        "kgs-time_settings canadian 1 1 inf",
        "kata-time_settings canadian 1 1 nan",
        "kgs-time_settings canadian 10 60 0",
        "kata-time_settings fischerfoo 60 5",
        "kata-time_settings fischer 60 5 extra words",
        "kata-time_settings fischer-capped 60 5",
        "kata-time_settings none junk",
        "time_settings 10 5.5 2.7",
        "kgs-time_settings byoyomi 10 5 -1",
    ],
)
def test_bad_times_are_refused(line):
    said = engine().answer(line)
    assert said[0] == "?"
    assert "integer" not in said  # what Python says of int(inf)


@pytest.mark.parametrize(
    ("line", "most"),
    [
        ("kgs-time_settings byoyomi 10 5 0", 1),  # no period comes after the main time
        ("kgs-time_settings byoyomi 10 5 3", 5),
        ("kata-time_settings fischer 10 20", 10),
        ("kata-time_settings fischer-capped 10 20 -1 3", 3),
        ("kata-time_settings fischer-capped 10 20 -1 -1", 10),
    ],
)
def test_a_clock_gives_no_more_than_it_has(line, most):
    player = UctPlayer(playouts=1)
    game = engine(player)
    assert told(game, line, "genmove b")[0] == "="
    assert most / 2 < player.move_seconds + LAG <= most


def test_increments_stop_at_the_most_main_time():
    clock = Clock(TimeControl(60, increment=5, max_main=62))
    clock.spend(1)
    assert clock.main_left == 62
    uncapped = Clock(TimeControl(60, increment=5))
    uncapped.spend(1)
    assert uncapped.main_left == 64


def warned(player, *lines):
    said = []
    told(engine(player, warn=said.append), *lines)
    return said


def test_a_clock_over_gumbels_plan_is_warned_of_once(tiny_package):
    player = SearchPlayer(tiny_package, "search:tiny", SearchSettings(visits=4))
    (said,) = warned(
        player, "time_settings 60 0 1", "clear_board", "kgs-time_settings byoyomi 9 3 1"
    )
    assert said.startswith("search:tiny: a clock cuts Gumbel's plan")
    assert "wanted rule=puct" in said
    assert warned(player, "time_settings 0 1 0", "kgs-time_settings none") == []


def test_a_clock_is_not_warned_of_where_it_does_no_harm(thinker):
    assert warned(thinker, "time_settings 60 0 1") == []
    assert warned(CapturePlayer(), "time_settings 60 0 1") == []


def test_a_new_game_begins_with_the_whole_time():
    game = engine()
    game.answer("time_settings 60 0 0")
    game.answer("play b C3")
    game.game.clocks.by_colour[BLACK].spend(59)
    for line in ("clear_board", "boardsize 5", "set_free_handicap B2 D4"):
        assert game.answer(line)[0] == "="
        assert game.game.clocks.by_colour[BLACK].main_left == 60
        game.game.clocks.by_colour[BLACK].spend(59)


def test_pondering_goes_on_until_a_line_comes(thinker):
    lines = Controller(["genmove b", "genmove w"], 60)
    said = list(engine(thinker, ponders=True).serve(lines))
    assert len(said) == 2
    assert thinker.search.num_visits > 30


@pytest.mark.parametrize("line", ["known_command genmove", "genmove", "genmove green", "name"])
def test_only_a_move_of_its_own_starts_to_ponder(line, thinker, monkeypatch):
    looked = []
    monkeypatch.setattr(thinker, "search_from", lambda *_: looked.append(1))
    list(engine(thinker, ponders=True).serve(Controller([line, "name"])))
    assert not looked


def test_who_cannot_ponder_says_so_and_does_not(tiny_package, monkeypatch):
    gumbel = SearchPlayer(tiny_package, "search", SearchSettings(rule="gumbel", visits=4))
    said, looked = [], []
    game = engine(gumbel, ponders=True, warn=said.append)
    monkeypatch.setattr(game, "_ponder", looked.append)
    list(game.serve(Controller(["genmove b", "genmove w"])))
    assert said == ["search: Gumbel begins anew at each move; wanted rule=puct to ponder"]
    list(engine(CapturePlayer(), ponders=True, warn=said.append).serve(["genmove b"]))
    assert said[1:] == ["capture does not search: wanted a player search:... to ponder"]
    assert not looked


def test_pondering_that_fails_is_warned_of(thinker, monkeypatch):
    said = []

    def broken(position, no_pass_before=0):
        raise ValueError("NaN")

    game = engine(thinker, ponders=True, warn=said.append)
    lines = Controller(["genmove b", "name"])
    answers = game.serve(lines)
    next(answers)
    monkeypatch.setattr(thinker, "search_from", broken)
    assert list(answers) == ["= insei search\n\n"]
    assert said == ["pondering ended: NaN"]


class ClockedCapture(CapturePlayer):
    """Remembers the clocks that it was told of."""

    def set_clocks(self, clocks):
        self.told = {colour: replace(clock.control) for colour, clock in clocks.items()}
        self.left = {colour: clock.seconds_left for colour, clock in clocks.items()}


def test_a_player_that_keeps_its_own_time_is_told_the_clocks():
    player = ClockedCapture()
    game = engine(player)
    lines = ("kgs-time_settings byoyomi 60 10 3", "time_left b 9 2", "genmove b")
    assert told(game, *lines)[2].startswith("= ")
    assert player.told[BLACK] == TimeControl(60, 10, 1, periods=3)
    assert player.left[BLACK] == 9
