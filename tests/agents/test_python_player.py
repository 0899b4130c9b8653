"""`python:FILE:CLASS`: which classes can play, and what happens if one fails."""

import re
import sys

import pytest

from insei.agents.grammar import UnknownPlayer, make_player
from insei.agents.player import PlayerFailed
from insei.engine.position import Position
from insei.engine.rules import WHITE, Rules
from insei.tournament.cost import cost_of
from insei.tournament.match import Job, play_game

RULES = Rules(5, 5, 0.5)


def player_in(file, name):
    player = make_player(f"python:{file}:{name}")
    player.new_game(RULES, 7)
    return player


def test_choose_is_all_that_a_class_needs(player_file):
    player = player_in(player_file, "Centre")
    assert player.choose(Position(RULES)) == (12, None, 1)
    assert player.choose(Position(RULES).play(12)).move == 0
    player.close()
    assert cost_of(player, RULES).lines == 59


def test_each_game_has_its_own_object_which_may_be_told_the_rules(player_file):
    player = player_in(player_file, "Counting")
    position = Position(RULES)
    assert player.choose(position) == (1, 0.5, 7)
    assert player.choose(position).move == 2
    assert not position.moves
    player.new_game(RULES, 8)
    assert player.choose(position) == (1, 0.5, 8)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Raises", "RuntimeError: no idea"),
        ("Babbles", "chose 'centre': wanted a move's number"),
        ("Lists", "chose .1, 2.: wanted a move's number"),
        ("Hides", "wanted a move's number"),
        ("Boasts", "wanted a value of -1 to 1"),
        ("Dreams", "wanted a value of -1 to 1"),
        ("Mumbles", "wanted numbers"),
        ("Overshoots", "chose 10{30}: wanted 0 to 25, or -1 to resign"),
        ("Leaves", "SystemExit: 3"),
        ("NeverBegins", "KeyError: 'board'"),
    ],
)
def test_a_player_that_fails_loses_its_game_with_the_reason(player_file, name, said):
    player = make_player(f"python:{player_file}:{name}")
    game = play_game(
        Job(0, player.name, "random", RULES, (), 1, 100), player, make_player("random")
    )
    assert game.winner == WHITE
    assert re.search(said, game.reason)
    with pytest.raises(PlayerFailed, match=said.replace("'", ".")):
        player_in(player_file, name).choose(Position(RULES))


def test_an_illegal_move_loses_its_game(player_file):
    player = make_player(f"python:{player_file}:Cheats")
    game = play_game(
        Job(0, player.name, "random", RULES, (), 1, 100), player, make_player("random")
    )
    assert game.winner == WHITE
    assert "illegal" in game.reason


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("", "wanted python:FILE:CLASS"),
        ("own.py", "wanted python:FILE:CLASS"),
        ("none.py:Centre", "No such file"),
        ("FILE:Nobody", "wanted a class Nobody with `choose`"),
        ("FILE:Empty", "wanted a class Empty with `choose`"),
        ("FILE:Choice", "wanted a class Choice with `choose`"),
        ("BROKEN:Centre", "does not run: SyntaxError"),
        ("TEXT:Centre", "wanted a file that ends in .py"),
    ],
)
def test_a_file_without_a_player_is_refused_in_one_line(player_file, tmp_path, place, said):
    (tmp_path / "broken.py").write_text("class Centre\n")
    (tmp_path / "own.txt").write_text(player_file.read_text() + "\n")
    place = place.replace("FILE", str(player_file)).replace("BROKEN", str(tmp_path / "broken.py"))
    with pytest.raises(ValueError, match=said) as caught:
        make_player(f"python:{place.replace('TEXT', str(tmp_path / 'own.txt'))}")
    assert "\n" not in str(caught.value)


def test_a_player_may_import_modules_beside_its_file(tmp_path):
    (tmp_path / "beside_own.py").write_text("MOVE = 7\n")
    file = tmp_path / "importing.py"
    file.write_text(
        "import beside_own\n\nclass Own:\n    choose = lambda self, p: beside_own.MOVE\n"
    )
    assert player_in(file, "Own").choose(Position(RULES)).move == 7


def test_a_misspelt_kind_is_corrected():
    with pytest.raises(UnknownPlayer, match="did you mean python"):
        make_player("pyton:own.py:Centre")


def test_a_changed_file_has_another_fingerprint_and_plays_its_new_code(player_file):
    before = make_player(f"python:{player_file}:Centre").fingerprint
    player_file.write_text(player_file.read_text().replace("legal[0]", "legal[-1]"))
    player = player_in(player_file, "Centre")
    assert player.fingerprint != before
    assert player.choose(Position(RULES).play(12)).move == 25


def test_numpy_numbers_become_python_numbers(player_file):
    choice = player_in(player_file, "Counts").choose(Position(RULES))
    assert choice == (3, 0.5, 7)
    assert [type(number) for number in choice] == [int, float, int]


def test_an_exception_in_close_harms_no_game(player_file):
    player = player_in(player_file, "Clings")
    player.new_game(RULES, 8)
    assert player.choose(Position(RULES)).move == 0
    player.close()


def test_players_of_two_folders_do_not_share_modules(tmp_path):
    players = []
    for number in (1, 2):
        folder = tmp_path / f"bot{number}"
        folder.mkdir()
        (folder / "helper.py").write_text(f"MOVE = {number}\n")
        (folder / "late_helper.py").write_text(f"PLUS = {number}\n")
        (folder / "bot.py").write_text(
            "import helper\n\n\nclass Bot:\n    def choose(self, position):\n"
            "        import late_helper\n\n        return 4 * helper.MOVE + late_helper.PLUS\n"
        )
        players.append(player_in(folder / "bot.py", "Bot"))
    for _ in range(2):
        assert [player.choose(Position(RULES)).move for player in players] == [5, 10]
    assert not {"helper", "late_helper"} & set(sys.modules)
    assert not any(str(tmp_path) in path for path in sys.path)
