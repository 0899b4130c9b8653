"""Judges positions at once, where a game goes line by line."""

from collections.abc import Callable

from insei.agents.player import Player, SearchingPlayer
from insei.client.player_server import analysis_of
from insei.client.player_tasks import PositionAnalysis
from insei.client.teaching.game_analysis import is_judged, keep_analysis
from insei.engine.position import Position
from insei.engine.sgf.variations import GameNode


class LineAnalyst:
    """A player that judges positions, made when it is first needed.

    Args:
        make: makes the player.
    """

    def __init__(self, make: Callable[[], Player]) -> None:
        self.make = make
        self.player: Player | None = None

    def ready(self, position: Position) -> Player:
        """The player, with a game under the position's rules."""
        if self.player is None:
            self.player = self.make()
            self.player.new_game(position.rules, 0)
        return self.player

    def judge(self, node: GameNode, visits: int) -> bool:
        """Keep a search of a node's position in the node; False if the player can't search."""
        if is_judged(node, visits):
            return True
        analysis = self.analysis(node.position, visits)
        if analysis is not None:
            keep_analysis(node, analysis)
        return analysis is not None

    def analysis(self, position: Position, visits: int) -> PositionAnalysis | None:
        """A search of so many visits; None if the player can't search."""
        player = self.ready(position)
        if not isinstance(player, SearchingPlayer):
            return None
        search = player.search_from(position.resumed() if position.is_over else position)
        while search.num_visits < visits and search.step():
            pass
        return analysis_of(position, search)

    def close(self) -> None:
        """Release the player."""
        if self.player is not None:
            self.player.close()
