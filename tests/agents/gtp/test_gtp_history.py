"""Taking moves back, in memory that grows with the moves alone."""

import random
import tracemalloc

import pytest

from insei.agents.gtp.history import NUM_REPLAYED, STRIDE, GameHistory
from insei.engine.errors import IllegalMove
from insei.engine.position import Position
from insei.engine.rules import Rules
from tests.helpers.gtp import engine, told

RULES = Rules(5, 5, 0.5)


def test_a_long_game_takes_memory_in_proportion_to_its_moves():
    game = engine()
    tracemalloc.start()
    for ply in range(6000):
        assert game.answer(f"play {'bw'[ply % 2]} pass") == "="
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(game.game.history.kept) == 1 + 6000 // STRIDE
    for _ in range(200):
        game.answer("undo")
    assert len(game.game.history.kept) <= NUM_REPLAYED + 1 + 6000 // STRIDE
    assert most < 20_000_000


def random_history(num_moves, seed):
    """A game of any colours, passes among them, with the board after each move."""
    rng = random.Random(seed)
    history, boards = GameHistory(Position(RULES)), []
    while len(boards) < num_moves:
        colour, move = rng.choice((1, 2)), rng.choice((*range(25), 25))
        try:
            history.play(colour, move, is_tolerant=True)
        except IllegalMove:
            continue
        boards.append(history.position.board.tolist())
    return history, boards


@pytest.mark.parametrize(
    "num_moves", [1, NUM_REPLAYED, NUM_REPLAYED + 1, STRIDE + 2 * NUM_REPLAYED + 3]
)
def test_every_move_can_be_taken_back(num_moves):
    history, boards = random_history(num_moves, num_moves)
    for board in reversed(boards):
        assert history.position.board.tolist() == board
        history.undo()
    assert not history.position.board.any()
    with pytest.raises(IndexError):
        history.undo()


def test_a_game_goes_on_after_moves_were_taken_back():
    game = engine()
    for ply in range(3 * NUM_REPLAYED):
        game.answer(f"play {'bw'[ply % 2]} pass")
    for _ in range(2 * NUM_REPLAYED):
        assert game.answer("undo") == "="
    assert told(game, "play b C3", "undo", "play b C4", "move_history")[-1].startswith(
        "= black C4\nwhite pass\n"
    )
    assert len(game.position.moves) == NUM_REPLAYED + 1


def test_other_rules_keep_the_moves():
    history, boards = random_history(100, 7)
    other = history.under(Rules(5, 5, 3.5, ko="simple", suicide=True))
    assert other.moves == history.moves
    assert other.position.rules.komi == 3.5
    assert other.position.board.tolist() == boards[-1]


def test_a_position_that_was_handed_out_stays_as_it_was():
    game = engine()
    game.answer("play b C3")
    before = game.position
    assert game.position is before
    told(game, "play w C2", "play b C1")
    assert before.moves == [12]
    told(game, "undo", "undo")
    assert game.position == before


def test_a_refused_move_changes_nothing():
    game = engine(rules=Rules(3, 3, 0.5))
    told(game, "play b A1", "play b pass", "play w pass")
    before = game.position.copy()
    assert game.answer("play b A1")[0] == "?"
    assert game.position == before
    assert game.game.history.moves == [(1, 6), (1, 9), (2, 9)]
