"""Planted faults: copies of a run in which the ends of some games are wrong, and known to be.

A miner's precision is measured on them: of the first k games of its list, how many were planted?
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from insei.engine.position import Position
from insei.selfplay.data.columns import Rows
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.data.games import OF_PLIES, SelfPlayGames
from insei.selfplay.health import held_out
from insei.selfplay.mining.ends import end_labels
from insei.selfplay.mining.recording import Recording
from insei.selfplay.run import DATASET, RunFolder
from insei.system.configuration import to_yaml
from insei.system.errors import UserError


def games_of(recording: Recording) -> list[SelfPlayGame]:
    """The games of a recording as they are appended to a table.

    Raises:
        UserError: a game's moves were not kept.
    """
    found = []
    for game, start, length in zip(
        recording.ids, recording.starts.tolist(), recording.lengths.tolist(), strict=True
    ):
        if game not in recording.whole:
            raise UserError(f"game {game}: its moves were not kept; wanted a newer run")
        whole = recording.whole[game]
        rows = {c.name: recording.rows[c.name][start : start + length] for c in OF_PLIES}
        rules = whole.rules
        moves = np.array(whole.moves, np.uint16)
        found.append(
            SelfPlayGame(game, whole.generation, rules.width, rules.height, rules.komi, moves, rows)
        )
    return found


def flipped(game: SelfPlayGame) -> SelfPlayGame:
    """The game won by the other player: outcome, score and owners are the other way round."""
    ends = {name: -game.rows[name] for name in ("outcome", "score", "ownership")}
    return replace(game, rows=game.rows | ends)


def outcome_flipped(game: SelfPlayGame) -> SelfPlayGame:
    """The game won by the other player, though score and owners are as they were."""
    return replace(game, rows=game.rows | {"outcome": -game.rows["outcome"]})


def cut(game: SelfPlayGame, recording: Recording, share: float) -> SelfPlayGame | None:
    """The game without its last moves, scored as it stands; None if no row is left, or no winner.

    Args:
        share: of the moves that stay.
    """
    count = max(1, int(share * len(game.moves)))
    position = Position(recording.whole[game.id].rules).play_all(game.moves[:count].tolist())
    kept = game.rows["ply"] < count
    if not kept.any() or position.is_over:
        return None
    rows: Rows = {name: column[kept] for name, column in game.rows.items()}
    area, score, frame = position.ownership(), position.score(), recording.config.rules
    ends = end_labels(area, score, rows["ply"], frame)
    return replace(game, moves=game.moves[:count], rows=rows | ends)


@dataclass(frozen=True)
class Planted:
    """The games whose ends were made wrong."""

    flipped: tuple[str, ...]
    cut: tuple[str, ...]


def plant(
    recording: Recording,
    path: Path,
    *,
    flips: float = 0.0,
    cuts: float = 0.0,
    cut_at: float = 0.6,
    seed: int = 1,
    flip: Callable[[SelfPlayGame], SelfPlayGame] = flipped,
) -> Planted:
    """Write a run with the games of a recording, some of which end wrongly.

    Games held out stay as they are.

    Args:
        path: of the new run, which has no net.
        flips: the share of the games whose winner is flipped.
        cuts: the share of the games that are cut short, and scored as they stand.
        cut_at: the share of their moves that stay.
        seed: of the choice of games.
        flip: how a game is flipped.

    Raises:
        FolderExists: something is at `path`.
    """
    config = recording.config
    games = {game.id: game for game in games_of(recording)}
    order = np.random.default_rng(seed).permutation(sorted(games)).tolist()
    is_held = held_out(np.array(order), config.window.held_out)
    free = [game for game, held in zip(order, is_held.tolist(), strict=True) if not held]
    num_flipped, num_cut = round(flips * len(games)), round(cuts * len(games))
    decided = [game for game in free if games[game].rows["outcome"].any()]
    wrong = {game: flip(games[game]) for game in decided[:num_flipped]}
    shorter: dict[str, SelfPlayGame] = {}
    for game in free:
        if (
            game not in wrong
            and len(shorter) < num_cut
            and (made := cut(games[game], recording, cut_at))
        ):
            shorter[game] = made
    run = RunFolder.create(path, to_yaml(replace(config, name=path.name)))
    run.close()
    found = games | wrong | shorter
    GameDataset(path / DATASET, config.rules).append(SelfPlayGames.of(list(found.values())))
    return Planted(tuple(wrong), tuple(shorter))


def precision(found: Sequence[str], wrong: Collection[str]) -> float:
    """The share of wrong games among the first k of a list, of k wrong games."""
    first = found[: len(wrong)]
    return sum(game in wrong for game in first) / max(1, len(wrong))
