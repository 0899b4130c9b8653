"""The thread that keeps a mirror: what stops it, what does not, and what is said of it."""

import errno
import os
import threading
import time

import pytest

from insei.selfplay.mirror.mirror import Mirror, MirrorThread, read_status_file
from insei.selfplay.mirror.restore import restore
from insei.selfplay.mirror.store import open_store
from tests.helpers.mirror.stores import FailingStore, contents, small_run


def test_a_store_that_is_away_holds_nothing_up_and_is_told_once(tmp_path, monkeypatch):
    monkeypatch.setattr("insei.selfplay.mirror.mirror.FIRST_WAIT", 0.01)
    monkeypatch.setattr("insei.selfplay.mirror.mirror.REST_SECONDS", 0.01)
    run, told = small_run(tmp_path / "x"), []
    store = FailingStore(f"file://{tmp_path}/mirror", 3)
    thread = MirrorThread(Mirror(run, store), told.append)
    wait_until(lambda: read_status_file(run).trouble)
    assert "gone" in read_status_file(run).trouble
    store.num_calls = None
    wait_until(lambda: not read_status_file(run).trouble)
    thread.close()
    assert len(told) == 2
    assert "can't be written (ConnectionError: gone); the run goes on, and tries again" in told[0]
    assert "goes on after" in told[1]
    assert contents(restore(store.url, tmp_path / "new")[0]) == contents(run)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_log_that_can_not_be_written_stops_no_mirror(tmp_path, monkeypatch, code):
    def no_room(line):
        told.append(line)
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("insei.selfplay.mirror.mirror.FIRST_WAIT", 0.01)
    run, told = small_run(tmp_path / "x"), []
    store = FailingStore(f"file://{tmp_path}/mirror", 3)
    thread = MirrorThread(Mirror(run, store), no_room)
    wait_until(lambda: told)
    store.num_calls = None
    wait_until(lambda: len(told) == 2 or not thread.thread.is_alive())
    thread.close()
    assert thread.mirror.is_up_to_date
    assert contents(restore(store.url, tmp_path / "new")[0]) == contents(run)


def test_a_place_that_turns_out_late_to_be_another_runs_is_told(tmp_path, monkeypatch):
    """The store answers only after the run has begun."""
    monkeypatch.setattr("insei.selfplay.mirror.mirror.LOOK_SECONDS", 0.0)
    url = f"file://{tmp_path}/mirror"
    Mirror(small_run(tmp_path / "x"), open_store(url)).save()
    run, store, told = small_run(tmp_path / "y"), FailingStore(url), []
    names, has_begun = store.names, threading.Event()
    store.names = lambda folder: has_begun.wait(30.0) and names(folder)
    thread = MirrorThread(Mirror(run, store), told.append)
    has_begun.set()
    thread.close()
    assert len(told) == 1
    assert "holds another copy, of x" in told[0]
    assert "holds another copy" in read_status_file(run).trouble


def wait_until(is_so, seconds=30.0):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_is_not_there_at_the_end_is_said(tmp_path):
    run, told = small_run(tmp_path / "x"), []
    store = FailingStore(f"file://{tmp_path}/mirror", 3)
    thread = MirrorThread(Mirror(run, store), told.append)
    thread.close(0.1)
    assert told[-1].startswith(f"mirror {store.url}: the last state is not there, ")
    assert told[-1].endswith(" are missing; the run's folder has them")
