"""`search:PATH,visits=N`: the net with the tree above it."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from insei.agents.net.evaluator import Precision, check_precision
from insei.agents.net.session import NetSession
from insei.agents.player import RESIGN, Choice, run_to_end
from insei.agents.search.analysis import Avoided
from insei.agents.search.search import Search
from insei.agents.search.settings import SearchSettings
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.errors import UserError


@dataclass(frozen=True)
class PlaySettings:
    """How a searching player spends its time and when it gives up.

    Raises:
        ValueError: a field is outside what is said beside it.
    """

    seconds: float = 0.0  # a move; 0 for visits alone
    keep: bool = True  # whether the tree below the moves played is kept; under PUCT
    early: bool = True  # whether to stop once the most visited move can't be overtaken; PUCT
    resign: float = 0.0  # resigns below this win rate, 0 to .5; 0 never
    precision: Precision = "bf16"  # what the net computes in: int8, bf16 or fp32

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= 86_400:
            raise UserError(f"seconds {self.seconds!r}: wanted 0 to 86400")
        if not 0 <= self.resign <= 0.5:
            raise UserError(f"resign {self.resign!r}: wanted 0 to 0.5")
        check_precision(self.precision)


class SearchPlayer:
    """Searches and plays what the root rule prefers.

    Args:
        folder: a player package.
        name: what reports call it.
        settings: how to search; no noise, for play.
        play: how long to search.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        settings: SearchSettings,
        play: PlaySettings | None = None,
    ) -> None:
        self.name = name
        self.settings = settings
        self.play = play or PlaySettings()
        self.session = NetSession(folder, self.play.precision, max_rows=settings.leaves)
        self.package = self.session.package
        self.num_parameters = self.session.num_parameters
        self.fingerprint = self.session.fingerprint
        self.seconds = self.play.seconds or None  # for the next move
        self.search: Search | None = None
        self.seed = 0  # of the game under way

    def new_game(self, rules: Rules, seed: int) -> None:
        """Begin with a fresh tree; equal seeds give equal games where no clock decides."""
        self.seed = seed
        evaluate = self.session.evaluator(rules)
        self.search = Search(
            evaluate, rules, self.settings, self.play.keep, seed, self.session.plane_groups
        )
        self._prepare()

    def set_time_limit(self, seconds: float | None) -> None:
        """Limit the time of each move from now on; None restores the player's own limit."""
        self.seconds = seconds if seconds is not None else self.play.seconds or None
        self._prepare()

    def _prepare(self) -> None:
        """Compile what larger batches need before the time of a move runs."""
        if self.seconds is not None and self.search is not None:
            evaluate = self.session.evaluator(self.search.rules)
            evaluate.prepare(self.search.leaves_by_time)

    def search_from(
        self, position: Position, no_pass_before: int = 0, avoided: Avoided | None = None
    ) -> Search:
        """Set the search to a position and return it. Its `step` continues it.

        Raises:
            ValueError: there was no `new_game`, or the game is over or another one.
        """
        if self.search is None:
            raise ValueError("search_from before new_game: wanted the rules first")
        if position.rules != self.search.rules:
            self.new_game(position.rules, self.seed)
        self.search.look_at(position, no_pass_before, avoided)
        return self.search

    def choose(self, position: Position) -> Choice:
        """Return the searched move, the utility it promises, and the evaluations it took."""
        return run_to_end(self.search_steps(position))

    def search_steps(
        self, position: Position, no_pass_before: int = 0, avoided: Avoided | None = None
    ) -> Generator[Search, None, Choice]:
        """Choose a move step by step: yields the search after each, and returns the choice.

        Args:
            no_pass_before: before this ply it passes only if no other move is legal.
            avoided: moves that the search leaves out; see `Forest.start`.
        """
        search = self.search_from(position, no_pass_before, avoided)
        has_stepped = False
        for _ in search.running(self.seconds, self.play.early and self.settings.rule == "puct"):
            has_stepped = True
            yield search
        if not has_stepped:  # the tree that was kept is enough, and somebody may report it
            yield search
        forest = search.forest
        win, _ = forest.outlook(0)
        move = forest.choose(0)
        if self.play.resign and (win + 1) / 2 < self.play.resign:
            tried = [each for each in forest.candidates(0) if each.visits or each.move == move]
            if (max(each.win for each in tried) + 1) / 2 < self.play.resign:
                move = RESIGN
        return Choice(move, forest.values(0)[1], search.evaluations)

    def close(self) -> None:
        """Nothing to give back."""
