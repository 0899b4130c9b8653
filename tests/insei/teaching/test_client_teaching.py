"""The teacher, the review and studies on the screen, driven by keys."""

import pytest

from insei.client import controller
from insei.client.estimate import Estimate, set_estimate
from insei.client.game import ClientGame
from insei.client.teaching.best_moves import best_moves
from insei.client.teaching.problem import Problem
from insei.client.teaching.study import game_of_study
from insei.engine.sgf.variations import read_variations
from tests.helpers.client import client_of, drive, screen_of, type_line, until
from tests.helpers.player_thread import PlayerThread

GAME = (
    "(;GM[1]FF[4]SZ[5]KM[24.5]PB[Ann]PW[Ben]RE[B+3];B[aa];W[cc](;B[dc];W[bb]C[odd];B[bc])(;B[bb]))"
)
PROBLEM = "(;SZ[5]KM[0]AB[ba][bb]AW[ca][cb]PL[B](;B[ab];W[ac];B[bc]C[RIGHT])(;B[ac];W[ab]))"


@pytest.fixture(autouse=True)
def in_a_thread(monkeypatch):
    monkeypatch.setattr(controller, "PlayerProcess", PlayerThread)


def review_of(tmp_path, rates=()):
    path = tmp_path / "game.sgf"
    path.write_text(GAME)
    game = ClientGame.review(path)
    for node, rate in zip(game.nodes, rates, strict=False):
        set_estimate(node, Estimate(rate, 0.0))
    game.show_ply(0)
    return game


def test_keys_step_through_a_review(tmp_path):
    client = client_of(game=review_of(tmp_path), is_review=True)

    async def script(pilot):
        plies = []
        for key in ("right", "right", "right", "left", "end", "home", "pagedown"):
            await pilot.press(key)
            plies.append(client.game.ply)
        assert plies == [1, 2, 3, 2, 5, 0, 1]
        await type_line(pilot, "goto 3")
        assert client.game.ply == 3
        await pilot.press("down")
        assert client.game.variations == (2, 2)
        await pilot.press("up")
        assert client.game.variations == (1, 2)
        await type_line(pilot, "E5")
        assert client.game.shown.last_move == 4
        assert client.game.ply == 4
        await type_line(pilot, "undo")
        assert client.game.ply == 3

    drive(client, script)


def test_digits_and_ctrl_arrows_lead_to_mistakes_with_what_was_better(tmp_path):
    client = client_of(game=review_of(tmp_path), is_review=True)

    async def script(pilot):
        await until(pilot, lambda: client.controller.tour.analysis.next_ply(0) is None, 60)
        lessons = client.controller.tour.analysis.lessons()
        assert lessons
        await pilot.press("1")
        assert client.game.ply == lessons[0].ply - 1
        assert client.controller.text().startswith(f"Move {lessons[0].ply}, ")
        await pilot.press("right")  # the move itself
        assert client.controller.text().startswith(f"Move {lessons[0].ply}, ")
        await pilot.press("left")
        assert "!" in screen_of(client)
        marks = client.controller.marks()
        assert marks[lessons[0].move].text == "!"
        assert marks[lessons[0].better.move].text == "1"
        await pilot.press("home", "ctrl+right")
        assert client.game.ply == min(lesson.ply for lesson in lessons) - 1
        await pilot.press("end", "ctrl+left")
        assert client.controller.tour.shown_lesson is not None

    drive(client, script)


def test_a_whole_analysis_goes_through_the_line(tmp_path):
    client = client_of(game=review_of(tmp_path), is_review=True)

    async def script(pilot):
        await type_line(pilot, "analyse")
        analysis = client.controller.tour.analysis
        await until(pilot, lambda: analysis.unjudged(200) is None, 60)
        await until(pilot, lambda: "The whole game is analysed." in client.controller.text())
        await type_line(pilot, "score")
        assert client.controller.text().startswith("Black wins ")

    drive(client, script)


def test_a_hint_shows_its_continuation_as_numbered_stones(tmp_path):
    client = client_of(game=review_of(tmp_path), is_review=True)

    async def script(pilot):
        await pilot.press("f3")
        await until(pilot, lambda: best_moves(client.game.line.node))
        await pilot.pause(0.1)
        await type_line(pilot, "a")
        numbers = [mark.text for mark in client.controller.marks().values()]
        assert numbers[:2] == ["1", "2"]
        assert "X1" in screen_of(client)
        await type_line(pilot, "a")
        assert "X1" not in screen_of(client)

    drive(client, script)


def test_while_playing_the_graph_is_hidden_and_the_teacher_can_be_silenced():
    client = client_of()

    async def script(pilot):
        await pilot.pause()
        assert not client.controller.has_graph
        await type_line(pilot, "graph")
        assert client.controller.has_graph
        await type_line(pilot, "teacher")
        assert client.controller.text() == "The teacher is silent."
        await type_line(pilot, "goto 0")
        assert client.controller.text().startswith("Once the game is over")
        await type_line(pilot, "again")
        assert client.controller.text().startswith("Only a problem")
        await pilot.press("3")  # no lesson: it is typed
        assert client.query_one("#line").value == "3"

    drive(client, script)


def test_a_problem_is_played_out_on_the_board():
    problem = Problem([read_variations(PROBLEM), read_variations(PROBLEM)])
    client = client_of(game=game_of_study(problem), study=problem, is_review=True)

    async def script(pilot):
        text = client.controller.text
        assert text().startswith("Problem 1 of 2. Black to play.")
        await type_line(pilot, "A3")
        assert "does not work" in text()
        await type_line(pilot, "undo")
        await type_line(pilot, "hint")
        assert text() == "A4."
        await type_line(pilot, "A4")
        assert text().startswith("White A3.")
        await type_line(pilot, "B3")
        assert text() == "Right!"
        await type_line(pilot, "next")
        assert text().startswith("Problem 2 of 2.")
        await type_line(pilot, "E1")
        assert "a net answers" in text()
        await until(pilot, lambda: client.game.shown.to_play == problem.solver, 60)
        await type_line(pilot, "again")
        assert text().startswith("Problem 2 of 2.")
        await type_line(pilot, "next")
        assert text() == "That was the last one."
        assert client.controller.files.leaving_question() == ""

    drive(client, script)
