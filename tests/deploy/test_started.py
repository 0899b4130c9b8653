"""The scripts of deploy/, run: a cluster of two nodes on this machine, with a token."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.run import ratings_in
from insei.selfplay.train_config import RatingConfig
from insei.system.configuration import to_yaml
from tests.helpers.paths import ROOT
from tests.helpers.runs import CONFIG

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
RATED = RatingConfig(every=2, games=2, opponents=("random",), earlier_games=2)
SMALL = replace(
    CONFIG, workers=2, generations=2, games_per_generation=30, milestone_every=1, rating=RATED
)
SRUN = """#!/bin/bash
while [[ "$1" == --* ]]; do shift; done
case "$1" in
    */node.sh) exec "$@" --dashboard-agent-listen-port=0 ;;
    *) exec "$@" --ray-client-server-port="$CLIENT_PORT" ;;
esac
"""
SCONTROL = """#!/bin/bash
printf '127.0.0.1\\n127.0.0.1\\n'
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def place(tmp_path):
    """A folder as insei's own, with the scripts, and with a Slurm of one machine."""
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("ray", "python"):
        (programs / name).symlink_to(Path(sys.executable).parent / name)
    scripts = {"srun": SRUN, "scontrol": SCONTROL}
    scripts["insei"] = f'#!/bin/bash\nexec {sys.executable} -m insei "$@"\n'
    for name, text in scripts.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "tiny.yaml").write_text(to_yaml(SMALL))
    return tmp_path


def environment_of(place, **more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(place / "state")} | more


def start(place, *words, folder=".", **environment):
    return subprocess.Popen(
        list(map(str, words)),
        cwd=place / folder,
        env=environment_of(place, **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def processes_with(word):
    """The processes that have a word in their command line or environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if word in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def wait_until(is_so, seconds):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.2)


@contextlib.contextmanager
def ended(processes):
    """End processes, and all that they started, at the end."""
    try:
        yield
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                tree = psutil.Process(process.pid).children(recursive=True)
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
                for child in tree:
                    with contextlib.suppress(psutil.NoSuchProcess):
                        child.kill()
                process.kill()
            process.stdout.close()
            process.wait()


def test_two_nodes_with_a_token_train_and_refuse_whoever_has_none(place):
    port, ray_folder = free_port(), f"/tmp/insei-{os.getpid()}"
    token = {"RAY_AUTH_TOKEN": "a" * 64}
    options = ["--block", "--num-cpus=1", f"--temp-dir={ray_folder}"]
    alone = ["--include-dashboard=false", f"--ray-client-server-port={free_port()}"]
    head = start(place, "deploy/head.sh", port, *options, *alone, **token)
    started = [head]
    with ended(started):
        wait_until(lambda: answers(port, head), 60)
        node = ["deploy/node.sh", f"127.0.0.1:{port}", *options, "--dashboard-agent-listen-port=0"]
        started.append(start(place, *node, **token))
        # As inside `ray job submit`: the variable names the cluster.
        joins = {"RAY_ADDRESS": f"127.0.0.1:{port}", "RAY_AUTH_MODE": "token"}
        # The nodes' programs run elsewhere: the nets that are rated don't lie there.
        (place / "user").mkdir()
        train = [place / ".venv/bin/insei", "train", "../tiny.yaml"]
        wait_until(lambda: num_nodes(place, joins | token) == 2, 60)
        done = start(place, *train, folder="user", **joins, **token)
        said, _ = done.communicate(timeout=120)
        assert done.returncode == 0, said
        assert len(checkpoints_of(place / "user" / "runs" / "tiny")) == 3
        [rating] = ratings_in(place / "user" / "runs" / "tiny")
        assert (rating.generation, len(rating.opponents), rating.failures) == (2, 2, {})
        other = start(
            place, *train, "--runs", "other", folder="user", **joins, RAY_AUTH_TOKEN="b" * 64
        )
        said, _ = other.communicate(timeout=120)
        assert other.returncode == 2, said
        assert f"no Ray cluster at 127.0.0.1:{port}" in said.splitlines()[-1]
    wait_until(lambda: not processes_with(ray_folder), 20)
    shutil.rmtree(ray_folder, ignore_errors=True)


def answers(port, head):
    assert head.poll() is None, head.stdout.read()
    with socket.socket() as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


def num_nodes(place, environment):
    code = "import ray; ray.init('auto', log_to_driver=False); print(len(ray.nodes()))"
    asked = start(place, sys.executable, "-c", code, **environment)
    said, _ = asked.communicate(timeout=60)
    return int(said.splitlines()[-1]) if asked.returncode == 0 else 0


@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_job_of_slurm_trains_and_leaves_nothing(place, is_stopped):
    job = 900_000 + os.getpid() % 90_000
    slurm = {
        "SLURM_SUBMIT_DIR": str(place),
        "SLURM_JOB_ID": str(job),
        "SLURM_JOB_NODELIST": "n[1-2]",
        "SLURM_CPUS_PER_TASK": "1",
        "CLIENT_PORT": str(free_port()),
        "PATH": f"{place}/.venv/bin:{os.environ['PATH']}",
    }
    generations = 1000 if is_stopped else 2
    words = ["tiny.yaml", "--set", f"generations={generations}", "--set", "workers=2"]
    done = start(place, "deploy/slurm.sh", *words, **slurm)
    with ended([done]):
        if is_stopped:
            wait_until(lambda: len(checkpoints_of(place / "runs" / "tiny")) > 1, 120)
            done.send_signal(signal.SIGTERM)
        said, _ = done.communicate(timeout=120)
        assert done.returncode == (143 if is_stopped else 0), said
        assert checkpoints_of(place / "runs" / "tiny")
        assert ("ended by SIGTERM" in said) == is_stopped
        assert not [*place.glob(".slurm-*")]
        wait_until(lambda: not processes_with(f"/tmp/ray-{job}"), 20)
    shutil.rmtree(f"/tmp/ray-{job}", ignore_errors=True)
