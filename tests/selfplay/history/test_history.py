"""The history of a run on disk: what is committed is there, and bad input is one line."""

import shutil
from dataclasses import replace

import lance
import numpy as np
import pytest

from insei.engine.rules import Rules
from insei.selfplay.data import load
from insei.selfplay.history.fields import bytes_of
from insei.selfplay.history.graph import Proposer
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.history.table import EditTable, rows_of_commit, rows_of_events
from insei.selfplay.run import DiskFull, RunFolder
from insei.system.errors import UserError
from insei.system.lock import FolderInUse, FolderLock
from tests.helpers.history.small import first_ply, small_run, weight
from tests.helpers.hostile.full_disk import no_file_longer_than
from tests.helpers.tables import run_with


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return small_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture
def run(made, tmp_path):
    """A copy of a run that a test may change, and its games."""
    path, games = made
    return shutil.copytree(path, tmp_path / "run"), games


def test_what_is_read_is_what_was_written(run):
    path, games = run
    history = History(path)
    proposer = Proposer("ab" * 32, 800, 7)
    proposals = [weight(game, first_ply(game), 2) for game in games[:3]]
    first = history.commit(proposals, "  twice\n", "Ada", proposer)
    assert (first.author, first.message, first.proposer) == ("Ada", "twice", proposer)
    history.create_branch("other")
    history.switch("other")
    history.create_tag("v1")
    flipped = "W+" if games[5].rows["outcome"][0] == 1 - 2 * (first_ply(games[5]) % 2) else "B+"
    history.edit(games[5].id, None, "outcome", flipped, "the other won")
    history.create_branch("gone")
    history.delete_branch("gone")
    history.switch("main")
    history.edit(games[0].id[:9], first_ply(games[0]), "weight", "played", "as it was")
    merged = history.merge("other")
    assert merged.parents == (history.graph.resolve("HEAD~1"), history.graph.branches["other"])
    history.revert("HEAD")
    again = History(path)
    assert again.graph == history.graph
    assert list(again.graph.branches) == ["main", "other"]
    assert [len(again.graph.edits[each.id]) for each in again.graph.log(again.graph.tip)][:3] == [
        len(games[5]), len(games[5]), 1,
    ]  # fmt: skip


def test_the_table_keeps_every_version_and_its_rows_their_ids(run):
    path, games = run
    history = History(path)
    for number in range(60):  # across a compaction
        history.commit([weight(games[0], first_ply(games[0]), number + 2)], f"number {number}")
    table = lance.dataset(str(path / "edits.lance"))
    assert table.version >= 60
    assert len(table.versions()) == table.version
    assert len(table.get_fragments()) < 60
    ids = table.to_table(columns=["kind"], with_row_id=True)["_rowid"].to_pylist()
    assert ids == list(range(120))
    assert len(History(path).graph.commits) == 60


@pytest.mark.parametrize(
    ("proposal", "said"),
    [
        (("0" * 16, 0, "weight", bytes_of(0, "weight")), "no such game"),
        (("GAME", 999, "weight", bytes_of(0, "weight")), "has no row of ply 999: wanted one of"),
        (("GAME", 0, "weight", b"\0"), "a weight of 1 bytes; wanted 4"),
        (("GAME", 0, "weight", bytes_of(-1, "weight")), "weight: wanted 0 to"),
        (("GAME", 0, "weight", bytes_of(np.nan, "weight")), "weight: wanted finite numbers"),
        (("GAME", 0, "outcome", bytes_of(2, "outcome")), "outcome: wanted -1 to 1"),
        (("GAME", 0, "policy", bytes_of(np.ones(26), "policy")), "policy: sums to 26"),
        (("GAME", 0, "ply", b"\0\0"), "is a fact of the game"),
        (("GAME", 0, "wieght", b"\0\0"), "wanted one of outcome"),
    ],
)
def test_an_edit_that_can_not_be_is_one_line_and_changes_nothing(run, proposal, said):
    path, games = run
    game, ply, *rest = proposal
    if game == "GAME":
        game, ply = games[0].id, ply or first_ply(games[0])
    history = History(path)
    with pytest.raises(UserError, match=said):
        history.commit([weight(games[1], first_ply(games[1]), 0), Proposal(game, ply, *rest)], "m")
    assert not History(path).graph.commits


def test_nothing_to_commit_or_no_message_is_one_line(run):
    path, games = run
    history = History(path)
    change = weight(games[0], first_ply(games[0]), 0)
    for proposals, message, said in (
        ([], "m", "wanted an edit"),
        ([change, change], "m", "each cell once"),
        ([change], " ", "wanted -m"),
        ([change._replace(value=None)], "m", "have these values already"),
    ):
        with pytest.raises(UserError, match=said):
            history.commit(proposals, message)
    assert not History(path).graph.commits


@pytest.mark.parametrize(
    ("field", "said", "why"),
    [
        ("outcome", "3", "wanted 1, 0 or -1"),
        ("outcome", "x", "wanted a number, or B\\+"),
        ("score", "W+", "wanted points"),
        ("weight", "inf", "finite"),
        ("policy", "Z9", "vertex 'Z9'"),
        ("policy", "C3,D4", "wanted a share for each"),
        ("policy", "C3=x", "wanted a share such as"),
        ("policy", "C3,", "wanted points"),
        ("ownership", "C3=x", "wanted points and B, W or none"),
        ("ownership", "pass=B", "wanted points and B, W or none"),
    ],
)
def test_a_value_that_is_none_is_one_line(run, field, said, why):
    path, games = run
    with pytest.raises(UserError, match=why):
        History(path).edit(games[0].id, first_ply(games[0]), field, said, "m")


def test_a_whole_game_s_result_is_told_by_colour(run):
    path, games = run
    history, game = History(path), games[2]
    for field, said in (("outcome", "1"), ("score", "-3.5"), ("searched_value", "0.5")):
        with pytest.raises(UserError, match="rows are seen by their movers"):
            history.edit(game.id, None, field, said, "m")
    history.edit(game.id, None, "score", "W+20.5", "m")
    rows = load(path).rows()
    own = rows.game == game.id
    assert (rows.score[own] == np.where(rows.is_black[own], -20.5, 20.5)).all()
    with pytest.raises(UserError, match="wanted -"):
        history.edit(game.id, None, "score", "W+299", "m")
    history.edit(game.id, None, "outcome", "0", "a draw")
    history.edit(game.id, None, "ownership", "A1=B,B1=none", "by colour")
    history.edit(game.id, None, "searched_value", "0", "unknown")
    rows = load(path).rows()
    assert (rows.outcome[own] == 0).all()
    assert (rows.ownership[own, 4, 0] == np.where(rows.is_black[own], 1, -1)).all()
    assert (rows.ownership[own, 4, 1] == 0).all()
    history.edit(game.id, None, "score", "played", "as it was")
    assert (load(path).rows().score[own] == game.rows["score"]).all()


def test_a_run_that_is_training_keeps_the_commit_for_later(run):
    path, games = run
    trained = RunFolder(path)
    try:
        history = History(path)
        assert history.trained_by.isdecimal()
        history.commit([weight(games[0], first_ply(games[0]), 0)], "meanwhile")
    finally:
        trained.close()
    assert History(path).trained_by == ""
    assert (load(path).column("weight") == 0).sum() == 1


def test_an_edit_of_some_points_keeps_what_another_program_edited_meanwhile(run):
    path, games = run
    game, ply = games[0], first_ply(games[0])
    one, other = History(path), History(path)
    played = game.rows["ownership"][0].tolist()
    for point in range(3):  # each to a value that it hasn't
        owner = "none" if played[point] else "B"
        (one, other)[point % 2].edit(game.id, ply, "ownership", f"{'ABC'[point]}5={owner}", "m")
    rows = load(path).rows()
    [owners] = rows.ownership[(rows.game == game.id) & (rows.ply == ply)]
    black = 1 if ply % 2 == 0 else -1
    assert owners.ravel().tolist() == [0 if each else black for each in played[:3]] + played[3:]


def test_a_commit_on_another_branch_leaves_the_one_in_use(run):
    path, games = run
    history, other = History(path), History(path)
    start = history.commit([weight(games[0], first_ply(games[0]), 2)], "one").id
    other.create_branch("used")
    other.switch("used")
    other.create_tag("v1")
    second = other.commit([weight(games[1], first_ply(games[1]), 2)], "two")
    change = [weight(games[2], first_ply(games[2]), 2)]
    new = history.commit(change, "three", branch="new", start=start)
    assert (new.branch, new.parents) == ("new", (start,))
    more = history.commit([weight(games[3], first_ply(games[3]), 2)], "four", branch="new")
    assert more.parents == (new.id,)
    assert history.commit(change, "five", branch="newest").parents == (second.id,)
    graph = History(path).graph
    assert graph == history.graph
    assert (graph.head, graph.branches["main"], graph.branches["new"]) == ("used", start, more.id)
    for name, why in (("v1", "is there already"), ("a b", "wanted letters")):
        with pytest.raises(UserError, match=why):
            history.commit(change, "m", branch=name)
    with pytest.raises(UserError, match="have these values already"):
        history.commit(change, "m", branch="none", start="new")
    assert "none" not in History(path).graph.branches


def test_two_programs_that_edit_wait_for_each_other(run):
    path, games = run
    one, other = History(path, patience=0.05), History(path)
    one.commit([weight(games[0], first_ply(games[0]), 0)], "one")
    second = other.commit([weight(games[1], first_ply(games[1]), 0)], "other")
    assert second.parents == (one.graph.tip,)
    lock = FolderLock(path / "edits.lance")
    with pytest.raises(FolderInUse, match="in use by process"):
        one.create_tag("v1")
    lock.close()
    one.create_tag("v1")
    assert History(path).graph.tags == {"v1": second.id}


def test_a_full_disk_is_one_line_and_harms_nothing(run):
    path, games = run
    history = History(path)
    history.commit([weight(games[0], first_ply(games[0]), 0)], "one")
    proposals = [weight(game, int(ply), 5) for game in games for ply in game.rows["ply"]]
    with no_file_longer_than(600), pytest.raises(DiskFull, match="nothing is lost"):
        history.commit(proposals, "many")
    again = History(path)
    assert [commit.message for commit in again.graph.log(again.graph.tip)] == ["one"]
    again.commit(proposals, "many")
    assert (load(path).column("weight") == 5).all()


def test_a_disk_that_is_full_when_files_are_put_together_loses_nothing(run, monkeypatch):
    path, games = run
    history = History(path)
    proposals = [weight(games[0], int(ply), 5) for ply in games[0].rows["ply"]]
    history.commit(proposals, "one")
    compact = EditTable.compact

    def full(table):
        with no_file_longer_than(600):
            compact(table)

    monkeypatch.setattr("insei.selfplay.history.table.FILES_BEFORE_COMPACTION", 2)
    monkeypatch.setattr(EditTable, "compact", full)
    history.commit([weight(games[1], first_ply(games[1]), 5)], "two")
    assert len(lance.dataset(str(path / "edits.lance")).get_fragments()) == 2
    monkeypatch.setattr(EditTable, "compact", compact)
    history.commit([weight(games[2], first_ply(games[2]), 5)], "three")
    assert len(lance.dataset(str(path / "edits.lance")).get_fragments()) == 1
    graph = History(path).graph
    assert [commit.message for commit in graph.log(graph.tip)] == ["three", "two", "one"]


def test_what_was_written_before_a_failure_is_there_for_the_next_commit(run, monkeypatch):
    path, games = run
    history = History(path)

    def stopped(*rest):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("insei.selfplay.history.graph.Graph.add", stopped)
        with pytest.raises(KeyboardInterrupt):
            history.commit([weight(games[0], first_ply(games[0]), 5)], "one")
    history.commit([weight(games[1], first_ply(games[1]), 5)], "two")
    assert [commit.message for commit in history.graph.log(history.graph.tip)] == ["two", "one"]


def test_a_commit_is_flushed_to_disk_with_its_folders(run, monkeypatch):
    path, games = run
    flushed = []
    monkeypatch.setattr("insei.system.files.flush_to_disk", flushed.append)
    monkeypatch.setattr("insei.selfplay.history.table.flush_to_disk", flushed.append)
    table = path / "edits.lance"
    before = set()
    for number in range(2):
        History(path).commit([weight(games[number], first_ply(games[number]), 5)], "m")
        files = {each for each in table.rglob("*.*") if each.is_file()}
        assert files - before <= set(flushed)
        assert {table / "data", table / "_versions"} <= set(flushed)
        assert number or {table, path} <= set(flushed)
        assert not before & set(flushed) - {table / "_versions" / "latest_version_hint.json"}
        before = files
        flushed.clear()


def test_a_table_that_was_cut_short_is_one_line_and_can_be_mended(run):
    path, games = run
    history = History(path)
    for number in range(3):
        history.commit([weight(games[number], first_ply(games[number]), 0)], f"number {number}")
    manifests = sorted((path / "edits.lance" / "_versions").iterdir())
    newest = min(manifests)  # Lance counts down in names
    newest.write_bytes(newest.read_bytes()[:20])
    for read in (History, load):
        with pytest.raises(UserError, match=r"edits.lance can't be read.*mend"):
            read(path)
    [line] = History.mend(path)
    assert "going on from the one before it" in line
    again = History(path)
    assert [commit.message for commit in again.graph.log(again.graph.tip)] == [
        "number 1", "number 0",
    ]  # fmt: skip


def damage(file, kept):
    """Cut a file to a share of its bytes; None deletes it."""
    whole = file.read_bytes()
    if kept is None:
        file.unlink()
    else:
        file.write_bytes(whole[: int(len(whole) * kept)])


@pytest.mark.parametrize("kept", [0.5, 0, None])
@pytest.mark.parametrize("num_damaged", [1, 2])
def test_a_data_file_that_is_gone_or_cut_short_is_one_line_and_can_be_mended(
    run, kept, num_damaged
):
    path, games = run
    history = History(path)
    for number in range(3):
        history.commit([weight(games[number], first_ply(games[number]), 0)], f"number {number}")
    table = lance.dataset(str(path / "edits.lance"))
    for fragment in table.get_fragments()[3 - num_damaged :]:
        damage(path / "edits.lance" / "data" / fragment.data_files()[0].path, kept)
    for read in (History, load):
        with pytest.raises(UserError, match=r"edits.lance can't be read.*mend. goes on"):
            read(path)
    [line] = History.mend(path)
    assert "going on from the one before it" in line
    assert History.mend(path) == []
    again = History(path)
    assert len(again.graph.commits) == 3 - num_damaged
    again.commit([weight(games[5], first_ply(games[5]), 0)], "after")
    assert (load(path).column("weight") == 0).sum() == 4 - num_damaged


def test_damage_of_every_commit_is_one_line(run):
    path, games = run
    History(path).commit([weight(games[0], first_ply(games[0]), 0)], "one")
    [file] = (path / "edits.lance" / "data").iterdir()
    damage(file, 0.5)
    with pytest.raises(UserError, match="no version of the table can be read"):
        History.mend(path)


def test_edits_of_another_board_are_refused(run, tmp_path):
    path, games = run
    History(path).commit([weight(games[0], first_ply(games[0]), 0)], "one")
    other = run_with(tmp_path / "other", rules=Rules(7, 7, 4.5))
    shutil.copytree(path / "edits.lance", other / "edits.lance")
    with pytest.raises(UserError, match="edits of games with frame 5x5; wanted frame 7x7"):
        History(other)


def test_a_run_without_games_has_an_empty_history(tmp_path):
    path = run_with(tmp_path / "run")
    history = History(path)
    assert history.graph.log(history.graph.tip) == []
    with pytest.raises(UserError, match="no games yet"):
        history.edit("ab", 0, "weight", "0", "m")


def test_no_run_is_one_line(tmp_path):
    with pytest.raises(UserError, match="is no run"):
        History(tmp_path)


def test_ids_of_commits_tell_all_that_they_say(run):
    path, games = run
    clock = iter([1.0, 1.0, 1.0, 2.0])
    change = weight(games[0], first_ply(games[0]), 0)
    found = set()
    for name, author, value in (("a", "x", 0), ("a", "y", 0), ("a", "x", 2), ("a", "x", 0)):
        copy = shutil.copytree(path, path.with_name(f"copy{len(found)}"))
        history = History(copy, lambda: next(clock))
        told = change._replace(value=bytes_of(value, "weight"))
        found.add(history.commit([told], name, author).id)
    assert len(found) == 4
    assert replace(history.graph.commits[history.graph.tip], id="").seconds == 2.0


def test_a_first_commit_that_a_crash_cut_short_is_the_first_again(run):
    path, games = run
    for left in ("data", "_transactions", "_versions"):
        (path / "edits.lance" / left).mkdir(parents=True)
    (path / "edits.lance" / "data" / "half.lance").write_bytes(b"half")
    history = History(path)
    assert not history.graph.commits
    history.commit([weight(games[0], first_ply(games[0]), 0)], "one")
    assert [commit.message for commit in History(path).graph.commits.values()] == ["one"]
    assert (load(path).column("weight") == 0).sum() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parents": ["f" * 16]}, "which there is not"),
        ({"parents": ["OWN"]}, "which there is not"),
        ({"parents": []}, "without parents"),
        ({"parents": None}, "without parents"),
        ({"commit": "OTHER"}, "twice"),
        ({"commit": ""}, "without an id"),
        ({"kind": "dance"}, "kind 'dance'"),
        ({"kind": "tag", "commit": "f" * 16}, "which there is not"),
        ({"kind": "switch", "name": "x"}, "switch of 'x'"),
        ({"kind": "delete", "name": "main"}, "which is used"),
        ({"name": None}, "without a name"),
        ({"time": None}, "without a name, author or time"),
    ],
)
def test_a_table_of_somebody_s_that_makes_no_sense_is_one_line(run, change, said):
    path, games = run
    history = History(path)
    other = history.commit([weight(games[0], first_ply(games[0]), 0)], "one")
    told = replace(other, id="e" * 16, parents=(other.id,))
    rows = rows_of_commit(told, [], "main").to_pylist()
    names = {"OWN": told.id, "OTHER": other.id}
    for key, value in change.items():
        rows[0][key] = names.get(value, value) if isinstance(value, str) else value
        if isinstance(value, list):
            rows[0][key] = [names.get(each, each) for each in value]
    history.edits.append(rows_of_events(rows))
    for read in (History, load):
        with pytest.raises(UserError, match=rf"edits.lance can't be read: .*{said}"):
            read(path)
