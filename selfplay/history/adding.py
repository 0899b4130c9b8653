"""Games of records, added to a run's dataset: rows to learn from, as self-play leaves them.

A game must begin on an empty board of the run and be played to its end, and its result must be the
board's score under the run's rules: a row needs all three targets of the end. A game that the
branch holds already is left out, so that its weights stay as a user edited them. The policy of a
row is the move that was played, its value the game's outcome.

The rows come into games.lance with weight 0, from which no branch learns. A commit on the branch
that is used gives them weight 1. So only branches with that commit learn from the games. A crash in
between leaves rows of weight 0, and the same command then goes on.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from insei.agents.search.analysis import SearchedPly
from insei.engine.errors import BadSgf, GameOver, IllegalMove
from insei.engine.planes.net_planes import packed_planes
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.engine.sgf.variations import GameTree, read_collection
from insei.engine.symmetries import num_symmetries, transform
from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.data.columns import WHOLE_GAME
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.game import SelfPlayGame
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.recording import final_area, finished
from insei.selfplay.history.fields import RESULT, bytes_of, place_of
from insei.selfplay.history.graph import Commit
from insei.selfplay.history.history import History, Proposal
from insei.selfplay.records.sources import Unreadable, files_of, pieces_of
from insei.selfplay.run import DATASET, RunFolder, config_of
from insei.selfplay.sizes import BoardMix
from insei.selfplay.train_config import TrainConfig

WEIGHT = 1.0
TOLERANCE = 0.25  # points, by which a result may miss the score: some are rounded


@dataclass
class Added:
    """What came of the files."""

    commit: Commit | None = None  # None: no game was new
    games: int = 0
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)  # games, by reason
    unreadable: list[Unreadable] = field(default_factory=list)


class LeftOut(Exception):
    """A game that can't be learned from; the message says why."""


def add_games(run: Path, paths: Sequence[Path], message: str = "", author: str = "") -> Added:
    """Add the games of files to a run, by one commit on the branch that is used.

    Args:
        paths: SGF files, collections, archives, and folders of them.
        message: why; empty for the files' names.

    Raises:
        FolderInUse: the run is training; nothing was added.
        UserError: a path is not there.
    """
    folder = RunFolder(run)  # which nobody trains meanwhile
    try:
        config = config_of(run, TrainConfig)
        dataset = GameDataset(run / DATASET, config.rules)
        added = Added()
        known = known_games(dataset)
        history = History(run)
        weighted = weighted_games(history)
        games = []
        for game in read_games(run, paths, config, dataset, known, added):
            if game.id in weighted:
                added.left_out["the branch holds the game already"] += 1
            else:
                games.append(game)
        if not games:
            return added
        present = set(known.values())
        if new := [game for game in games if game.id not in present]:
            dataset.append(SelfPlayGames.of(new))
        proposals = [
            Proposal(game.id, int(ply), "weight", bytes_of(WEIGHT, "weight"))
            for game in games
            for ply in game.rows["ply"]
        ]
        names = ", ".join(path.name for path in paths[:3])
        said = message or f"add {len(games)} games of {names}"
        added.commit = history.commit(proposals, said, author)
        added.games, added.rows = len(games), len(proposals)
        return added
    finally:
        folder.close()


def weighted_games(history: History) -> set[str]:
    """The games whose weights were edited on the branch that is used, and not brought back."""
    state = history.graph.state(history.graph.tip)
    return {
        edit.game
        for edit in state.values()
        if edit.field == "weight" and edit.value is not None
    }  # fmt: skip


def read_games(
    run: Path,
    paths: Sequence[Path],
    config: TrainConfig,
    dataset: GameDataset,
    known: dict[str, str],
    added: Added,
) -> list[SelfPlayGame]:
    """The games of files that can be added; `added` counts the others.

    Args:
        known: as `known_games` finds them.
    """
    newest = max((int(path.name) for path in checkpoints_of(run)), default=0)
    last = max(dataset.games_by_generation, default=0)
    generation = max(0, min(last, newest - 1))  # a past one: the present one's games are counted
    games: dict[str, SelfPlayGame] = {}
    for position, result in positions_of(paths, added):
        try:
            game = game_of(position, result, config.mix, generation)
        except LeftOut as why:
            added.left_out[str(why)] += 1
            continue
        if known.get(game.id, game.id) != game.id or game.id in games:
            added.left_out["the run, or another file, holds the game already"] += 1
        else:
            games[game.id] = game
    return list(games.values())


def positions_of(paths: Sequence[Path], added: Added) -> Iterator[tuple[Position, str]]:
    """The ends of the games in files, and their results as the files tell them."""
    for file in files_of(paths):
        for piece in pieces_of(file):
            if isinstance(piece, Unreadable):
                added.unreadable.append(piece)
                continue
            count = piece.number
            try:
                for tree in read_collection(piece.text):
                    count += 1
                    yield end_of(tree), tree.result
            except BadSgf as error:
                added.unreadable.append(Unreadable(piece.source, str(error)))
            else:
                if not count:
                    added.unreadable.append(Unreadable(piece.source, "no game in it"))


def end_of(tree: GameTree) -> Position:
    """The last position of the main line."""
    node = tree.start
    while node.children:
        node = node.children[0]
    return node.position


def game_of(position: Position, result: str, mix: BoardMix, generation: int) -> SelfPlayGame:
    """A game as self-play records it, with weight 0.

    Args:
        position: its last one, as the file tells it.
        result: as SGF writes it.
        mix: the boards of the run.

    Raises:
        LeftOut: it can't be learned from.
    """
    own = position.rules
    board = next((each for each in mix.boards if each.size_name == own.size_name), None)
    if board is None:
        names = " or ".join(each.size_name for each in mix.boards)
        raise LeftOut(f"on {own.size_name}; the run plays on {names}")
    if mix.frame.captures_to_win:
        raise LeftOut("the run plays Atari Go")
    rules = replace(board, komi=own.komi)
    try:
        positions = [Position(rules)]
        for move in position.moves:
            positions.append(positions[-1].play(move))
    except (IllegalMove, GameOver) as error:
        raise LeftOut("a move is illegal under the run's rules") from error
    end = positions[-1]
    if not len(position.moves) or not (end.board == position.board).all():
        raise LeftOut("it does not begin on the empty board with Black to move")
    if not end.is_over and not end.is_settled():
        raise LeftOut("it is not played to its end")
    _, score = final_area(end)
    if not is_told(result, score):
        raise LeftOut("its result is not the board's score under the run's rules")
    game = finished(end, plies_of(positions, mix.frame, score), generation, id_of(end), mix.frame)
    game.rows["weight"] = np.zeros(len(game), np.float32)
    return game


def is_told(result: str, score: float) -> bool:
    """Whether a result, as SGF writes it, agrees with Black's score.

    It may tell the winner alone, or nothing. Its points must be the score: those of a record whose
    dead stones stand on the board are not.
    """
    told = result.strip()
    read = RESULT.fullmatch(told)
    if read is not None and read["points"] is not None:
        lead = float(read["points"])
        return abs((lead if read["winner"] in "Bb" else -lead) - score) < TOLERANCE
    winner = told[:1].upper().replace("D", "0")  # a draw is "0" or "Draw"
    return winner not in ("B", "W", "0") or winner == ("B" if score > 0 else "W" if score else "0")


def plies_of(positions: Sequence[Position], frame: Rules, score: float) -> list[SearchedPly]:
    """Each ply with the move that was played as its policy."""
    found = []
    for ply, position in enumerate(positions[:-1]):
        policy = np.zeros(frame.num_points + 1, np.float32)
        policy[place_of(positions[-1].moves[ply], position.rules, frame)] = 1
        sign = 1 if position.to_play == BLACK else -1
        value = float(np.sign(score)) * sign
        planes = packed_planes(position, frame.height, frame.width)
        found.append(SearchedPly(ply, position.to_play, *planes, policy, 0.0, value, 0.0))
    return found


def id_of(position: Position) -> str:
    """A game's id: a hash of its board and moves, the same for all symmetries of the board."""
    rules = position.rules
    return id_of_moves(np.array(position.moves, np.uint16), rules.height, rules.width)


def id_of_moves(moves: NDArray[np.uint16], height: int, width: int) -> str:
    """As `id_of`."""
    first = min(order[moves].tobytes() for order in orders(height, width))
    return hashlib.blake2b(bytes([height, width]) + first, digest_size=8).hexdigest()


@cache
def orders(height: int, width: int) -> list[NDArray[np.uint16]]:
    """Where each symmetry of a board leads its moves, the pass too."""
    points = np.arange(height * width, dtype=np.float32).reshape(height, width)
    passing = np.array([height * width], np.uint16)
    return [
        np.append(transform(points, symmetry).ravel().astype(np.uint16), passing)
        for symmetry in range(num_symmetries(height, width))
    ]


def known_games(dataset: GameDataset) -> dict[str, str]:
    """The ids of the table's games by the ids that their moves would give them."""
    if dataset.table is None or WHOLE_GAME.name not in dataset.table.schema.names:
        return {}
    names = ["game", "width", "height", WHOLE_GAME.name]
    games = dataset.table.to_table(names, filter=f"{WHOLE_GAME.name} IS NOT NULL")
    return {
        id_of_moves(np.array(moves, np.uint16), height, width): game
        for game, width, height, moves in zip(
            *(games[name].to_pylist() for name in names), strict=True
        )
    }
