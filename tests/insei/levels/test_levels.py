"""The levels: which players they are, their ranks, and what is said of them."""

import pytest

from insei.agents.grammar import make_player, net_of
from insei.agents.net.package import PlayerCard, write_package
from insei.dial import NETS, NetBoards, boards_of, steps_on
from insei.engine.rules import chinese, japanese
from insei.levels import (
    analyst_notes,
    display_name,
    level_description,
    level_lines,
    levels_on,
    net_for,
    net_text,
    notes_on,
    opponent_named,
    strongest_net_for,
)
from insei.ranks import GNU_GO, Rank, rank_from, rank_on, stones_between
from insei.tournament.ladder import ladder_sizes, read_ladder
from tests.helpers.nets import TINY


@pytest.mark.parametrize("size", range(5, 20))
def test_every_board_has_levels_from_random_up(size):
    levels = levels_on(size)
    assert [level.number for level in levels] == list(range(1, len(levels) + 1))
    assert levels[0].player == "random"
    assert len({level.player for level in levels}) == len(levels) >= 8
    nets = {net_of(level.player) for level in levels} - {""}
    assert bool(nets) == (boards_of(size) is not None)


@pytest.mark.parametrize("size", [5, 9, 13, 19])
def test_levels_are_players_that_can_be_made(size):
    for level in levels_on(size):
        make_player(level.player).close()


def test_a_level_is_that_of_the_board():
    assert opponent_named("4", 7) == "net:go5to9,temperature=3"
    assert opponent_named("4", 9) == "net:go9,temperature=3"
    assert opponent_named("4", 13) == "uct:playouts=50"
    assert opponent_named("capture", 7) == "capture"
    with pytest.raises(ValueError, match="level 13: wanted 1 to 12 on 9x9"):
        opponent_named("13", 9)


def test_a_new_net_is_a_line_of_the_table(monkeypatch):
    monkeypatch.setattr("insei.dial.NETS", (*NETS, NetBoards(12, 14, "go13", "go13")))
    assert [step.player for step in steps_on(13)][3] == "net:go13,temperature=3"
    assert [step.player for step in steps_on(12)][-1].startswith("search:go13,")
    assert boards_of(15) is None


def test_upper_levels_on_a_large_board_move_within_seconds():
    reads, full = (step.player for step in steps_on(19)[-2:])
    assert reads == "search:go19,rule=puct,visits=400,seconds=3,resign=0.02"
    assert full == "search:go19,rule=puct,visits=1600,seconds=3,resign=0.02"
    assert not any("seconds" in step.player for size in (5, 7, 9) for step in steps_on(size))


def test_levels_on_a_ladder_rise():
    for size in ladder_sizes():
        ladder = read_ladder(size)
        rungs = [ladder.elo_of(level.player) for level in levels_on(size)]
        elos = [rung.elo for rung in rungs if rung is not None]
        assert len(elos) >= 7
        assert elos == sorted(elos), f"{size}x{size}"


def test_notes_tell_of_boards_and_scoring_that_a_net_never_saw():
    assert notes_on(opponent_named("5", 9), chinese(9)) == []
    [of_size] = analyst_notes(chinese(11))
    assert of_size.startswith("No net knows 11x11: the levels are handwritten players, and go9")
    [of_scoring] = notes_on("search:go9,visits=200", japanese(9))
    assert of_scoring.startswith("go9 learned under area scoring, not territory: moves in its own")
    assert len(notes_on(opponent_named("5", 7), japanese(7))) == 1
    assert notes_on("influence", japanese(13)) == []
    assert "No net knows 11x11" in level_lines(11)[0]


def test_a_size_gets_the_net_that_plays_it_best():
    assert [net_for(size) for size in (3, 5, 7, 8)] == ["go5to9"] * 4
    assert [net_for(size) for size in (9, 13)] == ["go9"] * 2
    assert [strongest_net_for(size) for size in (5, 7, 9)] == ["go5to9", "go5to9", "go9-6b64"]
    assert opponent_named("12", 9) == "search:go9-6b64,rule=puct,visits=1600,resign=0.02"
    assert display_name(opponent_named("12", 9), 9) == "level 12"
    assert display_name(opponent_named("12", 9), 7) == opponent_named("12", 9)
    assert display_name("random", 9) == "random"
    assert display_name("uct:playouts=50", 13) == "level 4"
    assert net_text(6) == ("go5to9 learned on 5x5, 6x6, 7x7, 8x8, 9x9, komi around 4 on 6x6.")
    assert net_text(9) == "go9 learned on 9x9, komi around 7 on 9x9."
    for size in range(5, 10):
        assert notes_on(opponent_named("5", size), chinese(size)) == []


def test_a_net_that_learned_under_territory_scoring_is_at_home_there(tmp_path, tiny_weights):
    card = PlayerCard(TINY, 5, 5, 14.5, scoring="territory")
    write_package(tmp_path, tiny_weights, card)
    assert notes_on(f"net:{tmp_path}", japanese(5)) == []
    [said] = notes_on(f"net:{tmp_path},temperature=1", chinese(5))
    assert said.endswith("learned under territory scoring, not area.")


def test_gnu_go_is_between_8_and_9_kyu_on_every_ladder():
    for size in ladder_sizes():
        rank = rank_on(GNU_GO, size)
        assert rank.steps == pytest.approx(-8.5)
        assert rank.roughness >= 2


@pytest.mark.parametrize(("gor", "odds"), [(1250, 0.7018), (2100, 1.0), (150, 0.5063)])
def test_a_rank_is_worth_what_the_european_formula_says(gor, odds):
    """A rank is 100 points, and a win has the odds exp(100 / a)."""
    elo = 400 * odds / 2.302585  # of a win by exp(odds): 400 log10
    at = (gor - 2100) / 100
    base = next(e for e in range(-6000, 6000) if rank_from(e, 0, 19) >= at - 0.5)
    assert rank_from(base + elo, 0, 19) - (at - 0.5) == pytest.approx(1, abs=0.05)


def test_ranks_are_written_as_players_write_them():
    assert [Rank(steps, 3).name() for steps in (-8.5, -0.6, 0.2, 2.6)] == [
        "8 kyu", "1 kyu", "1 dan", "4 dan"
    ]  # fmt: skip
    assert Rank(-12.2, 4.6).text() == "about 12 kyu (±5)"
    assert Rank(-50, 9).text() == "30 kyu or weaker"
    assert Rank(7, 9).text() == "5 dan or stronger"


def test_ranks_rise_with_the_level_and_are_rougher_farther_from_gnu_go():
    ranks = [level.rank for level in levels_on(9)]
    assert [rank.steps for rank in ranks] == sorted(rank.steps for rank in ranks)
    assert ranks[0].roughness > ranks[5].roughness < ranks[11].roughness
    assert rank_on("net:go5to9", 8).roughness > rank_on("net:go5to9", 7).roughness


def test_the_handicap_follows_the_difference_and_the_board():
    assert stones_between(Rank(2, 3), Rank(-3, 3), 19) == 5
    assert stones_between(Rank(2, 3), Rank(-7, 3), 9) == 2
    assert stones_between(Rank(-3, 3), Rank(2, 3), 19) == 0
    assert stones_between(Rank(4, 3), Rank(-30, 3), 19) == 9


def test_lists_tell_player_rating_and_rank():
    line = next(line for line in level_lines(9) if line.startswith(" 7 "))
    assert "kyu" in line
    assert "+1604 ±317" in line
    assert line.endswith("(net:go9)")
    assert level_description("7", "9").startswith("7 of 12: plays by feel: the net's first thought")
    assert level_description("13", "9") == "levels 1 to 12 on 9x9"
    assert level_description("influence", "9") == ""
