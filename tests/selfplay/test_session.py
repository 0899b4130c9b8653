"""A training run and a package from Python, watched."""

import json

import pytest

from insei.agents.grammar import make_player
from insei.selfplay.packaging import package_player, rating_in
from insei.selfplay.session import train
from insei.system.errors import UserError
from insei.tournament.session import hold_tournament
from insei.tournament.tournament_config import TournamentConfig

SMALL = """
generations: 2
games_per_generation: 4
workers: 0
rules: {width: 3, height: 3, komi: 8.5}
network: {blocks: 1, channels: 8}
selfplay: {games_in_flight: 4, search: {visits: 2}}
rating: {every: null}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def test_a_run_is_trained_from_python_in_three_lines(file, tmp_path):
    told = []
    run = train(str(file), runs=str(tmp_path), settings=["generations=1"], watch=told.append)
    assert run.path == tmp_path / "small"
    assert (run.generations_learned, told[-1].generation, told[-1].games) == (1, 1, 4)
    make_player(f"{run.player},visits=2").close()
    again = train(run.path, settings=["generations=2"])
    assert (again.generations_learned, again.config.generations) == (2, 2)


def test_notices_come_to_the_watcher_and_the_log(file, tmp_path):
    run = train(file, runs=tmp_path)
    for folder in sorted((run.path / "checkpoints").iterdir())[1:]:
        for one in folder.iterdir():
            one.unlink()
        folder.rmdir()
    told = []
    train(file, runs=tmp_path, notice=told.append)
    assert told[0].startswith("later checkpoints were taken away")
    assert told[0] in (run.path / "log.txt").read_text()


def test_a_run_that_was_refused_is_free_for_others(file, tmp_path):
    train(file, runs=tmp_path)
    with pytest.raises(UserError, match="seed 9: this run began with 1"):
        train(tmp_path / "small", settings=["seed=9"])
    with pytest.raises(UserError, match=r"komi 5 on 3x3: this run began with 8\.5, wanted that"):
        train(tmp_path / "small", settings=["rules.komi=5"])
    train(tmp_path / "small")


def test_a_run_that_could_not_begin_leaves_no_folder(file, tmp_path, ray_session):
    wanting = ["workers=2", "selfplay.gpus=1"]
    with pytest.raises(UserError, match="wanted at most the 0 that Ray has"):
        train(file, runs=tmp_path, settings=wanting)
    assert not (tmp_path / "small").exists()
    train(file, runs=tmp_path)
    with pytest.raises(UserError, match="wanted at most the 0 that Ray has"):
        train(tmp_path / "small", settings=wanting)
    assert (tmp_path / "small" / "checkpoints").exists()


def test_a_net_is_packaged_from_python_with_its_rating(file, tmp_path):
    run = train(file, runs=tmp_path)
    match = TournamentConfig(
        name="match",
        players=("random", f"net:{run.path}"),
        rules=run.config.rules,
        games=2,
        workers=0,
    )
    report = hold_tournament(match, tmp_path).page.with_suffix(".json")
    package_player(str(run.path), tmp_path / "given", report)
    card = json.loads((tmp_path / "given" / "player.json").read_text())
    assert card["rating"] == json.loads(json.dumps(rating_in(report, card["weights_sha256"])))
    assert (tmp_path / "given" / "player.onnx").is_file()
    with pytest.raises(UserError, match="did not play in it"):
        package_player("go5", tmp_path / "other", report)
    assert not (tmp_path / "other").exists()
