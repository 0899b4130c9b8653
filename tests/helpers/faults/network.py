"""Two machines, as network namespaces of this one, with a cable that a test can pull.

Needs root and `ip` of iproute2.
"""

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil

from insei.system.ray_session import LOOPBACK_KEY
from tests.helpers.faults.programs import ENVIRONMENT, MOST_SECONDS, actors_among

PORT = 6379  # of the head, in a namespace of its own
CABLE = "cable"  # the name of a machine's end of it
SUBNET = "10.77.0"  # seen in the namespaces alone
numbers = itertools.count()  # of namespaces
MOUNT = 'mount --bind "$0" "$1" && shift && exec "$@"'
ON_NETWORK = {name: value for name, value in ENVIRONMENT.items() if name != LOOPBACK_KEY}


def ip(*words):
    """Run `ip`; what it prints."""
    done = subprocess.run(["ip", *map(str, words)], capture_output=True, text=True, check=True)
    return done.stdout


def why_none():
    """Why there can't be such machines here, in a line; empty if there can."""
    if shutil.which("ip") is None:
        return "no program `ip`"
    probe = f"insei-{os.getpid()}-probe"
    try:
        ip("netns", "add", probe)
        ip("-n", probe, "link", "add", CABLE, "type", "veth", "peer", "name", "other")
        ip("netns", "exec", probe, "true")
    except subprocess.CalledProcessError as error:
        return f"no network namespaces: {error.stderr.strip()}"
    finally:
        with suppress(subprocess.CalledProcessError):
            ip("netns", "delete", probe)
    return ""


class Machine:
    """A namespace, with a folder for Ray that no other machine sees.

    Args:
        number: 1 or 2, of its address.
        base: a folder in which it keeps its own.
    """

    def __init__(self, number, base):
        self.name = f"insei-{os.getpid()}-{next(numbers)}"
        self.address = f"{SUBNET}.{number}"
        self.folder, self.seen_as = f"{base}/{number}", f"{base}/ray"
        os.makedirs(self.folder)
        os.makedirs(self.seen_as, exist_ok=True)
        # Starts a program here.
        self.enter = (
            "ip",
            "netns",
            "exec",
            self.name,
            "sh",
            "-c",
            MOUNT,
            self.folder,
            self.seen_as,
        )
        self.ray = None
        ip("netns", "add", self.name)
        ip("-n", self.name, "link", "set", "lo", "up")

    def connect(self):
        """Set the cable's end up."""
        ip("-n", self.name, "address", "replace", f"{self.address}/24", "dev", CABLE)
        self.plug_in()

    def plug_in(self):
        """Set the cable's end up again."""
        ip("-n", self.name, "link", "set", CABLE, "up")
        # Ray asks for the way to a public address, to know its own.
        ip("-n", self.name, "route", "replace", "default", "dev", CABLE, "src", self.address)

    def unplug(self):
        """Pull the cable."""
        ip("-n", self.name, "link", "set", CABLE, "down")

    def start_ray(self, *words, cpus=2, env=()):
        """Start a node of Ray, and wait until it runs."""
        log = Path(self.folder) / "ray.log"
        options = [f"--node-ip-address={self.address}", f"--num-cpus={cpus}", "--block"]
        options += [f"--temp-dir={self.seen_as}", "--disable-usage-stats"]
        with log.open("w") as output:
            self.ray = subprocess.Popen(
                [
                    *self.enter,
                    sys.executable,
                    "-m",
                    "ray.scripts.scripts",
                    "start",
                    *words,
                    *options,
                ],
                cwd=self.folder,
                env=ON_NETWORK | dict(env),
                stdout=output,
                stderr=output,
            )
        wait_until(lambda: "Ray runtime started" in log.read_text())

    def processes(self):
        """What runs here."""
        found = []
        for pid in ip("netns", "pids", self.name).split():
            with suppress(psutil.Error):
                found.append(psutil.Process(int(pid)))
        return found

    def actors(self):
        """The ids of Ray's actors that run here."""
        return actors_among(self.processes())

    def close(self):
        """End all that runs here."""
        for process in self.processes():
            with suppress(psutil.Error):
                process.send_signal(signal.SIGKILL)
        if self.ray:
            self.ray.wait(20)
        ip("netns", "delete", self.name)


def wait_until(is_so):
    """Wait until `is_so()`, and return what it is."""
    end = time.monotonic() + MOST_SECONDS
    while not (found := is_so()):
        assert time.monotonic() < end
        time.sleep(0.3)
    return found


class Network:
    """A head and a node of Ray on machines of their own, each with two processors.

    Args:
        settings: of Ray, by the names of their environment variables.
    """

    def __init__(self, settings):
        self.settings = settings
        self.machines = []
        self.folder = tempfile.mkdtemp(prefix="insei-", dir="/tmp")  # short: sockets lie there
        try:
            for number in (1, 2):
                self.machines.append(Machine(number, self.folder))
            self.head, self.node = self.machines
            ends = ("type", "veth", "peer", "name", CABLE, "netns", self.node.name)
            ip("-n", self.head.name, "link", "add", CABLE, *ends)
            for machine in self.machines:
                machine.connect()
            self.address = f"{self.head.address}:{PORT}"
            alone = ("--head", f"--port={PORT}", "--include-dashboard=false")
            self.head.start_ray(*alone, env=settings)
            self.join()
        except BaseException:
            self.close()
            raise

    def join(self):
        """Start Ray on the node."""
        self.node.start_ray(f"--address={self.address}", env=self.settings)

    def close(self):
        """End all that runs on the machines, and the machines."""
        for machine in self.machines:
            machine.close()
        shutil.rmtree(self.folder, ignore_errors=True)
