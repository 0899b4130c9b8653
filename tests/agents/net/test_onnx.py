"""The ONNX file of a net says what torch says, read by ONNX's own reference and by OpenVINO."""

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from insei.agents.net.architecture import BrokenNetwork
from insei.agents.net.find_package import SHIPPED, shipped_players
from insei.agents.net.network import network_from
from insei.agents.net.onnx_export import onnx_of
from insei.agents.net.openvino_runtime import ov
from insei.agents.net.package import ONNX_FILE, load_package
from insei.agents.net.torch_evaluator import TorchEvaluator
from insei.engine.planes.extra_planes import add_extra_planes
from insei.engine.planes.net_planes import NUM_PLANES
from tests.helpers.boards import mixed_sizes, some_planes
from tests.helpers.nets import TINY


@pytest.mark.parametrize("seen", [some_planes(3, 5, 5), mixed_sizes()], ids=["full", "mixed"])
def test_the_reference_reads_what_torch_says(seen, tiny_weights):
    model = onnx.load_from_string(onnx_of(tiny_weights, TINY))
    answer = ReferenceEvaluator(model).run(None, {"planes": seen})
    expected = TorchEvaluator(network_from(tiny_weights, TINY))(seen)
    for came, wanted in zip(answer, expected, strict=True):
        assert came.shape == wanted.shape
        assert np.allclose(came, wanted, atol=2e-4), np.abs(came - wanted).max()


@pytest.mark.parametrize("name", shipped_players())
def test_a_shipped_file_says_what_its_weights_say(name):
    package = load_package(SHIPPED / name)
    core = ov.Core()
    model = core.read_model(str(SHIPPED / name / ONNX_FILE))
    compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    config = package.card.architecture
    expected = TorchEvaluator(network_from(package.weights, config))
    for side in (5, 9):
        seen = np.zeros((8, config.num_planes, side, side), np.float32)
        seen[:, :NUM_PLANES] = some_planes(8, side, side)
        if config.plane_groups:
            add_extra_planes(seen, np.full((8, 2), side, np.uint8), config.plane_groups, False)
        answer = compiled({"planes": seen})
        for came, wanted in zip(answer.values(), expected(seen), strict=True):
            assert came.shape == wanted.shape
            assert np.allclose(came, wanted, atol=2e-3), np.abs(came - wanted).max()


def test_the_file_says_what_goes_in_and_out(tiny_weights):
    graph = onnx.load_from_string(onnx_of(tiny_weights, TINY)).graph
    assert [tensor.name for tensor in graph.input] == ["planes"]
    assert [tensor.name for tensor in graph.output] == ["policy", "value", "score", "ownership"]


def test_broken_weights_are_not_exported(tiny_weights):
    with pytest.raises(BrokenNetwork, match=r"no weight stem\.weight"):
        onnx_of({}, TINY)
