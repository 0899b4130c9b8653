"""Short names of players are short, readable, and never equal."""

import pytest

from insei.agents.short_name import short_name, short_names


@pytest.mark.parametrize(
    ("player", "short"),
    [
        ("random", "random"),
        ("alphabeta:depth=4", "alphabeta, depth 4"),
        ("alphabeta:nodes=20000", "alphabeta, 20,000 nodes"),
        ("uct:playouts=5000,threads=2", "uct, 5,000 playouts, 2 threads"),
        ("uct:seconds=0.5", "uct, 0.5 s"),
        ("net:go9", "go9 without search"),
        ("net:go9,temperature=0.8", "go9 without search, temperature 0.8"),
        ("search:go9,rule=puct,visits=200", "go9, 200 visits"),
        ("search:runs/go5,visits=1", "go5, 1 visit"),
        ("search:runs/go5", "go5, 64 visits"),
        ("search:runs/go5,seconds=2", "go5, 2 s"),
        ("net:runs/go7/milestones/000012", "go7 generation 12 without search"),
        ("gtp:gnugo --mode gtp --level 10 --chinese-rules", "GNU Go, level 10"),
        ("gtp:start=60 move=5 /usr/bin/katago gtp", "KataGo"),
        ("gtp:'unfinished", "'unfinished"),
        ("python:bots/centre.py:Centre", "Centre"),
        ("gtp:", ""),
    ],
)
def test_a_player_is_called_by_what_matters(player, short):
    assert short_name(player) == short


@pytest.mark.parametrize(
    "players",
    [
        ["search:go9,rule=puct,visits=50", "search:go9,visits=50", "net:go9"],
        ["net:runs/go9", "net:go9", "net:old/go9"],
        ["gtp:gnugo --level 1 --chinese-rules", "gtp:gnugo --level 1", "gtp:"],
        ["python:a.py:Mine", "python:b.py:Mine", "random"],
        ["gtp:random", "random", "python:x:random"],
    ],
)
def test_no_two_players_are_called_the_same(players):
    names = short_names(players)
    assert list(names) == players
    assert len(set(names.values())) == len(players)
    assert all(names.values())


def test_only_players_that_would_be_confused_get_longer_names():
    names = short_names(["search:a/go9,visits=50", "search:b/go9,visits=50", "uct:playouts=10"])
    assert list(names.values()) == ["a/go9, 50 visits", "b/go9, 50 visits", "uct, 10 playouts"]
