"""Where Ray's dashboard is."""

import sys


def dashboard_address() -> str:
    """The address of the dashboard of the cluster that this process is part of; empty if none is.

    Ray is not loaded for this: it takes half a second, and a run of one process does without it.
    """
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        return ""
    address = ray._private.worker.get_dashboard_url()
    return f"http://{address}" if address else ""
