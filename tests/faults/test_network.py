"""A cable between two nodes of a cluster that is pulled, for a while or for long."""

import re
import signal
import time
from contextlib import closing

import pytest

from insei.main import CLUSTER_LOST
from tests.helpers.faults.network import ON_NETWORK, Network, wait_until, why_none
from tests.helpers.faults.programs import Driver, without_places
from tests.helpers.faults.training import games_of, training
from tests.helpers.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
# A head that does not notice by itself that a node is away.
BLIND = {"RAY_health_check_failure_threshold": "1000"}
# As the scripts of deploy/ have it.
OF_SCRIPTS = dict(
    re.findall(r"export (RAY_health_\w+)=(\d+)", (ROOT / "deploy/environment.sh").read_text())
)
HEAD_FIRST = {"RAY_scheduler_spread_threshold": "1.0"}  # the head's processors are taken first

IMPATIENT = """
from insei.main import main
from insei.system import ray_watch
ray_watch.CUT_SECONDS = 8.0
main()
"""


@pytest.fixture(scope="module", autouse=True)
def namespaces():
    """Skips the tests where there are none."""
    if reason := why_none():
        pytest.skip(reason)


@pytest.fixture(scope="module")
def blind():
    with closing(Network(BLIND)) as network:
        yield network


@pytest.fixture(scope="module")
def seeing():
    with closing(Network(OF_SCRIPTS | HEAD_FIRST)) as network:
        yield network


@pytest.fixture
def driver():
    """Starts drivers on the head of a network, and ends them."""
    started = []

    def start(network, **options):
        machine = {"env": ON_NETWORK, "before": network.head.enter}
        options = {"address": network.address, "workers": 4, "tasks": 10**6, "ahead": 2} | options
        started.append(Driver(machine, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


def test_a_cut_shorter_than_patience_replaces_nobody_and_loses_nothing(blind, driver):
    run = driver(blind, patience=40.0)
    pids = run.until_workers(4)["pids"]
    assert len(blind.node.actors()) == 2
    blind.node.unplug()
    time.sleep(12)  # they are asked after 10 s whether they live
    blind.node.plug_in()
    for _ in range(40):
        run.until(lambda line: line["kind"] == "done")
    assert without_places(run.stop()) == []
    assert [line["pids"] for line in run.lines if line.get("pids")][-1] == pids
    assert wait_until(lambda: not blind.node.actors() | blind.head.actors())


def test_workers_behind_a_cut_longer_than_patience_are_replaced_and_come_back(blind, driver):
    run = driver(blind, patience=6.0)
    run.until_workers(4)
    lost = blind.node.actors()
    blind.node.unplug()
    run.until_notices(2)
    for _ in range(10):  # by the others
        run.until(lambda line: line["kind"] == "done")
    blind.node.plug_in()
    run.until_workers(4)
    assert wait_until(lambda: not blind.node.actors() & lost)
    assert len(blind.node.actors()) == 2
    notices = run.stop()
    assert len([line for line in notices if "gave no sign of life" in line]) == 2, notices
    assert wait_until(lambda: not blind.node.actors() | blind.head.actors())


def test_workers_behind_a_cut_end_after_a_run_that_ended_before_them(blind, driver):
    run = driver(blind, patience=6.0)
    run.until_workers(4)
    assert len(blind.node.actors()) == 2
    blind.node.unplug()
    run.until_notices(2)
    run.stop()
    assert len(blind.node.actors()) == 2
    blind.node.plug_in()
    assert wait_until(lambda: not blind.node.actors() | blind.head.actors())


def test_a_node_that_is_cut_off_for_long_ends_its_ray_and_may_join_again(seeing, driver):
    run = driver(seeing)
    run.until_workers(4)
    seeing.node.unplug()
    run.until_notices(2)
    notices = without_places(run.notices())
    assert all(" on 10.77.0.2 (" in line and "died" in line for line in notices), notices
    seeing.node.plug_in()
    assert wait_until(lambda: not seeing.node.processes())
    seeing.join()
    run.until_workers(4)
    assert len(seeing.node.actors()) == 2
    run.stop()
    assert wait_until(lambda: not seeing.node.actors() | seeing.head.actors())


def test_a_learner_that_is_cut_off_is_replaced_and_no_game_is_lost(seeing, tmp_path):
    words = ("--address", seeing.address, "--set", "workers=2")
    where = {"before": seeing.head.enter, "env": ON_NETWORK}
    with training(tmp_path, *words, **where) as command:
        known = command.until_games()
        [learner] = seeing.node.actors()
        assert learner not in command.worker_pids()
        generation = command.generation
        seeing.node.unplug()
        command.until(lambda: any("the learner died" in line for line in command.said()))
        command.until_generation(generation + 3)
        known |= games_of(command.run)
        seeing.node.plug_in()
        assert wait_until(lambda: not seeing.node.processes())
        command.process.send_signal(signal.SIGTERM)
        status, said = command.end()
    said = without_places(said)
    assert status == 128 + signal.SIGTERM
    assert len(said) == 2, said
    assert re.match(r"the learner died \(.+\); another goes on from generation \d+$", said[0])
    assert known <= games_of(command.run)
    assert wait_until(lambda: not seeing.head.actors())


def test_a_command_that_is_cut_off_from_its_head_ends_with_a_line_and_its_status(tmp_path):
    with closing(Network(OF_SCRIPTS | HEAD_FIRST)) as network:
        words = ("--address", network.address, "--set", "workers=3")
        where = {"before": network.node.enter, "env": ON_NETWORK, "program": ("-c", IMPATIENT)}
        with training(tmp_path, *words, **where) as command:
            known = command.until_games()
            assert network.node.actors()
            network.node.unplug()
            status, said = command.end()
        head = f"Ray's head at {network.address}"
        assert without_places(said) == [
            f"{head} is out of reach; waiting 8 s for it",
            f"insei: {head} has been out of reach for 8 s; wanted it alive",
        ]
        assert status == CLUSTER_LOST
        assert known <= games_of(command.run)
        assert wait_until(lambda: not network.node.actors())
        network.node.plug_in()
        assert wait_until(lambda: not network.head.actors())
