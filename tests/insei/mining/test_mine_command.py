"""`insei mine`, as a user types it."""

import json

import pytest

from insei.main import main
from tests.helpers.history.small import small_run


@pytest.fixture
def run(tmp_path):
    return small_run(tmp_path / "run", 12)[0]


def test_a_list_is_printed_and_kept(run, capsys):
    main(["mine", str(run), "--by", "swing", "--top", "3"])
    told = capsys.readouterr()
    assert "the search said" in told.out
    assert f"in {run / 'mined' / 'swing.json'}" in told.out
    assert "12 games" in told.err
    main(["mine", str(run), "--by", "swing", "--top", "2", "--name", "mine", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads((run / "mined" / "mine.json").read_text())
    assert len(found["items"]) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--by", "luck"], "mistaken"),
        (["--top", "0"], "top"),
        (["--name", "a/b"], "a/b"),
        (["--judges-from", "nobody"], "no player at nobody"),
    ],
)
def test_bad_words_are_one_line(run, capsys, words, said):
    with pytest.raises(SystemExit) as ended:
        main(["mine", str(run), *words])
    assert ended.value.code == 2
    lines = capsys.readouterr().err.splitlines()
    assert said in lines[-1]
    assert not (run / "mined").exists() or not list((run / "mined").glob("*.json"))


def test_what_is_no_run_is_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["mine", str(tmp_path)])
    assert "is no run" in capsys.readouterr().err
