"""The teacher while playing and at the end, and the walk through a game."""

from insei.client import controller
from insei.client.controller import GameController
from insei.client.estimate import Estimate, set_estimate
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.status_text import status_text
from insei.client.teaching.climbing import Climbing
from insei.client.teaching.summary import lessons_text
from insei.client.teaching.teacher import lesson_marks, score_text, warning
from insei.client.teaching.tour import NO_MISTAKE, Tour
from insei.engine.rules import BLACK, WHITE
from insei.levels import levels_on
from insei.progress import FIRST_LEVEL, Standing, progress_path, read_progress
from tests.helpers.terminals.idle_process import IdleProcess

SETUP = GameSetup(size=9, black=YOU, white="net:go9,temperature=3")


def game_with_rates(*rates, setup=SETUP):
    """A game with a move between each two of Black's win rates."""
    game = ClientGame.begin(setup)
    for move in range(len(rates) - 1):
        game.play(2 * move)
    for node, rate in zip(game.nodes, rates, strict=True):
        if rate is not None:
            set_estimate(node, Estimate(rate, 10 * rate))
    return game


def test_a_move_that_lost_much_is_told_at_once_and_after_the_reply():
    said = "A9 lost 14 %. Take it back? (F7, undo)"
    assert warning(game_with_rates(0.6, 0.46)) == said
    assert warning(game_with_rates(0.6, 0.46, 0.46)) == said
    assert warning(game_with_rates(0.6, 0.46, 0.46, 0.45)) == ""
    assert status_text(game_with_rates(0.6, 0.46, 0.46), None, False) == f"{said} Your move."
    assert status_text(game_with_rates(0.6, 0.46), None, False) == f"{said} level 4 thinks..."
    assert status_text(game_with_rates(0.6, 0.46, 0.46), None, False, False) == "Your move."


def test_small_losses_gains_and_unknown_positions_are_not_told():
    assert warning(game_with_rates(0.6, 0.51)) == ""
    assert warning(game_with_rates(0.4, 0.6)) == ""
    assert warning(game_with_rates(None, 0.1)) == ""
    assert warning(game_with_rates(0.6, None)) == ""
    assert warning(game_with_rates(0.6)) == ""


def test_a_loss_of_the_opponent_is_not_the_users():
    assert warning(game_with_rates(0.5, 0.5, 0.9)) == ""
    white = GameSetup(size=9, black="influence", white=YOU)
    assert warning(game_with_rates(0.5, 0.5, 0.9, setup=white)).startswith("C9 lost 40 %.")


def test_a_tour_goes_from_mistake_to_mistake():
    game = game_with_rates(0.9, 0.7, 0.7, 0.4, 0.4, 0.4, 0.4, 0.3)
    tour = Tour(game)
    assert tour.show_lesson("1").startswith("Move 3, E9, lost 30 % and 3.0 points.")
    assert game.ply == 2
    assert tour.shown_lesson.ply == 3
    assert tour.next_mistake().startswith("Move 7")
    assert tour.next_mistake() == NO_MISTAKE
    assert tour.previous_mistake().startswith("Move 3")
    assert tour.previous_mistake().startswith("Move 1,")
    assert tour.previous_mistake() == NO_MISTAKE
    assert tour.go_to("5") == ""
    assert tour.shown_lesson is None
    assert tour.previous_mistake().startswith("Move 3")
    assert tour.go_to("8") == "goto 8: wanted a number from 0 to 7."
    assert tour.show_lesson("4") == "lesson 4: wanted 1 to 3."
    assert lessons_text(
        game
    ) == "Digits show what lost most: 1 E9 -30 %, 2 A9 -20 %, 3 M9 -10 %.".replace("M9", "D8")


def test_the_move_that_lost_is_marked_on_the_board():
    game = game_with_rates(0.9, 0.7)
    tour = Tour(game)
    tour.show_lesson("1")
    marks = lesson_marks(tour.shown_lesson, game.rules)
    assert marks[0].text == "!"


def test_digits_lead_to_the_game_from_a_variation_too():
    game = game_with_rates(0.9, 0.7, 0.7, 0.4)
    game.resign(BLACK)
    game.show_ply(1)
    game.play_variation(80)
    assert not game.is_at_end
    assert status_text(game, None, False) == lessons_text(game)
    tour = Tour(game)
    assert tour.show_lesson("1").startswith("Move 3,")
    assert game.ply == 2
    assert game.nodes[-1] is game.end
    assert tour.shown_lesson.ply == 3


def test_the_score_is_told_where_it_is_known():
    assert score_text(game_with_rates(0.5).nodes[0]) == (
        "Black wins 50 %; Black is about 5.0 points ahead."
    )
    assert score_text(game_with_rates(None).nodes[0]) == ""


def ended(result, setup=SETUP):
    game = game_with_rates(0.5, 0.5, setup=setup)
    game.result = result
    return game


def level_setup(**changes):
    return GameSetup(**{"size": 9, "white": levels_on(9)[FIRST_LEVEL - 1].player} | changes)


def test_games_against_levels_count_once(tmp_path):
    climbing = Climbing(tmp_path / "progress.json")
    for _ in range(2):
        game = ended("B+R", level_setup())
        assert climbing.note_end(game).startswith("Your level is 5:")
        assert climbing.note_end(game).startswith("Your level is 5:")
    assert read_progress(tmp_path / "progress.json").on(9) == Standing(FIRST_LEVEL, 2)
    assert climbing.note_end(ended("B+0.5", level_setup())).startswith("Three wins in a row")


def test_other_games_do_not_count(tmp_path):
    climbing = Climbing(tmp_path / "progress.json")
    for result, setup in (
        ("B+F", level_setup()),
        ("0", level_setup()),
        ("B+R", level_setup(handicap=2)),
        ("B+R", level_setup(white="search:go9,visits=77")),
        ("B+R", level_setup(white=YOU)),
        ("B+R", GameSetup(size=3, white="random")),
    ):
        assert climbing.note_end(ended(result, setup)) == ""
    assert not (tmp_path / "progress.json").exists()
    assert Climbing(None).note_end(ended("B+R", level_setup())) == ""


def test_a_stronger_level_comes_with_advice_before_the_first_move(tmp_path):
    climbing = Climbing(tmp_path / "progress.json")
    setup = level_setup(white="search:go9-6b64,rule=puct,visits=1600,resign=0.02")
    game = ClientGame.begin(setup)
    assert "handicap stones make it about even" in climbing.advice(game)
    game.play(40)
    assert climbing.advice(game) == ""
    assert climbing.advice(ClientGame.begin(level_setup())) == ""
    assert game.position.moves[0] == 40
    assert game.own_colour == BLACK


def test_the_client_counts_a_won_game_and_advises_a_handicap(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(controller, "PlayerProcess", IdleProcess)
    game = ClientGame.begin(level_setup(white=levels_on(9)[11].player))

    def leading(game):
        return GameController(
            game, "search:NET,rule=puct", print, True, False, 0.0, lambda seconds, call: None
        )

    client = leading(game)
    client.advance()
    assert "handicap stones make it about even" in client.text()
    client.play(40)
    assert "handicap" not in client.text()
    client.game.resign(WHITE)
    client.advance()
    assert client.text().endswith("Your level is 5: 2 more wins in a row lead up.")
    client.advance()  # an ended game is counted once
    assert read_progress(progress_path()).on(9) == Standing(FIRST_LEVEL, 1)
