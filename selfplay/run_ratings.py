"""The ratings of a run, one after the other, while self-play goes on."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from insei.selfplay.checkpoints import checkpoints_of, milestones_of
from insei.selfplay.lineage import Lineage
from insei.selfplay.net_rating import NetRating
from insei.selfplay.rating import EarlierNet, RatingMatches, player_name, rate
from insei.selfplay.run import RunFolder
from insei.selfplay.train_config import TrainConfig
from insei.selfplay.workers import Workers

MOST_WAITING = 2  # nets


@dataclass(frozen=True)
class AskedRating:
    """A rating that was asked for."""

    lineage: Lineage  # of the net that is rated
    earlier: int | None  # the milestone that it plays against, and may go back to


@dataclass
class RatingUnderWay:
    """A rating whose games are being played."""

    asked: AskedRating
    matches: RatingMatches


class RunRatings:
    """Rates nets of a run, whose games its workers play.

    Args:
        notice: told in one line of a net that is passed over.
    """

    def __init__(
        self,
        run: RunFolder,
        config: TrainConfig,
        workers: Workers,
        notice: Callable[[str], None],
    ) -> None:
        self.run = run
        self.config = config
        self.workers = workers
        self.notice = notice
        self.waiting: deque[AskedRating] = deque()
        self.under_way: RatingUnderWay | None = None

    @property
    def asked(self) -> list[AskedRating]:
        """Those that wait, and the one under way."""
        return [*self.waiting, self.under_way.asked] if self.under_way else [*self.waiting]

    @property
    def generations(self) -> list[int]:
        """The nets that wait for their rating, and the one that is being rated."""
        return [asked.lineage.generation for asked in self.asked]

    @property
    def earlier(self) -> list[int]:
        """The milestones that they play against."""
        return [asked.earlier for asked in self.asked if asked.earlier is not None]

    def ask(self, lineage: Lineage, is_last: bool) -> None:
        """Have nets rated that are due, are still there, and were not rated before.

        Args:
            lineage: of the present net.
            is_last: whether the run ends with it, so that it is rated in any case.
        """
        every = self.config.rating.every
        if not every:
            return
        ratings = self.run.ratings()
        newest = max([ratings[-1].generation if ratings else 0, *self.generations])
        here = [int(folder.name) for folder in checkpoints_of(self.run.path)]
        for number in lineage.ancestors(here):
            is_due = number % every == 0 or (is_last and number == lineage.generation)
            if number > newest and is_due:
                rated = replace(lineage, generation=number)
                self.waiting.append(AskedRating(rated, rated.earlier(milestones_of(self.run.path))))
        while len(self.waiting) > MOST_WAITING:
            number = self.waiting.popleft().lineage.generation
            self.notice(f"generation {number} is not rated: ratings take longer than nets")

    def go_on(self) -> NetRating | None:
        """Begin the rating that waits, or go on with the one under way; return one that ended."""
        if self.under_way is None:
            if self.waiting:
                asked = self.waiting.popleft()
                self.under_way = RatingUnderWay(asked, self.matches_of(asked))
                self.workers.begin_jobs(next(self.under_way.matches))
            return None
        games = self.workers.jobs_done()
        if games is not None:
            try:
                self.workers.begin_jobs(self.under_way.matches.send(games))
            except StopIteration as end:
                self.under_way = None
                return end.value
        return None

    def matches_of(self, asked: AskedRating) -> RatingMatches:
        """The matches of a net, against the milestone before it too."""
        config, run = self.config, self.run.path
        folder = milestones_of(run).get(-1 if asked.earlier is None else asked.earlier)
        earlier = EarlierNet(int(folder.name), folder) if folder else None
        folders = {int(folder.name): folder for folder in checkpoints_of(run)}
        number = asked.lineage.generation
        name = player_name(folders[number], config.rating.visits)
        return rate(name, config.mix.boards, config.rating, number, earlier)
