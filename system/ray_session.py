"""Ray: started on this machine, or a cluster that is joined."""

import os
import socket

import ray
import ray.job_config

from insei.system.child_process import checkout_paths
from insei.system.errors import ClusterMissing, UserError
from insei.system.termination import end_on_sigterm

CONNECT_SECONDS = 10.0


def start_ray(num_workers: int, address: str | None = None) -> None:
    """Join the cluster at `address`, or start Ray on this machine; nothing if it is running.

    Raises:
        ClusterMissing: Ray does not start, or there is no cluster at the address.
        UserError: it has fewer processors than workers.
    """
    if ray.is_initialized():
        check_room(num_workers)
        return
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    if address is not None:
        check_reachable(address)
        try:
            ray.init(address=address, job_config=job_config(), log_to_driver=False)
        except Exception as error:  # Ray raises many kinds
            raise ClusterMissing(f"no Ray cluster at {address}: {last_line(error)}") from error
        end_on_sigterm()
        check_room(num_workers)
        return
    try:
        ray.init(
            address="local",
            job_config=job_config(),
            num_cpus=max(num_workers, os.cpu_count() or 1),
            include_dashboard=False,
            log_to_driver=False,
            logging_level="ERROR",
        )
    except Exception as error:  # as bare as Ray raises it on a machine that is too busy
        raise ClusterMissing(f"Ray does not start on this machine: {error}") from error
    end_on_sigterm()


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


def check_reachable(address: str) -> None:
    """Check that something listens at HOST:PORT; Ray itself would try for many minutes.

    Raises:
        ClusterMissing: nothing does.
    """
    host, _, port = address.rpartition(":")
    if (
        not host or "/" in host or not port.isdigit()
    ):  # auto, ray://..., or nonsense, which Ray refuses
        return
    try:
        socket.create_connection((host, int(port)), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ClusterMissing(f"no Ray cluster at {address}: {error}") from error


def check_room(num_workers: int) -> None:
    """Check that Ray, which is running, has a processor for each worker.

    Raises:
        UserError: it has fewer.
    """
    has = int(ray.cluster_resources().get("CPU", 0))
    if num_workers > has:
        raise UserError(f"workers {num_workers}: wanted at most the {has} CPUs that Ray has there")


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


def last_line(error: Exception) -> str:
    """The last line of what Ray says, which names the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason given"
