"""The examples of docs/data.md run."""

import re

import pytest

from insei.main import main
from tests.helpers.games import some_games
from tests.helpers.paths import ROOT
from tests.helpers.tables import run_with

TEXT = (ROOT / "docs" / "data.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working directory with runs/go5, and what the document's commands make of it."""
    path = tmp_path_factory.mktemp("document")
    games = [*some_games(6), *some_games(6, seed=2, generation=3)]
    run_with(path / "runs" / "go5", games)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        for words in (["--sgf", "games"], ["--parquet", "go5.parquet", "--limit", "1000"]):
            main(["export", "runs/go5", *words])
    return path


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_an_example_of_the_document_runs(folder, monkeypatch, block, capsys):
    if "import pandas" in block:
        pytest.importorskip("pandas")
    assert len(block.splitlines()) <= 14
    monkeypatch.chdir(folder)
    exec(compile(block, "docs/data.md", "exec"), {})
    assert capsys.readouterr().out


def test_every_channel_of_katago_s_arrays_is_in_the_document():
    from insei.selfplay.data.katago import ARRAYS, NUM_BINARY, NUM_GLOBAL, NUM_TARGETS

    for array in ARRAYS:
        assert f"| `{array.name}` |" in TEXT
    counts = {
        "binaryInputNCHWPacked": NUM_BINARY, "globalInputNC": NUM_GLOBAL, "valueTargetsNCHW": 5,
    }  # fmt: skip
    for name, count in counts.items():
        assert named_in(name) == set(range(count)), name
    assert named_in("globalTargetsNC") < set(range(NUM_TARGETS))  # and all others


def named_in(array):
    """The channels that an array's table names; each once."""
    table = re.search(rf"\| [a-z]+ of `{array}` .*?\n\n|\| [a-z]+ of `{array}` .*", TEXT, re.DOTALL)
    found = []
    for cell in re.findall(r"^\| ([\d, to]+) \|", table[0], re.MULTILINE):
        for part in cell.split(", "):
            first, _, last = part.partition(" to ")
            found += range(int(first), int(last or first) + 1)
    assert len(found) == len(set(found))
    return set(found)
