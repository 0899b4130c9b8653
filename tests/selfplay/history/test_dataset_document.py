"""The commands and the examples of docs/dataset.md run."""

import re
import shlex

import pytest

from insei.commands.data.data import VERBS
from insei.main import main
from insei.selfplay.history.fields import FIELDS
from insei.selfplay.history.table import markdown
from tests.helpers.history.small import small_run
from tests.helpers.paths import ROOT

TEXT = (ROOT / "docs" / "dataset.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^    insei (data .*)$", TEXT, re.MULTILINE)
OPTIONAL = ("pandas", "polars", "duckdb")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working directory with runs/go5, after the document's commands."""
    path = tmp_path_factory.mktemp("document")
    games = small_run(path / "runs" / "go5", 12)[1]
    game = next(game for game in games if not said_to_be_black_s(game))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        for command in COMMANDS:
            main(shlex.split(command.replace("GAME", game.id), comments=True))
    return path


def said_to_be_black_s(game):
    return game.rows["outcome"][0] == (1 if game.rows["ply"][0] % 2 == 0 else -1)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_an_example_runs_after_the_session(folder, monkeypatch, block, capsys):
    for name in OPTIONAL:
        if re.search(rf"import {name}|to_{name}", block):
            pytest.importorskip(name)
    monkeypatch.chdir(folder)
    exec(compile(block, "docs/dataset.md", "exec"), {})
    assert capsys.readouterr().out


def test_the_document_has_the_columns_the_fields_and_the_verbs():
    assert markdown() in TEXT
    for field in FIELDS:
        assert f"| `{field}` |" in TEXT
    for verb in VERBS:
        assert re.search(rf"^\| `{verb.__name__}\b", TEXT, re.MULTILINE), verb.__name__
