"""Two learners in processes of their own: the steps of one, and what the end of one costs."""

import os
import signal
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np
import psutil
import pytest

from insei.selfplay.learner.calls import LocalCalls
from insei.selfplay.learner.group_calls import GroupCalls
from insei.selfplay.learner.processes import learner_of
from insei.selfplay.learner.windowed_learner import WindowedLearner
from tests.helpers.faults.programs import are_gone, tree_of
from tests.helpers.faults.training import games_of, training
from tests.helpers.runs import CONFIG, some_rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
TWO = ("--set", "learners=2", "--set", "patience=5")


def answers_of(calls):
    found = []
    while calls.num_open:
        found += calls.answers(1.0)
    return found


def test_two_learners_in_processes_take_the_steps_of_one(ray_session):
    from insei.system.ray_actors import RayActors

    config = replace(
        CONFIG,
        learner=replace(CONFIG.learner, precision="fp32"),
        window=replace(CONFIG.window, held_out=0.3),
    )
    rows = some_rows(30)
    rows["weight"] = np.geomspace(0.01, 8, len(rows["ply"])).astype(rows["weight"].dtype)
    alone = LocalCalls(WindowedLearner(config))
    group = GroupCalls(RayActors(cpus=0), partial(learner_of, config), 2)
    with closing(group):
        nets = []
        for calls in (alone, group):
            calls.call("fill", rows, len(rows["ply"]))
            for share_done in (0.0, 0.5, 0.9):
                calls.call("learn", 4, share_done)
            calls.call("snapshot", (1, 1))
            answers = answers_of(calls)
            assert [method for method, _ in answers] == ["fill", *["learn"] * 3, "snapshot"]
            nets.append(answers[-1].value)
    wanted, found = nets
    assert found.num_steps == wanted.num_steps == 12
    assert found.random_state == wanted.random_state
    for name, array in found.state.items():
        np.testing.assert_allclose(array, wanted.state[name], atol=1e-5, err_msg=name)
    assert found.validation


def learners_among(pids):
    """The processes that learn, the first one of the group first.

    They alone are connected with each other, and the first one with its own store.
    """
    hosts = [pid for pid in pids if psutil.Process(pid).cmdline()[0].startswith("ray::Host")]
    ends = {
        (connection.laddr.port, connection.raddr.port): pid
        for pid in hosts
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_ESTABLISHED
    }
    pairs = {(ends.get((there, here)), pid) for (here, there), pid in ends.items()}
    [first] = [pid for other, pid in pairs if other == pid]
    return [first, *(pid for other, pid in pairs if other == first and pid != first)]


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
@pytest.mark.parametrize("which", [0, 1])
def test_a_run_goes_on_with_two_others_if_one_of_two_learners_is_lost(tmp_path, fault, which):
    with training(tmp_path, *TWO) as command:
        command.until_generation(1)
        began = command.generation
        known = command.until_games()
        before = tree_of(command.process.pid)
        learners = learners_among(before)
        assert len(learners) == 2
        os.kill(learners[which], fault)
        command.until_generation(began + 3)
        assert are_gone(learners)
        tree = tree_of(command.process.pid)
        assert len(learners_among(tree)) == 2
        command.process.send_signal(signal.SIGTERM)
        status, said = command.end()
    assert (status, said[-1]) == (128 + signal.SIGTERM, "insei: ended by SIGTERM")
    [line] = [each for each in said if each != said[-1]]
    assert "a learner died (" in line
    assert "); 2 others go on from generation " in line
    assert ("no sign of life" in line) == (fault is signal.SIGSTOP)
    assert known <= games_of(command.run)
    assert are_gone([*before, *tree])
