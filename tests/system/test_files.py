"""Files and folders: whole or not there, and no link in them is followed."""

import os
import stat
from contextlib import closing

import pytest

from insei.system.errors import UserError
from insei.system.files import (
    LinkRefused,
    append_lines,
    check_no_links,
    delete_unfinished,
    new_file,
    new_folder,
    open_file,
    read_text,
    write_text,
)
from insei.system.lock import FolderLock

WRITING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@pytest.fixture
def precious(tmp_path):
    """A file outside the folder, to which links lead."""
    path = tmp_path / "precious"
    path.write_text("mine")
    (tmp_path / "folder").mkdir()
    yield path
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    "write",
    [
        lambda path: append_lines(path, ["line"]),
        lambda path: open_file(path, WRITING),
        lambda path: open_file(path, os.O_RDWR | os.O_CREAT),
        lambda path: open_file(path, os.O_RDONLY),
        read_text,
    ],
)
def test_a_link_is_not_followed(tmp_path, precious, write):
    path = tmp_path / "folder" / "file"
    path.symlink_to(precious)
    with pytest.raises(LinkRefused, match="file is a symbolic link: wanted a file of the folder"):
        write(path)
    path.unlink()
    path.symlink_to(tmp_path / "new")  # which is not there, and is not made
    with pytest.raises(LinkRefused):
        write(path)
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_replaced_replaces_a_link(tmp_path, precious):
    path = tmp_path / "folder" / "file"
    path.symlink_to(precious)
    write_text(path, "new")
    assert not path.is_symlink()
    assert path.read_text() == "new"


def test_a_pipe_is_refused_at_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):
        with pytest.raises(LinkRefused, match="pipe is neither a file nor a folder"):
            open_file(path, flags)


def test_unfinished_names_cannot_be_foreseen(tmp_path):
    names = set()
    for _ in range(3):
        with new_file(tmp_path / "file") as file:
            file.write(b"x")
            names |= {path.name for path in tmp_path.glob(".unfinished-*")}
        with new_folder(tmp_path / f"folder{len(names)}") as folder:
            names.add(folder.name)
    assert len(names) == 6
    assert all(len(name.split("-")[1]) == 16 for name in names)


def test_a_name_that_is_taken_is_not_opened(tmp_path, precious, monkeypatch):
    path = tmp_path / "folder" / "file"
    monkeypatch.setattr("insei.system.files.secrets.token_hex", lambda size: "guessed")
    (tmp_path / "folder" / ".unfinished-guessed-file").symlink_to(precious)
    with pytest.raises((LinkRefused, FileExistsError)):
        write_text(path, "new")
    with pytest.raises(FileExistsError), new_folder(path):
        pass


def test_a_failed_file_leaves_nothing(tmp_path):
    def fill_and_stop():
        with new_file(tmp_path / "file") as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        fill_and_stop()
    assert os.listdir(tmp_path) == []


def test_files_have_the_permissions_that_the_user_s_mask_leaves(tmp_path):
    write_text(tmp_path / "ours", "x")
    (tmp_path / "plain").write_text("x")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours", "plain")}
    assert len(modes) == 1


@pytest.mark.parametrize("name", ["lock", "log.txt", "tensorboard", "a/b/c"])
def test_a_folder_with_a_link_in_it_cannot_be_held(tmp_path, precious, name):
    link = tmp_path / "folder" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(precious if name != "tensorboard" else tmp_path)
    with pytest.raises(LinkRefused, match=f"{name} is a symbolic link"):
        FolderLock(tmp_path / "folder")


def test_a_folder_that_is_reached_by_a_link_can_be_held(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "runs").symlink_to(tmp_path / "disk")
    check_no_links(tmp_path / "runs")
    with closing(FolderLock(tmp_path / "runs")):
        assert (tmp_path / "disk" / "lock").read_text() == str(os.getpid())


def test_a_link_among_unfinished_files_is_deleted_and_not_what_it_leads_to(tmp_path, precious):
    (tmp_path / "folder" / ".unfinished-1-x").symlink_to(tmp_path)
    delete_unfinished(tmp_path / "folder")
    assert os.listdir(tmp_path / "folder") == []


def test_text_that_is_no_utf_8_is_one_line(tmp_path):
    (tmp_path / "file").write_bytes(b"abc\xff")
    with pytest.raises(UserError, match="file: wanted UTF-8; byte 3 is another thing"):
        read_text(tmp_path / "file")


def test_our_code_opens_files_of_folders_at_one_place():
    """Whatever a room writes goes through `system/files.py`, or into a folder just made."""
    import re

    from tests.helpers.paths import ROOT

    allowed = {
        "agents/net/package.py": 3,  # into folders that the caller has just made
        "selfplay/checkpoints.py": 1,
        "selfplay/data/export.py": 1,  # likewise
        "system/error_log.py": 1,  # in the user's own state folder
    }
    pattern = re.compile(
        r"\.write_text\(|\.write_bytes\(|(?<![\w.])open\([^)]*[\"'][wax]|\.open\(\""
    )
    for room in ("system", "agents", "tournament", "selfplay"):
        for path in (ROOT / room).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            assert len(pattern.findall(path.read_text())) <= allowed.get(name, 0), name
