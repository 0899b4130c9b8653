"""Many positions searched side by side by one net, and games played on to their ends."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

from insei.agents.net.package import Package, load_package
from insei.agents.search.analysis import SearchedPly
from insei.agents.search.forest import Forest
from insei.agents.search.settings import SearchSettings
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.selfplay.worker import compiled

SIDE_BY_SIDE = 32  # searches: the batch
MORE_PLIES = 4  # per point of the board, after which a game that goes on is scored as it stands


class Searcher:
    """A net and a search, for positions on boards of a frame.

    Args:
        folder: of the net's package.
        frame: rules of the run, on its largest board.
        settings: how to search; `visits` for each position.
        seed: equal seeds, nets and positions give equal results.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
    """

    def __init__(self, folder: Path, frame: Rules, settings: SearchSettings, seed: int) -> None:
        self.package: Package = load_package(folder)
        own = self.package.card.architecture
        height, width = frame.height, frame.width
        self.evaluate = compiled(own, height, width, "bf16", self.package.weights, None)
        self.forest = Forest(SIDE_BY_SIDE, height, width, settings, seed, groups=own.plane_groups)

    @property
    def sha256(self) -> str:
        """Of the net's weights."""
        return self.package.card.weights_sha256

    def search(
        self, positions: Sequence[Position], watch: Callable[[int], None] = lambda done: None
    ) -> list[SearchedPly]:
        """Search positions, none of which is over.

        Args:
            watch: told the searches done.
        """
        found: dict[int, SearchedPly] = {}

        def keep(slot: int, number: int) -> bool:
            found[number] = self.forest.searched_ply(slot)
            watch(len(found))
            return False

        self._each(positions, keep)
        return [found[number] for number in range(len(positions))]

    def played_out(
        self, positions: Sequence[Position], watch: Callable[[int], None] = lambda done: None
    ) -> list[Position]:
        """Play games on to their ends, both sides by this search.

        A game ends with two passes or on a settled board, at the latest after some plies a point.

        Args:
            positions: none of which is over.
            watch: told the games done.
        """
        found: dict[int, Position] = {}
        most = [each.num_moves + MORE_PLIES * each.rules.num_points for each in positions]

        def play(slot: int, number: int) -> bool:
            forest = self.forest
            forest.play(slot, forest.choose(slot))
            goes_on = not (forest.is_over(slot) or forest.is_settled(slot))
            if goes_on and forest.num_moves(slot) < most[number]:
                return True
            found[number] = forest.position(slot)
            watch(len(found))
            return False

        self._each(positions, play)
        return [found[number] for number in range(len(positions))]

    def _each(self, positions: Iterable[Position], on_done: Callable[[int, int], bool]) -> None:
        """Search positions side by side.

        Args:
            on_done: given a slot of the forest whose search is done, and the number of its
                position; says whether the slot searches on.
        """
        waiting = enumerate(positions)
        slots: dict[int, int] = {}  # slot to the number of its position
        for slot, (number, position) in enumerate(islice(waiting, SIDE_BY_SIDE)):
            self.forest.start(slot, position)
            slots[slot] = number
        while slots:
            if rows := self.forest.select():
                answer = self.evaluate(self.forest.planes[:rows])
                self.forest.expand(answer.policy, answer.value, answer.score)
            for slot in self.forest.done():
                if slot not in slots or on_done(slot, slots[slot]):
                    continue
                del slots[slot]
                if (following := next(waiting, None)) is not None:
                    slots[slot] = following[0]
                    self.forest.start(slot, following[1])
