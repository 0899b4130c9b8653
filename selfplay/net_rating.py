"""What a run's nets are worth: ratings as values, the lines of `ratings.jsonl`, and Elo from them.

All ratings of a run make a ladder of its own, on which `elos` puts the newest net. The first of the
configuration's opponents is its zero. Where a run learns several board sizes, an opponent's label
begins with the board's, as in `7x7/random`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Interval

from insei.engine.rules import Rules
from insei.selfplay.lineage import Generation
from insei.tournament.ratings import Rating, fit, interval

Share = Annotated[float, Interval(ge=0, le=1)]

EARLIER = "earlier"  # the label of the run's own earlier net


@dataclass(frozen=True)
class MatchScore:
    """What a net took from a match."""

    share: Share  # of the points
    low: Share  # 95 % interval
    high: Share
    games: Annotated[int, Interval(ge=0, le=10**9)]

    @classmethod
    def of(cls, points: float, games: int) -> "MatchScore":
        """The score of a match: a win is a point, a tie half of one."""
        low, high = interval(points, games)
        return cls(points / max(1, games), low, high, games)

    @property
    def points(self) -> float:
        """Points taken."""
        return self.share * self.games

    @property
    def is_clear_defeat(self) -> bool:
        """Whether the whole interval lies below one half."""
        return self.high < 0.5


@dataclass(frozen=True)
class EarlierMatch:
    """Matches against an earlier net of the run, all boards together."""

    generation: Generation  # of the earlier net
    first: MatchScore
    second: MatchScore | None = None  # played if the first was a clear defeat

    @property
    def matches(self) -> list[MatchScore]:
        """Those that were played."""
        return [self.first] if self.second is None else [self.first, self.second]


@dataclass(frozen=True)
class NetRating:
    """One rating of a net, a line of `ratings.jsonl`: its matches, also against an earlier net."""

    generation: Generation
    player: str
    opponents: dict[str, MatchScore]  # by label; EARLIER is among them, its first match
    failures: dict[str, str] = field(default_factory=dict)  # by label: games failed, and why
    earlier: EarlierMatch | None = None

    @property
    def is_regression(self) -> bool:
        """Whether the net lost both matches against the earlier one clearly."""
        matches = self.earlier.matches if self.earlier else []
        return len(matches) == 2 and all(score.is_clear_defeat for score in matches)

    def shares_on(self, board: Rules, boards: Sequence[Rules]) -> dict[str, float]:
        """The share of points on one of the run's boards, by opponent."""
        return {
            opponent: score.share
            for label, score in self.opponents.items()
            if (opponent := opponent_of(boards, board, label))
        }


def label_of(boards: Sequence[Rules], board: Rules, opponent: str) -> str:
    """An opponent's label among the results: with its board if there are several."""
    return opponent if len(boards) == 1 else f"{board.size_name}/{opponent}"


def opponent_of(boards: Sequence[Rules], board: Rules, label: str) -> str:
    """The opponent that a label names; empty if it is one of another board."""
    if len(boards) == 1:
        return label
    prefix = f"{board.size_name}/"
    return label.removeprefix(prefix) if label.startswith(prefix) else ""


def elos(ratings: Sequence[NetRating], boards: Sequence[Rules], zero: str) -> dict[str, Rating]:
    """The newest net's Elo by board, from all of a run's ratings, with the player `zero` at 0.

    Boards on which `zero` or the newest net has no result are left out.
    """
    by_board = {}
    newest = str(ratings[-1].generation)
    for board in boards:
        points = points_on(board, ratings, boards)
        players = sorted({player for pair in points for player in pair})
        if zero in players and newest in players:
            rated = {rating.player: rating for rating in fit(players, points, zero)}
            by_board[board.size_name] = rated[newest]
    return by_board


def points_on(
    board: Rules, ratings: Sequence[NetRating], boards: Sequence[Rules]
) -> dict[tuple[str, str], float]:
    """The points that each player took from each other; nets are called by their generations."""
    points: dict[tuple[str, str], float] = {}
    for rating in ratings:
        net = str(rating.generation)
        for label, score in rating.opponents.items():
            opponent = opponent_of(boards, board, label)
            if opponent == EARLIER:
                opponent = str(rating.earlier.generation) if rating.earlier else ""
            if not opponent:
                continue
            lost = score.games - score.points
            points[net, opponent] = points.get((net, opponent), 0.0) + score.points
            points[opponent, net] = points.get((opponent, net), 0.0) + lost
    return points
