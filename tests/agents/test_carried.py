"""Players whose nets lie in folders play on machines that lack the folder."""

import shutil
from contextlib import closing

import pytest

from insei.agents.carried import make_carried_player, packages_of
from insei.agents.grammar import make_player
from insei.engine.position import Position
from insei.engine.rules import tromp_taylor
from insei.system.errors import UserError
from insei.tournament.match import GameRunner, packages_for
from insei.tournament.schedule import pairing_jobs

RULES = tromp_taylor(5)


@pytest.fixture
def folder(tmp_path, tiny_package):
    """A package that a test may delete."""
    return shutil.copytree(tiny_package, tmp_path / "net")


def first_move(player):
    player.new_game(RULES, 1)
    return player.choose(Position(RULES)).move


@pytest.mark.parametrize("form", ["net:{}", "search:{},visits=8"])
def test_a_player_plays_the_same_without_its_folder(folder, form):
    name = form.format(folder)
    with closing(make_player(name)) as player:
        wanted, fingerprint = first_move(player), player.fingerprint
    packages = packages_of([name, "random", "net:go5"])
    shutil.rmtree(folder)
    with closing(make_carried_player(name, packages)) as player:
        assert (player.name, player.fingerprint) == (name, fingerprint)
        assert first_move(player) == wanted
        assert first_move(player) == wanted  # the package's copy is gone by now


def test_only_nets_that_others_may_lack_are_carried(folder):
    names = ["random", "net:go5", f"net:{folder}", f"search:{folder},visits=8", "gtp:x", "uct:x"]
    assert [*packages_of(names)] == [str(folder)]


def test_the_newest_net_of_a_run_is_carried(tmp_path, folder):
    run = tmp_path / "run" / "checkpoints"
    for number in ("000001", "000002"):
        shutil.copytree(folder, run / number)
    (run / "000001" / "weights.safetensors").write_bytes(b"old")
    name = f"net:{tmp_path / 'run'}"
    packages = packages_of([name])
    shutil.rmtree(run)
    with closing(make_carried_player(name, packages)) as player:
        assert first_move(player) >= 0


def test_a_player_that_is_nowhere_is_named_where_it_was_looked_for(tmp_path):
    with pytest.raises(UserError, match=f"no player at {tmp_path}/none"):
        packages_of([f"net:{tmp_path}/none"])
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "player.json").write_text("{}")
    with pytest.raises(UserError, match=r"half: wanted player\.json and weights"):
        packages_of([f"net:{tmp_path}/half"])


def test_games_are_the_same_without_the_folder(folder):
    jobs = pairing_jobs(f"net:{folder}", "random", RULES, 4, 2, 1, 50)
    with closing(GameRunner()) as runner:
        wanted = [game.moves for game in runner.play(jobs)]
    packages = packages_for(jobs)
    shutil.rmtree(folder)
    with closing(GameRunner()) as runner:
        runner.carry(packages)
        assert [game.moves for game in runner.play(jobs)] == wanted
