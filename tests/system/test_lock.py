"""The lock of a folder: one holder at a time, released however it ends, and careful with files."""

import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from insei.system.files import LinkRefused
from insei.system.lock import FolderInUse, FolderLock, holder_of
from tests.helpers.paths import ROOT

HOLDS = """
import sys, time
from pathlib import Path
from insei.system.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_folder_has_one_holder_who_is_named(tmp_path):
    with closing(FolderLock(tmp_path)):
        with pytest.raises(FolderInUse) as refused:
            FolderLock(tmp_path)
        assert (
            str(refused.value) == f"{tmp_path} is in use by process {os.getpid()}; wanted it free"
        )
    FolderLock(tmp_path).close()


def test_a_holder_killed_by_signal_9_lets_others_in(tmp_path):
    words = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FolderInUse, match=f"process {holder.pid};"):
            FolderLock(tmp_path)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with closing(FolderLock(tmp_path)):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_symbolic_link_is_neither_followed_nor_emptied(tmp_path):
    target = tmp_path / "precious"
    target.write_text("mine")
    (tmp_path / "lock").symlink_to(target)
    with pytest.raises(
        LinkRefused, match="lock is a symbolic link: wanted a file of the folder itself"
    ):
        FolderLock(tmp_path)
    assert target.read_text() == "mine"


def test_a_refused_program_leaves_the_holder_s_name(tmp_path):
    with closing(FolderLock(tmp_path)):
        for _ in range(2):
            with pytest.raises(FolderInUse):
                FolderLock(tmp_path)
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_folder_names_its_holder_without_being_held(tmp_path):
    assert holder_of(tmp_path) == ""
    lock = FolderLock(tmp_path)
    assert holder_of(tmp_path) == str(os.getpid())
    lock.close()
    assert holder_of(tmp_path) == ""
    FolderLock(tmp_path).close()  # asking left it free
