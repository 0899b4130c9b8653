"""The doors of what is compiled: whatever comes in, an error says what was wrong.

Each public function and method of each compiled module is called with what it does not expect. An
error must be one of those a caller can foresee; a crash would end the test run.
"""

import ast
import contextlib
import importlib
import inspect
import random
from pathlib import Path

import numpy as np
import pytest

from agents.alphabeta import AlphaBetaPlayer
from agents.capture import CapturePlayer
from agents.forest import Forest
from agents.influence import InfluencePlayer
from agents.search_settings import SearchSettings
from agents.uct import Grown, UctPlayer
from engine.errors import BadDiagram, GameOver, IllegalMove
from engine.playouts import random_game
from engine.position import Position
from engine.positions import Positions
from engine.rules import Rules, aga

ROOT = Path(__file__).parent.parent
MODULES = [path.stem for path in sorted((ROOT / "engine").glob("*.pyi"))]
FORESEEN = (ValueError, TypeError, IndexError, OverflowError)
COSTLY = {"random_game", "play_random_games"}  # as long as they are told to go on
RULES = Rules(4, 3, 0.5)


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
            arguments = [one for one in arguments if not isinstance(one, int) or one < 1000]
        said = "fine"
        try:
            door(*arguments)
        except FORESEEN as error:
            said = str(error)
        assert said, f"{name}{arguments}: an error without a word"


def functions_of(module):
    tree = ast.parse((ROOT / "engine" / f"{module}.pyi").read_text())
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("module", MODULES)
def test_functions_refuse_what_they_cannot_take(module):
    rng = random.Random(module)
    made = importlib.import_module(f"engine.{module}")
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
        made = importlib.import_module(f"engine.{module}")
        found |= {name for name, one in vars(made).items() if inspect.isclass(one)
                  and one.__module__ == made.__name__}  # fmt: skip
    assert found == {"Position", "Positions"}


def searching(rng):
    """A forest with leaves out, searches under way, and games not begun."""
    forest = Forest(4, 3, 4, SearchSettings(visits=6, rule=rng.choice(["gumbel", "puct"])), 1)
    for game in range(rng.randrange(4)):
        forest.start(game, random_game(RULES, rng.randrange(99), rng.randrange(8)))
    answer(forest, rng.randrange(6))
    forest.select()
    return forest


def answer(forest, times):
    """Evaluate what the forest gives out, all moves alike."""
    for _ in range(times):
        rows = forest.select()
        forest.expand(
            np.zeros((rows, 13), np.float32), np.zeros(rows, np.float32), np.zeros(rows, np.float32)
        )


def test_a_search_survives_what_it_cannot_take():
    rng = random.Random(3)
    knock(Forest, "Forest", rng, 600)
    for name in methods_of(Forest):
        for _ in range(40):
            forest = searching(rng)
            knock(getattr(forest, name), f"Forest.{name}", rng, 12)
            forest.expand(*(np.zeros((len(forest.batch()), *shape), np.float32)
                            for shape in ((13,), (), ())))  # fmt: skip
            answer(forest, 3)


def test_a_search_begun_anew_forgets_the_leaves_that_are_out():
    forest = Forest(1, 5, 5, SearchSettings(visits=8, rule="puct", leaves=4), 1)
    forest.start(0, Position(Rules(5, 5)))
    flat = [np.zeros((4, 26), np.float32), np.zeros(4, np.float32), np.zeros(4, np.float32)]
    forest.select()
    forest.expand(*(one[:1] for one in flat))
    for small in (Rules(2, 2), Rules(5, 5)):
        rows = forest.select()
        forest.start(0, Position(small))
        forest.expand(*(one[:rows] for one in flat))
        assert forest.select() == 1
        forest.expand(*(one[:1] for one in flat))
        assert forest.num_visits(0) == 0


@pytest.mark.parametrize(
    "player", [AlphaBetaPlayer(depth=1), CapturePlayer(), InfluencePlayer(), UctPlayer(playouts=3)]
)
def test_players_refuse_what_they_cannot_take(player):
    rng = random.Random(5)
    knock(player.choose, player.name, rng, 200)
    knock(Grown, "Grown", rng, 200)
    assert Grown(Position(RULES), 1, 1).tallies() == {}


def test_a_position_made_without_rules_is_no_game():
    empty = Position.__new__(Position)
    for name in methods_of(Position):
        with contextlib.suppress(AttributeError, *FORESEEN):
            getattr(empty, name)()
    knock(Forest(1, 3, 4, SearchSettings(visits=2), 1).start, "start", random.Random(1), 50)
    assert not empty.is_over
    with pytest.raises(AttributeError):
        empty.play(0)


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
