"""A player that a user wrote: seated by the file and the class, and no trouble where it fails."""

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
SOURCE = '''
"""Players of somebody's own."""

from insei.agents.player import Choice


class Centre:
    def choose(self, position):
        legal = position.legal_moves()
        middle = position.rules.num_points // 2
        return middle if middle in legal else legal[0]


class Counting:
    def new_game(self, rules, seed):
        self.seed, self.moves = seed, 0

    def choose(self, position):
        self.moves += 1
        position.play_in_place(0)  # its own copy
        return Choice(self.moves, 0.5, self.seed)


class Raises:
    def choose(self, position):
        raise RuntimeError("no\\nidea")


class Babbles:
    def choose(self, position):
        return "centre"


class Cheats:
    def choose(self, position):
        return 12


class Lists:
    def choose(self, position):
        return [1, 2]


class Hides:
    def choose(self, position):
        return Choice("x")


class Boasts:
    def choose(self, position):
        return Choice(0, 50.0)


class Dreams:
    def choose(self, position):
        return Choice(0, float("nan"))


class Mumbles:
    def choose(self, position):
        return Choice(0, "good")


class Counts:
    def choose(self, position):
        import numpy as np

        return Choice(np.int64(3), np.float32(0.5), np.int64(7))


class Overshoots:
    def choose(self, position):
        return 10**30


class Leaves:
    def choose(self, position):
        raise SystemExit(3)


class Clings:
    def choose(self, position):
        return 0

    def close(self):
        raise RuntimeError("never")


class NeverBegins:
    def __init__(self):
        raise KeyError("board")

    def choose(self, position):
        return 0


class Empty:
    pass
'''


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(SOURCE)
    return path


def seated(file, name):
    player = make_player(f"python:{file}:{name}")
    player.new_game(RULES, 7)
    return player


def test_choose_is_all_that_a_class_needs(file):
    player = seated(file, "Centre")
    assert player.choose(Position(RULES)) == (12, None, 1)
    assert player.choose(Position(RULES).play(12)).move == 0
    player.close()
    assert cost_of(player, RULES).lines == 59


def test_each_game_has_one_of_its_own_and_may_be_told_of_the_rules(file):
    player = seated(file, "Counting")
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
def test_one_that_fails_loses_its_game_with_the_reason(file, name, said):
    player = make_player(f"python:{file}:{name}")
    game = play_game(
        Job(0, player.name, "random", RULES, (), 1, 100), player, make_player("random")
    )
    assert game.winner == WHITE
    assert re.search(said, game.reason)
    with pytest.raises(PlayerFailed, match=said.replace("'", ".")):
        seated(file, name).choose(Position(RULES))


def test_an_illegal_move_loses_its_game(file):
    player = make_player(f"python:{file}:Cheats")
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
def test_a_file_that_is_none_is_refused_in_one_line(file, tmp_path, place, said):
    (tmp_path / "broken.py").write_text("class Centre\n")
    (tmp_path / "own.txt").write_text(SOURCE + "\n")
    place = place.replace("FILE", str(file)).replace("BROKEN", str(tmp_path / "broken.py"))
    with pytest.raises(ValueError, match=said) as caught:
        make_player(f"python:{place.replace('TEXT', str(tmp_path / 'own.txt'))}")
    assert "\n" not in str(caught.value)


def test_it_may_import_what_lies_beside_it(tmp_path):
    (tmp_path / "beside_own.py").write_text("MOVE = 7\n")
    file = tmp_path / "importing.py"
    file.write_text(
        "import beside_own\n\nclass Own:\n    choose = lambda self, p: beside_own.MOVE\n"
    )
    assert seated(file, "Own").choose(Position(RULES)).move == 7


def test_the_grammar_names_it():
    with pytest.raises(UnknownPlayer, match="did you mean python"):
        make_player("pyton:own.py:Centre")


def test_what_it_wrote_is_told_apart_by_its_text(file):
    before = make_player(f"python:{file}:Centre").fingerprint
    file.write_text(SOURCE.replace("legal[0]", "legal[-1]"))
    player = seated(file, "Centre")
    assert player.fingerprint != before
    assert player.choose(Position(RULES).play(12)).move == 25


def test_numbers_of_any_kind_become_pythons_own(file):
    choice = seated(file, "Counts").choose(Position(RULES))
    assert choice == (3, 0.5, 7)
    assert [type(one) for one in choice] == [int, float, int]


def test_what_goes_wrong_as_it_leaves_harms_no_game(file):
    player = seated(file, "Clings")
    player.new_game(RULES, 8)
    assert player.choose(Position(RULES)).move == 0
    player.close()


def test_players_of_two_folders_have_modules_of_their_own(tmp_path):
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
        players.append(seated(folder / "bot.py", "Bot"))
    for _ in range(2):
        assert [one.choose(Position(RULES)).move for one in players] == [5, 10]
    assert not {"helper", "late_helper"} & set(sys.modules)
    assert not any(str(tmp_path) in path for path in sys.path)
