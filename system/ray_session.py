"""Ray, started on this machine or joined; what plays on it stands in other rooms' cluster.py."""

import os
import socket

import ray
from ray.exceptions import RayError, RayTaskError

CONNECT_SECONDS = 10.0


def start_ray(num_workers: int, address: str | None = None) -> None:
    """Join the cluster at `address`, or start Ray on this machine; nothing if it is running.

    Raises:
        ChildProcessError: Ray does not start.
        OSError: there is no cluster at the address.
        ValueError: it has fewer processors than workers, who would be waited for in vain.
    """
    if ray.is_initialized():
        check_room(num_workers)
        return
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if address is not None:
        check_reachable(address)
        ray.init(address=address, log_to_driver=False)
        check_room(num_workers)
        return
    try:
        ray.init(
            address="local",
            num_cpus=max(num_workers, os.cpu_count() or 1),
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
        )
    except Exception as error:  # as bare as Ray raises it on a machine that is too busy
        raise ChildProcessError(f"Ray does not start on this machine: {error}") from error


def check_reachable(address: str) -> None:
    """See that something listens at HOST:PORT, for which Ray itself would look for many minutes.

    Raises:
        OSError: nothing does.
    """
    host, _, port = address.rpartition(":")
    if not host or "/" in host or not port.isdigit():  # auto, ray://..., or what Ray will refuse
        return
    try:
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise OSError(f"no Ray cluster at {address}: {error}") from error


def check_room(num_workers: int) -> None:
    """See that Ray, which is running, has a processor for each worker.

    Raises:
        ValueError: it has fewer.
    """
    has = int(ray.cluster_resources().get("CPU", 0))
    if num_workers > has:
        raise ValueError(f"workers {num_workers}: wanted at most the {has} CPUs that Ray has there")


def cause_of(error: RayTaskError) -> Exception:
    """What an actor raised where that is something to be told; else Ray's error, all its lines."""
    return error.cause if isinstance(error.cause, ValueError | OSError) else error


def last_line(error: RayError) -> str:
    """The end of what Ray says, which names the cause; before it stands what happened where."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason given"
