"""The best moves of a position, kept in its node and read back."""

import numpy as np
import pytest

from insei.agents.search.analysis import MoveAnalysis
from insei.client.estimate import Estimate, estimate_of
from insei.client.player_tasks import PositionAnalysis
from insei.client.teaching.best_moves import (
    MOST_MOVES,
    PROPERTY,
    BestMove,
    best_moves,
    judged_visits,
    keep_best_moves,
)
from insei.client.teaching.game_analysis import GameAnalysis, is_judged, keep_analysis
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.engine.sgf.variations import GameNode, GameTree, read_variations, write_variations

RULES = Rules(9, 9, 7.0)
PASS = RULES.pass_move


def move_of(variation, win_rate=0.55, score=1.5, visits=40):
    return MoveAnalysis(variation[0], visits, win_rate, score, 0.2, 0.5, tuple(variation), ())


def analysis_of(position, visits, black_win_rate=0.5, moves=((40, 41),)):
    empty = np.zeros((9, 9), np.float32)
    candidates = tuple(move_of(variation) for variation in moves)
    return PositionAnalysis(
        position, visits, black_win_rate, 2.5, candidates, np.zeros(82, np.float32), empty
    )


def read_back(node):
    """The node as it comes from the text of its tree."""
    return read_variations(write_variations(GameTree(node))).start


def test_best_moves_survive_the_file():
    node = GameNode(Position(RULES))
    keep_best_moves(node, 200, (move_of([40, PASS, 41]), move_of([PASS], 0.1, -20.0, 3)))
    assert node.properties[PROPERTY] == ["200", "55.00 1.5 40 ee tt fe", "10.00 -20.0 3 tt"]
    again = read_back(node)
    assert judged_visits(again) == 200
    assert best_moves(again) == (
        BestMove(0.55, 1.5, 40, (40, PASS, 41)),
        BestMove(0.1, -20.0, 3, (PASS,)),
    )


def test_only_the_first_moves_are_kept_and_a_shorter_search_replaces_nothing():
    node = GameNode(Position(RULES))
    keep_best_moves(node, 100, tuple(move_of([point]) for point in range(9)))
    assert len(best_moves(node)) == MOST_MOVES
    keep_best_moves(node, 60, (move_of([80]),))
    assert best_moves(node)[0].move == 0
    keep_best_moves(node, 101, (move_of([80]),))
    assert best_moves(node)[0].move == 80


@pytest.mark.parametrize(
    "values",
    [
        ["many", "55.00 1.5 40 ee"], ["200", ""], ["200", "55.00 1.5 40"], ["200", "x 1.5 40 ee"],
        ["200", "155.00 1.5 40 ee"], ["200", "55.00 1.5 40 gg"], [],
    ],
)  # fmt: skip
def test_what_another_program_wrote_there_is_no_best_move(values):
    """Point gg holds a stone."""
    node = GameNode(Position(RULES).play(60))
    node.properties[PROPERTY] = values
    assert best_moves(node) == ()


def test_a_variation_ends_where_it_can_no_more_be_played():
    node = GameNode(Position(RULES))
    node.properties[PROPERTY] = ["200", "55.00 1.5 40 ee ee dd"]
    assert best_moves(node)[0].variation == (40,)


def test_estimates_of_another_program_are_kept():
    node = GameNode(Position(RULES))
    node.properties["SBKV"] = ["90.00"]
    for visits in (60, 200):
        keep_analysis(node, analysis_of(node.position, visits))
        node = read_back(node)
        assert estimate_of(node).black_win_rate == 0.9
        assert node.properties[PROPERTY][0] == f"{visits} other"
        assert best_moves(node)
        assert is_judged(node, visits)
    own = GameNode(Position(RULES))
    keep_analysis(own, analysis_of(own.position, 60, 0.6))
    keep_analysis(own, analysis_of(own.position, 200, 0.7))
    keep_analysis(own, analysis_of(own.position, 60, 0.1))
    assert estimate_of(own) == Estimate(0.7, 2.5)


def game_with_rates(*rates):
    """A game with a move between each two of Black's win rates."""
    nodes = [GameNode(Position(RULES))]
    for move in range(len(rates) - 1):
        nodes.append(nodes[-1].add(nodes[-1].position.play(2 * move)))
    for node, rate in zip(nodes, rates, strict=True):
        if rate is not None:
            keep_analysis(node, analysis_of(node.position, 60, rate, moves=((50, 51), (52,))))
    return GameAnalysis(nodes, [node.position for node in nodes])


def test_lessons_are_the_moves_that_lost_most_with_what_was_better():
    game = game_with_rates(0.5, 0.3, 0.6, 0.58, 0.9)
    lessons = game.lessons()
    assert [(lesson.ply, round(lesson.loss, 2)) for lesson in lessons] == [
        (4, 0.32), (2, 0.3), (1, 0.2)
    ]  # fmt: skip
    assert lessons[2].move == 0
    assert lessons[2].mover == BLACK
    assert lessons[2].better.variation == (50, 51)
    assert lessons[2].before is game.nodes[0]
    assert game.lesson_plies() == [1, 2, 4]
    assert [lesson.ply for lesson in game.lessons(1)] == [4]


def test_a_whole_analysis_goes_on_until_nothing_is_missing():
    game = game_with_rates(0.5, None, 0.5)
    assert game.num_judged() == 2
    assert game.next_ply(60) == 1
    keep_analysis(game.nodes[1], analysis_of(game.history[1], 60, 0.5))
    assert game.next_ply(60) is None
    assert game.next_ply(100) == 0


def test_positions_around_lessons_are_judged_more_deeply():
    game = game_with_rates(0.5, 0.5, 0.2)
    assert game.next_ply(60) is None  # White's move gained
    game = game_with_rates(0.5, 0.2, 0.2)
    assert game.next_ply(60) == 0
    for ply in (0, 1):
        keep_analysis(game.nodes[ply], analysis_of(game.history[ply], 200, [0.5, 0.2][ply]))
    assert game.next_ply(60) is None


def test_the_analysis_of_a_file_is_not_run_again():
    game = game_with_rates(0.5, 0.4, 0.3)
    tree = read_variations(write_variations(GameTree(game.nodes[0])))
    nodes = tree.start.main_line()
    again = GameAnalysis(nodes, [node.position for node in nodes])
    assert again.unjudged(60) is None
    assert [lesson.ply for lesson in again.lessons()] == [lesson.ply for lesson in game.lessons()]
