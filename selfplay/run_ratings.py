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


@dataclass
class RatingUnderWay:
    """A rating whose games are being played."""

    lineage: Lineage  # of the net that is rated
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
        self.waiting: deque[Lineage] = deque()
        self.under_way: RatingUnderWay | None = None

    @property
    def generations(self) -> list[int]:
        """The nets that wait for their rating, and the one that is being rated."""
        waiting = [lineage.generation for lineage in self.waiting]
        return [*waiting, self.under_way.lineage.generation] if self.under_way else waiting

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
                self.waiting.append(replace(lineage, generation=number))
        while len(self.waiting) > MOST_WAITING:
            number = self.waiting.popleft().generation
            self.notice(f"generation {number} is not rated: ratings take longer than nets")

    def go_on(self) -> NetRating | None:
        """Begin the rating that waits, or go on with the one under way; return one that ended."""
        if self.under_way is None:
            if self.waiting:
                lineage = self.waiting.popleft()
                self.under_way = RatingUnderWay(lineage, self.matches_of(lineage))
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

    def matches_of(self, lineage: Lineage) -> RatingMatches:
        """The matches of a net, against the newest milestone that it comes from too."""
        config, run = self.config, self.run.path
        milestones = milestones_of(run)
        number = lineage.earlier(milestones)
        earlier = None if number is None else EarlierNet(number, milestones[number])
        folders = {int(folder.name): folder for folder in checkpoints_of(run)}
        name = player_name(folders[lineage.generation], config.rating.visits)
        return rate(name, config.mix.boards, config.rating, lineage.generation, earlier)
