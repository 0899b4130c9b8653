"""A suite of positions from games of their own, and what a net's moves there lose.

The regret of a move is what the best known move is worth more: values are those of a deep search
after each move, -1 to 1, for the mover. Moves are valued as nets choose them, and kept in a file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insei.agents.net.network import Network
from insei.agents.search.settings import SearchSettings
from insei.engine.planes.extra_planes import net_input
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.selfplay.mining.searching import Searcher
from insei.selfplay.train_config import SelfPlayConfig, TrainConfig
from insei.selfplay.worker import MakeEvaluator, Worker, compiled
from insei.system.records import read_record, write_record

OF_A_GAME = 2  # positions
VISITS = 16  # of the suite's games
GAMES_SIDE_BY_SIDE = 32
LATE_GENERATION = 10**6  # a generation in which passes are allowed from the start


@dataclass(frozen=True)
class SuitePosition:
    """A position, and the values of its moves that were searched."""

    width: int
    height: int
    komi: float
    moves: tuple[int, ...]  # from the empty board
    best: int  # the move of the deep search
    values: dict[str, float]  # by move, for the mover


@dataclass(frozen=True)
class Suite:
    """Positions with a deep search's values as reference."""

    player: str  # SHA-256 of the weights that searched
    visits: int
    seed: int
    positions: tuple[SuitePosition, ...]


def position_of(place: SuitePosition, frame: Rules) -> Position:
    """The position on the board."""
    rules = replace(frame, width=place.width, height=place.height, komi=place.komi)
    return Position(rules).play_all(place.moves)


def new_suite(
    searcher: Searcher,
    training: TrainConfig,
    count: int,
    seed: int,
    watch: Callable[[str], None],
) -> Suite:
    """Play games by the searcher's net, draw positions from them, and search these deeply.

    Args:
        training: of the run: its boards, and how its games are played.
        count: positions.
        seed: of the games; another one than the run's.
    """
    package = searcher.package
    own, frame = package.card.architecture, training.rules
    selfplay = replace(
        training.selfplay,
        search=SearchSettings(visits=VISITS, considered=training.selfplay.search.considered),
        first_visits=None,
        games_in_flight=GAMES_SIDE_BY_SIDE,
        batches=1,
        cache=0,
        gpus=0.0,
    )
    positions = drawn(package.weights, own.plane_groups, training, selfplay, count, seed,
                      partial(compiled, own, frame.height, frame.width, "bf16"))  # fmt: skip
    watch(f"suite: {len(positions)} positions of new games; searching them")
    found = searcher.search(positions)
    places = []
    for position, ply in zip(positions, found, strict=True):
        best = on_board(int(ply.policy.argmax()), frame, position.rules)
        rules = position.rules
        places.append(
            SuitePosition(rules.width, rules.height, rules.komi, tuple(position.moves), best, {})
        )
    visits = searcher.forest.settings.visits
    return Suite(searcher.sha256, visits, seed, tuple(places))


def drawn(
    weights: dict[str, NDArray[np.float32]],
    groups: int,
    training: TrainConfig,
    selfplay: SelfPlayConfig,
    count: int,
    seed: int,
    make: MakeEvaluator,
) -> list[Position]:
    """Positions of new games, none over, `OF_A_GAME` of each game; at most `count`."""
    num_games = -(-count // OF_A_GAME)
    worker = Worker(training.mix, selfplay, make, seed, groups, num_games)
    worker.load(weights, LATE_GENERATION, 1.0)
    rng = np.random.default_rng(seed)
    positions: list[Position] = []
    for game in worker.play(num_games)[0]:
        rules = replace(training.rules, width=game.width, height=game.height, komi=game.komi)
        rows = rng.choice(len(game), min(OF_A_GAME, len(game)), replace=False)
        for ply in sorted(game.rows["ply"][rows].tolist()):
            positions.append(Position(rules).play_all(game.moves[:ply].tolist()))
    return positions[:count]


def on_board(move: int, frame: Rules, rules: Rules) -> int:
    """A move of the frame as the board counts it."""
    if move == frame.num_points:
        return rules.pass_move
    row, column = divmod(move, frame.width)
    return row * rules.width + column


def choices(network: Network, suite: Suite, frame: Rules) -> list[int]:
    """The legal moves that a net prefers, without a search."""
    import torch

    network.eval()
    found = []
    groups = network.config.plane_groups
    for place in suite.positions:
        position = position_of(place, frame)
        planes = torch.from_numpy(net_input(position, groups)[None])
        with torch.inference_mode():
            logits = network(planes, True).policy[0].numpy()
        found.append(int(np.where(position.legal_mask(), logits, -np.inf).argmax()))
    return found


def with_values(
    suite: Suite,
    chosen: Sequence[Sequence[int]],
    searcher: Searcher,
    frame: Rules,
    watch: Callable[[str], None],
) -> Suite:
    """The suite with the values of further moves, and of each position's best one.

    Args:
        chosen: moves of each position, by net.
    """
    wanted: list[tuple[int, int]] = []
    for number, place in enumerate(suite.positions):
        moves = {place.best, *(own[number] for own in chosen)}
        wanted += [(number, move) for move in sorted(moves) if str(move) not in place.values]
    values: dict[tuple[int, int], float] = {}
    children: list[tuple[tuple[int, int], Position]] = []
    for number, move in wanted:
        position = position_of(suite.positions[number], frame)
        child = position.play(move)
        if child.is_over:
            sign = 1 if position.to_play == BLACK else -1
            values[number, move] = float(np.sign(sign * child.score()))
        else:
            children.append(((number, move), child))
    if children:
        watch(f"suite: valuing {len(children)} moves")
    for (key, _), ply in zip(
        children, searcher.search([child for _, child in children]), strict=True
    ):
        values[key] = -float(np.clip(ply.searched_value, -1, 1))
    places = [
        replace(
            place,
            values=place.values
            | {str(move): value for (at, move), value in values.items() if at == number},
        )
        for number, place in enumerate(suite.positions)
    ]
    return replace(suite, positions=tuple(places))


def regrets(suite: Suite, chosen: Sequence[int]) -> NDArray[np.float64]:
    """What a net's moves lose against the best move that is known, `[positions]`."""
    return np.array(
        [
            max(place.values.values()) - place.values[str(move)]
            for place, move in zip(suite.positions, chosen, strict=True)
        ]
    )


def read_suite(path: Path) -> Suite:
    """Read a suite that was kept.

    Raises:
        UserError: the file holds another thing.
    """
    return read_record(Suite, path)


def write_suite(path: Path, suite: Suite) -> None:
    """Keep a suite, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_record(path, suite)
