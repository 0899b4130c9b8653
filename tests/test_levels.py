"""The dial: its levels, and what is said of them."""

import pytest

from engine.rules import chinese, japanese
from insei.levels import LEVELS, net_for, notes_on, opponent_named


def test_levels_are_players():
    assert [level.number for level in LEVELS] == list(range(1, 10))
    assert opponent_named("1", 7) == "net:go7,temperature=3"
    assert opponent_named("capture", 7) == "capture"
    assert net_for(5) == "go5"
    assert net_for(3) == "go5"
    with pytest.raises(ValueError, match="level 12: wanted 1 to 9"):
        opponent_named("12", 9)


def test_notes_tell_of_boards_and_scoring_that_a_net_never_saw():
    assert notes_on(opponent_named("5", 9), chinese(9)) == []
    [of_size] = notes_on(opponent_named("5", 13), chinese(13))
    assert "13x13, which it has never seen" in of_size
    [of_scoring] = notes_on("search:go9,visits=200", japanese(9))
    assert "own territory" in of_scoring
    assert len(notes_on(opponent_named("5", 8), japanese(8))) == 2
    assert notes_on("influence", japanese(13)) == []
