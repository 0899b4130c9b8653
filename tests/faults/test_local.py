"""A command on one machine whose processes are killed: one line, its status, and nothing left."""

import os
import platform
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from insei.main import CLUSTER_LOST
from tests.helpers.faults.programs import (
    ENVIRONMENT,
    MOST_SECONDS,
    Nodes,
    are_gone,
    is_alive,
    tree_of,
)
from tests.helpers.faults.training import games_of, training
from tests.helpers.paths import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def listening(pids):
    """The addresses at which processes listen."""
    return {
        connection.laddr.ip.removeprefix("::ffff:")
        for pid in pids
        for connection in psutil.Process(pid).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    }


def folders():
    return set(Path("/tmp").glob("insei-ray-*"))


def test_ray_listens_on_the_loopback_interface_alone_and_kill_9_leaves_nothing(tmp_path):
    before = folders()
    home = tmp_path / "home"
    home.mkdir()
    env = {"HOME": str(home), "RAY_AUTH_TOKEN": "", "RAY_AUTH_MODE": ""}
    env = {name: value for name, value in (ENVIRONMENT | env).items() if value}
    code = (
        "from insei.system.ray_session import start_ray\n"
        "import time\nstart_ray(1)\nprint('up', flush=True)\ntime.sleep(600)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "up\n"
    tree = tree_of(process.pid)
    assert listening(tree) == {"127.0.0.1"}
    token = home / ".ray" / "auth_token"
    assert token.stat().st_mode & 0o777 == 0o600
    [folder] = folders() - before
    process.kill()
    process.wait()
    process.stdout.close()
    assert are_gone(tree)
    assert not folder.exists()


def test_a_head_that_dies_ends_the_command_with_a_status_of_its_own(tmp_path):
    with training(tmp_path) as command:
        known = command.until_games()
        tree = tree_of(command.process.pid)
        command.child("gcs_server").kill()
        status, said = command.end()
    assert status == CLUSTER_LOST
    assert len(said) == 2, said
    assert "is away; waiting 20 s for it" in said[0]
    assert "has been away for 20 s" in said[1]
    assert known <= games_of(tmp_path / "runs" / "tiny")
    assert are_gone(tree)


def test_a_raylet_that_dies_ends_the_command_with_one_line(tmp_path):
    with training(tmp_path) as command:
        known = command.until_games()
        tree = tree_of(command.process.pid)
        command.child("raylet").kill()
        status, said = command.end()
    assert status == CLUSTER_LOST
    assert said == ["insei: Ray's node on this machine has ended; wanted it alive"]
    assert known <= games_of(tmp_path / "runs" / "tiny")
    assert are_gone(tree)


def test_sigterm_is_one_line_and_two_commands_do_not_share_a_folder(tmp_path):
    with training(tmp_path) as command:
        command.until_games()
        tree = tree_of(command.process.pid)
        again = subprocess.run(
            [sys.executable, "-m", "insei", "train", "tiny.yaml"],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
        )
        assert again.returncode == 2
        in_use = f"is in use by process {command.process.pid}; wanted it free"
        assert again.stderr.splitlines()[-1].endswith(in_use)
        assert is_alive(command.process.pid)
        command.process.send_signal(signal.SIGTERM)
        status, said = command.end()
    assert (status, said) == (128 + signal.SIGTERM, ["insei: ended by SIGTERM"])
    assert are_gone(tree)


def test_an_address_without_a_cluster_for_us_is_one_line(tmp_path):
    import ray

    with closing(Nodes()) as nodes, socket.create_server(("127.0.0.1", 0)) as other:
        address = nodes.head["address"]
        mute = f"127.0.0.1:{other.getsockname()[1]}"

        def refused(address, **env):
            with training(tmp_path, "--address", address, env=ENVIRONMENT | env) as command:
                status, [said] = command.end()
            assert status == 2
            return said.removeprefix(f"insei: no Ray cluster at {address}: ")

        assert refused(address, RAY_AUTH_TOKEN="b" * 64).startswith("it does not accept our token")
        assert refused(address, RAY_AUTH_MODE="").startswith("it does not accept our token")
        assert refused(mute) == "no head of Ray answers there"
        nodes.pretend("2.0.0", "3.8.1")
        here = f"Ray {ray.__version__} and Python {platform.python_version()}"
        wanted = f"it has Ray 2.0.0 and Python 3.8.1; wanted {here}, as here"
        assert refused(address) == wanted
    assert not os.listdir(tmp_path / "runs")  # a run that could not begin leaves none
