"""What a dataset's page counts: one pass over the rows, as edited, at constant memory."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from insei.selfplay.data.columns import WHOLE_GAME, Rows
from insei.selfplay.data.loading import RunData, stored_rows
from insei.selfplay.health import chosen
from insei.selfplay.mining.mined import MinedItem
from insei.selfplay.page.openings import MOST_SHOWN, PLIES, Opening, OpeningCounts
from insei.tournament.ratings import interval

COLUMNS = [
    "game", "generation", "width", "height", "komi", "ply", "outcome", "searched_value", "weight",
]  # fmt: skip
NUM_BINS = 20  # of searched values
MOST_KOMI = 24  # lines of a table of komi
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 400)  # of komi, in points
WINNERS = {1: "Black", 0: "nobody", -1: "White"}
Board = tuple[int, int]  # height and width


@dataclass
class Results:
    """How the games of a board and komi ended."""

    games: int = 0
    black: int = 0
    white: int = 0

    @property
    def draws(self) -> int:
        """Games that nobody won."""
        return self.games - self.black - self.white

    @property
    def black_share(self) -> float:
        """Black's share of the points, a draw one half."""
        return (self.black + self.draws / 2) / self.games

    @property
    def black_interval(self) -> tuple[float, float]:
        """Its 95 % interval (Clopper and Pearson)."""
        return interval(self.black + self.draws / 2, self.games)

    def add(self, black_outcome: int, games: int = 1) -> None:
        """Count games that ended so."""
        self.games += games
        self.black += games * (black_outcome > 0)
        self.white += games * (black_outcome < 0)


@dataclass
class BoardNumbers:
    """What is counted of the games on one board."""

    height: int
    width: int
    results: Results = field(default_factory=Results)
    by_komi: dict[float, Results] = field(default_factory=dict)
    lengths: Counter[int] = field(default_factory=Counter)  # games by their number of moves
    openings: OpeningCounts = field(init=False)

    def __post_init__(self) -> None:
        self.openings = OpeningCounts(self.height, self.width)

    @property
    def name(self) -> str:
        """As 9x9."""
        return f"{self.width}x{self.height}"

    @property
    def whole_games(self) -> int:
        """Games whose moves were kept."""
        return self.lengths.total()

    def komi_lines(self) -> list[tuple[str, Results]]:
        """Results by komi; several komi share a line where there are many."""
        if len(self.by_komi) <= MOST_KOMI:
            return [(f"{komi:g}", self.by_komi[komi]) for komi in sorted(self.by_komi)]
        span = max(self.by_komi) - min(self.by_komi)
        step = next((each for each in STEPS if span / each < MOST_KOMI - 1), STEPS[-1])
        lines: dict[float, Results] = {}
        for komi, found in sorted(self.by_komi.items()):
            line = lines.setdefault(komi // step * step, Results())
            line.add(1, found.black)
            line.add(-1, found.white)
            line.add(0, found.draws)
        return [(f"{low:g} to below {low + step:g}", found) for low, found in lines.items()]

    def length_at(self, share: float) -> int:
        """The length that this share of the games does not exceed."""
        lengths = sorted(self.lengths.elements())
        return int(np.quantile(lengths, share, method="inverted_cdf"))

    def first_moves(self) -> list[Opening]:
        """First moves, the most frequent first."""
        return self.openings.most(1)

    def common_openings(self) -> list[Opening]:
        """The most frequent openings."""
        return self.openings.most(PLIES, MOST_SHOWN)


@dataclass(frozen=True)
class Bin:
    """Rows whose searched value lies in one span."""

    low: float
    high: float
    rows: int
    value: float  # their mean searched value
    outcome: float  # their mean outcome


@dataclass
class DatasetNumbers:
    """All that the page counts."""

    rows: int = 0
    unweighted: int = 0  # rows of weight 0, which training leaves out
    generations: tuple[int, int] | None = None  # the first and the last
    boards: dict[Board, BoardNumbers] = field(default_factory=dict)
    counts: NDArray = field(default_factory=lambda: np.zeros((3, NUM_BINS)))
    # of each bin: rows, and the sums of values and outcomes
    widest: dict[str, MinedItem] = field(default_factory=dict)  # the widest gap, by game

    @property
    def games(self) -> int:
        """Games with a row."""
        return sum(board.results.games for board in self.boards.values())

    @property
    def whole_games(self) -> int:
        """Games whose moves were kept."""
        return sum(board.whole_games for board in self.boards.values())

    @property
    def results(self) -> Results:
        """Of all games."""
        found = Results()
        for board in self.boards.values():
            found.add(1, board.results.black)
            found.add(-1, board.results.white)
            found.add(0, board.results.draws)
        return found

    @property
    def bins(self) -> list[Bin]:
        """The searched values, from a sure loss to a sure win; spans without rows are left out."""
        edges = np.linspace(-1, 1, NUM_BINS + 1).tolist()
        return [
            Bin(edges[place], edges[place + 1], int(rows), values / rows, outcomes / rows)
            for place, (rows, values, outcomes) in enumerate(self.counts.T.tolist())
            if rows
        ]

    @property
    def calibration_error(self) -> float:
        """Mean distance of searched value and outcome over the bins (Guo et al. 2017)."""
        rows, values, outcomes = self.counts
        return float(np.abs(values - outcomes).sum() / max(1, rows.sum()))

    def widest_gaps(self, limit: int) -> tuple[MinedItem, ...]:
        """One position of a game: where searched value and outcome differ most."""
        return tuple(widest_first(self.widest)[:limit])


def widest_first(items: dict[str, MinedItem]) -> list[MinedItem]:
    """Items by their amount, the largest first."""
    return sorted(items.values(), key=lambda item: (-item.amount, item.game))


def numbers_of(data: RunData, most_gaps: int) -> DatasetNumbers:
    """Count.

    Args:
        most_gaps: positions that `widest_gaps` can tell.
    """
    found = DatasetNumbers()
    names = [*COLUMNS, WHOLE_GAME.name] if data.has_games else COLUMNS
    last = ""
    for batch in data.arrow_batches(names):
        if batch.num_rows:
            last = count_batch(found, batch, last, most_gaps)
    return found


def count_batch(found: DatasetNumbers, batch: pa.RecordBatch, last: str, most_gaps: int) -> str:
    """Count some rows; returns the game that they end in.

    Rows of weight 0 teach nothing: they and games of such rows alone are in no other number.

    Args:
        last: the game that the rows before end in.
    """
    rows = stored_rows(batch)
    game = rows["game"]
    is_first = np.append(game[0] != last, game[1:] != game[:-1])
    found.rows += len(game)
    starts = np.flatnonzero(is_first | (np.arange(len(game)) == 0))
    counts = rows["weight"] > 0
    of_game = np.repeat(
        np.logical_or.reduceat(counts, starts), np.diff(np.append(starts, len(game)))
    )
    found.unweighted += int((~counts).sum())
    generations = [*rows["generation"].tolist(), *(found.generations or ())]
    found.generations = min(generations), max(generations)
    sign = np.where(rows["ply"] % 2 == 0, 1, -1)
    count_games(found, rows, np.flatnonzero(is_first & of_game), sign)
    if WHOLE_GAME.name in batch.schema.names:
        moves = batch.column(WHOLE_GAME.name)
        known = moves.is_valid().to_numpy(zero_copy_only=False)
        count_moves(found, rows, moves, np.flatnonzero(known & of_game), sign)
    count_values(found, chosen(rows, counts))
    count_gaps(found, rows, sign, starts, most_gaps)
    return str(game[-1])


def board_of(found: DatasetNumbers, rows: Rows, place: int) -> BoardNumbers:
    """The numbers of a row's board."""
    board = int(rows["height"][place]), int(rows["width"][place])
    return found.boards.setdefault(board, BoardNumbers(*board))


def count_games(found: DatasetNumbers, rows: Rows, firsts: NDArray, sign: NDArray) -> None:
    """Count the games that begin with these rows."""
    for place in firsts.tolist():
        board = board_of(found, rows, place)
        black_outcome = int(rows["outcome"][place]) * int(sign[place])
        komi = round(float(rows["komi"][place]), 4)
        board.results.add(black_outcome)
        board.by_komi.setdefault(komi, Results()).add(black_outcome)


def count_moves(
    found: DatasetNumbers, rows: Rows, moves: pa.Array, firsts: NDArray, sign: NDArray
) -> None:
    """Count lengths and beginnings of the games whose moves are in these rows."""
    for place in firsts.tolist():
        board, played = board_of(found, rows, place), moves[place].as_py()
        board.lengths[len(played)] += 1
        black_points = (1 + int(rows["outcome"][place]) * int(sign[place])) / 2
        board.openings.add(played[:PLIES], black_points)


def count_values(found: DatasetNumbers, rows: Rows) -> None:
    """Count the searched values, and what came of them."""
    values = rows["searched_value"].astype(np.float64)
    bins = np.clip(((values + 1) / 2 * NUM_BINS).astype(int), 0, NUM_BINS - 1)
    ones: Iterable[NDArray | None] = (None, values, rows["outcome"].astype(np.float64))
    found.counts += [np.bincount(bins, weights, NUM_BINS) for weights in ones]


def count_gaps(
    found: DatasetNumbers, rows: Rows, sign: NDArray, starts: NDArray, most: int
) -> None:
    """Keep the widest gap of each game; rows of weight 0 are done with."""
    gaps = np.abs(rows["searched_value"] - rows["outcome"]) * (rows["weight"] > 0)
    ends = np.append(starts[1:], len(gaps))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        place = start + int(gaps[start:end].argmax())
        gap, game = float(gaps[place]), str(rows["game"][place])
        known = found.widest.get(game)
        if not gap or (known is not None and known.amount >= gap):
            continue
        value = int(sign[place]) * float(rows["searched_value"][place])
        winner = WINNERS[int(sign[place]) * int(rows["outcome"][place])]
        reason = f"value {value:+.2f} for Black, and {winner} won"
        found.widest[game] = MinedItem(game, int(rows["ply"][place]), gap, reason)
    if len(found.widest) > 2 * most:
        found.widest = {item.game: item for item in widest_first(found.widest)[:most]}
