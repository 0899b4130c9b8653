"""How fast the engine plays, one thread: python -m benchmarks.engine [--json].

Processor time, medians, beside OpenSpiel, PettingZoo and pgx where they are installed. Each of our
rows takes turns with OpenSpiel, so that a busy machine slows both: the median ratio of their rates
holds where the rates themselves do not.

`light` plays uniformly over legal moves that fill no own eye; `mask` writes the exact legal mask
at each ply of the same games as well. The peers and `position` play uniformly over all legal moves
that are no pass, at most 2·N² plies a game, each call from Python; pgx plays 64 games together for
50 plies, compiled, and the processor time of all its threads counts.
"""

import importlib.util
import json
import platform
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.measure import parser, seconds_and_ratio
from insei.engine.environments.go_vector_env import GoVectorEnv
from insei.engine.planes.net_planes import NUM_BINARY_PLANES, NUM_PLANES, write_planes
from insei.engine.playouts import build, play_random_games
from insei.engine.position import Position
from insei.engine.positions import Positions
from insei.engine.rules import Rules, chinese, tromp_taylor

SIZES = (9, 19)
NUM_GAMES = 256
NUM_STEPS = 120
PGX_GAMES = 64  # its speed differs little from there on
PGX_PLIES = 50


def light(rules: Rules, with_mask: bool) -> Callable[[], int]:
    """Random games in the compiled core."""
    return lambda: play_random_games(rules, 400_000, 1, with_mask)[0]


def uniform_from_python(rules: Rules) -> Callable[[], int]:
    """The peers' game on `Position`: mask, planes and one move a ply, each called from Python."""
    out = np.empty((NUM_PLANES, rules.height, rules.width), np.float32)

    def run() -> int:
        rng = random.Random(1)
        plies = 0
        for _ in range(3):
            position = Position(rules)
            while position.num_moves < 2 * rules.num_points:
                moves = np.flatnonzero(position.legal_mask()[:-1])
                write_planes(position, out)
                plies += 1
                if not len(moves):
                    break
                position.play_in_place(int(moves[rng.randrange(len(moves))]))
        return plies

    return run


def batch(rules: Rules, planes: str) -> Callable[[], int]:
    """256 games from Python, a step with its masks and planes one call.

    Args:
        planes: uint8 for the 12 binary planes, float32 for all 14.
    """
    games = Positions(rules, NUM_GAMES)
    moves = []
    for seed in range(NUM_STEPS):
        moves.append(games.play_random(seed))
        games.reset(np.flatnonzero(games.is_over))
    masks, frames = games.legal_masks(), games.planes()
    if planes == "uint8":
        frames = np.zeros((NUM_GAMES, NUM_BINARY_PLANES, rules.height, rules.width), np.uint8)

    def run() -> int:
        games.reset()
        for step in moves:
            games.step(step, masks, frames)
            games.reset(np.flatnonzero(games.is_over))
        return NUM_GAMES * NUM_STEPS

    return run


def environment(rules: Rules) -> Callable[[], int]:
    """The vector environment of 256 games, the opponent's random replies included."""
    env = GoVectorEnv(NUM_GAMES, rules=rules, opponent="random")
    rng = np.random.default_rng(1)
    _, info = env.reset(seed=1)
    actions = []
    for _ in range(NUM_STEPS):
        wished = rng.random(info["action_mask"].shape) * info["action_mask"]
        actions.append(wished.argmax(1))
        info = env.step(actions[-1])[4]

    def run() -> int:
        env.reset(seed=1)
        for step in actions:
            env.step(step)
        return NUM_GAMES * NUM_STEPS

    return run


def one_call(rules: Rules, what: str) -> Callable[[], int]:
    """`play` and `copy` in the middle of a game."""
    position = Position(rules)
    for move in range(0, rules.num_points, 3):
        position.play_in_place(move)
    move = position.legal_moves()[0]

    def run() -> int:
        for _ in range(50_000):
            position.play(move) if what == "play" else position.copy()
        return 50_000

    return run


def open_spiel(size: int) -> Callable[[], int]:
    """OpenSpiel's Go from Python, with its mask and observation."""
    import pyspiel

    game = pyspiel.load_game("go", {"board_size": size, "komi": 7.5})

    def run() -> int:
        rng = random.Random(1)
        plies = 0
        for _ in range(3):
            state = game.new_initial_state()
            for _ in range(2 * size * size):
                moves = [move for move in state.legal_actions() if move != size * size]
                if not moves or state.is_terminal():
                    break
                state.observation_tensor(state.current_player())
                state.apply_action(rng.choice(moves))
                plies += 1
        return plies

    return run


def pettingzoo(size: int) -> Callable[[], int]:
    """PettingZoo's go_v5, with its mask and observation."""
    from pettingzoo.classic import go_v5

    def run() -> int:
        rng = random.Random(1)
        env = go_v5.raw_env(board_size=size)
        env.reset(seed=1)
        plies = 0
        while plies < size * size:
            observation, _, ended, cut, _ = env.last()
            moves = np.flatnonzero(observation["action_mask"][:-1])
            if ended or cut or not len(moves):
                break
            env.step(int(rng.choice(list(moves))))
            plies += 1
        return plies

    return run


def pgx(size: int) -> Callable[[], int]:
    """Games of pgx side by side, with its masks and observations; compiled beforehand."""
    import jax
    import pgx

    env = pgx.make(f"go_{size}x{size}")
    start = jax.jit(jax.vmap(env.init))

    @jax.jit
    def ply(state: Any, key: Any) -> Any:
        legal = state.legal_action_mask.at[:, -1].set(False)
        return jax.vmap(env.step)(state, jax.random.categorical(key, jax.numpy.log(legal)))

    def run() -> int:
        key = jax.random.PRNGKey(1)
        state = start(jax.random.split(key, PGX_GAMES))
        for _ in range(PGX_PLIES):
            key, one = jax.random.split(key)
            state = ply(state, one)
        jax.block_until_ready(state)
        return PGX_GAMES * PGX_PLIES

    return run


class Row(NamedTuple):
    """A row of the table."""

    label: str
    unit: str
    of_size: Callable[[int], Callable[[], int]]  # what is timed: it returns how many units it did
    needs: tuple[str, ...] = ()  # modules of a peer, which is left out where they are not installed

    @property
    def is_here(self) -> bool:
        """Whether all that it needs is installed."""
        return all(map(importlib.util.find_spec, self.needs))

    def key(self, name: str, size: int) -> str:
        """The name of its number: moves_per_second, steps_per_second, or ns."""
        return f"{name}_{size}x{size}_" + self.unit.replace("/s", "_per_second").split()[0]

    def number(self, seconds: float) -> float:
        """Units a second, or nanoseconds a unit."""
        return 1 / seconds if self.unit.endswith("/s") else seconds * 1e9


ROWS = {
    "light": Row("light random playouts", "moves/s", lambda n: light(chinese(n), False)),
    "light_superko": Row(
        "  under positional superko", "ns a move", lambda n: light(tromp_taylor(n), False)
    ),
    "superko_mask": Row(
        "  and its exact mask at each ply", "ns a move", lambda n: light(tromp_taylor(n), True)
    ),
    "batch": Row(
        "256 games: step, mask, uint8 planes",
        "ns a game",
        lambda n: batch(tromp_taylor(n), "uint8"),
    ),
    "batch_float32": Row(
        "  float32 planes", "ns a game", lambda n: batch(tromp_taylor(n), "float32")
    ),
    "vector_env": Row(
        "vector environment, 256 games", "steps/s", lambda n: environment(tromp_taylor(n))
    ),
    "play": Row("Position.play from Python", "ns", lambda n: one_call(tromp_taylor(n), "play")),
    "copy": Row(
        "copy of a Position with history", "ns", lambda n: one_call(tromp_taylor(n), "copy")
    ),
    "python": Row(
        "mask, planes and play from Python",
        "moves/s",
        lambda n: uniform_from_python(tromp_taylor(n)),
    ),
    "open_spiel": Row("OpenSpiel, the same", "moves/s", open_spiel, ("pyspiel",)),
    "pettingzoo": Row(
        "PettingZoo go_v5, the same", "moves/s", pettingzoo, ("pettingzoo", "pygame")
    ),
    "pgx": Row("pgx, 64 games together, 50 plies", "moves/s", pgx, ("pgx", "jax")),
}


def measure(size: int) -> dict[str, float]:
    """All numbers of a size by name: units a second, nanoseconds, and what OpenSpiel's rate is."""
    found: dict[str, float] = {}
    turns_with = open_spiel(size) if ROWS["open_spiel"].is_here else None
    for name, row in ROWS.items():
        if not row.is_here:
            continue
        ours = not row.needs
        seconds, over = seconds_and_ratio(row.of_size(size), turns_with if ours else None)
        found[row.key(name, size)] = row.number(seconds)
        if over is not None:
            found[f"{name}_{size}x{size}_over_open_spiel"] = over
    return found


def main() -> None:
    """Print the table, or one flat JSON object."""
    as_json = parser(__doc__).parse_args().json
    found = {name: value for size in SIZES for name, value in measure(size).items()}
    if as_json:
        print(json.dumps({name: round(value, 1) for name, value in found.items()}))
        return
    print(f"{platform.processor() or platform.machine()}, build: {build()}, medians")
    print(f"{'':36}" + "".join(f"{size}x{size}".rjust(14) + "  rate / OpenSpiel" for size in SIZES))
    for name, row in ROWS.items():
        if not row.is_here:
            continue
        cells = ""
        for size in SIZES:
            over = found.get(f"{name}_{size}x{size}_over_open_spiel")
            cells += f"{found[row.key(name, size)]:14,.0f}"
            cells += f"{over:18.1f}" if over is not None else " " * 18
        print(f"{row.label:36}{cells}  {row.unit}")


if __name__ == "__main__":
    main()
