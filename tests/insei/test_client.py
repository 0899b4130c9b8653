"""The terminal client: every action by keyboard and mouse, without a terminal."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from insei.client import table
from insei.client.app import Client
from insei.client.board import BoardPicture, rows_of
from insei.client.board_view import BoardView
from insei.client.game import ClientGame, Worth
from insei.client.panel import Room, graph_lines
from insei.client.setup import YOU, GameSetup
from insei.client.summary import summary
from insei.client.thinking import Decided, Failed
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.engine.sgf.record import read_sgf
from insei.levels import LEVELS
from tests.helpers.near_mind import NearMind


@pytest.fixture(autouse=True)
def mind_in_a_thread(monkeypatch):
    monkeypatch.setattr(table, "Mind", NearMind)


ANALYST = "search:go5,rule=puct,visits=20000"
SETUP = GameSetup(size=5, komi=14.5, black=YOU, white="capture")


def client_of(setup=SETUP, keep=None, **options):
    options = {"opponent": "capture", "analyst": ANALYST, "is_plain": True} | options
    return Client(options.pop("game", None) or ClientGame.begin(setup), keep=keep, **options)


def drive(client, script, size=(90, 30)):
    """Run a script of steps against the client without a terminal."""

    async def run():
        async with client.run_test(size=size) as pilot:
            await script(pilot)
            await pilot.pause()

    asyncio.run(run())


async def until(pilot, is_so, seconds=20):
    for _ in range(int(seconds / 0.05)):
        if is_so():
            return
        await pilot.pause(0.05)
    raise AssertionError("waited in vain")


async def typed(pilot, text):
    await pilot.press(*["space" if one == " " else one for one in text], "enter")


def screen_of(client):
    """The board as plain text."""
    view = client.query_one(BoardView)
    return "\n".join(
        "".join(segment.text for segment in view.render_line(y)).rstrip()
        for y in range(client.game.rules.height + 2)
    )


def yours(client):
    return lambda: client.game.is_yours()


# By keyboard and mouse


def test_a_vertex_is_typed_and_the_opponent_answers():
    client = client_of()

    async def script(pilot):
        await typed(pilot, "c3")
        await until(pilot, lambda: len(client.game.history) == 3)

    drive(client, script)
    assert client.game.position.moves[0] == 12
    assert client.game.position.to_play == BLACK


def test_the_cursor_plays():
    client = client_of()

    async def script(pilot):
        await pilot.press("up", "left", "up", "enter")  # the first key shows it at the centre
        await until(pilot, lambda: len(client.game.history) == 3)

    drive(client, script)
    assert client.game.position.moves[0] == 6


def test_a_click_plays():
    client = client_of()

    async def script(pilot):
        await pilot.click(BoardView, offset=(3 + 3 * 2 + 1, 1 + 2))
        await until(pilot, lambda: len(client.game.history) == 3)

    drive(client, script)
    assert client.game.position.moves[0] == 12


def test_pass_undo_and_an_illegal_move():
    client = client_of()

    async def script(pilot):
        await typed(pilot, "c3")
        await until(pilot, yours(client))
        await typed(pilot, "c3")
        assert "occupied" in client.table.text()
        await pilot.press("f7")
        assert len(client.game.history) == 1
        await pilot.press("f6")
        await until(pilot, lambda: len(client.game.history) == 3)
        await typed(pilot, "undo")
        await typed(pilot, "undo")
        assert client.table.text() == "Nothing to take back."
        await typed(pilot, "z9")
        assert (
            "wanted a letter and a number" in client.table.text()
            or "off the board" in client.table.text()
        )

    drive(client, script)


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
    assert "you lose" in client.table.text()


def test_hints_heat_and_area_lie_over_the_board():
    client = client_of()

    async def script(pilot):
        await pilot.press("f3")
        await until(pilot, lambda: " a " in screen_of(client))
        assert "black wins" in str(client.query_one("#panel").render())
        await pilot.press("f4")
        await until(pilot, lambda: client.picture().heat is not None)
        await pilot.press("f5")
        await until(pilot, lambda: client.picture().ownership is not None)
        await pilot.press("f5")
        assert client.table.overlay == ""

    drive(client, script)


def test_a_new_game_by_the_dialog():
    client = client_of()

    async def script(pilot):
        await pilot.press("f2")
        await pilot.pause()
        client.screen.query_one("#size").value = "7"
        client.screen.query_one("#komi").value = "x"
        client.screen.query_one("#opponent").value = "influence"
        await pilot.press("enter")
        await pilot.pause()
        assert "wanted a number" in str(client.screen.query_one("#wrong").render())
        client.screen.query_one("#size").value = "²"  # a digit, says Unicode, but no number
        client.screen.query_one("#opponent").value = "²"
        await pilot.press("enter")
        client.screen.query_one("#size").value = "7"
        client.screen.query_one("#opponent").value = "net:[b]runs[/x]"
        await pilot.press("enter")
        await pilot.pause()
        assert "[b]runs[/x]" in str(client.screen.query_one("#wrong").render())
        client.screen.query_one("#opponent").value = "influence"
        client.screen.query_one("#komi").value = "9"
        client.screen.query_one("#handicap").value = "2"
        client.screen.query_one("#seat").value = "white"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: client.game.rules.width == 7, 5)

    drive(client, script)
    assert client.game.setup.black == "influence"
    assert client.game.rules.komi == 9
    assert (client.game.history[0].board == BLACK).sum() == 2
    assert client.game.mine == WHITE


def test_the_dial_turns_and_says_what_a_level_is_like():
    client = client_of()

    async def script(pilot):
        await pilot.press("f2")
        await pilot.pause()
        dial = client.screen.query_one("#opponent")
        dial.value = "8"
        await pilot.press("up", "up")
        assert dial.value == "9"
        await pilot.press("down")
        await pilot.pause()
        assert LEVELS[7].words in str(client.screen.query_one("#words").render())
        dial.value = "influence"
        await pilot.pause()
        assert str(client.screen.query_one("#words").render()) == ""
        await pilot.click("#cancel")

    drive(client, script)


def test_a_dialog_can_be_left():
    client = client_of()

    async def script(pilot):
        await pilot.press("f2")
        await pilot.press("escape")
        await pilot.pause()
        assert client.game.setup == SETUP

    drive(client, script)


# The end


def test_two_passes_propose_the_dead_and_enter_counts():
    """White's lone stone in Black's area is proposed, kept by a click, taken by another."""
    game = ClientGame.begin(replace(SETUP, white=YOU, komi=0.5))
    for vertex in (12, 3, 7, 25, 17, 25, 11, 25, 13, 25, 25):
        game.play(vertex)
    client = client_of(game=game)

    async def script(pilot):
        await typed(pilot, "pass")
        await until(pilot, lambda: "Enter counts" in client.table.text())
        assert client.table.count.dead == {3}
        await pilot.click(BoardView, offset=(3 + 3 * 3 + 1, 1))
        assert client.table.count.dead == set()
        await pilot.click(BoardView, offset=(3 + 3 * 3 + 1, 1))
        await pilot.press("space")  # the cursor is where the click was
        assert client.table.count.dead == set()
        await typed(pilot, "d5")
        await pilot.press("enter")

    drive(client, script)
    assert client.game.result == "B+24.5"
    assert "black has 25 points" in client.table.text().lower()


def test_a_game_without_people_runs_to_its_count():
    client = client_of(replace(SETUP, black="random"))

    async def script(pilot):
        await until(pilot, lambda: client.game.is_ended, 60)

    drive(client, script)
    assert client.game.result[0] in "BW0"


def test_a_player_that_fails_loses_and_says_why():
    client = client_of()

    async def script(pilot):
        client.game.play(12)
        client.table.heed(
            client.table.mind, Failed(client.game.position, "its program ended", True)
        )
        await pilot.pause()

    drive(client, script)
    assert client.game.result == "B+F"
    assert "its program ended" in client.table.text()


def test_a_late_answer_to_a_game_gone_by_is_ignored():
    client = client_of()

    async def script(pilot):
        client.table.heed(client.table.mind, Decided(Position(Rules(5, 5, 14.5)), 3))
        await pilot.pause()
        assert len(client.game.history) == 1

    drive(client, script)


def test_a_clock_that_runs_out_ends_the_game():
    client = client_of(replace(SETUP, minutes=0.001))

    async def script(pilot):
        await until(pilot, lambda: client.game.is_ended)

    drive(client, script)
    assert client.game.result == "W+T"


# Files


def test_a_loaded_game_is_on_the_clock_too(tmp_path):
    path = tmp_path / "game.sgf"
    ClientGame.begin(SETUP).save(path)
    assert ClientGame.load(path).clocks == {}
    game = ClientGame.load(path, replace(SETUP, minutes=2))
    assert game.clocks[BLACK].main_left == game.clocks[WHITE].main_left == 120


def test_an_unfinished_game_comes_back_with_its_clocks(tmp_path):
    path = tmp_path / "game.sgf"
    game = ClientGame.begin(replace(SETUP, minutes=2))
    game.play(12)
    game.clocks[BLACK].main_left = 31.5
    game.clocks[WHITE].main_left = 7.5
    game.save(path)
    again = ClientGame.load(path)
    assert again.setup.minutes == 2
    assert again.clocks[BLACK].main_left == 31.5
    assert again.clocks[WHITE].main_left == pytest.approx(7.5, abs=1)  # whose turn ran on
    fresh = ClientGame.load(path, replace(SETUP, minutes=3))
    assert fresh.clocks[BLACK].main_left == 180
    assert ClientGame.review(path).clocks == {}


def test_a_resumed_game_is_loaded_as_it_was_left(tmp_path):
    path = tmp_path / "game.sgf"
    game = ClientGame.begin(SETUP)
    for move in (12, 25, 25):
        game.play(move)
    game.history[-1] = game.position.resumed()
    game.save(path)
    assert not ClientGame.load(path).position.is_over


def test_a_game_that_ended_and_can_not_be_forgotten_is_told_of(tmp_path):
    (tmp_path / "state").touch()
    game = ClientGame.begin(SETUP)
    game.resign(BLACK)
    client = client_of(game=game, keep=tmp_path / "state" / "unfinished.sgf")

    async def script(pilot):
        await until(pilot, lambda: "a game stays that has ended" in client.table.said)

    drive(client, script)


def test_a_game_is_saved_loaded_and_reviewed(tmp_path):
    path = tmp_path / "game.sgf"
    client = client_of()

    async def script(pilot):
        await typed(pilot, "c3")
        await until(pilot, yours(client))
        client.obey(f"save {path}")
        moves = client.game.position.moves
        assert read_sgf(path.read_bytes()).position.moves == moves
        client.obey(f"load {path}")
        assert client.game.position.moves == moves
        assert client.game.is_yours()
        client.obey(f"review {path}")
        assert client.game.ply == 0
        await pilot.press("pagedown")
        assert client.game.ply == 1
        await pilot.press("pageup")
        await typed(pilot, "last")
        await typed(pilot, "a1")
        assert "over" in client.table.text()
        (tmp_path / "broken.sgf").write_text("no game")
        for line in (f"load {tmp_path / 'none.sgf'}", f"review {tmp_path / 'broken.sgf'}", "load"):
            client.obey(line)
            assert client.game.position.moves == moves
        client.obey(f"save {tmp_path / 'game.sgf' / 'below'}")
        assert "not saved" in client.table.text()

    drive(client, script)


def test_a_review_shows_variations_and_comments(tmp_path):
    path = tmp_path / "tree.sgf"
    path.write_text("(;SZ[5]KM[0.5];B[cc](;W[bb]C[tight];B[dd])(;W[dd]C[wide];B[bb];W[bc]))")
    client = client_of()

    async def script(pilot):
        client.obey(f"review {path}")
        client.obey("next")
        client.obey("variation")
        assert client.table.text() == "The move on the screen has no other variation."
        client.obey("next")
        assert client.table.text().endswith("tight")
        assert client.game.seen.moves == [12, 6]
        client.obey("variation")
        assert client.table.text().startswith("Variation 2 of 2")
        assert client.table.text().endswith("wide")
        assert client.game.seen.moves == [12, 18]
        client.obey("last")
        assert client.game.seen.moves == [12, 18, 6, 11]
        client.obey("first")
        assert client.game.seen.moves == []
        await pilot.pause()

    drive(client, script)


def test_a_bent_file_is_reviewed_and_its_faults_are_told(tmp_path):
    path = tmp_path / "bent.sgf"
    path.write_text("(;SZ[5]KM[0.5]C[hello];B[cc];W[bb];AB[aa]AW[ee];B[dd]")
    client = client_of(game=ClientGame.review(path), reviews=True)

    async def script(pilot):
        client.obey("first")
        assert "closing parenthesis missing" in client.table.text()
        assert "hello" in client.table.text()
        client.obey("last")
        assert client.game.seen.board[0, 0] == BLACK
        await pilot.pause()

    drive(client, script)


def test_a_reviewed_game_gets_its_graph_by_and_by(tmp_path):
    path = tmp_path / "game.sgf"
    path.write_text("(;SZ[5]KM[0.5];B[cc];W[bb];B[dd];W[aa])")
    client = client_of(game=ClientGame.review(path), reviews=True)

    async def script(pilot):
        await until(pilot, lambda: len(client.game.worth) == 5)
        client.game.worth |= {2: Worth(0.95, 5), 3: Worth(0.05, -5), 4: Worth(0.05, -5)}
        client.obey("last")
        assert "Move 3, D2, lost most: 90%" in client.table.text()

    drive(client, script)


def test_an_unfinished_game_is_kept_and_offered_again(tmp_path):
    keep = tmp_path / "state" / "unfinished.sgf"
    client = client_of(keep=keep)

    async def script(pilot):
        await typed(pilot, "c3")
        await until(pilot, yours(client))
        await pilot.press("ctrl+q")
        await pilot.press("y")

    drive(client, script)
    moves = client.game.position.moves
    left = ClientGame.load(keep)
    assert left.position.moves == moves
    assert left.setup.white == "capture"
    again = client_of(keep=keep, unfinished=left)

    async def second(pilot):
        await pilot.press("y")
        await until(pilot, yours(again))
        assert again.game.position.moves == moves
        await pilot.press("f8")
        await pilot.press("y")
        await pilot.pause()

    drive(again, second)
    assert not keep.exists()


# What is drawn


def test_the_board_is_drawn_plain_at_two_widths():
    picture = BoardPicture(Position(Rules(5, 5, 0.5)).play_all([12, 6]), cursor=18, is_plain=True)
    wide = ["".join(one.text for one in line) for line in rows_of(picture, 3)]
    assert wide == [
        "    A  B  C  D  E ",
        " 5  .  .  .  .  .  5",
        " 4  . (O) .  .  .  4",
        " 3  .  .  X  .  .  3",
        " 2  .  .  . [.] .  2",
        " 1  .  .  .  .  .  1",
        "    A  B  C  D  E ",
    ]
    narrow = ["".join(one.text for one in line) for line in rows_of(picture, 2)]
    assert narrow[2] == " 4 . O). . .  4"
    assert narrow[4] == " 2 . . . .].  2"


@pytest.mark.parametrize(("size", "columns"), [((20, 10), 2), ((60, 24), 3), ((120, 40), 3)])
def test_the_screen_fits_terminals_of_all_sizes(size, columns):
    client = client_of()

    async def script(pilot):
        await typed(pilot, "c3")
        await until(pilot, yours(client))
        assert client.query_one(BoardView).cell == columns
        assert screen_of(client).count("X") == 1
        await pilot.resize_terminal(20, 10)
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert client.query_one("#panel").display

    drive(client, script, size)


def test_wood_has_colours_and_heat_and_ownership_change_them():
    position = Position(Rules(5, 5, 0.5)).play(12)
    heat = np.zeros(26, np.float32)
    heat[0] = 0.9
    plain = rows_of(BoardPicture(position), 3)[1][1].style
    hot = rows_of(BoardPicture(position, heat=heat), 3)[1][1].style
    owned = rows_of(BoardPicture(position, ownership=np.ones((5, 5), np.float32)), 3)[1][1].style
    assert len({plain.bgcolor, hot.bgcolor, owned.bgcolor}) == 3


def test_the_graph_follows_the_win_rate():
    game = ClientGame.begin(SETUP)
    game.play(12)
    game.play(6)
    assert graph_lines(game, Room(30, 20, False)) == []
    game.worth = {0: Worth(0.5, 0), 1: Worth(1.0, 9), 2: Worth(0.0, -9)}
    lines = graph_lines(game, Room(30, 20, False))[1:]
    assert [line[1] for line in lines] == ["█"] * 4
    assert [line[2] for line in lines] == [" "] * 4
    game.shown = 1
    plain = graph_lines(game, Room(30, 20, True))[1:]
    assert [line[1] for line in plain] == ["#"] * 4 + ["^"]


def test_the_summary_names_the_move_that_lost_most():
    game = ClientGame.begin(SETUP)
    for move in (12, 6, 8):
        game.play(move)
    game.worth = {
        0: Worth(0.6, 1), 1: Worth(0.55, 1), 2: Worth(0.6, 1), 3: Worth(0.1, -5)
    }  # fmt: skip
    game.resign(BLACK)
    said = summary(game)
    assert "White wins, W+R: you lose." in said
    assert "Move 3, D4, lost most: 50%" in said
    assert "changed hands 1 time" in said
