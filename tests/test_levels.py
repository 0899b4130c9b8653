"""The dial: its levels, and what is said of them."""

import pytest

from agents.package import PlayerCard, write_package
from engine.rules import chinese, japanese
from insei.levels import LEVELS, net_for, net_words, notes_on, opponent_named
from tests.conftest import TINY


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
    assert of_scoring.startswith("go9 learned under area scoring, not territory: moves in its own")
    assert len(notes_on(opponent_named("5", 8), japanese(8))) == 2
    assert notes_on("influence", japanese(13)) == []


def test_a_size_gets_the_net_that_learned_on_it_alone_or_else_among_others(
    tmp_path, tiny_weights, monkeypatch
):
    komi = {"5x5": 20.0, "6x6": 4.0, "7x7": 9.0}
    for name, card in {
        "five": PlayerCard(TINY, 5, 5, 14.5),
        "seven": PlayerCard(TINY, 7, 7, 9.0),
        "mixed": PlayerCard(TINY, 7, 7, 9.0, sizes=komi),
    }.items():
        (tmp_path / name).mkdir()
        write_package(tmp_path / name, tiny_weights, card)
    for module in ("agents.find_package", "insei.levels"):
        monkeypatch.setattr(f"{module}.SHIPPED", tmp_path)
    nets = {4: "five", 5: "five", 6: "mixed", 7: "seven", 8: "seven"}
    assert {size: net_for(size) for size in nets} == nets
    assert notes_on(opponent_named("5", 6), chinese(6)) == []
    assert net_words(6) == "mixed learned on 5x5, 6x6, 7x7, komi around 4 on 6x6."
    assert net_words(8).startswith("seven learned on 7x7, komi around 9; it can play 8x8")


def test_a_net_that_learned_under_territory_scoring_is_at_home_there(tmp_path, tiny_weights):
    card = PlayerCard(TINY, 5, 5, 14.5, scoring="territory")
    write_package(tmp_path, tiny_weights, card)
    assert notes_on(f"net:{tmp_path}", japanese(5)) == []
    [said] = notes_on(f"net:{tmp_path},temperature=1", chinese(5))
    assert said.endswith("learned under territory scoring, not area.")
