"""Extra planes in searches: what a forest writes, and what its cache keeps apart."""

from dataclasses import replace

import pytest

from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from insei.engine.planes.extra_planes import ALL_GROUPS, GROUPS, net_input, num_extra_planes
from insei.engine.planes.net_planes import NUM_PLANES, planes
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.nets import TINY
from tests.helpers.searches import pseudo_net

RULES = Rules(7, 6, 0.5)
RICH = replace(TINY, extra_planes=("after", "ladders"))


def test_groups_stand_in_one_order_however_they_are_named():
    assert RICH.extra_planes == ("ladders", "after")
    assert RICH.num_planes == NUM_PLANES + 7
    with pytest.raises(ValueError, match="extra_planes 'ladder': wanted some of ladders"):
        replace(TINY, extra_planes=("ladder",))


@pytest.mark.parametrize("groups", [*GROUPS.values(), ALL_GROUPS])
def test_a_forest_writes_what_net_input_says(groups):
    settings = SearchSettings(visits=8, considered=4, random_symmetry=False)
    forest = Forest(2, 8, 8, settings, seed=1, groups=groups)
    games = [random_game(RULES, seed, 25) for seed in (1, 2)]
    for number, game in enumerate(games):
        forest.start(number, game)
    rows = forest.select()
    assert forest.planes.shape[1] == NUM_PLANES + num_extra_planes(groups)
    for number, game in enumerate(games[:rows]):
        seen = forest.planes[number]
        assert (seen[:, :6, :7] == net_input(game, groups)).all()
        assert not seen[:, 6:].any()
        assert not seen[:, :, 7:].any()


def test_positions_that_differ_in_their_sixth_last_move_share_no_cached_answer_under_past():
    first, second = Position(RULES), Position(RULES)
    for one, other in (
        (0, 4),
        (2, 2),
        (4, 0),
        (6, 6),
        (20, 20),
        (22, 22),
        (24, 24),
        (26, 26),
        (28, 28),
    ):
        first, second = first.play(one), second.play(other)
    assert planes(first).tolist() == planes(second).tolist()
    for groups, is_asked in ((0, False), (GROUPS["past"], True)):
        settings = SearchSettings(visits=4, considered=4, random_symmetry=False)
        forest = Forest(1, 6, 7, settings, seed=1, cache=1000, groups=groups)
        forest.start(0, first)
        assert forest.select() == 1
        policy, value, score = pseudo_net(forest.planes[:1, :NUM_PLANES])
        forest.expand(policy, value, score, None)
        forest.start(0, second)
        assert forest.select(most=1) == 1
        assert (forest.planes[0] == net_input(second, groups)).all() == is_asked


def test_symmetries_turn_the_extra_planes_too():
    game = random_game(Rules(6, 6), 5, 22)
    plain = net_input(game, ALL_GROUPS)
    for symmetry in range(8):
        turned = net_input(game, ALL_GROUPS, symmetry)
        assert (turned[:NUM_PLANES] == planes(game, 0, 0, symmetry)).all()
        back = turned.swapaxes(-1, -2) if symmetry & 4 else turned
        back = back[..., ::-1] if symmetry & 2 else back
        back = back[..., ::-1, :] if symmetry & 1 else back
        assert (back == plain).all()
