"""A game in the client, without a screen: its players, positions, clocks and result."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from insei.agents.clock import Clock
from insei.agents.search.mistakes import Mistake, worst_mistake
from insei.client.clocks import clock_properties, control_properties, control_read, set_clock
from insei.client.estimate import Estimate, estimate_of
from insei.client.game_line import GameLine, read_tree
from insei.client.game_setup import YOU, GameSetup, seated_on
from insei.client.keeping.names import rank_properties, record_name
from insei.client.score_count import ScoreCount
from insei.engine.position import Position
from insei.engine.rules import BLACK, COLOUR_NAMES, PRESETS, WHITE, Rules, preset_name
from insei.engine.sgf.variations import GameNode, GameTree, write_file
from insei.engine.sgf.writer import TIMES_LEFT


def new_clocks(setup: GameSetup) -> dict[int, Clock]:
    """A clock for each colour; empty if the game has no time limit."""
    control = setup.time_control()
    return {} if control is None else {colour: Clock(control) for colour in (BLACK, WHITE)}


@dataclass
class ClientGame:
    """One game: a line of a tree that is played or looked at, its clocks and its result."""

    setup: GameSetup
    line: GameLine
    result: str = ""  # as SGF writes it, once the game has ended
    reason: str = ""  # how it ended, in words
    clocks: dict[int, Clock] = field(default_factory=dict)
    turn_began: float | None = field(default_factory=time.monotonic)  # None: the clock stands
    taken_back: set[GameNode] = field(default_factory=set)  # moves that the user has taken back
    end: GameNode | None = None  # of the game, once it has a result
    result_before: str = ""  # of the tree, before the game ended
    file: Path | None = None  # that it was read from
    kept_at: Path | None = None  # its file among the kept games, once it has one
    saved_nodes: frozenset[GameNode] = frozenset()  # those added that are in a file of the user's
    estimated: set[GameNode] = field(default_factory=set)  # whose analysis is not the file's

    @classmethod
    def begin(cls, setup: GameSetup) -> "ClientGame":
        """A new game.

        Raises:
            UserError: a field of the setup is out of bounds.
        """
        return cls.begin_at(setup, setup.start())

    @classmethod
    def begin_at(cls, setup: GameSetup, start: Position) -> "ClientGame":
        """A new game from any position."""
        size = start.rules.width
        black, white = record_name(setup.black, size), record_name(setup.white, size)
        tree = GameTree(GameNode(start), black, white)
        tree.start.properties["DT"] = [time.strftime("%Y-%m-%d")]
        tree.start.properties.update(rank_properties(setup.black, setup.white, size))
        if (control := setup.time_control()) is not None:
            tree.start.properties.update(control_properties(control))
        return cls(setup, GameLine(tree), clocks=new_clocks(setup))

    @classmethod
    def load(cls, path: Path, setup: GameSetup | None = None) -> "ClientGame":
        """Load a game from an SGF file, to go on from the end of its main line.

        Args:
            setup: its players and clocks replace those of the file, and the result is open.

        Raises:
            UserError: the file can't be read, or holds no game.
        """
        tree = read_tree(path)
        line = GameLine(tree)
        rules = line.history[-1].rules
        root = tree.start.properties
        minutes, overtime = control_read(root)
        players = setup or GameSetup(
            size=rules.width,
            black=tree.black,
            white=tree.white,
            minutes=minutes,
            overtime=overtime,
        )
        rules_name = preset_name(rules) or next(
            (name for name, make in PRESETS.items() if make().ko == rules.ko), players.rules
        )
        players = seated_on(players, rules.width)
        players = replace(players, komi=rules.komi, rules=rules_name, handicap=0)
        game = cls(players, line, clocks=new_clocks(players), file=path)
        if setup is None:
            game.result = tree.result
            game._set_clocks()
        return game

    def resume_at(self, node: GameNode, setup: GameSetup) -> None:
        """Go on from a node of an unfinished game. What follows it was taken back."""
        self.setup, self.clocks = setup, new_clocks(setup)
        after = node.main_line()[1:]
        if not self.line.tree.result:  # else the main line is that of a finished game
            self.taken_back.update(after)
        self.line.follow(node)
        self.result = ""
        self._set_clocks()

    def _set_clocks(self) -> None:
        """Set the clocks to what the nodes of the line say is left."""
        for colour, clock in self.clocks.items():
            for node in self.nodes:
                set_clock(clock, node.properties, colour)

    @classmethod
    def review(cls, path: Path) -> "ClientGame":
        """Load a game with its variations, to be looked at.

        Raises:
            UserError: the file can't be read, or holds no game.
        """
        game = cls.load(path)
        game.clocks = {}
        return game

    @property
    def nodes(self) -> list[GameNode]:
        """The nodes of the line, the start first."""
        return self.line.nodes

    @property
    def history(self) -> list[Position]:
        """The positions of the line."""
        return self.line.history

    @property
    def shown_ply(self) -> int:
        """The ply on the screen; -1 for the last."""
        return self.line.shown_ply

    @property
    def warnings(self) -> tuple[str, ...]:
        """About faults in the SGF file."""
        return tuple(f"{note}." for note in self.line.tree.notes)

    @property
    def estimates(self) -> dict[int, Estimate]:
        """What is expected of the positions of the line, by ply; the file's own values too."""
        found = ((ply, estimate_of(node)) for ply, node in enumerate(self.nodes))
        return {ply: estimate for ply, estimate in found if estimate is not None}

    @property
    def variations(self) -> tuple[int, int]:
        """The number of the shown variation, from 1, and how many there are."""
        siblings = self.line.siblings
        return siblings.index(self.line.node) + 1, len(siblings)

    def next_variation(self, by: int = 1) -> bool:
        """Show the next variation of the move on the screen; False if there is none."""
        number, count = self.variations
        if count > 1:
            self.line.go_to(self.line.siblings[(number - 1 + by) % count])
        return count > 1

    @property
    def comment(self) -> str:
        """The file's comment on the position on the screen."""
        return self.line.node.comment

    @property
    def position(self) -> Position:
        """The last position."""
        return self.history[-1]

    @property
    def rules(self) -> Rules:
        """The game's rules."""
        return self.position.rules

    @property
    def ply(self) -> int:
        """The ply on the screen."""
        return self.line.ply

    @property
    def shown(self) -> Position:
        """The position on the screen."""
        return self.line.shown

    def show_ply(self, ply: int) -> None:
        """Show the position after so many moves. A ply out of range shows the nearest one."""
        self.line.show_ply(ply)

    @property
    def last_node(self) -> GameNode:
        """The end of the game itself, whatever variation the line leads to."""
        return self.end or self.line.tree.start.main_line()[-1]

    @property
    def is_at_end(self) -> bool:
        """Whether the end of the game is on the screen."""
        return self.line.node is self.last_node

    @property
    def is_ended(self) -> bool:
        """Whether the game has a result."""
        return bool(self.result)

    @property
    def own_colour(self) -> int:
        """The user's colour; 0 if the user plays both, or neither."""
        is_own = [self.setup.player(colour) == YOU for colour in (BLACK, WHITE)]
        return 0 if all(is_own) or not any(is_own) else BLACK if is_own[0] else WHITE

    @property
    def has_people(self) -> bool:
        """Whether the user plays."""
        return YOU in (self.setup.black, self.setup.white)

    def is_your_turn(self) -> bool:
        """Whether the user makes the next move."""
        return not self.is_ended and self.setup.player(self.position.to_play) == YOU

    def play(self, move: int, seconds: float | None = None) -> None:
        """Play a move at the end of the line.

        Where a move was taken back, the new one takes its place in the main line.

        Args:
            seconds: that its player thought; by default since the turn began.

        Raises:
            IllegalMove, GameOver: as `Position.play`.
        """
        self.position.play(move)  # raises before anything has changed
        self._stop_clock(seconds)
        self.line.follow(self.nodes[-1])
        children = self.nodes[-1].children
        node = self.line.play(move, is_first=not self.taken_back.isdisjoint(children[:1]))
        self.taken_back.discard(node)
        self.line.follow(node)

    def play_variation(self, move: int) -> None:
        """Play a move from the position on the screen, in a game that is looked at.

        Raises:
            IllegalMove: as `Position.play`.
        """
        self.line.play(move)

    def _stop_clock(self, seconds: float | None) -> None:
        clock = self.clocks.get(self.position.to_play)
        if clock is not None:
            clock.spend(self._seconds_of_turn() if seconds is None else seconds)
        self.begin_turn()

    def _seconds_of_turn(self) -> float:
        return 0.0 if self.turn_began is None else time.monotonic() - self.turn_began

    def begin_turn(self) -> None:
        """Start the clock of the player to move."""
        self.turn_began = time.monotonic()

    def hold_clock(self) -> None:
        """Let the clock stand until `begin_turn`, while the player to move starts up."""
        self.turn_began = None

    def clock_now(self, colour: int) -> Clock | None:
        """A clock, which may be running, as it is now; None without clocks."""
        clock = self.clocks.get(colour)
        if clock is None:
            return None
        is_running = colour == self.position.to_play and not self.is_ended
        return clock.after(self._seconds_of_turn() if is_running else 0.0)

    def undo(self) -> bool:
        """Take back the user's last move and the replies to it; False if there is none.

        They stay in the tree as a variation.
        """
        if self.end is not None:
            self.line.follow(self.end)
        for length in range(len(self.history) - 1, 0, -1):
            mover = self.history[length - 1].to_play
            if self.setup.player(mover) == YOU:
                self.taken_back.update(self.nodes[length:])
                self.line.follow(self.nodes[length - 1])
                if self.end is not None:
                    self.line.tree.result = self.result_before
                self.result = self.reason = ""
                self.end = None
                self.begin_turn()
                return True
        return False

    def resign(self, colour: int) -> None:
        """End the game: `colour` resigns."""
        self._lose(colour, "R", "resigns")

    def lose_on_time(self, colour: int) -> None:
        """End the game: the clock of `colour` has run out."""
        self._lose(colour, "T", "is out of time")

    def lose_by_failure(self, colour: int, reason: str) -> None:
        """End the game: the player of `colour` can't go on."""
        self._lose(colour, "F", f"failed: {reason}")

    def _lose(self, colour: int, how: str, words: str) -> None:
        self._end(f"{'W' if colour == BLACK else 'B'}+{how}", f"{COLOUR_NAMES[colour]} {words}")

    def end_with_count(self, count: ScoreCount) -> None:
        """End the game with a count."""
        self._end(count.result, count.explanation())

    def _end(self, result: str, reason: str) -> None:
        self.result, self.reason = result, reason
        self.end, tree = self.nodes[-1], self.line.tree
        self.result_before = tree.result
        said = self.end.comment
        if self.line.is_main:
            tree.result = result
        elif result not in said:  # RE is the result of the main line
            self.end.comment = f"{said}\n{result}".strip()

    def worst_mistake(self) -> Mistake | None:
        """The user's worst mistake; anybody's if the user does not play."""
        rates = {ply: estimate.black_win_rate for ply, estimate in self.estimates.items()}
        colours = [
            colour
            for colour in (BLACK, WHITE)
            if not self.has_people or self.setup.player(colour) == YOU
        ]
        return worst_mistake(self.history, rates, colours)

    def sgf(self, result: str = "") -> str:
        """The whole tree as SGF.

        Args:
            result: of the line, as long as the game has none.
        """
        self._write_clocks()
        tree = self.line.tree
        is_open = result and not self.result and self.line.is_main
        return write_file(replace(tree, result=result) if is_open else tree)

    def saved(self) -> None:
        """Note that the user has a file with all of the tree."""
        self.saved_nodes = frozenset(self.line.added)

    @property
    def is_saved(self) -> bool:
        """Whether the user has a file with all that was played."""
        return self.saved_nodes == self.line.added

    def _write_clocks(self) -> None:
        """Write the clocks to the game's last node; what a file's node says of them stays."""
        node = self.end or self.nodes[-1]
        for colour in self.clocks:
            if (clock := self.clock_now(colour)) is None:
                continue
            if node in self.line.added or TIMES_LEFT[colour] not in node.properties:
                node.properties.update(clock_properties(clock, colour))
