"""The doors of the compiled engine: whatever comes in, an error says what was wrong.

Each public function and method of each compiled module is called with what it does not expect. An
error must be one of those a caller can foresee; a crash would end the test run.
"""

import ast
import contextlib
import importlib
import inspect
import random

import numpy as np
import pytest

from insei.engine.errors import BadDiagram, GameOver, IllegalMove
from insei.engine.planes.replays import Replays
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.positions import Positions
from tests.helpers.doors import FORESEEN, FROZEN, RULES, knock, methods_of
from tests.helpers.paths import ROOT

MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "engine").rglob("*.pyi"))
]


def functions_of(module):
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.pyi").read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("module", MODULES)
def test_functions_refuse_what_they_cannot_take(module):
    rng = random.Random(module)
    made = importlib.import_module(f"insei.{module}")
    for name in functions_of(module):
        knock(getattr(made, name), name, rng, 400)


def some_replays():
    """Two games of two moves each."""
    return Replays(
        [(3, 4), (3, 4)], [0.5, 0], [True, False], [0, 1, 2, 3], [0, 2, 4], [], [0, 0, 0]
    )


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (Position, lambda rng: random_game(RULES, rng.randrange(99), 8)),
        (Positions, lambda rng: Positions(RULES, 2)),
        (Replays, lambda rng: some_replays()),
    ],
    ids=["Position", "Positions", "Replays"],
)
def test_methods_refuse_what_they_cannot_take(kind, make):
    rng = random.Random(7)
    knock(kind, kind.__name__, rng, 1500)
    for name in methods_of(kind):
        for _ in range(25):
            thing = make(rng)
            knock(getattr(thing, name), f"{kind.__name__}.{name}", rng, 12)
            if kind is Positions:
                thing[0].check()
                thing[1].check()
            elif kind is Position:
                thing.check()


def test_every_compiled_class_is_knocked_at():
    found = set()
    for module in MODULES:
        made = importlib.import_module(f"insei.{module}")
        found |= {name for name, kind in vars(made).items() if inspect.isclass(kind)
                  and kind.__module__ == made.__name__}  # fmt: skip
    assert found == {
        "Position",
        "Positions",
        "Replays",
        "ScannedGame",
    }  # the last by the tests of SGF


def test_a_position_made_without_rules_is_no_game():
    empty = Position.__new__(Position)
    for name in methods_of(Position):
        with contextlib.suppress(AttributeError, *FORESEEN):
            getattr(empty, name)()
    for position in (empty, Position.__new__(Position)):
        for move in (0, 1, 1):
            with pytest.raises((AttributeError, *FORESEEN)):
                position.play_in_place(move)
    assert empty.moves == []


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (lambda: Position(None), "rules None: wanted a Rules"),
        (lambda: Position(RULES, to_play=3), "to_play 3"),
        (lambda: Position(RULES, np.zeros((4, 3), np.uint8)), r"board of shape \(4, 3\)"),
        (lambda: Position(RULES, np.zeros((3, 4))), "float64: wanted integers"),
        (lambda: Position(RULES).play(-1), "move -1 for black: off the board, wanted 0 to 12"),
        (lambda: Position(RULES).play(13), "move 13 for black: off the board, wanted 0 to 12"),
        (lambda: Position(RULES).play(0).play(0), "A3 for white: occupied; white to play"),
        (lambda: Position(RULES).chain(12), "point 12: wanted 0 to 11"),
        (lambda: Position(RULES).score(dead=[0]), "point 0 is empty"),
        (lambda: Positions(RULES, 0), "num_games 0: wanted 1 or more"),
        (lambda: Positions(RULES, 2).play([0]), "1 moves: wanted 2, one a game"),
        (lambda: Positions(RULES, 2).play([0, 77]), "game 1: move 77"),
        (lambda: Positions(RULES, 2).play([1.5, 2.0]), "moves of type float64: wanted integers"),
        (lambda: Positions(RULES, 2).legal_masks(FROZEN), "out is read-only"),
    ],
)
def test_errors_name_the_reason_and_the_place(does, said):
    with pytest.raises((ValueError, IllegalMove, GameOver, BadDiagram), match=said):
        does()


def test_a_set_up_board_may_lie_in_memory_in_any_way():
    board = np.zeros((3, 4), np.int64)
    board[1, 2], board[0, 3] = 1, 2
    thinned = np.repeat(board, 2, 1)[:, ::2]
    for same in (board, np.asfortranarray(board), board.astype(">i4"), thinned):
        assert (Position(RULES, same).board == board).all()
