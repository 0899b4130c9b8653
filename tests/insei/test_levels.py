"""The levels: which players they are, and what is said of them."""

import pytest

from insei.agents.net.package import PlayerCard, write_package
from insei.engine.rules import chinese, japanese
from insei.levels import (
    LEVELS,
    display_name,
    net_for,
    net_text,
    notes_on,
    opponent_named,
    strongest_net_for,
)
from tests.helpers.nets import TINY


def test_levels_are_players():
    assert [level.number for level in LEVELS] == list(range(1, 10))
    assert opponent_named("1", 7) == "net:go5to9,temperature=3"
    assert opponent_named("capture", 7) == "capture"
    with pytest.raises(ValueError, match="level 12: wanted 1 to 9"):
        opponent_named("12", 9)


def test_notes_tell_of_boards_and_scoring_that_a_net_never_saw():
    assert notes_on(opponent_named("5", 9), chinese(9)) == []
    [of_size] = notes_on(opponent_named("5", 13), chinese(13))
    assert "13x13, which it has never seen" in of_size
    [of_scoring] = notes_on("search:go9,visits=200", japanese(9))
    assert of_scoring.startswith("go9 learned under area scoring, not territory: moves in its own")
    assert len(notes_on(opponent_named("5", 10), japanese(10))) == 2
    assert notes_on("influence", japanese(13)) == []


def test_a_size_gets_the_net_that_plays_it_best():
    assert [net_for(size) for size in (3, 5, 7, 8)] == ["go5to9"] * 4
    assert [net_for(size) for size in (9, 13)] == ["go9"] * 2
    assert [strongest_net_for(size) for size in (5, 7, 9, 13)] == [
        "go5to9", "go5to9", "go9-6b64", "go9"
    ]  # fmt: skip
    assert opponent_named("9", 9) == "search:go9-6b64,rule=puct,visits=1600,resign=0.02"
    assert display_name(opponent_named("9", 9), 9) == "level 9"
    assert display_name(opponent_named("9", 9), 7) == opponent_named("9", 9)
    assert net_text(6) == ("go5to9 learned on 5x5, 6x6, 7x7, 8x8, 9x9, komi around 4 on 6x6.")
    assert net_text(9) == "go9 learned on 9x9, komi around 7 on 9x9."
    assert net_text(4).startswith("go5to9 learned on 5x5, 6x6, 7x7, 8x8, 9x9; it can play 4x4")
    for size in range(5, 10):
        assert notes_on(opponent_named("5", size), chinese(size)) == []


def test_a_net_that_learned_under_territory_scoring_is_at_home_there(tmp_path, tiny_weights):
    card = PlayerCard(TINY, 5, 5, 14.5, scoring="territory")
    write_package(tmp_path, tiny_weights, card)
    assert notes_on(f"net:{tmp_path}", japanese(5)) == []
    [said] = notes_on(f"net:{tmp_path},temperature=1", chinese(5))
    assert said.endswith("learned under territory scoring, not area.")
