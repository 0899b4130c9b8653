"""How a run stands at this moment: the file, and the screen that shows it."""

import os
from contextlib import closing
from dataclasses import replace

import pytest

from insei.printing.run_status import mirror_text, running_lines, size_text, status_lines
from insei.selfplay.mirror.mirror import MirrorStatus
from insei.selfplay.reports.run_now import (
    NOW_FILE,
    SHOW_SECONDS,
    NowFile,
    RunNow,
    WorkerNow,
    read_now,
)
from insei.selfplay.reports.run_status import disk_use, read_status, size_of
from insei.selfplay.run import RunFolder
from insei.selfplay.session import train
from insei.system.configuration import to_yaml
from insei.system.records import write_record
from tests.helpers.hostile.text import HOSTILE, steering
from tests.helpers.runs import CONFIG

SHORT = replace(CONFIG, generations=1, rating=replace(CONFIG.rating, every=None))
NOW = RunNow(
    12,
    games=34_000,
    rows=1_800_000,
    steps=5_000,
    window=300_000,
    losses={"policy": 2.5},
    evaluations_per_second=12_345.6,
    lag=1.25,
    busy_share=0.97,
    games_waiting=7,
    workers=(
        WorkerNow("10.0.0.2", 11, 1000.0),
        WorkerNow("10.0.0.2", 12, 400.0),
        WorkerNow("10.0.0.3", 11, 990.0),
    ),
    workers_wanted=4,
    faults=3,
    last_fault="worker 2 died at 10.0.0.2: OutOfMemoryError",
    dashboard="http://10.0.0.1:8265",
    games_per_second=31.25,
    time=1000.0,
    process=77,
    host="head",
)


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self):
        return self.now


def test_the_file_is_written_now_and_then_with_the_rate_of_the_last_minute(tmp_path):
    clock = Clock()
    file = NowFile(tmp_path, clock)
    written = []
    for second in range(200):
        clock.now = 1000.0 + second
        file.show(RunNow(1, games=second * (10 if second < 100 else 20)))
        found = read_now(tmp_path)
        if not written or written[-1] != found:
            written.append(found)
    assert len(written) == 200 / SHOW_SECONDS
    assert written[0].games_per_second == 0.0
    assert written[20].games_per_second == 10.0
    assert written[-1].games_per_second == 20.0
    assert written[-1].process == os.getpid()
    assert len(file.counts) <= 60 / SHOW_SECONDS + 2


def test_a_clock_that_is_set_back_stops_nothing(tmp_path):
    clock = Clock()
    file = NowFile(tmp_path, clock)
    for clock.now in (1000.0, 100.0, 103.0):
        file.show(RunNow(1, games=int(clock.now)))
    found = read_now(tmp_path)
    assert (found.time, found.games_per_second) == (103.0, 1.0)


@pytest.mark.parametrize("text", ["", "{", '{"generation": "x"}', '{"generation": -5}', "\0"])
def test_a_damaged_file_says_nothing(tmp_path, text):
    assert read_now(tmp_path) is None
    (tmp_path / NOW_FILE).write_text(text)
    assert read_now(tmp_path) is None


def test_the_screen_says_workers_speed_learner_faults_and_where_the_dashboard_is():
    assert running_lines(NOW, 1001.0) == [
        "workers  3 of 4: 2 on 10.0.0.2 (10 min), 1 on 10.0.0.3 (11 s)",
        "speed    31.2 games/s, 12,346 evaluations/s, workers busy 97%, 7 games wait",
        "learner  5,000 steps, 1.2 nets behind, window 300,000 rows, loss policy 2.500",
        "faults   3; worker 2 died at 10.0.0.2: OutOfMemoryError",
        "Ray      http://10.0.0.1:8265",
    ]


def test_many_nodes_take_one_line():
    workers = tuple(WorkerNow(f"n{number % 8}", number, 0.0) for number in range(64))
    [line] = running_lines(replace(NOW, workers=workers, workers_wanted=64), 1000.0)[:1]
    assert line.startswith("workers  64: 8 on n0 (17 min), 8 on n1")
    assert line.endswith(", 32 on 4 other nodes")


def test_a_command_that_says_nothing_is_told():
    assert running_lines(NOW, 1400.0)[0] == "silent   no word from process 77 for 7 min"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (MirrorStatus("s3://b/x", "0" * 16), "s3://b/x: nothing yet"),
        (
            MirrorStatus("s3://b/x", "0" * 16, state_time=960.0, generation=4),
            "s3://b/x: generation 4, as of 40 s ago",
        ),
        (
            MirrorStatus("s3://b/x", "0" * 16, 0.0, 960.0, 4, 3, 12_100_000, "ConnectionError: x"),
            "s3://b/x: generation 4, as of 40 s ago; 3 files of 12.1 MB to go; ConnectionError: x",
        ),
    ],
)
def test_the_screen_says_what_is_not_mirrored_yet(status, said):
    assert mirror_text(status, 1000.0) == said


def test_sizes_are_told_in_the_unit_that_suits_them():
    assert [size_text(size) for size in (0, 1500, 2_340_000, 71_000_000_000)] == [
        "0 kB", "2 kB", "2.34 MB", "71 GB",
    ]  # fmt: skip


def test_a_run_in_training_shows_what_its_command_says(tmp_path):
    path = tmp_path / "tiny"
    with closing(RunFolder.create(path, to_yaml(SHORT))):
        write_record(path / NOW_FILE, replace(NOW, process=os.getpid()))
        status = read_status(path)
        assert (status.games, status.rows) == (34_000, 1_800_000)
        said = "\n".join(status_lines(status, 200))
        assert f"in training, process {os.getpid()} on head" in said
        assert "workers  3 of 4" in said
    status = read_status(path)  # stopped
    assert status.now is None
    assert "workers" not in "\n".join(status_lines(status, 200))


def test_what_a_command_before_said_is_not_shown(tmp_path):
    path = tmp_path / "tiny"
    with closing(RunFolder.create(path, to_yaml(SHORT))):
        write_record(path / NOW_FILE, replace(NOW, process=1))
        assert read_status(path).now is None


def test_a_training_says_how_it_stands(tmp_path):
    source = tmp_path / "tiny.yaml"
    source.write_text(to_yaml(SHORT))
    run = train(source, runs=tmp_path)
    found = read_now(run.path)
    assert (found.process, found.workers_wanted) == (os.getpid(), 0)
    assert found.window >= 0
    status = read_status(run.path)
    assert status.disk.by_name["games.lance"] > 1000
    assert status.disk.free > 0
    assert any(line.startswith("disk     ") for line in status_lines(status, 200))


def test_what_is_no_fault_counts_as_none(tmp_path, monkeypatch):
    from insei.selfplay import session

    processes_of = session.processes_of

    def told(config, address, notice, fault):
        notice("1 of 2 workers work; 1 waits for a processor")
        fault("worker 0 died")
        return processes_of(config, address, notice, fault)

    monkeypatch.setattr(session, "processes_of", told)
    source = tmp_path / "tiny.yaml"
    source.write_text(to_yaml(SHORT))
    run = train(source, runs=tmp_path)
    found = read_now(run.path)
    assert (found.faults, found.last_fault) == (1, "worker 0 died")
    log = (run.path / "log.txt").read_text()
    assert "1 waits for a processor" in log
    assert "worker 0 died" in log


def test_unfinished_files_take_no_room_and_folders_may_vanish(tmp_path, monkeypatch):
    files = {"a/x": 100, "a/b/y": 20, ".unfinished-m/x": 100, "a/.unfinished-y": 20, "c/z": 7}
    for name, size in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(size))
    assert disk_use(tmp_path).by_name == {"a": 120, "c": 7}
    scandir, listed = os.scandir, []

    def vanish(path):
        if len(listed) == 1:  # the folder above has been listed
            os.rename(tmp_path / "a/b", tmp_path / "gone")
        listed.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", vanish)
    assert size_of(tmp_path / "a") == 100


def test_the_pace_is_that_of_the_checkpoint_not_of_games_that_came_after(tmp_path):
    source = tmp_path / "tiny.yaml"
    source.write_text(to_yaml(SHORT))
    status = read_status(train(source, runs=tmp_path).path)
    assert status.games_a_minute == pytest.approx(status.games / status.seconds * 60)
    more = replace(status, games=status.games + 1000)
    assert more.games_a_minute == status.games_a_minute
    early = replace(status.progress, num_games=0, seconds=0.1)
    assert "games a minute" not in "\n".join(status_lines(replace(status, progress=early), 200))


def test_words_of_somebody_else_steer_nothing():
    worker = WorkerNow(HOSTILE[:500], 1, 0.0)
    now = replace(NOW, workers=(worker,), last_fault=HOSTILE[:500], dashboard=HOSTILE[:500])
    assert not steering("\n".join(running_lines(now, 1000.0)))
    mirror = MirrorStatus("s3://" + HOSTILE[:500], "0" * 16, trouble=HOSTILE[:500])
    assert not steering(mirror_text(mirror, 1000.0))
