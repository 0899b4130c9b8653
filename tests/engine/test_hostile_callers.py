"""Callers that mean harm: the compiled engine refuses, and reads and writes nothing else.

`make sanitized` runs this under AddressSanitizer, where a stray byte ends the run.
"""

import copy
import pickle

import numpy as np
import pytest

from insei.engine.errors import IllegalMove
from insei.engine.planes.feature_planes import history_planes, rich_planes, write_rich_planes
from insei.engine.planes.net_planes import NUM_PLANES, packed_planes, planes, write_planes
from insei.engine.playouts import random_game, random_reply
from insei.engine.position import Position, _restore
from insei.engine.positions import LEAVE, Positions
from insei.engine.rules import Rules, chinese, tromp_taylor

RULES = Rules(5, 5)
LARGE = tromp_taylor(19)


def forged(**fields):
    """Rules as a pickle made by hand brings them: no field is checked."""
    rules = Rules()
    for name, value in fields.items():
        object.__setattr__(rules, name, value)
    return pickle.loads(pickle.dumps(rules))


@pytest.mark.parametrize(
    "fields",
    [
        {"width": 240}, {"height": -1}, {"width": 0}, {"komi": 1e300}, {"ko": "none"},
        {"captures_to_win": 2**40}, {"scoring": 3}, {"width": "9"}, {"suicide": None},
    ],
)  # fmt: skip
def test_rules_from_a_forged_pickle_are_refused(fields):
    for door in (Position, lambda rules: Positions(rules, 2), lambda rules: random_game(rules, 1)):
        with pytest.raises(ValueError, match=next(iter(fields))):
            door(forged(**fields))


class Shrinking(Rules):
    """Rules that become larger each time they are asked."""

    @property
    def num_points(self):
        return 9999


class Mine(Position):
    """A Position that says it is tiny, and copies itself to nothing."""

    rules = Rules(1, 1)

    def copy(self):
        return None


def test_subclasses_of_rules_are_refused():
    for door in (Position, lambda rules: Positions(rules, 2)):
        with pytest.raises(ValueError, match="wanted a Rules"):
            door(Shrinking(5, 5))


def test_a_position_that_lies_about_its_size_is_seen_as_it_is():
    liar, honest = Mine(LARGE), Position(LARGE)
    for moves in ((), (3, 4, 5)):
        liar, honest = Mine(LARGE), Position(LARGE)
        for move in moves:
            liar.play_in_place(move)
            honest.play_in_place(move)
        assert np.array_equal(planes(liar), planes(honest))
        assert np.array_equal(rich_planes(liar), rich_planes(honest))
        assert np.array_equal(history_planes(liar), history_planes(honest))
        assert random_reply(liar, 1) == random_reply(honest, 1)
    for door in (
        lambda: planes(liar, 1, 1),
        lambda: packed_planes(liar, 1, 1),
        lambda: write_planes(liar, np.zeros((NUM_PLANES, 1, 1), np.float32)),
        lambda: write_rich_planes(liar, np.zeros((18, 1, 1), np.uint8)),
    ):
        with pytest.raises(ValueError, match="frame 1x1"):
            door()


class Lying(np.ndarray):
    """An array that says it has another shape."""

    @property
    def shape(self):
        return (NUM_PLANES, 19, 19)


def test_arrays_are_measured_and_not_asked():
    small = np.zeros((NUM_PLANES, 2, 2), np.float32).view(Lying)
    with pytest.raises(ValueError, match="frame 2x2"):
        write_planes(Position(LARGE), small)
    batch = Positions(LARGE, 2)
    with pytest.raises(ValueError, match="out of shape"):
        batch.legal_masks(np.zeros((2, 9), np.bool_).view(Lying))


@pytest.mark.parametrize("dtype", [np.bool_, np.uint8])
def test_moves_may_lie_where_the_results_are_written(dtype):
    """A step writes game 0's mask over the moves of the games that follow."""
    batch = Positions(RULES, 16)
    memory = np.zeros(16 * 12 * 25, np.uint8)
    moves = memory[: 16 * 8].view(np.int64)
    moves[:] = np.arange(16)
    if dtype is np.bool_:
        batch.step(moves, masks=memory[: 16 * 26].view(np.bool_).reshape(16, 26))
    else:
        batch.step(moves, planes=memory.reshape(16, 12, 5, 5))
    assert [position.moves for position in batch] == [[game] for game in range(16)]
    for position in batch:
        position.check()


def test_the_largest_unsigned_number_is_not_leave():
    batch = Positions(RULES, 2)
    with pytest.raises(IllegalMove, match="game 0: move"):
        batch.play(np.array([2**64 - 1, 0], np.uint64))
    assert batch.num_moves.tolist() == [0, 0]
    batch.play(np.array([3, 4], np.uint64))
    with pytest.raises(IllegalMove):
        Position(RULES).play(np.uint64(2**64 - 1))


def restored(**changed):
    """A pickled game in a ko, with some of what the pickle holds changed."""
    position = Position(chinese(5)).play_all([1, 2, 5, 8, 11, 12, 25, 6, 7])
    made, (*values,) = position.__reduce__()
    names = ["rules", "board", "to_play", "moves", "movers", "passes", "now_to_play", "ko"]
    return made(**{**dict(zip(names, values, strict=True)), **changed})


def test_a_pickle_gives_the_same_position():
    made = restored()
    assert made.ko_point == 6
    assert made == pickle.loads(pickle.dumps(made))
    ended = made.play(25).play(25)
    again = pickle.loads(pickle.dumps(ended))
    assert again.is_over
    assert again == ended
    assert pickle.loads(pickle.dumps(ended.resumed())) == ended.resumed()
    board = np.zeros((5, 5), np.uint8)
    board[2, 2] = 2
    start = Position(RULES, board, 2).with_to_play(1).play(3).with_to_play(1).play(4)
    assert pickle.loads(pickle.dumps(start)) == start
    assert start.initial_to_play == 1
    assert np.array_equal(start.initial_board, board)


def test_a_ko_lifted_by_changing_the_player_survives_a_pickle():
    made = restored()
    lifted = made.with_to_play(1).with_to_play(2).play(6)
    assert pickle.loads(pickle.dumps(lifted)) == lifted


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"moves": [1, 1, *range(2, 9)]}, "illegal"),
        ({"moves": [999] * 9}, "illegal"),
        ({"moves": [-1] * 9}, "illegal"),
        ({"moves": [2**70] * 9}, "illegal"),
        ({"moves": [1]}, "1 moves by 9 movers"),
        ({"movers": [3] * 9}, "mover 3"),
        ({"movers": [2**40] * 9}, "mover"),
        ({"passes": -5}, "passes -5"),
        ({"passes": 1}, "passes 1"),
        ({"now_to_play": 0}, "to_play 0"),
        ({"to_play": 7}, "to_play 7"),
        ({"ko": 400}, "ko 400"),
        ({"ko": 1}, "ko 1"),
        ({"board": np.full((5, 5), 1)}, "no liberty"),
        ({"rules": LARGE}, "board of shape"),
    ],
)
def test_a_forged_pickle_of_a_position_is_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        restored(**changed)


def test_what_is_not_a_game_is_refused_with_foreseen_errors():
    for wrong in (None, 3, "moves", [None], [1.5], {}):
        with pytest.raises((TypeError, ValueError)):
            _restore(RULES, None, 1, wrong, [1], 0, 1, 0)


def test_a_second_init_changes_nothing():
    position = Position(RULES).play(3)
    second = ((None,), (RULES, np.full((5, 5), 1)), (RULES, np.zeros((4, 4), int)), (RULES,))
    for arguments in second:
        with pytest.raises((ValueError, TypeError)):
            position.__init__(*arguments)
        assert position.moves == [3]
        position.check()
    batch = Positions(RULES, 3)
    batch.__init__(RULES, 10**6)  # a batch is made by `__new__`
    batch.play([1, 2, 3])
    assert len(batch) == 3


def test_generators_that_change_what_they_are_given_to():
    position = Position(RULES).play(3)

    def dead():
        for move in range(4, 20):
            position.play_in_place(move)
        yield 19

    assert position.copy().score(dead=[3]) != position.score(dead=dead())
    position = Position(RULES).play(3)
    assert position.ownership(dead=dead()).any()

    def games():
        batch.reset()
        batch.play([1, 1, 1])
        yield 0

    batch = Positions(RULES, 3)
    assert batch.play_random(1, games()).tolist()[1:] == [LEAVE, LEAVE]

    class Number:
        def __index__(self):
            position.play_in_place(24)
            return 24

    position = Position(RULES)
    with pytest.raises((ValueError, TypeError)):
        position.play_in_place(Number())
    assert position.moves == [24]


def test_a_batch_is_a_value():
    rules = Rules(4, 4, ko="situational")
    batch = Positions(rules, 4)
    for seed in range(6):
        batch.play_random(seed)
    for same in (
        batch.copy(), copy.copy(batch), copy.deepcopy(batch), pickle.loads(pickle.dumps(batch)),
        batch[:],
    ):  # fmt: skip
        assert same == batch
        assert list(same) == list(batch)
        same.play_random(9)
        assert same != batch
    assert list(batch[1:3]) == [batch[1], batch[2]]
    assert list(batch[::-1]) == [batch[3], batch[2], batch[1], batch[0]]
    assert batch != [0]
    with pytest.raises(TypeError):
        hash(batch)


def test_a_game_of_a_batch_goes_on_from_any_position():
    board = np.zeros((5, 5), np.uint8)
    board[1, 1], board[3, 3] = 1, 2
    position = Position(RULES, board, 2).play(0).play(7)
    batch = Positions(RULES, 3)
    batch[1] = position
    batch[-1] = random_game(RULES, 5, 30)
    assert batch[1] == position
    assert np.array_equal(batch[1].initial_board, board)
    assert batch[2] == random_game(RULES, 5, 30)
    assert np.array_equal(batch.planes(games=[1])[1], planes(position))
    assert batch[0] == Position(RULES)
    batch.play([LEAVE, 12, LEAVE])
    assert position.moves == [0, 7]
    assert batch[1].moves == [0, 7, 12]
    batch.reset([1])
    assert batch[1] == Position(RULES)


@pytest.mark.parametrize(
    ("game", "position", "error", "said"),
    [
        (3, Position(RULES), IndexError, "game 3: wanted 0 to 2"),
        (0, Position(Rules(5, 5, 0.5)), ValueError, "wanted Rules"),
        (0, Position(LARGE), ValueError, "wanted Rules"),
        (0, None, TypeError, "None|must not"),
        (1.5, Position(RULES), TypeError, "float"),
    ],
)
def test_a_position_of_other_rules_is_not_taken(game, position, error, said):
    batch = Positions(RULES, 3)
    with pytest.raises(error, match=said):
        batch[game] = position


def test_a_forged_pickle_of_a_batch_is_refused():
    made, (rules, positions) = Positions(RULES, 2).__reduce__()
    for wrong in ((rules, []), (forged(width=240), positions), (Rules(3, 3), positions)):
        with pytest.raises(ValueError, match=r"num_games|width|wanted"):
            made(*wrong)
