"""Knocking at doors: calls of public functions and methods with what they do not expect."""

import numpy as np

from insei.engine.playouts import random_game
from insei.engine.positions import Positions
from insei.engine.rules import Rules, aga

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


def methods_of(kind):
    return [
        name
        for name in dir(kind)
        if callable(getattr(kind, name))
        and (not name.startswith("_") or name in ("__getitem__", "__eq__", "__deepcopy__"))
    ]
