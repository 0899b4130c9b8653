"""The newest games of a run, and a game as SGF with what the search thought of it."""

from pathlib import Path

import numpy as np

from insei.engine.sgf.writer import Properties, line_text, move_nodes, root_properties
from insei.selfplay.data.export import final_result, name_of_net
from insei.selfplay.data.loading import RunData, WholeGame
from insei.system.errors import UserError
from insei.system.files import new_file

SGF_FOLDER = "sgf"  # of a run: games that somebody looked at


def recent_games(data: RunData, count: int, generation: int | None = None) -> list[WholeGame]:
    """The newest whole games, newest first.

    Args:
        count: at most so many.
        generation: of the net that finished them; None for any.

    Raises:
        UserError: there are none.
    """
    numbers = data.column("generation")
    last = int(numbers.max(initial=-1)) if generation is None else generation
    span = 1
    found: list[WholeGame] = []
    while last >= 0 and len(found) < count:
        first = max(0, last + 1 - span)
        found = list(data.of_generations(first, last).games())
        if first == 0 or generation is not None:
            break
        span *= 4
    if not found:
        have = f"generations {numbers.min()} to {numbers.max()}" if len(numbers) else "none"
        wanted = "" if generation is None else f" of generation {generation}"
        raise UserError(f"{data.path} holds no whole games{wanted}: it has {have}")
    return found[::-1][:count]


def write_game(data: RunData, game: WholeGame) -> Path:
    """Write a game to the run's folder `sgf`, and return its file; one that is there is kept.

    Raises:
        UserError: its moves are illegal.
    """
    folder = data.path.parent / SGF_FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{game.generation:06}-{game.id}.sgf"
    if not path.exists():
        with new_file(path) as file:
            file.write(sgf_with_values(data, game).encode())
    return path


def sgf_with_values(data: RunData, game: WholeGame) -> str:
    """A game as SGF, with Black's chances in percent after each move, as Sabaki draws them (SBKV).

    Chances are the search's. Moves that were not searched in full have none.

    Raises:
        UserError: its moves are illegal.
    """
    position = game.position
    name = name_of_net(game)
    root = root_properties(position, name, name, final_result(position))
    nodes: list[Properties] = [root, *move_nodes(position, {})]
    for ply, value in values_of(data, game).items():
        if ply < len(nodes):
            black = value if ply % 2 == 0 else -value
            nodes[ply]["SBKV"] = [f"{50 * (1 + np.clip(black, -1, 1)):.1f}"]
    return line_text(nodes)


def values_of(data: RunData, game: WholeGame) -> dict[int, float]:
    """The searched value by ply, for the player to move."""
    found: dict[int, float] = {}
    for batch in data.arrow_batches(["ply", "searched_value"], condition=f"game = '{game.id}'"):
        columns = batch.to_pydict()
        found |= dict(zip(columns["ply"], columns["searched_value"], strict=True))
    return found
