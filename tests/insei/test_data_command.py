"""`insei data RUN ...`, as a user types it."""

import json
import shutil

import pytest

from insei.commands.data.data import VERBS, app, data
from insei.main import main
from insei.selfplay.data import load
from tests.helpers.command import insei
from tests.helpers.history.small import first_ply, small_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("runs") / "run", 6)


@pytest.fixture
def run(made, tmp_path):
    path, games = made
    return shutil.copytree(path, tmp_path / "run"), games


@pytest.fixture
def says(run, capsys):
    """What a verb prints."""

    def call(*words):
        capsys.readouterr()
        main(["data", str(run[0]), *map(str, words)])
        return capsys.readouterr().out

    return call


@pytest.fixture
def refuses(run, capsys):
    """The line with which a verb is refused."""

    def call(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["data", str(run[0]), *map(str, words)])
        assert ended.value.code == 2
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        return said

    return call


def test_a_day_s_work(run, says, refuses):
    path, games = run
    game, ply = games[0], first_ply(games[0])
    assert "played: no edits" in says()
    assert "no commits" in says("log")
    assert "on main: 1 cell: too short" in says(
        "edit", game.id[:7], ply, "weight", "0", "-m", "too short"
    )
    assert "branch other" in says("switch", "other", "--create")
    says("edit", game.id, ply, "score", "-3.5", "-m", "counted again", "--author", "Ada")
    assert "* other" in says("branch")
    says("tag", "v1")
    assert "v1" in says("tag")
    assert "Ada" in says("log")
    assert "score" in says("diff", "main")
    assert says("diff", "v1") == "no difference\n"
    shown = says("show")
    assert "author Ada" in shown
    assert "-3.5" in shown
    assert "too short" in says("blame", game.id, ply)
    assert "net 0" in says("blame", games[1].id)
    says("switch", "main")
    says("edit", game.id, ply, "score", "4", "--message", "another count")
    assert "changed by both sides" in refuses("merge", "other")
    assert "merge other into main" in says("merge", "other", "--theirs")
    assert "holds nothing new" in says("merge", "other")
    assert "revert" in says("revert", "HEAD")
    says("branch", "--delete", "other")
    assert "other" not in says("branch")
    assert load(path).rows().score[0] == 4


def test_conflicts_are_listed_before_the_line(run, says, capsys):
    path, games = run
    cell = (games[0].id, first_ply(games[0]), "weight")
    says("branch", "other")
    says("edit", *cell, "2", "-m", "m")
    says("switch", "other")
    says("edit", *cell, "3", "-m", "m")
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["data", str(path), "merge", "main"])
    told = capsys.readouterr()
    assert "ours" in told.out
    assert "theirs" in told.out
    assert told.err.count("\n") == 1


def test_json_is_plain_and_whole(run, says):
    _, games = run
    game, ply = games[0], first_ply(games[0])
    says("edit", game.id, ply, "policy", "C3=0.75,pass=0.25", "-m", "a better move")
    [commit] = json.loads(says("log", "--json"))
    assert (commit["message"], commit["edits"], commit["parents"]) == (
        "a better move", 1, ["played"],
    )  # fmt: skip
    shown = json.loads(says("show", commit["commit"][:8], "--json"))
    assert shown["changes"][0]["after"] == {"C3": 0.75, "pass": 0.25}
    assert json.loads(says("diff", "played", "--json"))["cells"] == 1
    blamed = json.loads(says("blame", game.id, ply, "--json"))
    assert [each["commit"] for each in blamed if each["field"] == "policy"] == [commit["commit"]]
    assert {each["commit"] for each in blamed if each["field"] != "policy"} == {"played"}
    assert len(json.loads(says("blame", game.id, "--json"))) == len(game)
    assert json.loads(says("branch", "--json")) == {
        "head": "main", "branches": {"main": commit["commit"]},
    }  # fmt: skip
    assert json.loads(says("tag", "--json"))["tags"] == {}
    assert json.loads(says("status", "--json"))["commit"] == commit["commit"]


def test_files_go_in_and_out(run, says, tmp_path):
    path, games = run
    says("edit", games[0].id, "all", "weight", "0", "-m", "out")
    says("tag", "v1")
    says("export", "--sgf", tmp_path / "sgf")
    assert len([*(tmp_path / "sgf").rglob("*.sgf")]) == 6
    assert f"{load(path).num_rows} rows" in says("export", "--parquet", tmp_path / "a", "--at=v1")
    says("export", "--npz", tmp_path / "b.npz", "--at", "played")
    says("clone", tmp_path / "clone")
    main(["data", str(tmp_path / "clone"), "edit", games[1].id, "all", "weight", "0", "-m", "two"])
    assert "two" in says("merge", "main", "--from", tmp_path / "clone")
    assert (load(path).column("weight") == 0).sum() == len(games[0]) + len(games[1])
    assert "is whole" in says("mend")


def test_a_branch_is_not_deleted_as_a_tag_nor_a_tag_as_a_branch(says, refuses):
    says("branch", "dev")
    says("tag", "v1")
    assert "tag 'dev': wanted one of v1" in refuses("tag", "--delete", "dev")
    assert "branch 'v1': wanted one of main, dev" in refuses("branch", "--delete", "v1")
    says("branch", "--delete", "dev")
    assert says("branch").split()[1] == "main"
    says("tag", "--delete", "v1")
    assert says("tag") == ""


def test_bad_words_are_one_line(run, refuses, tmp_path):
    game = run[1][0].id
    for words, said in (
        (["wieght"], "wanted one of status"),
        (["bleme", game], "did you mean blame?"),
        (["log", "nowhere"], "wanted a branch, a tag or a commit"),
        (["blame", "zz"], "no such game among 6"),
        (["blame", game, "x"], "wanted a number, or all"),
        (["blame", game, "99"], "has no row of ply 99"),
        (["edit", game, "all", "weight", "1"], "message"),
        (["edit", game, "all", "planes", "1", "-m", "m"], "fact of the game"),
        (["switch", "x"], "wanted one of main"),
        (["merge", "main", "--ours", "--theirs"], "wanted one of them"),
        (["merge", "main", "--from", tmp_path], "is no run"),
        (["branch", "--delete", "x"], "branch 'x': wanted one of main"),
        (["tag", "--delete", "main"], "tag 'main': there are no tags"),
        (["add"], "no files"),
        (["add", tmp_path / "x.sgf"], "no file"),
        (["clone", run[0]], "exists already"),
        (["export"], "wanted one of --sgf"),
        (["log", "--limit", "0"], "limit"),
        (["revert", "played"], "as it was played"),
    ):
        assert said in refuses(*words), words


def test_every_verb_is_explained(capsys):
    for verb in VERBS:
        assert f"`insei data RUN {verb.__name__}" in data.__doc__
        main(["data", "help", verb.__name__])
        assert f"insei data RUN {verb.__name__}" in capsys.readouterr().out
    assert {name for name in app.resolved_commands() if not name.startswith("-")} == {
        verb.__name__ for verb in VERBS
    }


def test_the_program_itself_lists_and_ends(run):
    done = insei("data", run[0])
    assert done.returncode == 0
    assert done.stderr == ""
    assert "branch main" in done.stdout
    assert insei("data", run[0].parent).returncode == 2
