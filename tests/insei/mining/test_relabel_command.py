"""`insei relabel`, as a user types it."""

import json

import pytest

from insei.main import main
from insei.selfplay.run import RunFolder
from tests.helpers.history.small import small_run


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path / "run", 12)[0]


def test_what_was_done_is_said(run, capsys):
    main(["mine", str(run), "--by", "swing", "--top", "3"])
    words = ["relabel", str(run), "--player", "go5", "--visits", "2"]
    main([*words, "--from", "swing", "--branch", "deep", "-m", "searched again"])
    said = capsys.readouterr().out
    assert "3 positions searched with 2 visits" in said
    assert "on deep: " in said
    assert "is training" not in said
    trained = RunFolder(run)
    main([*words, "--random", "3"])
    trained.close()
    assert "it learns from the edit when it goes on the next time" in capsys.readouterr().out
    main([*words, "--random", "4", "--seed", "2", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["branch"], told["positions"], told["games"]) == ("main", 4, 0)


def test_bad_words_are_one_line(run, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["relabel", str(run), "--from", "luck", "--player", "go5"])
    assert ended.value.code == 2
    assert "luck: " in capsys.readouterr().err.splitlines()[-1]
