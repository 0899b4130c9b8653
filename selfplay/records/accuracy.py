"""How well a net foretells the moves and winners of games that it never learned from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from insei.selfplay.data.batch import Batch
from insei.selfplay.health import calibration_error
from insei.selfplay.learner.learner import Learner

# Phases of a game, by the plies a point: to 50, to 150, and beyond, on 19x19.
PHASES = {"opening": 0.0, "middle": 50 / 361, "end": 150 / 361}
MOST_GUESSES = 5


@dataclass(frozen=True)
class Accuracy:
    """A net's answers to N positions beside what was played; means over them."""

    positions: int
    top1: float  # share of positions whose move the net holds for the likeliest
    top5: float  # share of those whose move is among its five likeliest
    policy: float  # loss, natural units
    outcome: float  # loss, where the winner is known
    value_error: float  # expected calibration error of the value there, in points of [-1, 1]


@dataclass(frozen=True)
class Answers:
    """What `accuracies` needs of a batch's rows, `[B]` each."""

    place: NDArray[np.int64]  # of the played move among the net's moves, 0 the likeliest
    policy: NDArray[np.float32]
    outcome: NDArray[np.float32]
    value: NDArray[np.float32]
    result: NDArray[np.float32]  # 1 a win, 0 a draw or unknown, -1 a loss
    is_known: NDArray[np.bool_]  # whether the winner is


def answers_to(learner: Learner, batch: Batch) -> Answers:
    """The playing net's answers to a batch."""
    found = learner.evaluate(batch)
    logits = torch.from_numpy(found.policy)
    played = torch.from_numpy(batch["policy"]).argmax(1, keepdim=True)
    place = (logits > logits.gather(1, played)).sum(1).numpy()
    return Answers(
        place,
        found.losses["policy"],
        found.losses["outcome"],
        found.value,
        batch["outcome"],
        batch["outcome_weight"] > 0,
    )


def accuracy_of(answers: Answers, chosen: NDArray[np.bool_]) -> Accuracy:
    """The accuracy on the chosen rows, at least one of them."""
    known = chosen & answers.is_known
    place = answers.place[chosen]
    return Accuracy(
        positions=int(chosen.sum()),
        top1=float((place == 0).mean()),
        top5=float((place < MOST_GUESSES).mean()),
        policy=float(answers.policy[chosen].mean()),
        outcome=float(answers.outcome[known].mean()) if known.any() else float("nan"),
        value_error=calibration_error(
            answers.value[known].astype(np.float64), answers.result[known].astype(np.float64)
        ),
    )


def accuracies(
    answers: Sequence[Answers], plies_a_point: NDArray[np.float64]
) -> dict[str, Accuracy]:
    """The accuracy on all rows, under "all", and by phase.

    Args:
        answers: to batches, at least one row in all.
        plies_a_point: of each row in their order, `[N]`.
    """
    joined = Answers(
        *(
            np.concatenate([getattr(part, name) for part in answers])
            for name in Answers.__dataclass_fields__
        )
    )
    starts = list(PHASES.values())
    phase = np.searchsorted(starts, plies_a_point, side="right") - 1
    found = {"all": accuracy_of(joined, np.ones(len(phase), np.bool_))}
    for number, name in enumerate(PHASES):
        if (phase == number).any():
            found[name] = accuracy_of(joined, phase == number)
    return found
