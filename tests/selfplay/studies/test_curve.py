"""Curves: kept nets are played once, rated and drawn."""

import json
from xml.etree import ElementTree

import pytest

from insei.commands.curve import curve as command
from insei.selfplay.checkpoints import milestones_of
from insei.selfplay.studies.curve import (
    Curve,
    CurveConfig,
    CurvePoint,
    KeptNet,
    measure_curve,
    nets_of,
)
from insei.selfplay.studies.curve_picture import PICTURES, draw_curve
from tests.helpers.hostile.text import HOSTILE, MARKUP, steering

QUICK_MATCH = {"games": 2, "workers": 0, "against": ("random",)}


def test_a_curve_is_measured_from_python_in_three_lines(learned, tmp_path):
    told = []
    config = CurveConfig(name="tiny", **QUICK_MATCH)
    curve = measure_curve([learned], config, reports=tmp_path, watch=told.append)
    assert [point.net.generation for point in curve.points] == [0, 1, 2, 3]
    assert curve.levels == {"random": 0.0}
    assert (told[-1].done, told[-1].total) == (20, 20)
    assert curve.page == tmp_path / "tiny" / "report.html"


def test_the_command_plays_kept_nets_once_and_draws_them(learned, tmp_path, capsys):
    out = tmp_path / "tiny.svg"
    words = {"out": out, "games": 2, "workers": 0, "reports": tmp_path, "against": ["random"]}
    command([learned], **words)
    text = out.read_text()
    assert "<svg" in text
    for word in ("hours", "games", "Elo", "random", "tiny"):
        assert word in text
    said = capsys.readouterr().out
    assert said.splitlines()[0].split()[:4] == ["run", "generation", "hours", "games"]
    rows = [line.split() for line in said.splitlines()[2:6]]
    assert [row[:2] for row in rows] == [[str(learned), str(number)] for number in range(4)]
    games = (tmp_path / "tiny" / "games.jsonl").read_text()
    assert len(games.splitlines()) == 2 * 10  # pairings of five players
    command([learned], **words)
    assert (tmp_path / "tiny" / "games.jsonl").read_text() == games
    assert out.read_text() == text


def test_a_curve_shows_nets_spread_over_the_run(learned):
    assert [net.generation for net in nets_of(learned, 8, 0)] == [0, 1, 2, 3]
    assert [net.generation for net in nets_of(learned, 2, 0)] == [0, 3]
    assert len(nets_of(learned, 3, 0)) == 3


def test_a_curve_of_boards_that_do_not_meet_is_refused(learned, tmp_path):
    with pytest.raises(ValueError, match="learns 5x5; wanted 9x9"):
        measure_curve([learned], CurveConfig(size=9), reports=tmp_path)
    with pytest.raises(ValueError, match="is no run"):
        measure_curve([tmp_path], CurveConfig(), reports=tmp_path)
    with pytest.raises(ValueError, match="most 1: wanted 2 to 1000"):
        CurveConfig(most=1)


@pytest.mark.parametrize("name", ["a.foo", "a"])
def test_a_picture_that_cannot_be_drawn_is_refused_before_any_game(learned, tmp_path, name):
    out = tmp_path / name
    with pytest.raises(ValueError, match=f"{name}: wanted a file that ends in one of .svg, .png"):
        command([learned], out=out, games=2, workers=0, reports=tmp_path, against=["random"])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", PICTURES)
def test_a_picture_is_drawn_where_it_says(tmp_path, suffix):
    out = tmp_path / f"a{suffix}"
    point = CurvePoint(KeptNet(tmp_path, "net:x", 1, 0.5, 100), 10.0, -5.0, 25.0)
    draw_curve(Curve([point], {"random": 0.0}, tmp_path / "report.html"), out)
    assert list(tmp_path.iterdir()) == [out]
    assert out.stat().st_size


def test_milestones_of_a_finished_run_hold_its_last_net(learned):
    found = milestones_of(learned)
    assert list(found) == [0, 1, 2, 3]
    values = json.loads((found[3] / "player.json").read_text())
    assert values["training"]["generation"] == 3
    assert found[3].name == "000003"


def test_names_in_a_picture_are_text(tmp_path):
    """A dollar begins no formula, and nothing steers or breaks the file."""
    out = tmp_path / "curve.svg"
    run = tmp_path / "$\\frac{\x1b]0;x\x07<script>"
    point = CurvePoint(KeptNet(run, "net:x", 1, 0.5, 100), 10.0, -5.0, 25.0)
    draw_curve(Curve([point], {f"{MARKUP}$\\x{HOSTILE}": 0.0}, tmp_path / "report.html"), out)
    text = out.read_text()
    assert not steering(text)
    assert "<script" not in text
    assert "$\\frac" in text
    ElementTree.fromstring(text)
