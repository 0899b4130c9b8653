"""The game on the screen, without a screen: who sits where, what was played, what it was worth."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from insei.agents.clock import Clock, TimeControl
from insei.client.counting import Count
from insei.client.setup import YOU, GameSetup
from insei.engine.position import Position
from insei.engine.rules import BLACK, COLOUR_NAMES, PRESETS, WHITE, Rules, preset_name
from insei.engine.sgf.record import GameRecord, read_sgf_file, write_sgf
from insei.engine.sgf.variations import GameNode, read_variations
from insei.system.errors import UserError
from insei.system.files import write_text


@dataclass(frozen=True)
class Worth:
    """What a search thought of a position, as Black sees it."""

    win_rate: float  # 0 to 1
    score: float


def clocks_of(setup: GameSetup) -> dict[int, Clock]:
    """A clock for each colour, with all its time; none where time doesn't count."""
    if not setup.minutes:
        return {}
    control = TimeControl(60 * setup.minutes)
    return {colour: Clock(control) for colour in (BLACK, WHITE)}


@dataclass
class ClientGame:
    """One game: its positions, and what is known of each."""

    setup: GameSetup
    history: list[Position]
    worth: dict[int, Worth] = field(default_factory=dict)  # by ply
    result: str = ""  # as SGF writes it, once the game has ended
    reason: str = ""  # how it ended, in words
    clocks: dict[int, Clock] = field(default_factory=dict)
    turn_began: float = field(default_factory=time.monotonic)
    shown: int = -1  # ply on the screen while reviewing; -1 for the newest
    nodes: list[GameNode] = field(default_factory=list)  # of the history, in a review
    warnings: tuple[str, ...] = ()  # what was odd in the file that the game was read from

    @classmethod
    def begin(cls, setup: GameSetup) -> "ClientGame":
        """A new game.

        Raises:
            UserError: the setup makes no sense.
        """
        return cls(setup, [setup.start()], clocks=clocks_of(setup))

    @classmethod
    def load(cls, path: Path, setup: GameSetup | None = None) -> "ClientGame":
        """The game of an SGF file; its players' names are the seats unless `setup` names others.

        Clocks go on from what the file says was left, but begin anew with a `setup` that has any.

        Raises:
            UserError: the file can't be read, or is no game; says which.
        """
        record = read_sgf_file(path)
        end = record.position
        seats = setup or GameSetup(
            black=record.black, white=record.white, minutes=record.main_time / 60
        )
        named = preset_name(end.rules) or next(
            (name for name, make in PRESETS.items() if make().ko == end.rules.ko), seats.rules
        )
        game = cls(
            replace(seats, size=end.rules.width, komi=end.rules.komi, rules=named, handicap=0),
            [Position(end.rules, end.initial_board, end.initial_to_play)],
            clocks=clocks_of(seats),
        )
        for move, mover in zip(end.moves, end.movers, strict=True):
            here = game.position
            here = here if here.to_play == mover else here.with_to_play(mover)
            here = here.resumed() if here.is_over else here  # players disagreed on what is dead
            game.history.append(here.play(move))
        if setup is None:
            for colour, clock in game.clocks.items():
                clock.main_left = record.time_left.get(colour, clock.main_left)
        game.history[-1] = end  # with the turn, or the resumption, that the file ends with
        game.result = record.result
        return game

    @classmethod
    def review(cls, path: Path) -> "ClientGame":
        """The game of an SGF file with its variations, to be looked at.

        Raises:
            UserError: the file can't be read, or is no game; says which.
        """
        game = cls.load(path)
        game.clocks = {}
        try:
            tree = read_variations(path.read_bytes())
        except (OSError, ValueError) as error:
            raise UserError(f"{path}: {error}") from error
        game.warnings = tuple(f"{note}." for note in tree.notes)
        game._follow(tree.start)
        return game

    def _follow(self, node: GameNode) -> None:
        """Show the line that leads to a node, and on along its first moves."""
        nodes = node.path()[:-1] + node.main_line()
        self.worth = {
            ply: worth
            for ply, worth in self.worth.items()
            if ply < min(len(nodes), len(self.nodes)) and nodes[ply] is self.nodes[ply]
        }
        self.nodes = nodes
        self.history = [one.position for one in nodes]

    @property
    def variations(self) -> tuple[int, int]:
        """Which of how many variations the move on the screen is, from 1."""
        node = self.nodes[self.ply] if self.nodes else None
        if node is None or node.parent is None:
            return 1, 1
        siblings = node.parent.children
        return siblings.index(node) + 1, len(siblings)

    def next_variation(self) -> bool:
        """Go over to the next variation of the move on the screen; False if there is none."""
        number, count = self.variations
        if count < 2:
            return False
        ply = self.ply
        parent = self.nodes[ply].parent
        assert parent is not None
        self._follow(parent.children[number % count])
        self.shown = ply if ply < len(self.history) - 1 else -1
        return True

    @property
    def comment(self) -> str:
        """What the file says of the position on the screen."""
        return self.nodes[self.ply].comment if self.nodes else ""

    @property
    def position(self) -> Position:
        """Where the game stands."""
        return self.history[-1]

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        return self.position.rules

    @property
    def ply(self) -> int:
        """Moves on the screen."""
        return len(self.history) - 1 if self.shown < 0 else self.shown

    @property
    def seen(self) -> Position:
        """The position on the screen."""
        return self.history[self.ply]

    def step_to(self, ply: int) -> None:
        """Show the position after so many moves, as near as there is one."""
        last = len(self.history) - 1
        self.shown = min(max(0, ply), last) if ply < last else -1

    @property
    def is_ended(self) -> bool:
        """Whether a result stands."""
        return bool(self.result)

    @property
    def mine(self) -> int:
        """The colour of whoever sits at the screen; 0 for none or both."""
        seats = [self.setup.seat(colour) == YOU for colour in (BLACK, WHITE)]
        return 0 if all(seats) or not any(seats) else BLACK if seats[0] else WHITE

    @property
    def has_people(self) -> bool:
        """Whether anybody sits at the screen."""
        return YOU in (self.setup.black, self.setup.white)

    def is_yours(self) -> bool:
        """Whether the next move is to be made at the screen."""
        return not self.is_ended and self.setup.seat(self.position.to_play) == YOU

    def play(self, move: int) -> None:
        """Play a move.

        Raises:
            IllegalMove, GameOver: as `Position.play`.
        """
        played = self.position.play(move)
        self._stop_clock()
        self.history.append(played)
        self.shown = -1

    def _stop_clock(self) -> None:
        clock = self.clocks.get(self.position.to_play)
        if clock is not None:
            clock.spend(time.monotonic() - self.turn_began)
        self.begin_turn()

    def begin_turn(self) -> None:
        """Count time from now on."""
        self.turn_began = time.monotonic()

    def seconds_left(self, colour: int) -> float | None:
        """On a clock, the turn under way counted; None without clocks."""
        clock = self.clocks.get(colour)
        if clock is None:
            return None
        running = 0.0
        if colour == self.position.to_play and not self.is_ended:
            running = time.monotonic() - self.turn_began
        return clock.main_left - running

    def undo(self) -> bool:
        """Take back the last move made at the screen and what followed; False if there is none."""
        for length in range(len(self.history) - 1, 0, -1):
            mover = self.history[length - 1].to_play
            if self.setup.seat(mover) == YOU:
                del self.history[length:]
                self.worth = {ply: one for ply, one in self.worth.items() if ply < length}
                self.result = self.reason = ""
                self.shown = -1
                self.begin_turn()
                return True
        return False

    def resign(self, colour: int) -> None:
        """End the game: `colour` gives up."""
        self._end(f"{'W' if colour == BLACK else 'B'}+R", f"{COLOUR_NAMES[colour]} resigns")

    def lose_on_time(self, colour: int) -> None:
        """End the game: the clock of `colour` has run out."""
        self._end(f"{'W' if colour == BLACK else 'B'}+T", f"{COLOUR_NAMES[colour]} is out of time")

    def lose_by_failure(self, colour: int, what: str) -> None:
        """End the game: the player of `colour` can't go on."""
        self._end(f"{'W' if colour == BLACK else 'B'}+F", f"{COLOUR_NAMES[colour]} failed: {what}")

    def take_count(self, count: Count) -> None:
        """End the game as it was counted."""
        self._end(count.result, count.explanation())

    def _end(self, result: str, reason: str) -> None:
        self.result, self.reason = result, reason

    def sgf(self) -> str:
        """The game as SGF."""
        comments = {
            ply: f"Black wins {one.win_rate:.1%}, by {one.score:+.1f} points"
            for ply, one in self.worth.items()
        }
        left = {colour: max(0.0, self.seconds_left(colour) or 0.0) for colour in self.clocks}
        record = GameRecord(
            self.position,
            self.setup.black,
            self.setup.white,
            self.result,
            comments,
            60 * self.setup.minutes,
            left,
        )
        return write_sgf(record)

    def save(self, path: Path) -> None:
        """Write the game, whole or not at all.

        Raises:
            UserError: it can't be written; says why.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, self.sgf())
        except OSError as error:
            raise UserError(f"{path}: {error.strerror}; the game is not saved") from error
