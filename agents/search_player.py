"""`search:PATH,visits=N`: the net with the tree above it."""

from pathlib import Path

from agents.forest import Forest
from agents.net_player import NetPlayer
from agents.player import Choice
from agents.search_settings import SearchSettings
from engine.position import Position
from engine.rules import Rules


class SearchPlayer:
    """Searches a fixed number of simulations a move and plays what the root rule prefers.

    Args:
        folder: a player package.
        name: what reports call it.
        settings: how to search; no noise, for play.

    Raises:
        DamagedPackage: the package is cut short, altered or of another kind.
    """

    def __init__(self, folder: Path, name: str, settings: SearchSettings) -> None:
        self.name = name
        self.settings = settings
        self.net = NetPlayer(folder, name)
        self.num_parameters = self.net.num_parameters
        self.fingerprint = self.net.fingerprint
        self.forest: Forest | None = None

    def new_game(self, rules: Rules, seed: int) -> None:
        """Begin with a fresh tree; equal seeds give equal games."""
        self.net.new_game(rules, seed)
        self.forest = Forest(1, rules.height, rules.width, self.settings, seed)

    def choose(self, position: Position) -> Choice:
        """Return the searched move, the root's mean value, and the evaluations it took."""
        forest, evaluate = self.forest, self.net.evaluate
        if forest is None or evaluate is None:
            raise ValueError("choose before new_game: wanted the rules first")
        forest.start(0, position)
        operations = 0
        while rows := forest.select():
            found = evaluate(forest.planes[:rows])
            forest.expand(found.policy, found.value, found.score)
            operations += rows
        return Choice(forest.choose(0), forest.values(0)[1], operations)

    def close(self) -> None:
        """Nothing to give back."""
