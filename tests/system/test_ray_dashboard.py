"""Where Ray's dashboard is, if there is one."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from insei.system.ray_dashboard import dashboard_address
from tests.helpers.paths import ROOT


def test_a_process_without_ray_has_none_and_loads_none():
    code = (
        "import sys; from insei.system.ray_dashboard import dashboard_address as d; "
        "print(repr(d()), 'ray' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "'' False\n"


@pytest.mark.parametrize(
    ("is_running", "url", "address"),
    [
        (True, "127.0.0.1:8265", "http://127.0.0.1:8265"),
        (True, "", ""),
        (True, None, ""),
        (False, "127.0.0.1:8265", ""),
    ],
)
def test_the_address_is_the_one_that_ray_tells(monkeypatch, is_running, url, address):
    worker = SimpleNamespace(get_dashboard_url=lambda: url)
    fake = SimpleNamespace(
        is_initialized=lambda: is_running, _private=SimpleNamespace(worker=worker)
    )
    monkeypatch.setitem(sys.modules, "ray", fake)
    assert dashboard_address() == address


def test_ray_as_the_tests_start_it_has_none(ray_session):
    assert dashboard_address() == ""
