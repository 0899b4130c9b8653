"""Nets that see extra planes: they play, and every runtime answers the same."""

import json
from dataclasses import replace

import numpy as np
import pytest

from insei.agents.grammar import make_player
from insei.agents.json_analysis.player import engine_for
from insei.agents.net.network import network_from
from insei.agents.net.onnx_export import onnx_of
from insei.agents.net.openvino_evaluator import OpenVinoEvaluator
from insei.agents.net.package import PlayerCard, load_package, write_package
from insei.agents.net.torch_evaluator import TorchEvaluator
from insei.engine.planes.extra_planes import net_input
from insei.engine.playouts import random_game
from insei.engine.rules import Rules
from insei.system.lines import WrittenLines
from tests.helpers.gtp import engine
from tests.helpers.nets import TINY, random_weights

RULES = Rules(7, 6, 0.5)
RICH = replace(TINY, extra_planes=("after", "ladders"))


def test_a_net_with_extra_planes_plays_and_exports(tmp_path):
    weights = random_weights(RICH, 1)
    card = PlayerCard(RICH, 7, 6, 0.5)
    write_package(tmp_path, weights, card)
    assert load_package(tmp_path).card.architecture == RICH
    for name in (f"net:{tmp_path}", f"search:{tmp_path},visits=12"):
        player = make_player(name)
        player.new_game(RULES, 1)
        position = random_game(RULES, 1, 9)
        assert position.is_legal(player.choose(position).move)
        player.close()
    assert len(onnx_of(weights, RICH)) > 1000


def test_the_torch_and_the_compiled_net_agree_on_extra_planes():
    weights = random_weights(RICH, 2)
    seen = np.stack([net_input(random_game(RULES, seed, 20), RICH.plane_groups) for seed in (1, 2)])
    one = TorchEvaluator(network_from(weights, RICH))(seen)
    other = OpenVinoEvaluator(weights, RICH, 6, 7, "fp32")(seen)
    for first, second in zip(one, other, strict=True):
        assert np.allclose(first, second, atol=1e-3)


def test_planes_without_the_extra_ones_are_refused():
    evaluate = OpenVinoEvaluator(random_weights(RICH, 2), RICH, 6, 7, "fp32")
    with pytest.raises(ValueError, match=r"wanted \[B, 21, 6, 7\]"):
        evaluate(net_input(random_game(RULES, 1, 9))[np.newaxis])


def test_gtp_shows_what_a_net_with_extra_planes_says_under_each_symmetry(tmp_path):
    write_package(tmp_path, random_weights(RICH, 1), PlayerCard(RICH, 7, 6, 0.5))
    game = engine(make_player(f"net:{tmp_path}"), RULES)
    for symmetry in range(4):
        assert game.answer(f"kata-raw-nn {symmetry}").startswith("=")
    assert game.answer("insei-policy").startswith("=")


def test_json_analysis_searches_with_a_net_with_extra_planes(tmp_path):
    write_package(tmp_path, random_weights(RICH, 1), PlayerCard(RICH, 7, 6, 0.5))
    query = {"id": "a", "moves": [], "komi": 0.5, "boardXSize": 7, "boardYSize": 6}
    lines = WrittenLines([json.dumps(query)])
    [answer] = engine_for(f"search:{tmp_path},visits=4", "1").serve(lines)
    assert answer["rootInfo"]["visits"] == 4
