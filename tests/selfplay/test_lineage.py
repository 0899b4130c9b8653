"""Generation numbers, roll-backs and milestones, against a family tree that is written out."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from insei.selfplay.checkpoints import Progress, SavedProgress
from insei.selfplay.lineage import RANDOM_WEIGHTS, Lineage, Rollback, is_milestone
from insei.system.records import json_of, record_of

RANDOM_STATE = dict(np.random.default_rng(3).bit_generator.state)


class FamilyTree:
    """Each net's parent, and how many nets of the run's length lie behind it."""

    def __init__(self):
        self.parent = {0: RANDOM_WEIGHTS}
        self.num_learned = {0: 0, RANDOM_WEIGHTS: 0}
        self.lineages = {0: Lineage()}  # as the checkpoint of each net has it
        self.newest = 0

    def line(self, net):
        """A net and those that it comes from, oldest first."""
        return [] if net == RANDOM_WEIGHTS else [*self.line(self.parent[net]), net]

    def add(self, lineage, parent, num_learned):
        net = lineage.generation
        assert net not in self.parent, "a number is used twice"
        self.parent[net], self.lineages[net] = parent, lineage
        self.num_learned[net], self.newest = num_learned, net


def grow(tree, action, choice):
    """Do one thing to a run: learn, roll back, or take checkpoints away by hand."""
    net = tree.newest
    lineage = tree.lineages[net]
    if action == "learn":
        tree.add(lineage.next(), net, tree.num_learned[net] + 1)
        return
    line = tree.line(net)
    if action == "roll back" and len(line) > 1:
        to = line[choice % (len(line) - 1)]
        tree.add(lineage.roll_back(to), to, tree.num_learned[net] + 1)
    if action == "by hand":
        left = [RANDOM_WEIGHTS, *sorted(tree.parent)][choice % (len(tree.parent) + 1)]
        if left == max(tree.parent):
            return
        begun = Lineage() if left == RANDOM_WEIGHTS else tree.lineages[left]
        tree.add(begun.count_on(left, max(tree.parent)), left, tree.num_learned[left])


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["learn", "roll back", "by hand"]), st.integers(0, 10**6)),
    max_size=30,
)


@given(ACTIONS)
def test_a_lineage_is_the_line_of_its_family_tree(actions):
    tree = FamilyTree()
    for action, choice in actions:
        grow(tree, action, choice)
        lineage, line = tree.lineages[tree.newest], tree.line(tree.newest)
        assert lineage.ancestors(range(max(tree.parent) + 5)) == line
        assert lineage.num_learned == tree.num_learned[tree.newest]
        assert lineage.num_rollbacks + lineage.taken_back == len(lineage.rollbacks)
        milestones = [net for net in tree.parent if net % 3 == 0]
        earlier = [net for net in line[:-1] if net % 3 == 0]
        assert lineage.earlier(milestones) == (earlier[-1] if earlier else None)


@given(ACTIONS)
def test_a_checkpoint_keeps_the_lineage(actions):
    tree = FamilyTree()
    for action, choice in actions:
        grow(tree, action, choice)
    progress = Progress(tree.lineages[tree.newest], 7, 9, RANDOM_STATE, 2.5, 0.5)
    saved = json_of(SavedProgress.of(progress))
    assert record_of(SavedProgress, saved, "").progress == progress


def test_what_was_left_behind_is_no_ancestor():
    lineage = Lineage()
    for _ in range(8):
        lineage = lineage.next()
    lineage = replace(lineage.roll_back(2), generation=20)  # and twelve more
    assert lineage.ancestors([1, 2, 4, 8, 10, 20, 30]) == [1, 2, 10, 20]
    assert lineage.earlier([1, 2, 4, 8, 20]) == 2


@pytest.mark.parametrize("to", [3, 5, 8, 9])
def test_a_roll_back_to_a_net_of_another_line_is_refused(to):
    lineage = Lineage(8, (Rollback(5, 2),))
    with pytest.raises(ValueError, match=f"from 8 to {to}: wanted an ancestor"):
        lineage.roll_back(to)


def test_roll_backs_by_hand_are_counted_apart():
    lineage = Lineage().next().next().roll_back(1).count_on(1, 7)
    assert lineage.generation == 8
    assert lineage.rollbacks == ((2, 1), (7, 1))
    assert (lineage.num_rollbacks, lineage.taken_back) == (1, 1)
    assert lineage.num_learned == 3  # as many as before


def test_milestones_come_at_powers_of_two_then_regularly():
    kept = [generation for generation in range(41) if is_milestone(generation, 10)]
    assert kept == [0, 1, 2, 4, 8, 10, 20, 30, 40]
    assert is_milestone(33, 10, is_last=True)
    assert not any(is_milestone(generation, None, is_last=True) for generation in range(9))


def test_a_checkpoint_of_the_first_version_has_no_roll_backs():
    values = {
        "generation": 3, "num_steps": 5, "num_rows_learned": 160, "seconds": 1.0,
        "random_state": RANDOM_STATE,
    }  # fmt: skip
    saved = record_of(SavedProgress, json.dumps(values), "")
    assert saved.progress == Progress(Lineage(3), 5, 160, RANDOM_STATE, 1.0, 1.0)
