"""Games whose recorded end is wrong: won by the other player, or cut short and scored as it stood.

A game's amount is the mean loss of its outcome by the judge that has not learned from it, plus the
loss of its owners at its last row. The mean over a game tells more than any row of it: early rows
are in doubt, and late ones may be won or lost by a narrow komi. Two kinds of games are suspect
whatever the judge says: a record that ends before the game does, because nobody knows who would
have won; and one whose outcome, score and owners contradict each other.
"""

import numpy as np
from numpy.typing import NDArray

from insei.selfplay.data.loading import WholeGame
from insei.selfplay.mining.folding import Candidate, game_key
from insei.selfplay.mining.judges import Judged
from insei.selfplay.mining.mined import MinedItem
from insei.selfplay.mining.recording import Recording

SUSPECT = 6.0  # nats: as an outcome to which the judge gives a quarter of a percent


def is_finished(game: WholeGame) -> bool:
    """Whether the record leads to the game's end: two passes, a capture, or a settled board."""
    position = game.position
    return position.is_over or position.is_settled()


def mistaken(recording: Recording, judged: Judged) -> list[Candidate]:
    """The games of a recording, the most suspect first."""
    loss = recording.mean(judged.outcome)
    last = recording.starts + recording.lengths - 1
    cut = np.array(
        [
            game in recording.whole and not is_finished(recording.whole[game])
            for game in recording.ids
        ]
    )
    torn = contradicts_itself(recording, last)
    amount = loss + judged.ownership[last] + SUSPECT * cut + SUSPECT * torn
    return [
        Candidate(
            MinedItem(
                game := recording.ids[place],
                None,
                round(float(amount[place]), 4),
                reason(recording, judged, place, bool(cut[place]), bool(torn[place])),
            ),
            game_key(recording, game),
        )
        for place in np.argsort(-amount, kind="stable").tolist()
    ]


def contradicts_itself(recording: Recording, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether outcome, score and owners of some rows can't all be true.

    Owners are compared under area scoring alone, where they make the score.
    """
    rows, rules = recording.rows, recording.config.rules
    score = rows["score"][chosen].astype(np.float64)
    found = rows["outcome"][chosen] != np.sign(score)
    if rules.scoring == "area" and not rules.captures_to_win:
        komi = np.where(rows["ply"][chosen] % 2 == 0, -1, 1) * rows["komi"][chosen]
        counted = rows["ownership"][chosen].astype(np.float64).sum(1) + komi
        found |= np.abs(counted - score) > 0.25
    return found


def reason(recording: Recording, judged: Judged, place: int, is_cut: bool, is_torn: bool) -> str:
    """Why a game is suspect, in a line."""
    start, length = int(recording.starts[place]), int(recording.lengths[place])
    rows = slice(start, start + length)
    outcome = recording.rows["outcome"][rows]
    against = int((outcome * np.sign(judged.value[rows]) < 0).sum())
    said = f"{against} of {length} positions were the other player's"
    last = start + length - 1
    recorded = float(recording.rows["score"][last])
    sign = 1 if recording.rows["ply"][last] % 2 == 0 else -1
    if is_cut:
        moves = len(recording.whole[recording.ids[place]].moves)
        found = result(sign * float(judged.score[last]))
        return (
            f"the record ends at move {moves} before the game does, as {result(sign * recorded)}; "
            f"the judge expects {found}; {said}"
        )
    if is_torn:
        won_by = ("White", "nobody", "Black")[sign * int(recording.rows["outcome"][last]) + 1]
        return f"won by {won_by}, but score {result(sign * recorded)} or owners deny it; {said}"
    return f"recorded as {result(sign * recorded)}; {said}"


def result(lead: float) -> str:
    """Black's lead as a result."""
    half = round(2 * lead) / 2
    return "a draw" if half == 0 else f"{'B' if half > 0 else 'W'}+{abs(half):g}"
