"""A match to a decision."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml

from insei.tournament.sprt import SprtConfig, decision, log_likelihood_ratio
from tests.helpers.tournaments import CONFIG, hold


@pytest.mark.parametrize(("share", "said"), [(0.9, "elo1"), (0.5, "elo0"), (0.1, "elo0")])
def test_a_sequential_test_decides_for_the_truth(share, said):
    rng = np.random.default_rng(1)
    right = 0
    for _ in range(100):
        pairs = []
        while not (found := decision(pairs, SprtConfig(0, 100))):
            pairs.append(float(rng.binomial(2, share)) / 2)
        right += found == said
    assert right >= 90  # alpha and beta are .05


def test_the_ratio_of_a_match_worked_out_by_hand():
    # Two pairs of 1 and two of .5: mean .75; squares 1/4, and 4/8 of the prior's, over 8 pairs.
    upper = 1 / (1 + 10**-0.25)
    ratio = 4 * (upper - 0.5) * (1.5 - 0.5 - upper) / (2 * 0.75 / 8)
    found = log_likelihood_ratio([1, 1, 0.5, 0.5], SprtConfig(0, 100))
    assert found == pytest.approx(ratio)


def test_a_match_ends_once_it_is_decided(tmp_path):
    config = replace(
        CONFIG, format="sprt", players=("capture", "random"), games=400, sprt=SprtConfig(0, 200)
    )
    report = hold(tmp_path, config)
    values = json.loads(report.with_suffix(".json").read_text())
    assert values["games"] < 200
    assert "capture is stronger than random by 200 Elo rather than 0" in values["verdict"]
    lines = (report.parent / "games.jsonl").read_text()
    hold(tmp_path, config)  # a decided match is not played on
    assert (report.parent / "games.jsonl").read_text() == lines


def test_a_match_to_a_decision_wants_an_opening_for_each_pair(tmp_path):
    config = replace(
        CONFIG, format="sprt", players=("capture", "random"), games=400, opening_plies=1
    )
    with pytest.raises(ValueError, match="games 400: wanted at most 50 for an sprt, two for each"):
        hold(tmp_path, config)


def test_a_folder_from_before_the_sprt_is_gone_on_with(tmp_path):
    hold(tmp_path)
    path = tmp_path / "small" / "config.yaml"
    values = yaml.safe_load(path.read_text())
    del values["sprt"]
    path.write_text(yaml.safe_dump(values))
    hold(tmp_path)
    values["sprt"] = {"elo0": 0.0}
    path.write_text(yaml.safe_dump(values))
    hold(tmp_path)
