"""A cluster's head, before it is joined: whether it is there, and lets us in, within seconds.

Ray itself tries for half a minute or longer, and prints a line each second.
"""

import re
import socket
import subprocess
import sys
import threading

from insei.system.child_process import bound_to_us
from insei.system.errors import ClusterMissing

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0  # for a head to answer, the import of Ray included
TOKEN_PATH_KEY = "RAY_AUTH_TOKEN_PATH"
TOKEN_KEYS = ("RAY_AUTH_TOKEN", TOKEN_PATH_KEY)
ASK = "import sys; from ray._raylet import GcsClient; GcsClient(address=sys.argv[1])"
# What Ray prints, and what it means.
REFUSALS = ("Unauthenticated", "AuthToken", "oken authentication")
NO_ANSWER = "no head of Ray answers there"
NO_HEAD = ("Failed to connect to GCS", "waiting for GCS")
VERSIONS = re.compile(r"Ray: (\S+) Python: (\S+)")  # the cluster's, then ours


def check_head(address: str) -> None:
    """Check that Ray's head is at HOST:PORT; other kinds of addresses are left to Ray.

    Raises:
        ClusterMissing: nothing listens there, or it is no head, or it does not let us in.
    """
    host, _, port = address.rpartition(":")
    if not host or "/" in host or not port.isdigit():  # auto, ray://..., or nonsense
        return
    check_reachable(address, host, int(port))
    words = bound_to_us([sys.executable, "-P", "-c", ASK, address])
    asking = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    limit = threading.Timer(ANSWER_SECONDS, asking.kill)
    limit.start()
    try:
        assert asking.stderr
        for line in asking.stderr:
            if any(sign in line for sign in REFUSALS):
                raise ClusterMissing(f"no Ray cluster at {address}: {refusal()}")
            if any(sign in line for sign in NO_HEAD):
                raise ClusterMissing(f"no Ray cluster at {address}: {NO_ANSWER}")
        if (status := asking.wait()) < 0:
            raise ClusterMissing(
                f"no Ray cluster at {address}: no answer within {ANSWER_SECONDS:.0f} s"
            )
        if status > 0:  # as where a program that is no head answers
            raise ClusterMissing(f"no Ray cluster at {address}: {NO_ANSWER}")
    finally:
        limit.cancel()
        asking.kill()
        asking.communicate()


def check_reachable(address: str, host: str, port: int) -> None:
    """Check that something listens there.

    Raises:
        ClusterMissing: nothing does.
    """
    try:
        socket.create_connection((host, port), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ClusterMissing(f"no Ray cluster at {address}: {error}") from error


def refusal() -> str:
    """What is said of a head that does not let us in."""
    return (
        "it does not accept our token; wanted RAY_AUTH_MODE=token, and the cluster's token in "
        f"{TOKEN_KEYS[0]}, or in the file that {TOKEN_KEYS[1]} names"
    )


def reason_of(error: Exception) -> str:
    """Why Ray can't join a cluster, in a line."""
    text = " ".join(str(error).split())
    if "Version mismatch" in text and len(versions := VERSIONS.findall(text)) == 2:
        cluster, here = (f"Ray {ray} and Python {python}" for ray, python in versions)
        return f"it has {cluster}; wanted {here}, as here"
    if any(sign in text for sign in REFUSALS):
        return refusal()
    return last_line(error)


def last_line(error: Exception) -> str:
    """The last line of what Ray says, which names the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason given"
