"""Our configurations: those in configs/, those that results were made with, and their page."""

import json

import pytest

from docs.write_configuration import PAGE, page
from insei.agents.net.architecture import NetworkConfig
from insei.agents.net.package import read_card
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.studies.ablation import AblationConfig, read_ablation
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import BadConfig, build, to_yaml
from insei.system.plain_yaml import parse_yaml, read_yaml
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.paths import ROOT


def kind_of(values):
    if "players" in values:
        return TournamentConfig
    if "steps" in values:
        return LearnConfig
    return AblationConfig if "variants" in values or "arms" in values else TrainConfig


@pytest.mark.parametrize("kind", [TrainConfig, TournamentConfig, LearnConfig])
def test_the_defaults_are_written_and_read_back(kind):
    assert build(kind, parse_yaml(to_yaml(kind()), "text")) == kind()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda one: one.name
)
def test_every_configuration_of_ours_is_valid(path, monkeypatch):
    values = read_yaml(path)
    assert build(kind_of(values), values).name == path.stem
    if kind_of(values) is AblationConfig:
        monkeypatch.chdir(ROOT)  # the base's path begins there
        read_ablation(path)


RESULTS = sorted((ROOT / "docs" / "results").glob("**/config.yaml"))


@pytest.mark.parametrize("path", RESULTS, ids=lambda one: str(one.parent.name))
def test_every_configuration_that_results_were_made_with_is_still_read(path):
    values = read_yaml(path)
    config = build(kind_of(values), values)
    assert build(kind_of(values), parse_yaml(to_yaml(config), "text")) == config


def test_there_are_results_to_read():
    assert len(RESULTS) > 20


# As a run of an earlier version wrote it, with keys that are constants now and values for "never".
OLD_RUN = """
name: old
seed: 1
start_from: ''
generations: 2000
hours: 0.0
milestone_every: 0
rules: {width: 7, height: 7, komi: 9.0}
network: {blocks: 4, channels: 32, pooling_every: 100}
selfplay:
  first_visits: 0
  opening_temperature: 1.0
  no_pass_share: 0.5
  clear_value: 2.0
  clear_plies: 4
  clear_visits: 8
  clear_share: 0.2
window: {exponent: 0.65, slope: 0.4}
learner: {weight_decay: 0.0001, clip_norm: 5.0, outcome_weight: 1.25}
rating: {every: 0, opening_plies: 2}
"""


def test_a_run_of_an_earlier_version_is_read():
    config = build(TrainConfig, parse_yaml(OLD_RUN, "text"))
    never = [
        config.start_from,
        config.hours,
        config.milestone_every,
        config.network.pooling_every,
        config.selfplay.first_visits,
        config.selfplay.clear_value,
        config.rating.every,
    ]
    assert never == [None] * 7
    assert not any(config.network.pools(block) for block in range(4))
    assert "clear_share" not in to_yaml(config)
    with pytest.raises(BadConfig, match=r"selfplay.clear_share: 0.5, wanted 0.2, a constant"):
        build(TrainConfig, parse_yaml(OLD_RUN.replace("share: 0.2", "share: 0.5"), "text"))


def test_a_tournament_of_an_earlier_version_is_read():
    config = build(
        TournamentConfig, {"anchor": "", "openings": "", "max_plies_per_point": 6.0, "games": 2}
    )
    assert (config.anchor, config.openings) == (None, None)
    assert config.max_plies == 6 * 81


def test_a_card_that_says_no_pooling_by_100_is_read(tmp_path, tiny_package):
    card = json.loads((tiny_package / "player.json").read_text())
    card["architecture"]["pooling_every"] = 100
    (tmp_path / "player.json").write_text(json.dumps(card))
    assert read_card(tmp_path).architecture.pooling_every is None
    assert NetworkConfig(pooling_every=None).num_parameters() < NetworkConfig().num_parameters()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("generation: 3", "unknown key generation: did you mean generations?"),
        ("selfplay: {learning_rate: 1}", "did you mean learner.learning_rate?"),
        ("visits: 1", "unknown key visits: did you mean rating.visits?"),
        ("rules: {ko: super}", "rules.ko: 'super', wanted simple, positional or situational"),
        ("rules: {width: 40}", "rules: width 40: wanted a whole number from 1 to 19"),
        ("rating: {opponents: [1]}", "rating.opponents[0]: 1, wanted text"),
        ("rating: {games: 3}", "rating.games: 3, wanted an even number, 2 to 1000000"),
        ("seed: 9223372036854775808", "seed: 9223372036854775808, wanted 0 to 9223372036854775807"),
        ("sizes: [{side: 5}]", "sizes[0].komi: missing"),
        ("name: ..", "name: '..', wanted letters, digits, and -_. with at least one"),
        ("generations: null", "generations null, hours null: wanted one of them"),
        ("window: {smallest: 100}", "window.smallest 100: wanted at least one batch"),
        ("selfplay: {batches: 8, games_in_flight: 2}", "selfplay: batches 8: wanted at most"),
        ("network: {channels: 33}", "network.channels: 33, wanted a multiple of 4"),
    ],
)
def test_a_bad_training_configuration_names_the_key(text, said):
    with pytest.raises(BadConfig) as caught:
        build(TrainConfig, parse_yaml(text, "text"))
    assert said in str(caught.value)


def test_hours_alone_may_end_a_run():
    config = build(TrainConfig, {"generations": None, "hours": 2})
    assert config.share_done(10**6, 3600) == 0.5
    assert TrainConfig(generations=10).share_done(5, 10**9) == 0.5


def test_the_page_of_configurations_is_what_the_dataclasses_say():
    assert PAGE.read_text() == page(), "run python -m docs.write_configuration"


def test_every_key_has_a_meaning_on_the_page():
    rows = [line.split(" | ") for line in page().splitlines() if line.startswith("| `")]
    keys = [row[0].removeprefix("| `").removesuffix("`") for row in rows if len(row) == 7]
    assert {"learner.batch_size", "sizes[].side", "sprt.elo1", "pairings[].games"} <= set(keys)
    assert not [row[0] for row in rows if len(row) == 7 and not row[5].strip()]
