"""A run's copy on shared storage: whole at each moment, and the run comes back from it."""

import errno
import json
import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from insei.main import main
from insei.selfplay.mirror.mirror import (
    KEPT_STATES,
    Mirror,
    MirrorLost,
    mirrored,
    read_status_file,
)
from insei.selfplay.mirror.place import check_place
from insei.selfplay.mirror.restore import restore
from insei.selfplay.mirror.snapshot import Snapshot
from insei.selfplay.mirror.state import SavedFile, SavedState, state_names, write_state
from insei.selfplay.mirror.store import StoreError, open_store
from insei.selfplay.run import RunFolder
from insei.selfplay.session import train
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.records import BadRecord
from tests.helpers.mirror.stores import (
    FailingStore,
    add_generation,
    contents,
    small_run,
    write_files,
)
from tests.helpers.runs import CONFIG, begin, finish


@pytest.fixture(params=["file", "memory"])
def url(request, tmp_path):
    """An empty place of each kind that needs no server."""
    if request.param == "file":
        yield f"file://{tmp_path}/mirror"
    else:
        import fsspec

        yield f"memory://{tmp_path.name}/mirror"
        fsspec.filesystem("memory").store.clear()


def saved(run, url):
    """A mirror of the run's present state."""
    mirror = Mirror(run, open_store(url))
    mirror.save()
    return mirror


def test_a_run_comes_back_as_it_was(tmp_path, url):
    run = small_run(tmp_path / "x")
    saved(run, url)
    path, state = restore(url, tmp_path / "new")
    assert path == tmp_path / "new" / "x"
    assert contents(path) == contents(run)
    assert (state.number, state.generation, state.name) == (1, 1, "x")
    assert not [*run.glob(".unfinished*")]


def test_a_run_that_is_trained_in_its_own_folder_comes_back_under_its_name(
    tmp_path, url, monkeypatch
):
    run = small_run(tmp_path / "x")
    monkeypatch.chdir(run)
    saved(Path(), url)
    path, _ = restore(url, tmp_path / "new")
    assert path == tmp_path / "new" / "x"


def test_a_state_that_could_not_be_read_again_is_not_written(tmp_path, url):
    store = open_store(url)
    with pytest.raises(BadRecord, match="name"):
        write_state(store, SavedState(1, "0" * 16, "1" * 16, "", 0.0, -1, ()))
    assert not state_names(store)


def test_what_is_known_of_a_copy_is_shown_before_its_store_answers(tmp_path, url):
    run = small_run(tmp_path / "x")
    mirror = saved(run, url)
    known = (mirror.status.state_time, mirror.status.generation)
    again = Mirror(run, FailingStore(url, 0))
    again.tell("gone")
    status = read_status_file(run)
    assert ((status.state_time, status.generation), status.trouble) == (known, "gone")
    elsewhere = Mirror(run, open_store(url + "2"))
    elsewhere.tell("")
    assert (elsewhere.status.state_time, elsewhere.status.generation) == (0.0, -1)


@pytest.mark.parametrize("name", ["data/.tmpAb3", "_versions/.tmp9.manifest", ".x/1.lance"])
def test_what_lance_is_writing_is_left_out(tmp_path, url, name):
    run = small_run(tmp_path / "x")
    whole = contents(run)
    write_files(run / "games.lance", {name: "half"})
    saved(run, url)
    assert contents(restore(url, tmp_path / "new")[0]) == whole


def test_a_file_that_grows_while_it_is_taken_is_taken_again(tmp_path, url):
    run = small_run(tmp_path / "x")
    mirror = Mirror(run, FailingStore(url))
    upload, growing = mirror.store.upload, [run / "games.lance/data/1.lance"]

    def grow_and_upload(source, name):
        if growing and source.name == growing[0].name:
            with growing.pop().open("a") as file:
                file.write(" and more")
        upload(source, name)

    mirror.store.upload = grow_and_upload
    mirror.save()
    assert not growing
    assert contents(restore(url, tmp_path / "new")[0]) == contents(run)


def test_only_what_is_new_is_uploaded(tmp_path, url):
    run = small_run(tmp_path / "x")
    mirror = Mirror(run, FailingStore(url))
    mirror.save()
    first = len(mirror.store.calls)
    mirror.save()  # nothing is new
    assert mirror.store.calls[first:] == []
    add_generation(run, 2)
    (run / "log.txt").write_text("one\ntwo\n")
    mirror.save()
    uploads = [call for call in mirror.store.calls[first:] if call[0] == "upload"]
    names = {str(call[1]).partition("-mirror-")[2].partition("/")[2] or call[1] for call in uploads}
    assert len(uploads) == 5, names  # manifest, games, weights, curves, log
    assert contents(restore(url, tmp_path / "new")[0]) == contents(run)


def test_a_run_that_goes_on_elsewhere_uploads_only_what_is_new(tmp_path, url):
    run = small_run(tmp_path / "x")
    saved(run, url)
    path, _ = restore(url, tmp_path / "new")
    add_generation(path, 2)
    mirror = Mirror(path, FailingStore(url))
    mirror.save()
    assert sum(call[0] == "upload" for call in mirror.store.calls) == 4
    assert mirror.newest.number == 2
    assert contents(restore(url, tmp_path / "newer")[0]) == contents(path)


def test_a_command_killed_at_any_call_leaves_a_whole_state(tmp_path):
    """At each call of the store: what comes back is the state before, or the new one."""
    run = small_run(tmp_path / "x")
    states = [contents(run)]
    url = f"file://{tmp_path}/mirror"
    saved(run, url)
    killed = 0
    for generation in range(2, 6):
        add_generation(run, generation)
        states.append(contents(run))
        for num_calls in range(100):
            mirror = Mirror(run, FailingStore(url, num_calls))
            try:
                mirror.save()
                is_done = True
            except StoreError:
                is_done = False
                killed += 1
            back = contents(restore(url, tmp_path / f"at{generation}-{num_calls}")[0])
            assert back in states[-2:]
            if is_done:
                assert back == states[-1]
                break
        else:
            raise AssertionError("never done")
    assert killed > 20


def test_a_half_written_file_is_never_taken_for_a_whole_one(tmp_path):
    run = small_run(tmp_path / "x")
    url = f"file://{tmp_path}/mirror"
    saved(run, url)
    before = contents(run)
    (tmp_path / "mirror/files/.unfinished-0-abc").write_text("half")
    add_generation(run, 2)
    saved(run, url)
    newest = max((tmp_path / "mirror/states").iterdir())
    newest.write_bytes(newest.read_bytes()[:50])
    told = []
    path, state = restore(url, tmp_path / "new", told.append)
    assert contents(path) == before
    assert state.number == 1
    assert len(told) == 1
    assert str(newest) in told[0]


@pytest.mark.parametrize("damage", ["gone", "other"])
def test_a_damaged_file_brings_the_state_before(tmp_path, url, damage):
    run = small_run(tmp_path / "x")
    mirror = saved(run, url)
    before = contents(run)
    add_generation(run, 2)
    mirror.save()
    [file] = [file for file in mirror.newest.files if file.path.endswith("2.lance")]
    if damage == "gone":
        mirror.store.delete([f"files/{file.sha256}"])
    else:
        mirror.store.write(f"files/{file.sha256}", b"flipped!")
    told = []
    path, _ = restore(url, tmp_path / "new", told.append)
    assert contents(path) == before
    wanted = "not there, wanted for" if damage == "gone" else "another content, for"
    assert told == [
        f"{url}/files/{file.sha256}: {wanted} games.lance/data/2.lance; trying the state before"
    ]


def test_a_place_without_a_whole_state_is_said(tmp_path, url):
    with pytest.raises(UserError, match="no copy of a run; wanted states/ with a state in it"):
        restore(url, tmp_path)
    mirror = saved(small_run(tmp_path / "x"), url)
    mirror.store.write(f"states/{mirror.newest.file_name}", b"{")
    with pytest.raises(UserError, match="none of its 1 states is whole"):
        restore(url, tmp_path / "new")
    assert not (tmp_path / "new" / "x").exists()


def test_a_run_that_is_there_is_not_replaced(tmp_path, url):
    run = small_run(tmp_path / "x")
    saved(run, url)
    before = contents(run)
    with pytest.raises(UserError, match="exists already"):
        restore(url, tmp_path)
    assert contents(run) == before


def test_old_states_go_and_what_only_they_named(tmp_path, url):
    run = small_run(tmp_path / "x")
    mirror = saved(run, url)
    for generation in range(2, 8):
        add_generation(run, generation)
        mirror.save()
    assert len(mirror.store.names("states")) == KEPT_STATES
    used = set().union(*(state.hashes for state in mirror.states.values()))
    assert set(mirror.store.names("files")) == used
    fresh = Mirror(run, open_store(url))
    fresh.look()
    assert fresh.stored == used


def test_a_run_that_never_began_leaves_its_place_free(tmp_path, url):
    run = tmp_path / "x"
    write_files(run, {"config.yaml": "name: x\n", "log.txt": "no room\n"})
    with mirrored(run, url, print):
        pass
    assert not open_store(url).names("states")
    shutil.rmtree(run)
    saved(small_run(run), url)


def test_another_run_may_not_use_the_place(tmp_path, url):
    saved(small_run(tmp_path / "x"), url)
    other = small_run(tmp_path / "y")
    with pytest.raises(MirrorLost, match=r"holds another copy, of x: .* `insei restore"):
        Mirror(other, open_store(url)).save()
    with pytest.raises(MirrorLost, match="holds another copy"), mirrored(other, url, print):
        raise AssertionError("began")


def test_of_two_commands_the_one_that_is_overtaken_stops(tmp_path, url):
    run = small_run(tmp_path / "x")
    first = saved(run, url)
    path, _ = restore(url, tmp_path / "new")
    add_generation(path, 2)
    saved(path, url)
    add_generation(run, 3)
    with pytest.raises(MirrorLost, match=r"another command writes to .*: this run is mirrored no"):
        first.save()
    assert contents(restore(url, tmp_path / "newer")[0]) == contents(path)


def test_a_file_that_the_run_deletes_meanwhile_keeps_its_bytes(tmp_path):
    run = small_run(tmp_path / "x")
    with Snapshot(run, {}, set()) as snapshot:
        add_generation(run, 2)
        add_generation(run, 3)  # which deletes checkpoint 1
        assert snapshot.generation == 1
        held = {file.saved.path: file.held.read_text() for file in snapshot.files}
    assert held["checkpoints/000001/weights.safetensors"] == "w1"
    assert not any("000002" in name for name in held)


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.EMLINK])
def test_a_file_system_without_second_names_is_copied(tmp_path, url, monkeypatch, code):
    def refuse(*words, **options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    run = small_run(tmp_path / "x")
    mirror = Mirror(run, FailingStore(url))
    mirror.save()
    assert contents(restore(url, tmp_path / "new")[0]) == contents(run)
    add_generation(run, 2)
    mirror.save()
    assert sum(call[0] == "upload" for call in mirror.store.calls) == 7 + 4


def test_a_checkpoint_written_meanwhile_is_taken_with_its_games(tmp_path, monkeypatch):
    """A state never has a net whose games it lacks, nor ratings of a net that it lacks."""
    run, turns = small_run(tmp_path / "x"), []
    hold = Snapshot._hold

    def hold_and_write(self, path):
        if path.name == "config.yaml" and len(turns) < 3:
            turns.append(path)
        elif path.parent.parent.name == "checkpoints" and len(turns) == 1:
            add_generation(run, 2)
        return hold(self, path)

    monkeypatch.setattr(Snapshot, "_hold", hold_and_write)
    with Snapshot(run, {}, set()) as snapshot:
        assert snapshot.generation == 2
        names = {file.saved.path for file in snapshot.files}
    assert {"games.lance/data/2.lance", "checkpoints/000002/x.json"} <= names
    assert len(turns) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": "../x"}, "path '../x': wanted one within the run's folder"),
        ({"path": "/etc/passwd"}, "path '/etc/passwd': wanted one within"),
        ({"path": "a/../../b"}, "wanted one within"),
        ({"path": "a//b"}, "wanted one within"),
        ({"path": "."}, "wanted one within"),
        ({"path": ""}, "path"),
        ({"sha256": "../../x"}, "sha256 '../../x': wanted 64 hexadecimal digits"),
        ({"sha256": "A" * 64}, "wanted 64 hexadecimal digits"),
        ({"size": -1}, "size"),
    ],
)
def test_a_state_of_somebody_else_leads_nowhere_else(tmp_path, change, said):
    url = f"file://{tmp_path}/mirror"
    mirror = saved(small_run(tmp_path / "x"), url)
    file = tmp_path / "mirror/states" / mirror.newest.file_name
    state = json.loads(file.read_text())
    state["files"][0] |= change
    file.write_text(json.dumps(state))
    told = []
    with pytest.raises(UserError, match="none of its 1 states is whole"):
        restore(url, tmp_path / "new", told.append)
    assert said in told[0]


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a,b"])
def test_a_run_is_restored_under_a_name_alone(tmp_path, name):
    url = f"file://{tmp_path}/mirror"
    state = SavedState(1, "0" * 16, "1" * 16, name, 0.0, -1, ())
    write_files(tmp_path / "mirror/states", {state.file_name: json.dumps(state.__dict__)})
    with pytest.raises(UserError):
        restore(url, tmp_path / "new")
    assert not (tmp_path / "new").exists() or not [*(tmp_path / "new").iterdir()]


def test_two_files_of_one_path_are_refused():
    file = SavedFile("a", "0" * 64, 1)
    with pytest.raises(UserError, match="two files of one path"):
        SavedState(1, "0" * 16, "1" * 16, "x", 0.0, -1, (file, replace(file, size=2)))


@pytest.mark.parametrize(
    "url",
    ["", "x", "/mirror", "s3://", "file:///", "http://x/y", "zip://a::s3://b/c",
     "simplecache::s3://b/c", "github://a:b@c/d", "reference://x"],
)  # fmt: skip
def test_a_place_that_is_none_is_refused(url):
    with pytest.raises(UserError, match="wanted the URL of a folder or bucket, by one of file://"):
        check_place(url)
    with pytest.raises(UserError, match="mirror"):
        TrainConfig(mirror=url)


def test_a_password_is_not_kept_in_a_configuration():
    with pytest.raises(UserError, match="a URL with a password in it") as refused:
        check_place("s3://me:secret@bucket/x")
    assert "secret" not in str(refused.value)


def test_what_speaks_to_a_store_is_named_where_it_is_missing(monkeypatch):
    import fsspec.core

    def refuse(url, **options):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", refuse)
    with pytest.raises(UserError, match=r"s3://b/c: wanted `pip install 'insei\[s3\]'`"):
        open_store("s3://b/c")


def test_a_store_that_lacks_credentials_is_one_line(monkeypatch):
    import fsspec.core

    def refuse(url, **options):
        raise ValueError(
            "Must provide either a connection_string\nor account_name with credentials"
        )

    monkeypatch.setattr(fsspec.core, "url_to_fs", refuse)
    with pytest.raises(StoreError) as refused:
        open_store("az://b/c")
    assert str(refused.value) == (
        "az://b/c: ValueError: Must provide either a connection_string or account_name with "
        "credentials"
    )


SHORT = replace(CONFIG, generations=2, rating=replace(CONFIG.rating, every=None))


def test_a_run_goes_on_from_its_copy_as_if_nothing_had_happened(tmp_path):
    """The dataset too: tables, checkpoints and curves come back, and training continues."""
    url = f"file://{tmp_path}/mirror"
    path = tmp_path / "runs" / "tiny"
    finish(*begin(path, replace(SHORT, mirror=url)))
    with closing(RunFolder(path)):
        saved(path, url)
    back, state = restore(url, tmp_path / "new")
    assert state.generation == 2
    assert contents(back) == contents(path)
    run = train(back, settings=["generations=3"])
    assert run.generations_learned == 3
    status = read_status_file(back)
    assert (status.generation, status.trouble, status.files_left) == (3, "", 0)
    again, _ = restore(url, tmp_path / "newer")
    assert contents(again) == contents(back)
    assert train(Path(again)).generations_learned == 3


def test_the_command_brings_a_run_back_and_says_how_it_goes_on(tmp_path, capsys):
    run = small_run(tmp_path / "x", 12)
    url = f"file://{tmp_path}/mirror"
    saved(run, url)
    main(["restore", url, "--runs", str(tmp_path / "new")])
    said = capsys.readouterr().out
    back = tmp_path / "new" / "x"
    assert said.startswith(f"{back}: generation 12, as of 2")
    assert said.endswith(f"; `insei train {back}` goes on\n")
    with pytest.raises(SystemExit):
        main(["restore", str(tmp_path)])
    assert "wanted the URL of a folder or bucket" in capsys.readouterr().err
