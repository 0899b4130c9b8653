"""A tournament's folder that somebody sent does not lead out of itself."""

import os

import pytest

from insei.system.configuration import to_yaml
from insei.system.files import LinkRefused
from insei.tournament.folder import TournamentFolder
from insei.tournament.match import GameRunner
from insei.tournament.schedule import schedule
from tests.helpers.tournaments import CONFIG, hold

FILES = (
    "lock", "games.jsonl", "sessions.jsonl", "players.json", "footprints.json", "config.yaml",
    "report.html", "report.md", "report.json", "chart.svg", "sgf", "sgf/0000-x.sgf",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_link_or_a_pipe_in_a_folder_is_refused(tmp_path, name, kind):
    folder, outside = tmp_path / CONFIG.name, tmp_path / "outside"
    path = folder / name
    path.parent.mkdir(parents=True)
    if name == "sgf":
        outside.mkdir()
    else:
        outside.write_text("mine")
    if kind == "pipe" and name != "sgf":
        os.mkfifo(path)
    else:
        path.symlink_to(outside)
    with pytest.raises(LinkRefused, match=f"{name} is "):
        hold(tmp_path)
    assert outside.is_dir() or outside.read_text() == "mine"
    assert not outside.is_dir() or not os.listdir(outside)


@pytest.mark.parametrize("name", ["games.jsonl", "sgf"])
def test_a_link_that_comes_later_is_not_followed(tmp_path, name):
    jobs = {job.id: job for job in schedule(CONFIG)}
    job = next(iter(jobs.values()))
    folder = TournamentFolder(tmp_path / "small", to_yaml(CONFIG))
    path = folder.path / name
    if name == "sgf":
        path /= f"0000-{job.id}.sgf"
    path.symlink_to(tmp_path / "outside")
    with pytest.raises(LinkRefused):
        folder.append(GameRunner().play([job]), jobs)
    assert not (tmp_path / "outside").exists()
    folder.close()
