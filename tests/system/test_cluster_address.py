"""Which cluster a command joins, and what it says where there is none for it."""

import socket

import pytest

from insei.system import ray_head
from insei.system.errors import ClusterMissing
from insei.system.ray_head import check_head, reason_of
from insei.system.ray_session import address_in_environment


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (None, None),
        ("", None),
        ("local", None),
        ("auto", "auto"),
        ("10.0.0.1:6379", "10.0.0.1:6379"),  # as inside `ray job submit`
        ("http://127.0.0.1:8265", None),  # where `ray job submit` finds the dashboard
        ("ray://10.0.0.1:10001", None),
    ],
)
def test_the_variable_names_a_cluster_that_is_joined(monkeypatch, value, address):
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    if value is not None:
        monkeypatch.setenv("RAY_ADDRESS", value)
    assert address_in_environment() == address


def test_an_address_where_nothing_listens_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ClusterMissing) as refused:
        check_head(address)
    assert str(refused.value) == f"no Ray cluster at {address}: [Errno 111] Connection refused"


def test_a_machine_that_does_not_answer_is_one_line(monkeypatch):
    def in_vain(address, seconds):
        assert seconds == 10
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", in_vain)
    with pytest.raises(ClusterMissing, match=r"no Ray cluster at 10\.9\.8\.7:6379: timed out"):
        check_head("10.9.8.7:6379")


def test_a_program_that_is_no_head_is_one_line(monkeypatch):
    # As Ray 2.60.0 says it of a server of HTTP/2, and then ends.
    said = "Failed to get cluster ID from GCS server: RpcError: status: 404 rpc_code: 12"
    monkeypatch.setattr(ray_head, "ASK", f"import sys; sys.exit({said!r})")
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(ClusterMissing, match="no head of Ray answers there"):
            check_head(address)


def test_a_cluster_of_other_versions_is_told_with_both():
    # As Ray 2.60.0 says it of a head that Ray 2.58.1 started.
    said = (
        "Version mismatch: The cluster was started with:\n    Ray: 2.58.1\n    Python: 3.11.7\n"
        "This process on node 192.0.2.2 was started with:\n    Ray: 2.60.0\n    Python: 3.12.1\n"
    )
    assert reason_of(RuntimeError(said)) == (
        "it has Ray 2.58.1 and Python 3.11.7; wanted Ray 2.60.0 and Python 3.12.1, as here"
    )
