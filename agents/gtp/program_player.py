"""`gtp:COMMAND`: any program that speaks GTP 2, such as GNU Go, as a player."""

import math
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from insei.agents.clock import Clock, TimeControl
from insei.agents.gtp.program import GtpProgram
from insei.agents.gtp.time_lines import settings_line, time_left_line
from insei.agents.player import RESIGN, Choice, PlayerFailed
from insei.engine.position import Position
from insei.engine.rules import COLOUR_NAMES, Rules
from insei.engine.vertex import move_of, vertex_of
from insei.system.errors import UserError

START_SECONDS = 30.0  # for the answer to the first command
MOVE_SECONDS = 300.0  # for a move
STOP_SECONDS = 5.0  # between `quit` and the kill
TIMEOUT = re.compile(r"(start|move|stop)=(\d+(?:\.\d+)?)")


class GtpPlayer:
    """Plays what a program answers to `genmove`.

    The program runs in its own process group. It starts with the first game, restarts after a
    failure, and stops at `close`. On Linux it also ends when this process ends, even by `kill -9`.
    Its standard error goes to a temporary file; a failure quotes the end of it.

    Args:
        command: as for a shell, but no shell is run. Timeouts in seconds may stand before it:
            `start=120 move=600 stop=5 katago gtp`.
        name: as reports write it.

    Raises:
        UserError: the command is empty, or its quotes don't match.
    """

    num_parameters = 0
    fingerprint = ""

    def __init__(self, command: str, name: str) -> None:
        self.name = name
        try:
            self.words = shlex.split(command)
        except ValueError as error:
            raise UserError(f"player {name!r}: {error}") from None
        self.timeouts = {"start": START_SECONDS, "move": MOVE_SECONDS, "stop": STOP_SECONDS}
        while self.words and (timeout := TIMEOUT.fullmatch(self.words[0])):
            self.timeouts[timeout[1]] = float(timeout[2])
            del self.words[0]
        if not self.words:
            raise UserError(f"player {name!r}: wanted gtp:COMMAND, as in gtp:gnugo --mode gtp")
        self.program: GtpProgram | None = None
        self.program_game: ProgramGame | None = None  # None before a game and after a failure
        self.clocks: Mapping[int, Clock] = {}  # by colour
        self.told: TimeControl | None = None  # the time settings that the program has

    def new_game(self, rules: Rules, seed: int) -> None:
        """Clear the program's board and set size and komi. GTP 2 can't set rules or a seed.

        Raises:
            UserError: the board is no square, or the program refuses its size or komi.
            PlayerFailed: the program doesn't start, doesn't answer or has ended.
        """
        if rules.width != rules.height:
            raise UserError(
                f"player {self.name!r}: GTP knows squares alone, not {rules.width}x{rules.height}"
            )
        self.program_game = None
        for command in (f"boardsize {rules.width}", f"komi {rules.komi:g}", "clear_board"):
            accepted, answer = self._ask(command, self.timeouts["start"])
            if not accepted:
                raise UserError(f"player {self.name!r}: {command!r} refused: {answer}")
        self.program_game = ProgramGame(rules)
        self.told = None

    def set_clocks(self, clocks: Mapping[int, Clock]) -> None:
        """Tell the program its time before the next move; empty for no limit."""
        self.clocks = clocks

    def choose(self, position: Position) -> Choice:
        """Send the stones and moves that the program does not have, and ask for its move.

        If the position does not continue the program's game, the whole game is sent again.

        Raises:
            PlayerFailed: the program refuses a legal move, answers no vertex, times out or ends.
        """
        game = self._send(position)
        self._tell_time()
        colour = COLOUR_NAMES[position.to_play]
        accepted, answer = self._ask(f"genmove {colour}", self.timeouts["move"])
        if not accepted:
            raise PlayerFailed(f"genmove {colour} refused: {answer}")
        if answer.lower() == "resign":
            self.program_game = game
            return Choice(RESIGN)
        try:
            move = move_of(answer, position.rules)
        except ValueError as error:
            raise PlayerFailed(f"genmove {colour} answered {error}") from None
        game.moves.append((position.to_play, move))
        self.program_game = game
        return Choice(move)

    def cpu_seconds(self) -> float:
        """Processor time of the program; NaN where the system does not report it.

        The resolution is nanoseconds for the first thread, and 1/100 second for several threads.
        """
        if self.program is None:
            return math.nan
        process = Path(f"/proc/{self.program.process.pid}")
        try:  # Linux
            first_thread = int((process / "schedstat").read_text().split()[0]) / 1e9
            user, system = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
            return max(first_thread, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"))
        except (OSError, ValueError, IndexError):
            return math.nan

    def process_id(self) -> int:
        """The id of the program's process.

        Raises:
            PlayerFailed: the program doesn't run.
        """
        if self.program is None:
            raise PlayerFailed("process_id before new_game: wanted the program started")
        return self.program.process.pid

    def identity(self) -> str:
        """The program's answers to `name` and `version`.

        Raises:
            PlayerFailed: the program doesn't start, doesn't answer or has ended.
        """
        return " ".join(self._ask(word, self.timeouts["start"])[1] for word in ("name", "version"))

    def close(self) -> None:
        """Stop the program."""
        if self.program is not None:
            self.program.stop(self.timeouts["stop"])
            self.program = self.program_game = None

    def _send(self, position: Position) -> "ProgramGame":
        """Bring the program to this position, and return its game.

        The caller stores the game again once the program has answered.
        """
        if self.program_game is None or not self.program_game.leads_to(position):
            try:
                self.new_game(position.rules, 0)
            except ValueError as error:
                raise PlayerFailed(str(error)) from None
        game, self.program_game = self.program_game, None  # unknown if a command fails
        assert game is not None
        if game.stones is None:
            game.stones = position.initial_board.ravel().tolist()
            for point, colour in enumerate(game.stones):
                if colour:
                    self._play(colour, point, position.rules)
        for colour, move in moves_of(position)[len(game.moves) :]:
            self._play(colour, move, position.rules)
            game.moves.append((colour, move))
        return game

    def _tell_time(self) -> None:
        """Send the time settings, if they are new, and what each clock has left.

        A program that refuses them plays on without.
        """
        for colour, clock in self.clocks.items():
            if self.told != clock.control:
                self.told = clock.control
                self._ask(settings_line(clock.control, self._knows), self.timeouts["start"])
            self._ask(time_left_line(clock, colour), self.timeouts["start"])

    def _knows(self, command: str) -> bool:
        return self._ask(f"known_command {command}", self.timeouts["start"]) == (True, "true")

    def _play(self, colour: int, move: int, rules: Rules) -> None:
        command = f"play {COLOUR_NAMES[colour]} {vertex_of(move, rules)}"
        accepted, answer = self._ask(command, self.timeouts["move"])
        if not accepted:
            raise PlayerFailed(f"{command} refused: {answer}")

    def _ask(self, command: str, seconds: float) -> tuple[bool, str]:
        if self.program is None:
            self.program = GtpProgram(self.words)
        try:
            return self.program.ask(command, seconds)
        except PlayerFailed as error:
            quote = self.program.stderr_quote()
            self.close()
            raise PlayerFailed(f"{error}{quote}") from None


@dataclass
class ProgramGame:
    """The game that a program has received."""

    rules: Rules  # of which the program knows size and komi
    stones: list[int] | None = None  # on the board at the start; None until they are sent
    moves: list[tuple[int, int]] = field(default_factory=list)  # colour, move

    def leads_to(self, position: Position) -> bool:
        """Whether a position follows from this game by moves alone."""
        rules = position.rules
        return (
            (rules.width, rules.komi) == (self.rules.width, self.rules.komi)
            and self.stones in (None, position.initial_board.ravel().tolist())
            and moves_of(position)[: len(self.moves)] == self.moves
        )


def moves_of(position: Position) -> list[tuple[int, int]]:
    """The moves since the start, each with its colour."""
    return list(zip(position.movers, position.moves, strict=True))
