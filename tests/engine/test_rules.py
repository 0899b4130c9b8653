"""Rules as values: what presets are, what the bounds are, and the two colours."""

from dataclasses import astuple

import pytest

from insei.engine.rule_names import handicap_points
from insei.engine.rules import BLACK, PRESETS, WHITE, Rules, opponent


def test_each_colour_is_the_others_opponent():
    assert (opponent(BLACK), opponent(WHITE)) == (WHITE, BLACK)


@pytest.mark.parametrize(
    ("name", "komi", "ko", "suicide", "scoring", "pass_stones"),
    [
        ("tromp-taylor", 7.5, "positional", True, "area", False),
        ("chinese", 7.5, "simple", False, "area", False),
        ("new-zealand", 7.0, "situational", True, "area", False),
        ("japanese", 6.5, "simple", False, "territory", False),
        ("aga", 7.5, "situational", False, "territory", True),
    ],
)
def test_presets_are_these_rules(name, komi, ko, suicide, scoring, pass_stones):
    expected = Rules(19, 19, komi, ko, suicide, 0, scoring, pass_stones)
    assert astuple(PRESETS[name]()) == astuple(expected)
    assert PRESETS[name](9).size_name == "9x9"
    assert PRESETS[name](9, 7, 0.5) == Rules(9, 7, 0.5, ko, suicide, 0, scoring, pass_stones)


@pytest.mark.parametrize("komi", [-400, -0.5, 0, 400])
def test_komi_reaches_400_points_either_way(komi):
    assert Rules(9, 9, komi).komi == komi
    with pytest.raises(ValueError, match="komi"):
        Rules(9, 9, 400.5 if komi > 0 else -400.5)


@pytest.mark.parametrize(("captures", "is_legal"), [(0, True), (1000, True), (1001, False)])
def test_a_goal_of_captures_reaches_a_thousand(captures, is_legal):
    if is_legal:
        assert Rules(captures_to_win=captures).captures_to_win == captures
    else:
        with pytest.raises(ValueError, match=r"captures_to_win 1001: wanted .* to 1000"):
            Rules(captures_to_win=captures)


def test_pass_stones_need_territory_scoring():
    assert Rules(scoring="territory", pass_stones=True).pass_stones
    with pytest.raises(ValueError, match="pass_stones with area scoring"):
        Rules(pass_stones=True)


@pytest.mark.parametrize("preset", PRESETS)
def test_only_chinese_rules_give_white_points_for_handicap_stones(preset):
    assert handicap_points(preset, 0) == 0
    assert handicap_points(preset, 3) == (3 if preset == "chinese" else 0)
