"""Ablations: variants are trained once, play each other, and are rated by their seeds."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from insei.agents.net.package import read_card
from insei.commands.ablate import ablate as command
from insei.commands.ablate import table_of
from insei.selfplay.checkpoints import Progress, checkpoints_of
from insei.selfplay.lineage import Lineage
from insei.selfplay.run import RunFolder
from insei.selfplay.studies import ablation
from insei.selfplay.studies.ablation import (
    AblationConfig,
    VariantConfig,
    ablate,
    is_done,
    read_ablation,
    result_of,
    train_variant,
)
from insei.selfplay.studies.parallel_runs import train_in_parallel
from insei.selfplay.studies.variant_ratings import rate_variants
from insei.system.configuration import to_yaml
from insei.tournament.ratings import Rating
from insei.tournament.session import hold_tournament
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.runs import SHORT, write_base


def silent(*words):
    pass


def write_pair(folder, *variants, **changes):
    """An ablation of `plain` and other variants as a file."""
    config = AblationConfig(
        base=str(write_base(folder, generations=1)),
        name="pair",
        variants=(VariantConfig("plain"), *variants),
        games=2,
        workers=0,
    )
    file = folder / "pair.yaml"
    file.write_text(to_yaml(replace(config, **changes)))
    return file


@pytest.mark.slow
def test_an_ablation_is_held_from_python_in_three_lines(tmp_path):
    file = write_pair(tmp_path, VariantConfig("other", ("learner.trace=0.9",)))
    told, told_of_games = [], []
    result = ablate(
        read_ablation(file, ["games=4"]),
        runs=tmp_path,
        reports=tmp_path,
        watch=told.append,
        watch_games=told_of_games.append,
    )
    assert {one.variant for one in result.ratings} == {"plain", "other"}
    assert result.games_learned_from == {"plain": [12], "other": [12]}
    assert told[-1].generation == 1
    assert (told_of_games[-1].done, told_of_games[-1].total) == (4, 4)


@pytest.mark.slow
def test_variants_are_trained_once_and_compared(tmp_path, monkeypatch, capsys):
    file = write_pair(tmp_path, VariantConfig("surprise", ("selfplay.surprise_share=0.5",)))
    command(file, runs=tmp_path, reports=tmp_path / "reports")
    said = capsys.readouterr().out
    assert "\nsurprise " in said
    assert "with one seed, the scatter between seeds is not in it. Report" in said
    plain = (tmp_path / "pair" / "plain-1" / "config.yaml").read_text()
    other = (tmp_path / "pair" / "surprise-1" / "config.yaml").read_text()
    assert "surprise_share: 0.5" in other
    assert other.replace("surprise_share: 0.5", "surprise_share: 0.0").replace(
        "name: surprise-1", "name: plain-1"
    ) == plain  # fmt: skip
    monkeypatch.setattr(ablation, "train_run", None)  # nothing is trained again
    command(file, runs=tmp_path, reports=tmp_path / "reports")
    with pytest.raises(ValueError, match="begun with another configuration"):
        train_variant(tmp_path / "pair" / "plain-1", replace(SHORT, seed=9), None, silent, silent)


@pytest.mark.slow
def test_variants_trained_together_learn_what_they_learn_alone(tmp_path, capsys):
    changes = {"settings": ("selfplay.search.visits=4",)}
    two = VariantConfig("two", ("generations=2",))
    file = write_pair(tmp_path, two, **changes)
    command(file, runs=tmp_path / "alone", reports=tmp_path / "reports-alone")
    file = write_pair(tmp_path, two, together=2, **changes)
    capsys.readouterr()
    command(file, runs=tmp_path / "apart", reports=tmp_path / "reports-apart")
    assert "plain-1: " in capsys.readouterr().err
    for variant, generation in (("plain", 1), ("two", 2)):
        nets = [
            checkpoints_of(tmp_path / how / "pair" / f"{variant}-1")[-1]
            for how in ("alone", "apart")
        ]
        assert read_card(nets[0]).training["generation"] == generation
        assert read_card(nets[0]).weights_sha256 == read_card(nets[1]).weights_sha256


def test_generations_that_were_skipped_are_not_learned():
    progress = Progress(Lineage(3, skipped=3), 0, 0, {}, 0.0)  # taken back by hand, and begun anew
    run = SimpleNamespace(newest=lambda: (progress, {}))
    assert not is_done(run, replace(SHORT, generations=2))
    run = SimpleNamespace(newest=lambda: (replace(progress, lineage=Lineage(5, skipped=3)), {}))
    assert is_done(run, replace(SHORT, generations=2))


@pytest.mark.slow
def test_a_run_that_fails_beside_others_is_told_with_its_last_words(tmp_path):
    paths = [tmp_path / "good", tmp_path / "bad"]
    for path in paths:
        RunFolder.create(path, to_yaml(replace(SHORT, generations=1))).close()
    config = paths[1] / "config.yaml"
    config.write_text(config.read_text().replace("generations: 1\n", "generations: none\n"))
    told = []
    with pytest.raises(ValueError, match=r"1 of 2 runs stopped: bad, exit status 2, insei: .*none"):
        train_in_parallel(paths, 2, told.append)
    assert read_card(checkpoints_of(paths[0])[-1]).training["generation"] == 1
    assert any(line.startswith("good: ") for line in told)


def test_a_table_of_several_seeds_names_each_net(monkeypatch, tmp_path):
    config = AblationConfig("base.yaml", (VariantConfig("a"), VariantConfig("b")), seeds=(1, 2))
    paths = {(name, seed): tmp_path / f"{name}-{seed}" for name in "ab" for seed in config.seeds}
    players = [str(path) for path in paths.values()]
    ratings = [rating(name, elo) for name, elo in zip(players, (0, 20, 130, 110), strict=True)]
    match = SimpleNamespace(page=tmp_path / "report.html", report=SimpleNamespace(ratings=ratings))
    monkeypatch.setattr(ablation, "games_of", lambda run: int(run.name[-1]) * 100)
    said = table_of(result_of(config, paths, players, match), 100)
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "b +110 -144 to +364 +130, +90 100, 200" in lines
    assert "a +0 +0 to +0 +0, +0 100, 200" in lines
    assert "By seed: Elo over a of the same seed. The interval is that of the mean of 2" in said


def rating(player, elo):
    return Rating(player, elo, elo - 30, elo + 30, 100, 0.5)


def test_variants_are_rated_by_the_mean_and_the_scatter_of_their_nets():
    elo = {"a1": 0, "a2": 100, "b1": 300, "b2": 300, "c1": -50, "c2": 50}
    ratings = [rating(player, one) for player, one in elo.items()]
    nets = {name: [f"{name}1", f"{name}2"] for name in "abc"}
    best, first, last = rate_variants(ratings, nets)
    assert (best.variant, first.variant, last.variant) == ("b", "a", "c")
    assert best.elo == 250
    assert best.nets == (300, 200)
    # Student's 4.303 at two degrees of freedom; the residuals' squares sum up to 10,000 / 3
    half = 4.302653 * (10_000 / 3 / 2) ** 0.5
    assert (best.low, best.high) == pytest.approx((250 - half, 250 + half))
    assert (first.elo, first.low, first.high) == (0, 0, 0)
    # a seed that is good for all variants doesn't widen the interval
    alike = [rating(name, elo) for name, elo in (("a1", 0), ("a2", 200), ("b1", 50), ("b2", 251))]
    assert rate_variants(alike, {"a": ["a1", "a2"], "b": ["b1", "b2"]})[0].low > 40
    one, _ = rate_variants(ratings, {"a": ["a1"], "b": ["b1"]})
    assert (one.variant, one.elo, one.low, one.high) == ("b", 300, 270, 330)


GO5 = "base: configs/go5.yaml\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("base: b.yaml\nvariants: [{name: a}]", r"variants: \['a'\], wanted two at least"),
        ("base: b.yaml\nvariants: [{name: a}, {name: a}]", "each of its own name"),
        ("base: nowhere.yaml\nvariants: [{name: a}, {name: b}]", "no file nowhere.yaml"),
        ("variants: [{name: a}, {name: b}]", "base: missing"),
        (f"{GO5}variants: [{{name: a}}, {{name: b, settings: [x=1]}}]", "unknown key x"),
        (f"{GO5}games: 7\nvariants: [{{name: a}}, {{name: b}}]", "games: 7, wanted an even"),
        (f"{GO5}visits: -1\nvariants: [{{name: a}}, {{name: b}}]", "visits: -1, wanted 0 to"),
        (
            f"{GO5}variants: [{{name: a}}, {{name: b, settings: [rules.komi=9.5]}}]",
            "variants of different rules",
        ),
        (f"{GO5}together: 2\nvariants: [{{name: a}}, {{name: b}}]", "a-1: workers 2, wanted 0"),
        (f"{GO5}together: 0\nvariants: [{{name: a}}, {{name: b}}]", "together: 0, wanted 1"),
        (f"{GO5}variants: [{{name: a}}, {{name: a/b}}]", r"variants\[1\].name: 'a/b', wanted"),
    ],
)
def test_an_ablation_that_makes_no_sense_is_refused(tmp_path, text, said):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=said):
        command(file, runs=tmp_path, reports=tmp_path)


def test_a_match_that_cannot_be_held_is_refused_before_its_nets_are_trained(tmp_path, monkeypatch):
    held = TournamentConfig(name="pair", players=("random", "capture"), games=2, workers=0)
    hold_tournament(held, tmp_path)
    file = write_pair(tmp_path, VariantConfig("other", ("seed=2",)))
    monkeypatch.setattr(ablation, "train_variant", None)
    with pytest.raises(ValueError, match="other conditions"):
        command(file, runs=tmp_path / "runs", reports=tmp_path)
    assert not (tmp_path / "runs").exists()


def test_variants_may_still_be_called_arms(tmp_path):
    file = tmp_path / "old.yaml"
    file.write_text(f"{GO5}hours: 0\narms: [{{name: a}}, {{name: b, settings: [workers=0]}}]")
    config = read_ablation(file)
    assert [one.name for one in config.variants] == ["a", "b"]
    assert config.hours is None
