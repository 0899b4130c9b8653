"""The commands that measure learning: curve, resize, ablate; each goes on after a stop."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.find_package import find_package
from insei.agents.net.package import load_package, read_card
from insei.commands.ablate import AblationConfig, ArmConfig, ablate, compare, is_done, train_arm
from insei.commands.curve import PICTURES, Net, Point, curve, draw, nets_of
from insei.commands.package import package
from insei.commands.resize import architectures, resize
from insei.engine.rules import Rules
from insei.selfplay.checkpoints import Progress, checkpoints_of, milestones_of
from insei.selfplay.learner import Learner
from insei.selfplay.lineage import Lineage
from insei.selfplay.run import RunFolder
from insei.selfplay.studies.arms import rate_arms
from insei.selfplay.studies.lessons import open_book, teach
from insei.selfplay.studies.side_by_side import train_side_by_side
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from insei.tournament.ratings import Rating
from insei.tournament.session import TournamentResult, hold_tournament
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.nets import TINY
from tests.helpers.runs import CONFIG, begin, finish

SHORT = replace(
    CONFIG,
    rating=RatingConfig(every=0),
    milestone_every=2,
    window=replace(CONFIG.window, held_out=0.2),
)


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """A run of three generations, its milestones 0, 1, 2 and 3."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    run, training = begin(folder, SHORT)
    finish(run, training)
    return folder


def test_a_curve_plays_kept_nets_once_and_draws_them(learned, tmp_path, capsys):
    out = tmp_path / "tiny.svg"
    words = {"out": out, "games": 2, "workers": 0, "reports": tmp_path, "against": ["random"]}
    curve([learned], **words)
    text = out.read_text()
    assert "<svg" in text
    for word in ("hours", "games", "Elo", "random", "tiny"):
        assert word in text
    said = capsys.readouterr().out
    assert said.count("Elo (") == 4
    games = (tmp_path / "tiny" / "games.jsonl").read_text()
    assert len(games.splitlines()) == 2 * 10  # pairings of five players
    curve([learned], **words)
    assert (tmp_path / "tiny" / "games.jsonl").read_text() == games
    assert out.read_text() == text


def test_a_curve_shows_nets_spread_over_the_run(learned):
    assert [net.generation for net in nets_of(learned, 8, 0)] == [0, 1, 2, 3]
    assert [net.generation for net in nets_of(learned, 2, 0)] == [0, 3]
    assert len(nets_of(learned, 3, 0)) == 3


def test_a_curve_of_boards_that_do_not_meet_is_refused(learned, tmp_path):
    with pytest.raises(ValueError, match="learns 5x5; wanted 9x9"):
        curve([learned], size=9, out=tmp_path / "x.svg")
    with pytest.raises(ValueError, match="is no run"):
        curve([tmp_path], out=tmp_path / "x.svg")


@pytest.mark.parametrize("name", ["a.foo", "a"])
def test_a_picture_that_cannot_be_drawn_is_refused_before_any_game(learned, tmp_path, name):
    out = tmp_path / name
    with pytest.raises(ValueError, match=f"{name}: wanted a file that ends in one of .svg, .png"):
        curve([learned], out=out, games=2, workers=0, reports=tmp_path, against=["random"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", PICTURES)
def test_a_picture_is_drawn_where_it_says(tmp_path, suffix):
    out = tmp_path / f"a{suffix}"
    net = Net(tmp_path, "net:x", 1, 0.5, 100)
    draw([Point(net, 10.0, -5.0, 25.0)], {"random": 0.0}, out)
    assert list(tmp_path.iterdir()) == [out]
    assert out.stat().st_size


def test_a_lesson_whose_loss_is_no_number_stops_with_a_line(learned, tmp_path, monkeypatch):
    step = Learner.step

    def poisoned(self, batch, progress):
        batch["score"][0] = np.nan
        return step(self, batch, progress)

    monkeypatch.setattr(Learner, "step", poisoned)
    said = r"2b4 is not made, its loss is no number any more .*step.* --learning-rate below 0.003"
    with pytest.raises(ValueError, match=said):
        resize(str(learned), dataset=learned, channels=[0.5], out=tmp_path, games=0)
    assert not (tmp_path / "2b4").exists()


def test_a_net_is_resized_from_recorded_games_rated_and_not_made_twice(learned, tmp_path, capsys):
    words = {
        "dataset": learned,
        "channels": [0.5],
        "out": tmp_path / "small",
        "passes": 1.0,
        "games": 2,
        "visits": 2,
        "workers": 0,
        "reports": tmp_path,
    }
    resize(str(learned), **words)
    card = load_package(tmp_path / "small" / "2b4").card
    assert card.architecture == replace(TINY, channels=4)
    assert card.training["dataset"] == str(learned)
    assert card.training["held_out"]["outcome"] > 0
    assert {one["player"] for one in card.rating["players"]} == {"net:", "search:visits=2"}
    assert "| 2b4, alone |" in capsys.readouterr().out
    stamp = (tmp_path / "small" / "2b4" / "weights.safetensors").stat().st_mtime_ns
    resize(str(learned), **words)
    assert (tmp_path / "small" / "2b4" / "weights.safetensors").stat().st_mtime_ns == stamp
    with pytest.raises(ValueError, match="comes from elsewhere"):
        resize(str(learned), **(words | {"passes": 2.0}))
    with pytest.raises(ValueError, match="comes from elsewhere"):
        resize(str(learned), **(words | {"rows": 200}))
    with pytest.raises(ValueError, match="comes from elsewhere"):
        resize(str(learned), **(words | {"learning_rate": 1e-4}))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"channels": [1.0]}, "2b8 is there already: wanted --channels or --blocks"),
        ({"channels": [-1.0]}, "channels -1.0: wanted a factor"),
        ({"channels": [float("inf")]}, "channels inf: wanted a factor"),
        ({"channels": [float("nan")]}, "channels nan: wanted a factor"),
        ({"channels": [0.5], "rows": 20}, "20 rows; wanted 100 or more"),
        ({"channels": [0.5], "passes": 0.0}, "passes 0.0"),
        ({"channels": [0.5], "learning_rate": 0.0}, "learner learning_rate 0.0"),
        ({"channels": [0.5], "games": 3}, "games 3: wanted an even number"),
        ({"channels": [0.5], "workers": -1}, "workers -1"),
        ({"channels": [0.5], "visits": -1}, "visits -1"),
    ],
)
def test_a_resize_that_makes_no_sense_is_refused(learned, tmp_path, words, said):
    with pytest.raises(ValueError, match=said):
        resize(str(learned), dataset=learned, out=tmp_path / "out", **words)
    assert not (tmp_path / "out").exists()


def test_a_dataset_that_does_not_fit_the_player_is_refused(learned, tmp_path):
    with pytest.raises(ValueError, match="holds games on 5x5; wanted 7x7, the board of go7"):
        resize("go7", dataset=learned, channels=[0.5], out=tmp_path / "out")
    with pytest.raises(ValueError, match="is no run"):
        resize("go7", dataset=tmp_path, channels=[0.5], out=tmp_path / "out")
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "config.yaml").write_text(to_yaml(SHORT))
    with pytest.raises(ValueError, match="holds no games"):
        resize(str(learned), dataset=empty, channels=[0.5], out=tmp_path / "out")
    (empty / "config.yaml").write_text(to_yaml(replace(SHORT, rules=Rules(5, 5, 9, ko="simple"))))
    (empty / "games.lance").symlink_to(learned / "games.lance")
    with pytest.raises(ValueError, match="games with ko positional; wanted ko simple"):
        resize(str(learned), dataset=empty, channels=[0.5], out=tmp_path / "out")


def test_widths_and_depths_are_factors_or_numbers():
    own = NetworkConfig(blocks=4, channels=48)
    found = architectures(own, [0.5, 64, 1.0], [])
    assert [(one.blocks, one.channels) for one in found] == [(4, 24), (4, 64)]
    found = architectures(own, [0.25, 1], [2, 4])
    assert [(one.blocks, one.channels) for one in found] == [(2, 12), (4, 12), (2, 48)]


def test_a_killed_lesson_goes_on_where_it_stood(learned, tmp_path, monkeypatch):
    monkeypatch.setattr("insei.selfplay.studies.lessons.STEPS_BETWEEN_SAVES", 4)
    book = open_book(learned, SHORT, 10**6)
    card = read_card(find_package(str(learned)))

    def run(saves, tell):
        return teach(book, TINY, SHORT, card, 10, saves, tell)[0]

    class Killed(Exception):
        pass

    def die(done, loss):
        raise Killed

    whole = run(tmp_path / "whole", lambda done, loss: None)
    with pytest.raises(Killed):
        run(tmp_path / "parts", die)  # at its end, after the save of step 8
    assert [one.name for one in (tmp_path / "parts").iterdir()] == ["000000008"]
    told = []
    parts = run(tmp_path / "parts", lambda done, loss: told.append(done))
    assert told == [10]
    assert all(abs(whole[name] - one).max() < 1e-6 for name, one in parts.items())


def test_arms_are_trained_once_and_compared(tmp_path, monkeypatch, capsys):
    base = tmp_path / "base.yaml"
    base.write_text(to_yaml(replace(SHORT, generations=1)))
    config = AblationConfig(
        base=str(base),
        name="pair",
        arms=(ArmConfig("plain"), ArmConfig("surprise", ("selfplay.surprise_share=0.5",))),
        games=2,
        workers=0,
    )
    file = tmp_path / "pair.yaml"
    file.write_text(to_yaml(config))
    ablate(file, runs=tmp_path, reports=tmp_path / "reports")
    said = capsys.readouterr().out
    assert "| surprise |" in said
    assert "of the games; one seed: how much seeds differ is not in it. Report" in said
    plain = (tmp_path / "pair" / "plain-1" / "config.yaml").read_text()
    other = (tmp_path / "pair" / "surprise-1" / "config.yaml").read_text()
    assert "surprise_share: 0.5" in other
    assert other.replace("surprise_share: 0.5", "surprise_share: 0.0").replace(
        "name: surprise-1", "name: plain-1"
    ) == plain  # fmt: skip
    monkeypatch.setattr("insei.commands.ablate.conduct", None)  # nothing is trained again
    ablate(file, runs=tmp_path, reports=tmp_path / "reports")
    with pytest.raises(ValueError, match="begun with another configuration"):
        train_arm(tmp_path / "pair" / "plain-1", replace(SHORT, seed=9), None)


def test_arms_side_by_side_learn_what_they_learn_alone(tmp_path, capsys):
    base = tmp_path / "base.yaml"
    base.write_text(to_yaml(replace(SHORT, generations=1)))
    config = AblationConfig(
        base=str(base),
        name="pair",
        settings=("selfplay.search.visits=4",),
        arms=(ArmConfig("plain"), ArmConfig("two", ("generations=2",))),
        games=2,
        workers=0,
    )
    file = tmp_path / "pair.yaml"
    file.write_text(to_yaml(config))
    ablate(file, runs=tmp_path / "alone", reports=tmp_path / "reports-alone")
    file.write_text(to_yaml(replace(config, together=2)))
    ablate(file, runs=tmp_path / "apart", reports=tmp_path / "reports-apart")
    assert "plain-1: " in capsys.readouterr().out
    for arm, generation in (("plain", 1), ("two", 2)):
        nets = [checkpoints_of(tmp_path / how / "pair" / f"{arm}-1")[-1]
                for how in ("alone", "apart")]  # fmt: skip
        assert read_card(nets[0]).training["generation"] == generation
        assert read_card(nets[0]).weights_sha256 == read_card(nets[1]).weights_sha256


def test_generations_that_were_skipped_are_not_learned():
    progress = Progress(Lineage(3, skipped=3), 0, 0, {}, 0.0)  # taken back by hand, and begun anew
    run = SimpleNamespace(newest=lambda: (progress, {}))
    assert not is_done(run, replace(SHORT, generations=2))
    run = SimpleNamespace(newest=lambda: (replace(progress, lineage=Lineage(5, skipped=3)), {}))
    assert is_done(run, replace(SHORT, generations=2))


def test_a_run_that_fails_beside_others_is_told_with_its_last_words(tmp_path, capsys):
    paths = [tmp_path / "good", tmp_path / "bad"]
    for path in paths:
        RunFolder.create(path, to_yaml(replace(SHORT, generations=1))).close()
    (paths[1] / "config.yaml").write_text("generations: none\n")
    with pytest.raises(ValueError, match=r"1 of 2 runs stopped: bad, exit status 2, insei: .*none"):
        train_side_by_side(paths, 2)
    assert read_card(checkpoints_of(paths[0])[-1]).training["generation"] == 1
    assert "good: " in capsys.readouterr().out


def test_a_table_of_several_seeds_names_each_net(monkeypatch, tmp_path):
    config = AblationConfig("base.yaml", (ArmConfig("a"), ArmConfig("b")), seeds=(1, 2))
    paths = {(arm, seed): tmp_path / f"{arm}-{seed}" for arm in "ab" for seed in config.seeds}
    match = TournamentConfig(players=tuple(str(path) for path in paths.values()))
    ratings = [
        rating(str(path), elo) for path, elo in zip(paths.values(), (0, 20, 130, 110), strict=True)
    ]
    held = TournamentResult(tmp_path / "report.html", SimpleNamespace(ratings=ratings))
    monkeypatch.setattr("insei.tournament.session.hold_tournament", lambda *_, **__: held)
    monkeypatch.setattr("insei.commands.ablate.games_of", lambda run: int(run.name[-1]) * 100)
    said = compare(config, paths, match, tmp_path, None)
    assert "| b | +110 | -144 to +364 | +130, +90 | 100, 200 |" in said
    assert "| a | +0 | +0 to +0 | +0, +0 | 100, 200 |" in said
    assert "By seed, nets over a's of the same one; the interval is that of the mean of 2" in said


def rating(player, elo):
    return Rating(player, elo, elo - 30, elo + 30, 100, 0.5)


def test_arms_are_rated_by_the_mean_and_the_scatter_of_their_nets():
    elo = {"a1": 0, "a2": 100, "b1": 300, "b2": 300, "c1": -50, "c2": 50}
    ratings = [rating(player, one) for player, one in elo.items()]
    best, first, last = rate_arms(ratings, {arm: [f"{arm}1", f"{arm}2"] for arm in "abc"})
    assert (best.arm, first.arm, last.arm) == ("b", "a", "c")
    assert best.elo == 250
    assert best.nets == (300, 200)
    # Student's 4.303 at two degrees; of what arms and seeds leave the squares sum up to 10,000 / 3
    half = 4.302653 * (10_000 / 3 / 2) ** 0.5
    assert (best.low, best.high) == pytest.approx((250 - half, 250 + half))
    assert (first.elo, first.low, first.high) == (0, 0, 0)
    # a seed that is good for all takes nothing from what is known of arms
    alike = [rating(name, elo) for name, elo in (("a1", 0), ("a2", 200), ("b1", 50), ("b2", 251))]
    assert rate_arms(alike, {"a": ["a1", "a2"], "b": ["b1", "b2"]})[0].low > 40
    one, _ = rate_arms(ratings, {"a": ["a1"], "b": ["b1"]})
    assert (one.arm, one.elo, one.low, one.high) == ("b", 300, 270, 330)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base: b.yaml\narms: [{name: a}]", "wanted two at least"),
        ("base: b.yaml\narms: [{name: a}, {name: a}]", "each of its own name"),
        ("base: nowhere.yaml\narms: [{name: a}, {name: b}]", "no file nowhere.yaml"),
        ("arms: [{name: a}, {name: b}]", "base"),
        (
            "base: configs/go5.yaml\narms: [{name: a}, {name: b, settings: [x=1]}]",
            "unknown key x",
        ),
        (
            "base: configs/go5.yaml\ngames: 7\narms: [{name: a}, {name: b}]",
            "games 7: wanted an even",
        ),
        ("base: configs/go5.yaml\nvisits: -1\narms: [{name: a}, {name: b}]", "visits -1"),
        (
            "base: configs/go5.yaml\narms: [{name: a}, {name: b, settings: [rules.komi=9.5]}]",
            "arms of different rules",
        ),
        (
            "base: configs/go5.yaml\ntogether: 2\narms: [{name: a}, {name: b}]",
            "a-1: workers 2, wanted 0",
        ),
        ("base: configs/go5.yaml\ntogether: 0\narms: [{name: a}, {name: b}]", "together 0"),
    ],
)
def test_an_ablation_that_makes_no_sense_is_refused(tmp_path, text, said):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=said):
        ablate(file, runs=tmp_path)


def test_milestones_of_a_finished_run_hold_its_last_net(learned):
    found = milestones_of(learned)
    assert list(found) == [0, 1, 2, 3]
    values = json.loads((found[3] / "player.json").read_text())
    assert values["training"]["generation"] == 3
    assert Path(found[3]).name == "000003"


def test_what_could_not_be_told_of_is_refused_before_it_is_trained(learned, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="without a comma"):
        resize(str(learned), dataset=learned, out=tmp_path / "a,b" / "c")
    with pytest.raises(ValueError, match="without a comma"):
        package(str(learned), tmp_path / "a,b")
    base = tmp_path / "base.yaml"
    base.write_text(to_yaml(replace(SHORT, generations=1)))
    held = TournamentConfig(name="pair", players=("random", "capture"), games=2, workers=0)
    hold_tournament(held, tmp_path)
    arms = (ArmConfig("plain"), ArmConfig("other", ("seed=2",)))
    file = tmp_path / "pair.yaml"
    file.write_text(to_yaml(AblationConfig(base=str(base), name="pair", arms=arms, games=2)))
    monkeypatch.setattr("insei.commands.ablate.train_arm", None)
    with pytest.raises(ValueError, match="other conditions"):
        ablate(file, runs=tmp_path / "runs", reports=tmp_path)
    assert not (tmp_path / "runs").exists()
