"""A Ray cluster of several nodes on the loopback interface, told by lines what to do.

    python -m tests.helpers.faults.nodes '{"health_check_period_ms": 500}'

prints the address. Lines on standard input: `add 2 PATH` starts a node of two processors, and
prints the id of its raylet's process; `versions RAY PYTHON` has the head say that it runs on these,
and prints them. All ends as standard input ends.
"""

import json
import os
import sys

LOOPBACK = "127.0.0.1"


def main() -> None:
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 0, "include_dashboard": False, "_system_config": json.loads(sys.argv[1])}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    [gcs] = cluster.head_node.all_processes["gcs_server"]
    print(json.dumps({"address": cluster.address, "gcs": gcs.process.pid}), flush=True)
    for line in sys.stdin:
        match line.split():
            case ["add", cpus, path]:
                add(cluster, int(cpus), path)
            case ["versions", ray, python]:
                pretend(cluster.address, {"ray_version": ray, "python_version": python})
    cluster.shutdown()


def add(cluster, cpus, path):
    """Start a node on which modules are found in `path` first."""
    os.environ["PYTHONPATH"] = f"{path}:{os.environ['PYTHONPATH']}"
    node = cluster.add_node(num_cpus=cpus)
    os.environ["PYTHONPATH"] = os.environ["PYTHONPATH"].partition(":")[2]
    [raylet] = node.all_processes["raylet"]
    print(json.dumps({"raylet": raylet.process.pid, "node": node.node_id}), flush=True)


def pretend(address, versions):
    """Have a head say that it runs on other versions."""
    from ray._common.usage.usage_constants import CLUSTER_METADATA_KEY
    from ray._private.ray_constants import KV_NAMESPACE_CLUSTER
    from ray._raylet import GcsClient

    head = GcsClient(address=address)
    said = json.loads(head.internal_kv_get(CLUSTER_METADATA_KEY, KV_NAMESPACE_CLUSTER))
    told = json.dumps(said | versions).encode()
    head.internal_kv_put(CLUSTER_METADATA_KEY, told, True, KV_NAMESPACE_CLUSTER)
    print(json.dumps(versions), flush=True)


if __name__ == "__main__":
    main()
