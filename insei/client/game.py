"""A game in the client, without a screen: its players, positions, clocks and result."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from insei.agents.clock import Clock, TimeControl
from insei.agents.search.mistakes import Mistake, worst_mistake
from insei.client.game_setup import YOU, GameSetup
from insei.client.score_count import ScoreCount
from insei.engine.position import Position
from insei.engine.rules import BLACK, COLOUR_NAMES, PRESETS, WHITE, Rules, preset_name
from insei.engine.sgf.record import GameRecord, read_sgf_file, write_sgf
from insei.engine.sgf.variations import GameNode, read_variations_file
from insei.system.errors import UserError
from insei.system.files import write_text

MOST_MOVES = 5_000  # of a line: each position has its whole history, 125 MB in all


@dataclass(frozen=True)
class Estimate:
    """The outcome that a search expected of a position."""

    black_win_rate: float  # 0 to 1
    black_score: float  # in points


def _check_length(path: Path, num_moves: int) -> None:
    """Refuse a game whose positions would not fit into memory.

    Raises:
        UserError: it has more than MOST_MOVES moves.
    """
    if num_moves > MOST_MOVES:
        raise UserError(f"{path}: a line of {num_moves:,} moves: wanted at most {MOST_MOVES:,}")


def new_clocks(setup: GameSetup) -> dict[int, Clock]:
    """A clock for each colour; empty if the game has no time limit."""
    if not setup.minutes:
        return {}
    control = TimeControl(60 * setup.minutes)
    return {colour: Clock(control) for colour in (BLACK, WHITE)}


@dataclass
class ClientGame:
    """One game: its positions, and what is known of each."""

    setup: GameSetup
    history: list[Position]
    estimates: dict[int, Estimate] = field(default_factory=dict)  # by ply
    result: str = ""  # as SGF writes it, once the game has ended
    reason: str = ""  # how it ended, in words
    clocks: dict[int, Clock] = field(default_factory=dict)
    turn_began: float = field(default_factory=time.monotonic)
    shown_ply: int = -1  # the ply on the screen; -1 for the last
    nodes: list[GameNode] = field(default_factory=list)  # of the history, in a review
    warnings: tuple[str, ...] = ()  # about faults in the SGF file

    @classmethod
    def begin(cls, setup: GameSetup) -> "ClientGame":
        """A new game.

        Raises:
            UserError: a field of the setup is out of bounds.
        """
        return cls(setup, [setup.start()], clocks=new_clocks(setup))

    @classmethod
    def load(cls, path: Path, setup: GameSetup | None = None) -> "ClientGame":
        """Load a game from an SGF file.

        Args:
            setup: its players and clocks replace those of the file.

        Raises:
            UserError: the file can't be read, or holds no game.
        """
        record = read_sgf_file(path)
        end = record.position
        _check_length(path, end.num_moves)
        players = setup or GameSetup(
            black=record.black, white=record.white, minutes=record.main_time / 60
        )
        rules_name = preset_name(end.rules) or next(
            (name for name, make in PRESETS.items() if make().ko == end.rules.ko), players.rules
        )
        game = cls(
            replace(
                players, size=end.rules.width, komi=end.rules.komi, rules=rules_name, handicap=0
            ),
            [Position(end.rules, end.initial_board, end.initial_to_play)],
            clocks=new_clocks(players),
        )
        for move, mover in zip(end.moves, end.movers, strict=True):
            position = game.position
            if position.to_play != mover:
                position = position.with_to_play(mover)
            if position.is_over:  # the players disagreed on dead stones
                position = position.resumed()
            game.history.append(position.play(move))
        if setup is None:
            for colour, clock in game.clocks.items():
                clock.main_left = record.time_left.get(colour, clock.main_left)
        game.history[-1] = end  # the file may end with a resumption, or name who moves next
        game.result = record.result
        return game

    @classmethod
    def review(cls, path: Path) -> "ClientGame":
        """Load a game with its variations, to be looked at.

        Raises:
            UserError: the file can't be read, or holds no game.
        """
        game = cls.load(path)
        game.clocks = {}
        tree = read_variations_file(path)
        _check_length(path, tree.longest_line())
        game.warnings = tuple(f"{note}." for note in tree.notes)
        game._follow(tree.start)
        return game

    def _follow(self, node: GameNode) -> None:
        """Make the history lead to a node, and from there along first moves."""
        nodes = node.path()[:-1] + node.main_line()
        self.estimates = {
            ply: estimate
            for ply, estimate in self.estimates.items()
            if ply < min(len(nodes), len(self.nodes)) and nodes[ply] is self.nodes[ply]
        }
        self.nodes = nodes
        self.history = [node.position for node in nodes]

    @property
    def variations(self) -> tuple[int, int]:
        """The number of the shown variation, from 1, and how many there are."""
        node = self.nodes[self.ply] if self.nodes else None
        if node is None or node.parent is None:
            return 1, 1
        siblings = node.parent.children
        return siblings.index(node) + 1, len(siblings)

    def next_variation(self) -> bool:
        """Show the next variation of the move on the screen; False if there is none."""
        number, count = self.variations
        if count < 2:
            return False
        ply = self.ply
        parent = self.nodes[ply].parent
        assert parent is not None
        self._follow(parent.children[number % count])
        self.shown_ply = ply if ply < len(self.history) - 1 else -1
        return True

    @property
    def comment(self) -> str:
        """The file's comment on the position on the screen."""
        return self.nodes[self.ply].comment if self.nodes else ""

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
        return len(self.history) - 1 if self.shown_ply < 0 else self.shown_ply

    @property
    def shown(self) -> Position:
        """The position on the screen."""
        return self.history[self.ply]

    def show_ply(self, ply: int) -> None:
        """Show the position after so many moves. A ply out of range shows the nearest one."""
        last = len(self.history) - 1
        self.shown_ply = min(max(0, ply), last) if ply < last else -1

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

    def play(self, move: int) -> None:
        """Play a move.

        Raises:
            IllegalMove, GameOver: as `Position.play`.
        """
        played = self.position.play(move)
        self._stop_clock()
        self.history.append(played)
        self.shown_ply = -1

    def _stop_clock(self) -> None:
        clock = self.clocks.get(self.position.to_play)
        if clock is not None:
            clock.spend(time.monotonic() - self.turn_began)
        self.begin_turn()

    def begin_turn(self) -> None:
        """Start the clock of the player to move."""
        self.turn_began = time.monotonic()

    def seconds_left(self, colour: int) -> float | None:
        """The time on a clock, which may be running; None without clocks."""
        clock = self.clocks.get(colour)
        if clock is None:
            return None
        running = 0.0
        if colour == self.position.to_play and not self.is_ended:
            running = time.monotonic() - self.turn_began
        return clock.main_left - running

    def undo(self) -> bool:
        """Take back the user's last move and the replies to it; False if there is none."""
        for length in range(len(self.history) - 1, 0, -1):
            mover = self.history[length - 1].to_play
            if self.setup.player(mover) == YOU:
                del self.history[length:]
                self.estimates = {
                    ply: estimate for ply, estimate in self.estimates.items() if ply < length
                }
                self.result = self.reason = ""
                self.shown_ply = -1
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
        self.result = f"{'W' if colour == BLACK else 'B'}+{how}"
        self.reason = f"{COLOUR_NAMES[colour]} {words}"

    def end_with_count(self, count: ScoreCount) -> None:
        """End the game with a count."""
        self.result, self.reason = count.result, count.explanation()

    def worst_mistake(self) -> Mistake | None:
        """The user's worst mistake; anybody's if the user does not play."""
        rates = {ply: estimate.black_win_rate for ply, estimate in self.estimates.items()}
        colours = [
            colour
            for colour in (BLACK, WHITE)
            if not self.has_people or self.setup.player(colour) == YOU
        ]
        return worst_mistake(self.history, rates, colours)

    def sgf(self) -> str:
        """The game as SGF."""
        comments = {
            ply: f"Black wins {estimate.black_win_rate:.1%}, by {estimate.black_score:+.1f} points"
            for ply, estimate in self.estimates.items()
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
        """Write the game as SGF. The file is replaced as a whole, or stays as it was.

        Raises:
            UserError: the file can't be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, self.sgf())
        except OSError as error:
            raise UserError(f"{path}: {error.strerror}; the game is not saved") from error
