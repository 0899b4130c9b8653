"""The worst mistake of a game, and how often its lead changed."""

import pytest

from insei.agents.search.mistakes import (
    MIN_LOSS,
    Mistake,
    lead_changes,
    mistakes,
    worst_mistake,
)
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules


@pytest.fixture
def history():
    """Five positions: Black moves at plies 1 and 3, White at plies 2 and 4."""
    positions = [Position(Rules(5, 5, 0.5))]
    for move in (12, 6, 8, 16):
        positions.append(positions[-1].play(move))
    return positions


RATES = {0: 0.6, 1: 0.5, 2: 0.9, 3: 0.7, 4: 0.75}  # black's


@pytest.mark.parametrize(
    ("colours", "worst"),
    [((BLACK, WHITE), (2, 0.4)), ((BLACK,), (3, 0.2)), ((WHITE,), (2, 0.4)), ((), None)],
)
def test_the_worst_mistake_is_that_of_the_colours_asked_for(history, colours, worst):
    found = worst_mistake(history, RATES, colours)
    assert found == (pytest.approx(Mistake(*worst)) if worst else None)


def test_mistakes_are_ranked_the_worst_first(history):
    found = mistakes(history, RATES)
    losses = [mistake.loss for mistake in found]
    assert len(found) > 1
    assert losses == sorted(losses, reverse=True)
    assert found[0] == worst_mistake(history, RATES)


def test_the_first_of_equal_mistakes_is_the_worst(history):
    assert worst_mistake(history, {0: 1.0, 1: 0.75, 2: 0.75, 3: 0.5}).ply == 1


def test_a_small_loss_is_no_mistake(history):
    assert worst_mistake(history, {0: 0.5, 1: 0.5 - 0.9 * MIN_LOSS}) is None
    assert worst_mistake(history, {0: 0.5, 1: 0.5 - 1.1 * MIN_LOSS}) is not None


def test_a_move_next_to_a_missing_rate_is_not_judged(history):
    rates = {ply: rate for ply, rate in RATES.items() if ply != 2}
    assert worst_mistake(history, rates).ply == 1


@pytest.mark.parametrize(
    ("rates", "changes"),
    [
        ([0.6, 0.7, 0.8], 0),
        ([0.6, 0.4, 0.6], 2),
        ([0.6, 0.5, 0.4, 0.3], 1),  # an even position has no leader
        ([0.5, 0.6, 0.4, 0.5], None),
        ([], None),
    ],
)
def test_changes_of_the_lead_are_counted(rates, changes):
    assert lead_changes(dict(enumerate(rates))) == changes
