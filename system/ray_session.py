"""Ray: started on this machine, or a cluster that is joined."""

import atexit
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import ray
import ray._private.ray_constants
import ray._private.state  # what nodes have free has no public name
import ray._private.worker
import ray.job_config
import ray.util
from ray.exceptions import RayError

from insei.system.child_process import checkout_paths
from insei.system.errors import ClusterMissing, UserError
from insei.system.ray_head import TOKEN_PATH_KEY, check_head, last_line, reason_of
from insei.system.ray_watch import NodeFacts, Port, RayWatch
from insei.system.termination import end_on_sigterm

LOOPBACK_KEY = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"  # "0" lets Ray listen on 127.0.0.1 alone
CLEANER = Path(__file__).with_name("ray_cleaner.py")
watches: list[RayWatch] = []  # of the session: one, or none
cleaners: list[subprocess.Popen[bytes]] = []  # kept, because they act as their pipe closes


def start_ray(num_cpus: int = 0, address: str | None = None) -> None:
    """Join the cluster at `address`, or start Ray on this machine; nothing if it is running.

    Without an address, RAY_ADDRESS names the cluster, as it does inside `ray job submit`.

    Args:
        num_cpus: that Ray is to count here, if it counts fewer; a cluster counts its own.

    Raises:
        ClusterMissing: Ray does not start, or there is no cluster at the address.
    """
    if ray.is_initialized():
        watch_ray()
        return
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray._private.worker.print_to_stdstream = say_nothing  # of a node that died, in fifty lines
    if address is None:
        address = address_in_environment()
    if address is None:
        start_here(num_cpus)
    else:
        join(address)
    end_on_sigterm()
    watch_ray()


def start_here(num_cpus: int) -> None:
    """Start Ray on this machine; it listens on the loopback interface alone.

    Its files lie in a folder of their own, which is deleted when this program has ended in any way.
    """
    os.environ[LOOPBACK_KEY] = "0"
    ray._private.ray_constants.ENABLE_RAY_CLUSTER = False  # read from there when Ray was imported
    keep_token_private()
    short = "/tmp" if os.access("/tmp", os.W_OK) else None  # a socket's path has 107 bytes at most
    folder = tempfile.mkdtemp(prefix="insei-ray-", dir=short)
    clean_up_after_us(folder)
    try:
        ray.init(
            address="local",
            job_config=job_config(),
            num_cpus=max(num_cpus, os.cpu_count() or 1),
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
            _temp_dir=folder,
        )
    except Exception as error:  # as bare as Ray raises it on a machine that is too busy
        raise ClusterMissing(f"Ray does not start on this machine: {last_line(error)}") from error
    keep_token_private()


def join(address: str) -> None:
    """Join a cluster; raises ClusterMissing in one line, whatever is wrong with it."""
    check_head(address)
    try:
        ray.init(
            address=address,
            job_config=job_config(),
            log_to_driver=False,
            logging_level="ERROR",
        )
    except Exception as error:  # Ray raises many kinds
        raise ClusterMissing(f"no Ray cluster at {address}: {reason_of(error)}") from error
    atexit.register(leave_at_once)  # runs before Ray's own end


def is_cut_off() -> bool:
    """Whether the head is out of reach."""
    return any(watch.cut_since for watch in watches)


def leave_at_once() -> None:
    """Wait for no answer of a head that is out of reach; Ray's own end would, for two minutes."""
    if is_cut_off():
        for name in ("gcs_error_subscriber", "gcs_log_subscriber", "listener_thread"):
            vars(ray._private.worker.global_worker).pop(name, None)


def watch_ray() -> None:
    """Look after the head and this machine's node from now on."""
    if watches:
        return
    context = ray.get_runtime_context()
    node = next(node for node in ray.nodes() if node["NodeID"] == context.get_node_id())
    watches.append(RayWatch(Port.of(context.gcs_address), port_of(node), ask_for_nodes))


def ask_for_nodes() -> dict[str, NodeFacts]:
    """What Ray's head knows of the nodes that live; nothing if it does not answer."""
    try:
        total = ray._private.state.total_resources_per_node()
        free = ray._private.state.available_resources_per_node()
        nodes = ray.nodes()
    except RayError:
        return {}
    return {
        node["NodeID"]: NodeFacts(
            port_of(node), total.get(node["NodeID"], {}), free.get(node["NodeID"], {})
        )
        for node in nodes
        if node["Alive"]
    }


def stop_ray() -> None:
    """Leave the cluster, or end Ray on this machine."""
    while watches:
        watches.pop().close()
    ray.shutdown()


def port_of(node: dict[str, Any]) -> Port:
    """Where a node's process listens, by what Ray says of the node."""
    return Port(node["NodeManagerAddress"], node["NodeManagerPort"])


def say_nothing(*words: object, **more: object) -> None:
    """Print nothing: the pool tells in a line what matters."""


def keep_token_private() -> None:
    """Let the user alone read Ray's token; Ray leaves it readable to all."""
    path = Path(os.environ.get(TOKEN_PATH_KEY) or Path.home() / ".ray" / "auth_token")
    with suppress(OSError):  # another user's file, or none
        path.chmod(0o600)


def clean_up_after_us(folder: str) -> None:
    """Have a folder deleted once this process has ended, even by kill -9."""
    cleaners.append(
        subprocess.Popen(
            [sys.executable, "-I", "-S", str(CLEANER), folder],
            stdin=subprocess.PIPE,  # which closes as this process ends
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
    )


def address_in_environment() -> str | None:
    """The cluster that RAY_ADDRESS names; None without it, or where it means a dashboard."""
    address = os.environ.get("RAY_ADDRESS", "")
    return None if address in ("", "local") or "://" in address else address


class Unchanging(list[str]):
    """Paths to which Ray adds none."""

    def extend(self, paths: object) -> None:
        """Add nothing."""


def job_config() -> ray.job_config.JobConfig:
    """Workers that look for modules where Python does, and in a checkout's folder.

    Ray lets workers look into the driver's working directory first. A file `json.py` that lies
    there would run in each.
    """
    config = ray.job_config.JobConfig()
    config._py_driver_sys_path = Unchanging(checkout_paths())
    return config


def check_gpus(num_workers: int, gpus: float) -> None:
    """Check that Ray, which is running, has the GPUs that the workers need.

    Raises:
        UserError: it has fewer.
    """
    has = ray.cluster_resources().get("GPU", 0)
    if gpus * num_workers > has:
        raise UserError(
            f"selfplay.gpus {gpus:g} for each of {num_workers} workers: wanted at most the "
            f"{has:g} that Ray has, together"
        )


def node_address() -> str:
    """The address of the machine that this process runs on, as Ray, which is running, has it."""
    return str(ray.util.get_node_ip_address())


def resources(kind: str) -> float:
    """How much Ray, which is running, has of "CPU" or "GPU"."""
    return float(ray.cluster_resources().get(kind, 0))
