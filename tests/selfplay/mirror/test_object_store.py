"""A run's copy in a bucket of S3, which moto's server plays; and commands that are killed."""

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from insei.selfplay.mirror.mirror import Mirror, read_status_file
from insei.selfplay.mirror.restore import restore
from insei.selfplay.mirror.store import StoreError, open_store
from insei.selfplay.session import train
from insei.system.configuration import to_yaml
from tests.helpers.mirror.stores import add_generation, contents, small_run
from tests.helpers.paths import ROOT
from tests.helpers.runs import CONFIG

pytestmark = pytest.mark.slow
KEY = "testing"
SHORT = replace(CONFIG, generations=2, rating=replace(CONFIG.rating, every=None))


@pytest.fixture(scope="module")
def endpoint():
    """The address of an S3 server."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, monkeypatch):
    """An empty bucket's URL."""
    import s3fs

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    s3fs.S3FileSystem.clear_instance_cache()
    files = s3fs.S3FileSystem()
    files.mkdir("runs")
    yield "s3://runs/x"
    files.rm("runs", recursive=True)
    s3fs.S3FileSystem.clear_instance_cache()


def test_a_run_comes_back_from_a_bucket(tmp_path, bucket):
    run = small_run(tmp_path / "x")
    mirror = Mirror(run, open_store(bucket))
    mirror.save()
    for generation in range(2, 6):
        add_generation(run, generation)
        mirror.save()
    assert contents(restore(bucket, tmp_path / "new")[0]) == contents(run)
    used = set().union(*(state.hashes for state in mirror.states.values()))
    assert set(mirror.store.names("files")) == used
    [games] = [file for file in mirror.newest.files if file.path.endswith("data/5.lance")]
    mirror.store.delete([f"files/{games.sha256}"])
    told = []
    restore(bucket, tmp_path / "newer", told.append)
    assert told[0].startswith(f"{bucket}/files/{games.sha256}: not there, wanted for games.lance")


def test_a_training_is_kept_in_a_bucket_and_goes_on_from_there(tmp_path, bucket):
    source = tmp_path / "tiny.yaml"
    source.write_text(to_yaml(replace(SHORT, mirror=bucket)))
    run = train(source, runs=tmp_path)
    back, state = restore(bucket, tmp_path / "new")
    assert state.generation == 2
    assert contents(back) == contents(run.path)
    assert train(back, settings=["generations=3"]).generations_learned == 3
    assert restore(bucket, tmp_path / "newer")[1].generation == 3


@pytest.mark.parametrize("kind", ["no bucket", "no server"])
def test_a_bucket_that_cannot_be_written_is_one_line(tmp_path, bucket, kind, monkeypatch):
    url = "s3://nowhere/x" if kind == "no bucket" else "s3://runs/x"
    if kind == "no server":
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        open_store(url).files.clear_instance_cache()
    with pytest.raises(StoreError) as refused:
        Mirror(small_run(tmp_path / "x"), open_store(url)).save()
    assert "\n" not in str(refused.value)


SLOW_UPLOADS = """
import sys, time
from pathlib import Path
from insei.selfplay.mirror.mirror import Mirror
from insei.selfplay.mirror.store import open_store
from tests.helpers.mirror.stores import add_generation

run, url, generation = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
mirror = Mirror(run, open_store(url))
mirror.save()
add_generation(run, generation)
(run / f"checkpoints/{generation:06}/weights.safetensors").write_bytes(bytes(300_000_000))
print("uploads", flush=True)
mirror.save()
print("done", flush=True)
"""


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.3])
def test_kill_9_amid_an_upload_leaves_a_whole_state(tmp_path, seconds):
    run = small_run(tmp_path / "x")
    url = f"file://{tmp_path}/mirror"
    before = contents(run)
    words = [sys.executable, "-c", SLOW_UPLOADS, str(run), url, "2"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "uploads\n"
        time.sleep(seconds)
        process.kill()
        process.wait()
        is_done = "done" in process.stdout.read()
    back = contents(restore(url, tmp_path / "new")[0])
    after = contents(run, left_out=("lock", "mirror.json"))
    after = {name: data for name, data in after.items() if ".unfinished" not in name}
    assert back == (after if is_done else before) or back == after
    again = Mirror(run, open_store(url))
    again.save()
    assert contents(restore(url, tmp_path / "newer")[0]) == after
    names = {path.name for path in (tmp_path / "mirror/files").iterdir()}
    assert names == set().union(*(state.hashes for state in again.states.values() if state))
    assert read_status_file(run).generation == 2
