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
from insei.engine.playouts import random_game
from insei.engine.position import Position
from insei.engine.positions import Positions
from insei.engine.rules import Rules, aga
from tests.helpers.paths import ROOT

MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "engine").rglob("*.pyi"))
]
FORESEEN = (ValueError, TypeError, IndexError, OverflowError)
COSTLY = {"random_game", "play_random_games"}  # as long as they are told to go on
RULES = Rules(4, 3, 0.5)
FROZEN = np.zeros((2, 13), np.bool_)
FROZEN.flags.writeable = False


def things(rng):
    """Something a caller may hand over by mistake."""
    game = random_game(Rules(4, 3, 0.5), rng.randrange(99), 10)
    held = np.zeros((3, 4), np.uint8)
    frozen = np.zeros((3, 4), np.float32)
    frozen.flags.writeable = False
    return rng.choice(
        [
            None, True, -1, 0, 1, 2, 3, 12, 13, 400, -(2**31), 2**63, 2**70, 1.5, float("nan"),
            "C3", b"C3", (), [], [0], [5, 5], [-1], [99], [None], ["a"], {}, {1}, iter([1]),
            object(), RULES, aga(3), game, game.resumed(), Positions(RULES, 2), [game, None],
            held, held.T, held[:, ::2], held.astype(">i8"), held + 7, held.astype(object), held[0],
            np.zeros((3, 4), bool), np.zeros((2, 14, 3, 4), np.float32),
            np.zeros((14, 3, 4), np.float32), np.zeros((14, 3, 4)),
            np.zeros((17, 3, 4), np.uint8), np.zeros((18, 9, 9), np.float32),
            np.zeros((2, 13), bool), np.zeros((2, 13), bool).T, np.zeros(0), np.array(3), frozen,
            np.array([0, 1]), np.array([1.5, 2]), np.array([2**40, 1]),
        ]
    )  # fmt: skip


def knock(door, name, rng, times):
    """Call a door with up to four arguments."""
    for _ in range(times):
        arguments = [things(rng) for _ in range(rng.randint(0, 4))]
        if name in COSTLY:
            arguments = [given for given in arguments if not isinstance(given, int) or given < 1000]
        said = "fine"
        try:
            door(*arguments)
        except FORESEEN as error:
            said = str(error)
        assert said, f"{name}{arguments}: an error without a word"


def functions_of(module):
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.pyi").read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("module", MODULES)
def test_functions_refuse_what_they_cannot_take(module):
    rng = random.Random(module)
    made = importlib.import_module(f"insei.{module}")
    for name in functions_of(module):
        knock(getattr(made, name), name, rng, 400)


def methods_of(kind):
    return [
        name
        for name in dir(kind)
        if callable(getattr(kind, name))
        and (not name.startswith("_") or name in ("__getitem__", "__eq__", "__deepcopy__"))
    ]


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (Position, lambda rng: random_game(RULES, rng.randrange(99), 8)),
        (Positions, lambda rng: Positions(RULES, 2)),
    ],
    ids=["Position", "Positions"],
)
def test_methods_refuse_what_they_cannot_take(kind, make):
    rng = random.Random(7)
    knock(kind, kind.__name__, rng, 1500)
    for name in methods_of(kind):
        for _ in range(25):
            thing = make(rng)
            knock(getattr(thing, name), f"{kind.__name__}.{name}", rng, 12)
            for position in [thing] if kind is Position else [thing[0], thing[1]]:
                position.check()


def test_every_compiled_class_is_knocked_at():
    found = set()
    for module in MODULES:
        made = importlib.import_module(f"insei.{module}")
        found |= {name for name, kind in vars(made).items() if inspect.isclass(kind)
                  and kind.__module__ == made.__name__}  # fmt: skip
    assert found == {"Position", "Positions"}


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
