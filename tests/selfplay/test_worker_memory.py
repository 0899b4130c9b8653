"""A worker of the processor's evaluator is a small process, and has no torch."""

import subprocess
import sys

import pytest

PLAYS = """
import sys
import numpy as np
from insei.agents.net.architecture import NetworkConfig
from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.selfplay.processes import evaluators_of, worker_of
from insei.selfplay.train_config import SelfPlayConfig, TrainConfig

network = NetworkConfig(blocks=4, channels=64)
rng = np.random.default_rng(1)
weights = {
    name: (0.05 * rng.normal(size=shape)).astype(np.float32)
    for name, shape in network.weight_shapes().items()
}

selfplay = SelfPlayConfig(
    search=SearchSettings(visits=2), games_in_flight=64, max_plies_per_point=1.0, cache=16_384
)
config = TrainConfig(rules=Rules(9, 9, 7.0), network=network, selfplay=selfplay, generations=1)
worker = worker_of(config, evaluators_of(config), 1, None)
worker.load(weights, 0)
worker.play(1)
# Not getrusage: its peak is inherited from the process that started this one.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print("torch" in sys.modules, status["VmHWM"].split()[0])
"""
MOST = 150 * 1024  # kilobytes


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_worker_has_no_torch_and_stays_small():
    done = subprocess.run([sys.executable, "-c", PLAYS], capture_output=True, text=True, check=True)
    has_torch, kilobytes = done.stdout.split()
    assert has_torch == "False"
    assert int(kilobytes) < MOST
