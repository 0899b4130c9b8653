"""Every key of the studio, by Textual's pilot, and the screen that it leaves."""

import re

import numpy as np
import pytest
from textual.widgets import Footer

from insei.engine.rules import Rules
from insei.engine.vertex import vertex_of
from insei.selfplay.data import load
from insei.selfplay.history.history import History
from insei.studio.app import HELP, Studio
from insei.studio.session import Session
from tests.helpers.games import some_games
from tests.helpers.tables import run_with
from tests.helpers.terminals.studio import (
    LookThread,
    drive_studio,
    legal_points,
    screen_after,
    studio_of,
)

pytestmark = pytest.mark.usefixtures("talking")
SIZES = [(80, 24), (120, 40)]


def commits(path):
    return len(History(path).graph.commits)


def newest(path):
    graph = History(path).graph
    return graph.commits[graph.tip]


def row_of(path, item):
    rows = load(path).rows()
    return rows[np.flatnonzero((rows.game == item.game) & (rows.ply == item.ply))]


async def answered(pilot, **options):
    pilot.app.process.answer(**options)
    await pilot.pause()


def test_a_accepts_the_search_s_answer(session, made):
    first = session.item

    async def script(pilot):
        await answered(pilot, search=12)
        screen = await screen_after(pilot, "a")
        assert "accepted C3" in screen
        assert "2 of 8, 1 done, main" in screen

    drive_studio(studio_of(session), script)
    assert row_of(made[0], first).policy[0].argmax() == 12
    assert newest(made[0]).proposer.visits == 64


def test_a_waits_for_the_search(session, made):
    async def script(pilot):
        assert "the search has not ended" in await screen_after(pilot, "a")
        await answered(pilot, search=None)
        assert "the search has not ended" in await screen_after(pilot, "a")
        assert "1 of 8, 0 done" in await screen_after(pilot)

    drive_studio(studio_of(session), script)
    assert commits(made[0]) == 0


def test_m_gives_weight_0_s_skips_and_u_undoes(session, made):
    first = session.item

    async def script(pilot):
        assert "weight 0" in await screen_after(pilot, "m")
        assert row_of(made[0], first).weight[0] == 0
        assert "2 of 8, 1 done" in await screen_after(pilot)
        assert "3 of 8, 2 done" in await screen_after(pilot, "s")
        assert "2 of 8, 1 done" in await screen_after(pilot, "u")
        screen = await screen_after(pilot, "u")
        assert "1 of 8, 0 done" in screen
        assert "undid" in screen
        assert row_of(made[0], first).weight[0] != 0
        assert "nothing to undo" in await screen_after(pilot, "u")

    drive_studio(studio_of(session), script)
    assert commits(made[0]) == 2


def test_a_key_does_not_start_the_search_of_the_same_position_again(session):
    async def script(pilot):
        tasks = pilot.app.process.positions
        await screen_after(pilot, "a")  # too early
        await screen_after(pilot, "up")  # the first item is the first
        assert len(tasks) == 1
        await screen_after(pilot, "down", "up")
        assert len(tasks) == 3
        pilot.app.process.fail("gone")
        await pilot.pause()
        await screen_after(pilot, "up")
        assert len(tasks) == 4

    drive_studio(studio_of(session), script)


def test_c_corrects_by_typing(session, made):
    item = session.item
    move, name = legal_points(session)[0]
    name = name.lower()

    async def script(pilot):
        await pilot.press("c")
        assert pilot.app.is_correcting
        screen = await screen_after(pilot, *name, "enter")
        assert f"corrected {name}" in screen
        assert not pilot.app.is_correcting
        await pilot.press("c", "W", "plus", "3", "full_stop", "5", "enter")
        await pilot.pause()

    drive_studio(studio_of(session), script)
    row = row_of(made[0], item)
    assert row.policy[0].argmax() == move
    assert row.score[0] == (-3.5 if item.ply % 2 == 0 else 3.5)
    assert commits(made[0]) == 2


def test_a_wrong_correction_stays_to_be_mended_and_escape_leaves(session, made):
    async def script(pilot):
        screen = await screen_after(pilot, "c", *"z9", "enter")
        assert "z9" in screen
        assert pilot.app.is_correcting
        assert pilot.app.query_one("#line").value == "z9"
        await screen_after(pilot, "escape")
        assert not pilot.app.is_correcting
        assert pilot.app.cursor is None
        assert "2 of 8" in await screen_after(pilot, "s")  # keys are the studio's again

    drive_studio(studio_of(session), script)
    assert commits(made[0]) == 0


def test_c_corrects_by_the_cursor_s_point(session, made):
    item = session.item
    played = session.label.move
    row, column = divmod(legal_points(session)[-1][0], 5)

    async def script(pilot):
        await pilot.press("c")
        start = 12 if played == 25 else played
        assert pilot.app.cursor == start
        await pilot.press("up", "up", "up", "up", "left", "left", "left", "left")
        assert pilot.app.cursor == 0  # it stops at the edges
        await pilot.press(*["down"] * row, *["right"] * column, "enter")
        await pilot.pause()

    drive_studio(studio_of(session), script)
    assert row_of(made[0], item).policy[0].argmax() == 5 * row + column


def test_letters_of_other_keys_are_typed_while_correcting(session, made):
    async def script(pilot):
        await pilot.press("c", *"smuvoqn")
        assert pilot.app.query_one("#line").value == "smuvoqn"
        assert pilot.app.session.index == 0

    drive_studio(studio_of(session), script)
    assert commits(made[0]) == 0
    assert Session(made[0]).num_done == 0


def test_a_click_on_a_point_begins_a_correction_there(session):
    async def script(pilot):
        board = pilot.app.query_one("#board")
        place = next(
            (x, y)
            for y in range(board.size.height)
            for x in range(board.size.width)
            if board.point_at(x, y) == 8
        )
        await pilot.click("#board", offset=place)
        await pilot.pause()
        assert pilot.app.is_correcting
        assert pilot.app.cursor == 8

    drive_studio(studio_of(session), script)


def test_arrows_step_through_plies_and_items(session):
    start, end = session.ply, len(session.game.whole.moves)

    async def script(pilot):
        assert f"ply {start - 1} of {end}" in await screen_after(pilot, "left")
        assert f"ply {start + 1} of {end}" in await screen_after(pilot, "right", "right")
        assert f"ply 0 of {end}: Black to play" in await screen_after(pilot, "home")
        assert f"ply 0 of {end}" in await screen_after(pilot, "left")
        screen = await screen_after(pilot, "end")
        assert f"ply {end} of {end}: the end" in screen
        assert "the game is over" in screen
        assert "no row" in screen
        for keys, item in (("down", 2), ("n", 3), ("up", 2), ("p", 1), ("up", 1)):
            assert f" {item} of 8" in await screen_after(pilot, keys)
        assert f"ply {start} of {end}" in await screen_after(pilot)

    drive_studio(studio_of(session), script)


def test_v_shows_another_source_s_policy(session):
    label, rules = session.label, session.game.whole.rules
    empty = np.flatnonzero(session.position.board.ravel() == 0).tolist()
    net, search = empty[0], empty[1]

    async def script(pilot):
        app = pilot.app
        await answered(pilot, net=net, search=search)
        assert np.array_equal(app.query_one("#board").picture.heat, label.policy)
        screen = await screen_after(pilot)
        assert "[recorded]" in screen
        for source, move in (("net", net), ("search", search)):
            screen = await screen_after(pilot, "v")
            assert f"[{source}]" in screen
            picture = app.query_one("#board").picture
            assert picture.heat.argmax() == move
            assert picture.marks[move].text == "90"
            assert re.search(rf"a {vertex_of(move, rules)} .*90 %", screen)
        assert "[recorded]" in await screen_after(pilot, "v")

    drive_studio(studio_of(session), script)


def test_o_shows_owners_of_the_shown_source(session):
    label = session.label

    async def script(pilot):
        app = pilot.app
        board = app.query_one("#board")
        assert board.picture.ownership is None
        await pilot.press("o")
        assert np.array_equal(board.picture.ownership, label.sign * label.ownership)
        await pilot.press("v")
        assert board.picture.ownership is None  # the net has not answered
        await answered(pilot)
        assert board.picture.ownership[0, 0] == label.sign
        await pilot.press("o")
        assert board.picture.ownership is None

    drive_studio(studio_of(session), script)


def test_help_and_quitting(session):
    async def script(pilot):
        await pilot.press("f1")
        await pilot.pause()
        assert [note.message for note in pilot.app._notifications] == [HELP]
        await pilot.press("question_mark")
        await pilot.pause()
        assert len(pilot.app._notifications) == 2
        await pilot.press("q")
        await pilot.pause()
        assert not pilot.app.is_running or pilot.app._exit

    app = studio_of(session)
    drive_studio(app, script)
    assert app.process.is_closed
    shown = [key for key in Studio.BINDINGS if key.show]
    for binding in shown:
        assert binding.description in ("help", "quit") or f"{binding.key}: " in HELP


def test_late_answers_of_other_positions_are_left_out(session):
    async def script(pilot):
        app = pilot.app
        await pilot.press("right")
        app.process.answer(0)  # the position of before
        await pilot.pause()
        assert app.look is None
        app.process.answer(1)
        await pilot.pause()
        assert app.look.search is not None
        await pilot.press("left", "right")
        assert app.look.search is not None
        asked = [position.num_moves for position in app.process.positions]
        assert asked == [session.ply - 1, session.ply, session.ply - 1]  # it knows the last one

    drive_studio(studio_of(session), script)


def test_a_failure_of_the_player_is_a_line_and_the_rest_works(session, made):
    async def script(pilot):
        pilot.app.process.fail("its program\x1b[31m ended\nwith 3")
        await pilot.pause()
        assert "its program\\x1b[31m ended with 3" in await screen_after(pilot)
        assert "2 of 8, 1 done" in await screen_after(pilot, "m")
        assert "searching" in await screen_after(pilot, "down")

    drive_studio(studio_of(session), script)
    assert commits(made[0]) == 1


def test_without_a_player_labels_can_still_be_corrected(session, made):
    async def script(pilot):
        assert "no net yet" in await screen_after(pilot)
        assert "weight 0" in await screen_after(pilot, "m")
        assert "the search has not ended" in await screen_after(pilot, "a")

    drive_studio(studio_of(session, player="", why_no_player="no net yet"), script)
    assert commits(made[0]) == 1


def test_a_real_player_answers(session, made, monkeypatch, tiny_package):
    from insei.studio import app as module

    monkeypatch.setattr(module, "PlayerProcess", LookThread)

    async def script(pilot):
        for _ in range(600):
            if pilot.app.look is not None and pilot.app.look.search is not None:
                break
            await pilot.pause(0.05)
        lines = (await screen_after(pilot)).split()  # a long path may break them
        assert "visits=20: 20 visits" in " ".join(lines)
        assert "accepted" in await screen_after(pilot, "a")

    drive_studio(studio_of(session, f"search:{tiny_package},visits=20"), script)
    assert commits(made[0]) == 1


@pytest.fixture(scope="module", params=[5, 9, 13, 19])
def of_size(request, tmp_path_factory):
    side = request.param
    path = tmp_path_factory.mktemp("sizes") / f"run{side}"
    return run_with(path, some_games(2, size=side), rules=Rules(side, side, 4.5)), side


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_all_is_on_the_screen(of_size, size):
    path, side = of_size
    session = Session(path)

    async def script(pilot):
        await answered(pilot)
        screen = await screen_after(pilot)
        lines = screen.splitlines()
        assert len(lines) == size[1]
        assert max(map(len, lines)) <= size[0]
        for row in range(1, side + 1):
            assert re.search(rf"^ *{row} .* {row}\b", screen, re.MULTILINE), row
        for word in (
            "[recorded]",
            "net",
            "search",
            "value B",
            "score B",
            "won",
            "weight",
            "64 vis",
        ):
            assert word in screen, word
        for key in ("accept", "correct", "weight 0", "skip", "undo", "view", "owners", "help"):
            assert key in lines[-1], key
        assert pilot.app.query_one(Footer).region.bottom == size[1]
        screen = await screen_after(pilot, "c")
        assert "arrows and Enter" in screen

    drive_studio(studio_of(session), script, size)


def test_a_small_terminal_shows_the_board_and_takes_keys(session):
    async def script(pilot):
        assert " A" in await screen_after(pilot)
        assert "2 of 8" in await screen_after(pilot, "s")
        await pilot.resize_terminal(120, 40)
        await pilot.pause()
        assert "value B" in await screen_after(pilot)

    drive_studio(studio_of(session), script, (40, 14))
