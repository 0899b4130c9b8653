"""States, merges, differences and blame, compared with plain dictionaries."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insei.selfplay.history.graph import PLAYED, Graph
from insei.selfplay.history.history import Conflicts, Proposal
from insei.system.errors import UserError
from tests.helpers.history.small import HistoryInMemory

CELLS = [(game, ply, field) for game in "ab" for ply in (0, 1) for field in ("score", "weight")]
VALUES = [b"0", b"1", b"2"]  # of which the first was played
BRANCHES = ["main", "one", "two"]


class Model:
    """A repository of whole states as dictionaries, written without regard to speed."""

    def __init__(self):
        self.states = [dict.fromkeys(CELLS, VALUES[0])]  # by number of the commit
        self.parents = [()]
        self.tips = {"main": 0}
        self.head = "main"

    def ancestors(self, commit):
        return {commit}.union(*(self.ancestors(parent) for parent in self.parents[commit]))

    def commit(self, changes, *others):
        tip = self.tips[self.head]
        self.states.append(self.states[tip] | changes)
        self.parents.append((tip, *others))
        self.tips[self.head] = len(self.states) - 1

    def merge(self, branch, prefer):
        """Returns the cells in conflict; nothing is done if there are some."""
        ours, theirs = self.tips[self.head], self.tips[branch]
        if theirs in self.ancestors(ours):
            return []
        if ours in self.ancestors(theirs):
            self.tips[self.head] = theirs
            return []
        base = max(self.ancestors(ours) & self.ancestors(theirs))
        taken, conflicts = {}, []
        for cell in CELLS:
            old, own, new = (self.states[commit][cell] for commit in (base, ours, theirs))
            if new in (own, old):
                continue
            if own == old or prefer == "theirs":
                taken[cell] = new
            elif prefer is None:
                conflicts.append(cell)
        if not conflicts:
            self.commit(taken, theirs)
        return conflicts


CHANGES = st.dictionaries(st.sampled_from(CELLS), st.sampled_from(VALUES), min_size=1, max_size=4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("commit"), CHANGES),
        st.tuples(st.just("commit"), CHANGES),
        st.tuples(st.just("go"), st.sampled_from(BRANCHES)),
        st.tuples(
            st.just("merge"), st.sampled_from(BRANCHES), st.sampled_from([None, "ours", "theirs"])
        ),
    ),
    max_size=14,
)


def check_steps(steps):
    """The same steps in a history and in the model lead to the same states and conflicts."""
    history, model = HistoryInMemory(VALUES[0]), Model()
    numbers = {PLAYED: 0}  # of the model's commits
    for step in steps:
        play(history, model, step)
        if (tip := history.graph.tip) not in numbers:
            numbers[tip] = model.tips[model.head]
        assert numbers[tip] == model.tips[model.head]
        assert state_of(history.graph, tip) == model.states[numbers[tip]]
    check_differences(history.graph, model, numbers)


def play(history, model, step):
    """One step in both."""
    kind, what, *more = step
    if kind == "commit":
        changes = {
            cell: value
            for cell, value in what.items()
            if model.states[model.tips[model.head]][cell] != value
        }
        proposals = [Proposal(*cell, value) for cell, value in what.items()]
        if changes:
            history.commit(proposals, "m")
            model.commit(changes)
        else:
            with pytest.raises(UserError, match="nothing to commit"):
                history.commit(proposals, "m")
    elif kind == "go":
        if what not in model.tips:
            history.create_branch(what)
            model.tips[what] = model.tips[model.head]
        history.switch(what)
        model.head = what
    elif what in model.tips:
        conflicts = model.merge(what, more[0])
        if conflicts:
            with pytest.raises(Conflicts) as told:
                history.merge(what, prefer=more[0])
            assert [each[:3] for each in told.value.cells] == conflicts
        else:
            history.merge(what, prefer=more[0])


def state_of(graph, commit):
    """A state of the graph as the model has it."""
    state = graph.state(commit)
    values = {cell: edit.value or VALUES[0] for cell, edit in state.items()}
    return dict.fromkeys(CELLS, VALUES[0]) | values


def check_differences(graph, model, numbers):
    """Differences and blame between all commits."""
    for (one, first), (other, second) in itertools.product(numbers.items(), repeat=2):
        told = {change[:3] for change in graph.diff(one, other)}
        wanted = {cell for cell in CELLS if model.states[first][cell] != model.states[second][cell]}
        assert told == wanted
    for commit, number in numbers.items():
        for cell in CELLS:
            check_blame(graph, model, numbers, commit, model.states[number][cell], cell)


def check_blame(graph, model, numbers, commit, value, cell):
    """The blamed commit gave the cell its value, and its parents had another one."""
    [found] = graph.blame(commit, [cell])
    if found is None:
        assert value == VALUES[0]
        return
    made = numbers[found.id]
    assert made in model.ancestors(numbers[commit])
    assert model.states[made][cell] == value
    assert all(model.states[parent][cell] != value for parent in model.parents[made])


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_a_history_is_what_plain_dictionaries_are(steps):
    check_steps(steps)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_ten_thousand_histories_are_what_plain_dictionaries_are(steps):
    check_steps(steps)


def history_of(*messages):
    """A history of one commit for each message, each of another cell."""
    history = HistoryInMemory(VALUES[0])
    for cell, message in zip(CELLS, messages, strict=False):
        history.commit([Proposal(*cell, VALUES[1])], message)
    return history


def test_names_stand_for_commits():
    history = history_of("one", "two", "three")
    graph = history.graph
    history.create_tag("v1", "HEAD~1")
    ids = [commit.id for commit in graph.log(graph.tip)]
    assert [graph.commits[each].message for each in ids] == ["three", "two", "one"]
    assert graph.resolve("HEAD") == graph.resolve("main") == ids[0]
    assert graph.resolve("v1") == graph.resolve("main~") == ids[1]
    assert graph.resolve(ids[2][:9]) == graph.resolve("v1~1") == ids[2]
    assert graph.resolve("HEAD~3") == graph.resolve("played") == PLAYED


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "wanted a branch, a tag or a commit, such as main"),
        ("HEAD~9", "not so many commits"),
        ("HEAD~x", "wanted a number after ~"),
        ("", "wanted a branch"),
    ],
)
def test_a_name_that_stands_for_nothing_is_told(name, said):
    with pytest.raises(UserError, match=said):
        history_of("one").graph.resolve(name)


def test_a_revert_restores_what_was_there_and_tells_what_was_edited_since():
    history = HistoryInMemory(VALUES[0])
    first = history.commit([Proposal(*CELLS[0], VALUES[1]), Proposal(*CELLS[1], VALUES[2])], "one")
    history.revert(first.id)
    assert state_of(history.graph, history.graph.tip) == state_of(history.graph, PLAYED)
    again = history.revert("HEAD")
    assert state_of(history.graph, again.id) == state_of(history.graph, first.id)
    history.commit([Proposal(*CELLS[0], VALUES[2])], "since")
    with pytest.raises(Conflicts, match="ply 0, was edited since"):
        history.revert(again.id)


def test_a_name_that_is_taken_or_no_name_is_refused():
    history = history_of("one")
    history.create_branch("x/y")
    for name, said in (
        ("x/y", "there already"), ("main", "there already"), ("HEAD", "wanted letters"),
        ("played", "wanted letters"), ("a b", "wanted letters"), ("-x", "wanted letters"),
        ("", "wanted letters"), ("a~1", "wanted letters"), ("x" * 101, "wanted letters"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=said):
            history.create_branch(name)
        with pytest.raises(UserError, match=said):
            history.create_tag(name)
    with pytest.raises(UserError, match="in use"):
        history.delete_branch("main")
    history.delete_branch("x/y")
    assert list(Graph().branches) == list(history.graph.branches) == ["main"]
