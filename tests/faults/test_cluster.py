"""Real processes on a cluster of several nodes: what is killed or stopped costs no task."""

import os
import re
import signal
import time
from contextlib import closing

import pytest

from insei.system.version import version
from tests.helpers.faults.programs import Driver, Nodes, are_gone
from tests.helpers.faults.training import training

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def nodes():
    with closing(Nodes()) as cluster:
        yield cluster


@pytest.fixture
def driver(nodes):
    """Starts drivers on the cluster, and ends them."""
    started = []

    def start(**options):
        started.append(Driver(address=nodes.head["address"], **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def node(nodes):
    """Adds nodes to the cluster, and kills them."""
    added = []

    def add(cpus, **options):
        added.append(nodes.add(cpus, **options))
        return added[-1]

    yield add
    for one in added:
        kill(one["raylet"])


def kill(*pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def test_half_of_the_workers_killed_at_once_cost_no_task(node, driver):
    node(4)
    run = driver(workers=4, tasks=30, ahead=2)
    pids = run.until_workers(4)["pids"]
    kill(*pids[:2])
    notices = run.finish()
    assert len(notices) == 2, notices
    assert all("another takes its place and its task" in line for line in notices)
    assert are_gone(pids)


def test_a_node_killed_is_replaced_on_another_within_ten_seconds(node, driver):
    first, second = node(1), node(2)
    run = driver(workers=2, tasks=60)
    before = run.until_workers(2)
    if first["node"] not in before["nodes"]:
        pytest.fail("no worker on the first node")
    kill(first["raylet"])
    killed = time.monotonic()
    after = run.until(lambda line: line.get("nodes") == [second["node"]] * 2)
    assert after["at"] - killed < 10
    notices = run.finish()
    assert len(notices) == 1, notices
    assert "died" in notices[0]


def test_workers_come_and_go_with_the_nodes(node, driver):
    node(1)
    run = driver(workers="1..6", tasks=80)
    run.until_workers(1)
    more = node(2)
    run.until_workers(3)
    kill(more["raylet"])
    run.until_workers(1)
    run.finish()


def test_too_few_processors_are_said_and_those_that_are_there_work(node, driver):
    node(2)
    run = driver(workers=4, tasks=140)
    run.until_workers(2)
    run.until(lambda line: line["kind"] == "notice")
    assert run.notices() == ["2 of 4 workers work; 2 wait for a processor: 0 of 2 are free"]
    node(2)
    run.until_workers(4)
    assert run.finish()[-1] == "all 4 workers work"


def test_two_runs_on_one_cluster_both_end(node, driver):
    node(2)
    first, second = driver(workers=2, tasks=40), driver(workers=2, tasks=10)
    second.finish()
    first.finish()


def test_a_stopped_worker_on_another_node_is_killed_and_replaced(node, driver):
    node(2)
    run = driver(workers=2, tasks=60, patience=4.0)
    pids = run.until_workers(2)["pids"]
    os.kill(pids[0], signal.SIGSTOP)
    notices = run.finish()
    assert len(notices) == 1, notices
    assert "gave no sign of life for" in notices[0]
    assert are_gone(pids)


@pytest.mark.parametrize(
    ("fault", "said"),
    [("raise", "failed with OSError: [Errno 28] no room"), ("nan", "sent nan: wanted a number"),
     ("garbage", "sent 'x': wanted a number")],
)  # fmt: skip
def test_a_worker_that_raises_or_sends_garbage_is_replaced(node, driver, fault, said):
    node(2)
    run = driver(workers=2, tasks=20, fault=fault)
    notices = run.finish()
    assert len(notices) == 1, notices
    assert said in notices[0]


@pytest.fixture
def other_version(tmp_path):
    """A folder that makes a node's insei one of version 0.0.1."""
    # Metadata would be found in a checkout's folder first, which Ray's workers look into.
    (tmp_path / "sitecustomize.py").write_text(
        "from importlib import metadata\nmetadata.version = lambda name: '0.0.1'\n"
    )
    return tmp_path


def test_a_node_of_another_version_is_named_and_left_out(node, driver, other_version):
    node(1), node(1, path=other_version)
    run = driver(workers=2, tasks=60)
    run.until(lambda line: "0.0.1" in line.get("line", ""))
    assert "has insei 0.0.1: wanted" in run.notices()[0]
    assert run.notices()[0].endswith("no worker runs there")
    assert len(run.finish()) <= 2  # and that one waits for a processor


def test_a_cluster_of_another_version_is_refused_at_once(node, driver, other_version):
    node(2, path=other_version)
    line = driver(workers=2).until(lambda line: line["kind"] == "error")["line"]
    wanted = (
        rf"no node can run workers: node \S+ \(\w+\) has insei 0.0.1: wanted {version()}, as here"
    )
    assert re.fullmatch(wanted, line), line


def test_a_run_plays_and_learns_where_its_version_is(nodes, node, other_version, tmp_path):
    # Ray counts three processors: a worker or the learner is tried on the other version.
    node(2), node(1, path=other_version)
    with training(tmp_path, "--address", nodes.head["address"]) as command:
        command.until_games()
        command.until_generation(2)
        command.process.send_signal(signal.SIGTERM)
        _, said = command.end()
    assert len(said) >= 2, said
    assert all("has insei 0.0.1: wanted" in line for line in said[:-1]), said


def test_nodes_that_lack_our_modules_are_refused_at_once(node, driver, tmp_path):
    (tmp_path / "driver_only.py").write_text("def make_worker(index):\n    return index\n")
    node(2)
    run = driver(workers=2, path=str(tmp_path))
    line = run.until(lambda line: line["kind"] == "error")["line"]
    assert line.startswith("no node can run workers: node 127.0.0.1 (")
    assert "No module named 'driver_only'" in line
