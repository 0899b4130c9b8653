"""Relabelling brings back what was true, in one commit that names who proposed it."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.net.find_package import find_package
from insei.agents.net.package import read_card
from insei.selfplay.data import load
from insei.selfplay.health import held_out
from insei.selfplay.history.graph import Proposer
from insei.selfplay.history.history import History
from insei.selfplay.mining.mined import MinedItem, MinedList, write_mined
from insei.selfplay.mining.planting import plant
from insei.selfplay.mining.recording import read_recording
from insei.selfplay.mining.relabelling import RelabelConfig, relabel
from insei.system.errors import UserError

BY = {"visits": 8, "player": "go5"}


def keep_list(run, targets, name="mistaken"):
    """A mined list of these games and plies."""
    items = tuple(MinedItem(game, ply, 1.0, "because") for game, ply in targets)
    write_mined(run, name, MinedList("mistaken", "main", "", (), len(items), items))


def rows_of(run, game, at="HEAD"):
    data = load(run, at=at).rows()
    return data[data.game == game]


@pytest.fixture(scope="module")
def flipped(played, tmp_path_factory):
    path = tmp_path_factory.mktemp("planted") / "flipped"
    planted = plant(read_recording(played), path, flips=0.1, cuts=0.1)
    return path, planted


@pytest.fixture
def planted(flipped, tmp_path):
    """A copy of a planted run that a test may change, and what was planted."""
    import shutil

    path, found = flipped
    return shutil.copytree(path, tmp_path / "planted"), found


def test_flipped_winners_get_back_what_was_played(played, planted):
    run, wrong = planted
    keep_list(run, [(game, None) for game in wrong.flipped])
    done = relabel(RelabelConfig(run, "mistaken", branch="cleaned", **BY))
    assert (done.games, done.changed_winners, done.played_on, done.held_out) == (8, 8, 0, 0)
    assert History(run).graph.head == "main"
    for game in wrong.flipped:
        true, false = rows_of(played, game), rows_of(run, game)
        now = rows_of(run, game, "cleaned")
        for field in ("outcome", "score", "ownership"):
            assert (getattr(now, field) == getattr(true, field)).all(), field
            assert (getattr(false, field) == -getattr(true, field)).all(), "main is as it was"
        assert (now.policy == true.policy).all()


def test_cut_games_are_played_on_to_their_ends(played, planted):
    run, wrong = planted
    keep_list(run, [(game, None) for game in wrong.cut])
    done = relabel(RelabelConfig(run, "mistaken", **BY))
    assert done.played_on == 8
    found = [(rows_of(run, game), rows_of(played, game), rows_of(run, game, "played"))
             for game in wrong.cut]  # fmt: skip
    wins = [now.outcome[0] == true.outcome[0] for now, true, _ in found]
    assert sum(wins) >= 6
    better = [abs(now.score[0] - true.score[0]) < abs(cut.score[0] - true.score[0])
              for now, true, cut in found]  # fmt: skip
    assert sum(better) >= 6, "most ends are nearer to the true ones than those of the cut records"


def test_positions_get_a_deeper_search_and_the_commit_tells_whose(run):
    rows = load(run).rows()
    free = np.flatnonzero(~held_out(rows.game, 0.1))[[3, 90]]
    targets = [(str(rows.game[row]), int(rows.ply[row])) for row in free]
    keep_list(run, targets, "hard")
    done = relabel(RelabelConfig(run, "hard", seed=3, message="harder", **BY))
    assert (done.positions, done.games) == (2, 0)
    history = History(run)
    commit = history.graph.commits[done.commit]
    sha256 = read_card(find_package("go5")).weights_sha256
    assert (commit.proposer, commit.message) == (Proposer(sha256, 8, 3), "harder")
    edited = load(run).rows()
    changed = np.flatnonzero((edited.policy != rows.policy).any(1))
    assert set(changed.tolist()) <= set(free.tolist())
    assert len(changed)
    assert (edited.outcome == rows.outcome).all()
    assert np.abs(edited.policy.sum(1) - 1).max() < 0.02


def test_random_positions_are_drawn_by_the_seed_and_none_is_held_out(run):
    done = relabel(RelabelConfig(run, random=12, branch="control", seed=4, **BY))
    assert done.positions == 12
    edits = History(run).graph.edits[done.commit]
    games = sorted({edit.game for edit in edits})
    assert not held_out(np.array(games), 0.1).any()
    other = relabel(RelabelConfig(run, random=12, branch="again", seed=4, **BY))
    assert [edit[:3] for edit in History(run).graph.edits[other.commit]] == [
        edit[:3] for edit in edits
    ]


def test_games_held_out_are_left_as_they_are(run):
    ids = np.array(read_recording(run).ids)
    held = ids[held_out(ids, 0.1)]
    free = ids[~held_out(ids, 0.1)]
    keep_list(run, [(str(held[0]), None), (str(held[1]), 5), (str(free[0]), None)])
    with pytest.raises(UserError, match="nothing to commit"):  # its end is right already
        relabel(RelabelConfig(run, "mistaken", branch="new", **BY))
    assert list(History(run).graph.branches) == ["main"]
    keep_list(run, [(str(held[0]), None)])
    with pytest.raises(UserError, match="all 1 are of games held out"):
        relabel(RelabelConfig(run, "mistaken", **BY))
    first = int(rows_of(run, free[0]).ply[0])
    keep_list(run, [(str(held[0]), None), (str(free[0]), first)])
    assert relabel(RelabelConfig(run, "mistaken", **BY)).held_out == 1


def test_a_stop_while_searching_writes_nothing(run):
    def stop(line):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relabel(RelabelConfig(run, random=12, branch="b", **BY), stop)
    history = History(run)
    assert (list(history.graph.branches), history.graph.commits) == (["main"], {})


@pytest.mark.parametrize("branch", ["deep", ""])
def test_a_switch_while_searching_stays_and_the_commit_is_where_it_was_wanted(run, branch):
    def switch(line):
        history = History(run)
        if history.graph.head == "main":
            history.create_branch("other")
            history.switch("other")

    done = relabel(RelabelConfig(run, random=12, branch=branch, **BY), switch)
    graph = History(run).graph
    assert graph.head == "other"
    assert graph.branches["other"] == ""
    assert graph.branches[branch or "main"] == done.commit
    assert done.branch == (branch or "main")


def test_a_name_that_no_branch_can_have_is_refused_before_searching(run):
    History(run).create_tag("cleaned")

    def search(line):
        raise AssertionError("it searches")

    for name, said in (("cleaned", "is there already"), ("a b", "wanted letters")):
        with pytest.raises(UserError, match=said):
            relabel(RelabelConfig(run, random=12, branch=name, **BY), search)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"from_name": "swing"}, "swing: .* no mined list of this name"),
        ({"from_name": "swing", "random": 3}, "wanted one of them"),
        ({}, "wanted one of them"),
        ({"random": 5, "player": None}, "no player.*wanted --player, or a run with a net"),
        ({"random": 10**5}, "--random 100000: wanted at most"),
        ({"random": 5, "visits": 0}, "visits 0: wanted 1"),
    ],
)
def test_bad_input_is_one_line(run, config, said):
    with pytest.raises(UserError, match=said) as error:
        relabel(RelabelConfig(run, **(BY | config)))
    assert "\n" not in str(error.value)


def test_a_list_of_another_run_is_refused(run):
    keep_list(run, [("f" * 16, None)])
    with pytest.raises(UserError, match=r"game f{16}: not in "):
        relabel(replace(RelabelConfig(run, "mistaken"), **BY))
