"""Is a run healthy? Statistics of its games, and of its net on games held out.

A share of the games, chosen by a hash of their id, is never learned from. The net's loss on them,
less its loss on the games that it learns from, measures overfitting.
"""

import zlib
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from insei.selfplay.data.columns import Rows
from insei.selfplay.data.window import Window
from insei.selfplay.learner.learner import BatchEvaluation, Learner

NUM_BINS = 10
VALIDATED_ROWS = 1024  # of each kind, at most
ROWS_AT_A_TIME = 256
LARGEST_GAP = 0.05  # of the value loss; KataGo #150 and SAI #67 were overfitting runs
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Health:
    """What a generation's games say about the net that played them."""

    value_error: float  # expected calibration error of the prior value, in points of [-1, 1]
    searched_value_error: float
    policy_entropy: float  # mean entropy of the policy target, natural units
    black_share: float  # of the points
    mean_plies: float  # recorded plies a game


def calibration_error(values: NDArray, outcomes: NDArray) -> float:
    """Mean distance between the mean prediction and the mean outcome, over bins of the prediction.

    Expected calibration error (Guo et al. 2017), on [-1, 1] with ten bins.
    """
    bins = np.clip(((values + 1) / 2 * NUM_BINS).astype(int), 0, NUM_BINS - 1)
    total = 0.0
    for number in range(NUM_BINS):
        here = bins == number
        if here.any():
            total += here.mean() * abs(values[here].mean() - outcomes[here].mean())
    return float(total)


def health_of(rows: Rows) -> Health:
    """Statistics of the rows of a generation, at least one."""
    policy = rows["policy"].astype(np.float64)
    entropy = -(policy * np.log(np.maximum(policy, 1e-12))).sum(1)
    outcomes = rows["outcome"].astype(np.float64)
    _, firsts, counts = np.unique(rows["game"], return_index=True, return_counts=True)
    # Rows are as their mover sees them; even plies are Black's.
    by_black = np.where(rows["ply"][firsts] % 2 == 0, 1, -1) * outcomes[firsts]
    return Health(
        calibration_error(rows["prior_value"].astype(np.float64), outcomes),
        calibration_error(rows["searched_value"].astype(np.float64), outcomes),
        float(entropy.mean()),
        float((by_black.mean() + 1) / 2),
        float(counts.mean()),
    )


def health_by_size(rows: Rows) -> dict[str, Health]:
    """The health of each board size among the rows, "9x9" and so on."""
    by_size = {}
    for width, height in np.unique(np.stack([rows["width"], rows["height"]]), axis=1).T.tolist():
        here = (rows["width"] == width) & (rows["height"] == height)
        own = {name: column[here] for name, column in rows.items()}
        by_size[f"{width}x{height}"] = health_of(own)
    return by_size


def curves_of(rows: Rows) -> dict[str, float]:
    """The health of rows by the names of its curves; by board size too where there are several."""
    if not len(rows["ply"]):
        return {}
    found = {f"games/{name}": value for name, value in asdict(health_of(rows)).items()}
    by_size = health_by_size(rows)
    for size, health in by_size.items() if len(by_size) > 1 else ():
        found |= {f"games/{size}/{name}": value for name, value in asdict(health).items()}
    return found


def held_out(games: NDArray[np.str_], share: float) -> NDArray[np.bool_]:
    """Which of these game ids, `[N]`, belong to the share that is never learned from."""
    if not len(games):
        return np.zeros(0, np.bool_)
    begins = np.append(True, games[1:] != games[:-1])  # rows of a game come together
    chosen = [zlib.crc32(game.encode()) < share * 2**32 for game in games[begins].tolist()]
    return np.array(chosen, np.bool_)[np.cumsum(begins) - 1]


def split_held_out(rows: Rows, share: float) -> tuple[Rows, Rows]:
    """The rows to learn from, and those of games held out."""
    held = held_out(rows["game"], share)
    return chosen(rows, ~held), chosen(rows, held)


def chosen(rows: Rows, which: NDArray[np.bool_]) -> Rows:
    """Some of the rows."""
    return {name: column[which] for name, column in rows.items()}


@dataclass(frozen=True)
class Validation:
    """The playing net on games held out, beside games that it learns from."""

    policy: float  # losses on games held out
    outcome: float
    score: float
    ownership: float
    value_error: float  # expected calibration error of the outcome head there
    value_gap: float  # outcome loss there, less that on games learned from
    value_gap_low: float  # lower end of the gap's 95 % interval; rows of a game are one sample

    @property
    def is_overfitting(self) -> bool:
        """Whether the gap is large and significant."""
        return self.value_gap > LARGEST_GAP and self.value_gap_low > 0


def validate(
    learner: Learner, learned: Window, held: Window, rng: np.random.Generator
) -> Validation | None:
    """Evaluate the playing net on both windows; None if one is empty."""
    if not len(learned) or not len(held):
        return None
    on_learned, learned_games, _ = _evaluated(learner, learned, rng)
    on_held, held_games, outcomes = _evaluated(learner, held, rng)
    gap = float(on_held.losses["outcome"].mean() - on_learned.losses["outcome"].mean())
    variance = _variance(on_learned.losses["outcome"], learned_games)
    variance += _variance(on_held.losses["outcome"], held_games)
    loss = {name: float(rows.mean()) for name, rows in on_held.losses.items()}
    return Validation(
        policy=loss["policy"],
        outcome=loss["outcome"],
        score=loss["score"],
        ownership=loss["ownership"],
        value_error=calibration_error(on_held.value.astype(np.float64), outcomes),
        value_gap=gap,
        value_gap_low=gap - NORMAL_95 * float(np.sqrt(variance)),
    )


def _evaluated(
    learner: Learner, window: Window, rng: np.random.Generator
) -> tuple[BatchEvaluation, NDArray[np.uint64], NDArray[np.float64]]:
    """The net's losses on a draw of rows, the games they come from, and their outcomes."""
    count = min(VALIDATED_ROWS, len(window))
    if count > ROWS_AT_A_TIME:  # whole batches: torch keeps memory for each size that it has seen
        count -= count % ROWS_AT_A_TIME
    chosen = rng.choice(len(window), count, replace=False)
    plain = np.zeros(count, np.int64)
    parts = [
        learner.evaluate(
            window.batch(chosen[at : at + ROWS_AT_A_TIME], plain[at : at + ROWS_AT_A_TIME])
        )
        for at in range(0, count, ROWS_AT_A_TIME)
    ]
    losses = {
        name: np.concatenate([part.losses[name] for part in parts]) for name in parts[0].losses
    }
    evaluation = BatchEvaluation(
        losses,
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.policy for part in parts]),
    )
    games, outcomes = (window.values(name, chosen) for name in ("game", "outcome"))
    return evaluation, games, outcomes.astype(np.float64)


def _variance(losses: NDArray[np.float32], games: NDArray[np.uint64]) -> float:
    """The variance of the mean loss, where the rows of a game are correlated.

    Infinite for a single game, which says nothing about others.
    """
    _, places = np.unique(games, return_inverse=True)
    sums = np.bincount(places, losses - losses.mean())
    if len(sums) < 2:
        return float("inf")
    return float((sums**2).sum()) / len(losses) ** 2 * len(sums) / (len(sums) - 1)
