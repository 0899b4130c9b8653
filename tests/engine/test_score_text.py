"""The score in words: where each side's points come from."""

from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.score_text import explain_score

# Black's wall through the middle row, a white stone above it (D5).
MOVES = (12, 3, 10, 25, 11, 25, 13, 25, 14, 25)


def test_under_area_scoring_stones_and_surrounded_points_count():
    position = Position(Rules(5, 5, 0.5)).play_all(MOVES)
    assert explain_score(position) == (
        "black has 15 points (5 stones, 10 surrounded), "
        "white has 1 points (1 stones, 0 surrounded) and 0.5 komi"
    )


def test_dead_stones_are_taken_off_first():
    position = Position(Rules(5, 5, 0.5)).play_all(MOVES)
    board = position.board.copy()
    assert explain_score(position, [3]) == (
        "1 white dead taken off: black has 25 points (5 stones, 20 surrounded), "
        "white has 0 points (0 stones, 0 surrounded) and 0.5 komi"
    )
    assert (position.board == board).all()


def test_under_territory_scoring_captured_stones_count_for_the_captor():
    position = Position(Rules(5, 5, 0.5, scoring="territory")).play_all([1, 0, 5, 24])
    assert explain_score(position).startswith("black has 2 points (1 prisoners, 1 surrounded), ")
    assert "white has 0 points (0 prisoners, 0 surrounded)" in explain_score(position)


def test_under_territory_scoring_dead_stones_are_prisoners():
    position = Position(Rules(5, 5, 0.5, scoring="territory")).play_all(MOVES)
    assert explain_score(position, [3]).startswith(
        "1 white dead taken off: black has 21 points (1 prisoners, 20 surrounded), "
    )
