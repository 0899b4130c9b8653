"""The players that come with insei, and `insei package`, which makes such packages."""

import json
from contextlib import closing
from dataclasses import replace

import pytest

from insei.agents.grammar import make_player
from insei.agents.net.find_package import SHIPPED, find_package, shipped_players
from insei.agents.net.package import ONNX_FILE, load_package, sha256_of
from insei.commands.package import package
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.main import main
from insei.selfplay.packaging import rating_in
from insei.system.configuration import to_yaml
from insei.tournament.folder import TournamentFolder
from insei.tournament.match import GameRunner
from insei.tournament.playing import play_here
from insei.tournament.run import run_tournament
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import TournamentConfig

SMALL = 5 * 2**20  # bytes


@pytest.mark.parametrize("name", shipped_players())
def test_a_shipped_player_is_small_and_says_what_it_is(name):
    folder = SHIPPED / name
    assert sum(path.stat().st_size for path in folder.iterdir()) < SMALL
    card = load_package(folder).card
    assert sha256_of((folder / ONNX_FILE).read_bytes()) == card.onnx_sha256
    assert card.training["games"] > 1000
    assert card.training["hours"] > 0
    assert {"elo", "against"} <= set(card.rating["players"][0])


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_players())
def test_a_shipped_player_beats_the_handwritten_one(name):
    """Games that it was not rated by; the shipped nets lose next to none."""
    card = load_package(find_package(name)).card
    rules = Rules(card.width, card.height, {5: 14.5, 7: 9.0, 9: 7.0, 19: 7.5}[card.width])
    player = f"search:{name},visits=32"
    num_games = 20 if card.width <= 9 else 4
    config = TournamentConfig(
        players=(player, "influence"), rules=rules, games=num_games, opening_plies=2, seed=77
    )
    table = GameRunner()
    games = table.play(schedule(config))
    table.close()
    won = sum((game.black if game.winner == BLACK else game.white) == player for game in games)
    assert won >= 0.75 * num_games


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["gumbel", "puct"])
@pytest.mark.parametrize(("komi", "winner"), [(24.5, BLACK), (25.5, WHITE)])
def test_the_5x5_player_knows_what_the_centre_is_worth(rule, komi, winner):
    """Black owns the whole 5x5 board (van der Werf et al. 2003): 25 points, by the centre."""
    player = make_player(f"search:go5,visits=400,rule={rule}")
    position = Position(Rules(5, 5, komi))
    player.new_game(position.rules, 1)
    choice = player.choose(position)
    assert choice.move == 12
    assert choice.value > 0.2 if winner == BLACK else choice.value < -0.2
    while not position.is_over:
        position = position.play(player.choose(position).move)
    player.close()
    assert position.winner() == winner


def test_a_folder_goes_before_a_shipped_player(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_package("go5") == SHIPPED / "go5"
    package("go5", tmp_path / "go5")
    assert find_package("go5").resolve() == (tmp_path / "go5").resolve()
    cards = [load_package(folder / "go5").card for folder in (tmp_path, SHIPPED)]
    copy, own = (replace(card, onnx_sha256="") for card in cards)  # by any version of onnx
    assert copy == own
    written = (tmp_path / "go5" / ONNX_FILE).read_bytes()
    assert cards[0].onnx_sha256 == sha256_of(written)


def test_a_package_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    def cut_short(folder, *_):
        (folder / ONNX_FILE).write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("insei.selfplay.packaging.write_package", cut_short)
    with pytest.raises(KeyboardInterrupt):
        package("go5", tmp_path / "go5")
    assert not list(tmp_path.iterdir())


def test_a_package_carries_its_rating(tmp_path):
    config = TournamentConfig(
        name="t", players=("net:go5", "random"), rules=Rules(5, 5, 14.5), games=2, workers=0
    )
    with closing(TournamentFolder(tmp_path / "t", to_yaml(config))) as folder:
        run_tournament(config, folder, play_here, lambda progress: None)
    report = tmp_path / "t" / "report.json"
    package("go5", tmp_path / "copy", report=report)
    rating = json.loads((tmp_path / "copy" / "player.json").read_text())["rating"]
    assert rating["conditions"]["games"] == 2
    assert rating["players"][0]["against"][0]["opponent"] == "random"
    with pytest.raises(ValueError, match="did not play in it"):
        rating_in(report, "0" * 64)


def test_packaging_refuses_what_is_there_and_what_is_not(tmp_path, capsys):
    for words, said in (
        (["package", "go5", str(tmp_path)], "exists already: wanted a new folder"),
        (["package", "nobody", str(tmp_path / "x")], "no player at nobody"),
        (
            ["package", "go5", str(tmp_path / "x"), "--report", "setup.py"],
            "wanted a tournament's report",
        ),
    ):
        with pytest.raises(SystemExit):
            main(words)
        assert said in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
