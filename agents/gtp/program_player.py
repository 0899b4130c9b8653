"""`gtp:COMMAND`: any program that speaks GTP 2, such as GNU Go, seated as a player."""

import math
import os
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from insei.agents.player import RESIGN, Choice, PlayerFailed, ProgramMissing
from insei.engine.position import Position
from insei.engine.rules import COLOUR_NAMES, Rules
from insei.engine.vertex import move_of, vertex_of
from insei.system.child_process import bound_to_us
from insei.system.errors import UserError

START_SECONDS = 30.0  # until the program answers its first command
MOVE_SECONDS = 300.0  # a move
STOP_SECONDS = 5.0  # from `quit` until it is killed
PATIENCE = re.compile(r"(start|move|stop)=(\d+(?:\.\d+)?)")
LONGEST_ANSWER = 2**20  # bytes
MOST_STDERR = 2**26  # bytes of a program's chatter that are kept on disk
KEPT_STDERR = 400  # characters of its last words that a failure quotes

STARTER = ThreadPoolExecutor(1, "starter")  # its thread lives on, as `bound_to_us` wants it


class GtpPlayer:
    """Plays what a program answers to `genmove`.

    The program runs in a process group of its own, is started at the first game, started anew
    after a failure, and stopped by `close`; on Linux it ends with this process, however that ends.
    What it writes to standard error is kept in a temporary file; where it fails the end is quoted.

    Args:
        command: as a shell would split it; no shell is run. Before it may stand how long to wait,
            in seconds: `start=120 move=600 stop=5 katago gtp`.
        name: what reports call it.

    Raises:
        UserError: the command is empty or its quotes don't match.
    """

    num_parameters = 0
    fingerprint = ""

    def __init__(self, command: str, name: str) -> None:
        self.name = name
        try:
            self.words = shlex.split(command)
        except ValueError as error:
            raise UserError(f"player {name!r}: {error}") from None
        self.patience = {"start": START_SECONDS, "move": MOVE_SECONDS, "stop": STOP_SECONDS}
        while self.words and (wait := PATIENCE.fullmatch(self.words[0])):
            self.patience[wait[1]] = float(wait[2])
            del self.words[0]
        if not self.words:
            raise UserError(f"player {name!r}: wanted gtp:COMMAND, as in gtp:gnugo --mode gtp")
        self.program: Program | None = None
        self.told: Told | None = None  # nothing before the first game and after a failure

    def new_game(self, rules: Rules, seed: int) -> None:
        """Clear the program's board and tell it size and komi; rules and seed it has its own.

        Raises:
            UserError: the board is no square, or the program refuses its size or komi.
            PlayerFailed: it doesn't start, doesn't answer or has died.
        """
        if rules.width != rules.height:
            raise UserError(
                f"player {self.name!r}: GTP knows squares alone, not {rules.width}x{rules.height}"
            )
        self.told = None
        for command in (f"boardsize {rules.width}", f"komi {rules.komi:g}", "clear_board"):
            accepted, answer = self._ask(command, self.patience["start"])
            if not accepted:
                raise UserError(f"player {self.name!r}: {command!r} refused: {answer}")
        self.told = Told(rules)

    def choose(self, position: Position) -> Choice:
        """Tell the program the stones and moves it hasn't seen, and ask for its own.

        Where moves were taken back, or the game is another than it knows, it is told all anew.

        Raises:
            PlayerFailed: it refuses a legal move, answers no vertex, takes too long or dies.
        """
        told = self._tell(position)
        colour = COLOUR_NAMES[position.to_play]
        accepted, answer = self._ask(f"genmove {colour}", self.patience["move"])
        if not accepted:
            raise PlayerFailed(f"genmove {colour} refused: {answer}")
        if answer.lower() == "resign":
            self.told = told
            return Choice(RESIGN)
        try:
            move = move_of(answer, position.rules)
        except ValueError as error:
            raise PlayerFailed(f"genmove {colour} answered {error}") from None
        told.moves.append((position.to_play, move))
        self.told = told
        return Choice(move)

    def cpu_seconds(self) -> float:
        """Processor time of the program; not a number where the system won't say.

        In nanoseconds while one thread does the work; where several do, in hundredths of a second.
        """
        if self.program is None:
            return math.nan
        here = Path(f"/proc/{self.program.process.pid}")
        try:  # Linux
            first_thread = int((here / "schedstat").read_text().split()[0]) / 1e9
            user, system = (here / "stat").read_text().rpartition(")")[2].split()[11:13]
            return max(first_thread, (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"))
        except (OSError, ValueError, IndexError):
            return math.nan

    def process_id(self) -> int:
        """The program's process.

        Raises:
            PlayerFailed: it doesn't run.
        """
        if self.program is None:
            raise PlayerFailed("process_id before new_game: wanted the program started")
        return self.program.process.pid

    def identity(self) -> str:
        """What the program says of its name and version.

        Raises:
            PlayerFailed: it doesn't start, doesn't answer or has died.
        """
        return " ".join(self._ask(word, self.patience["start"])[1] for word in ("name", "version"))

    def close(self) -> None:
        """Stop the program."""
        if self.program is not None:
            self.program.stop(self.patience["stop"])
            self.program = self.told = None

    def _tell(self, position: Position) -> "Told":
        """Bring the program to this position; returns what it knows, to be kept once it moved."""
        if self.told is None or not self.told.leads_to(position):
            try:
                self.new_game(position.rules, 0)
            except ValueError as error:
                raise PlayerFailed(str(error)) from None
        told, self.told = self.told, None  # until it has heard all
        assert told is not None
        if told.stones is None:
            told.stones = position.initial_board.ravel().tolist()
            for point, colour in enumerate(told.stones):
                if colour:
                    self._play(colour, point, position.rules)
        for colour, move in moves_of(position)[len(told.moves) :]:
            self._play(colour, move, position.rules)
            told.moves.append((colour, move))
        return told

    def _play(self, colour: int, move: int, rules: Rules) -> None:
        said = f"play {COLOUR_NAMES[colour]} {vertex_of(move, rules)}"
        accepted, answer = self._ask(said, self.patience["move"])
        if not accepted:
            raise PlayerFailed(f"{said} refused: {answer}")

    def _ask(self, command: str, seconds: float) -> tuple[bool, str]:
        if self.program is None:
            self.program = Program(self.words)
        try:
            return self.program.ask(command, seconds)
        except PlayerFailed as error:
            words = self.program.last_words()
            self.close()
            raise PlayerFailed(f"{error}{words}") from None


@dataclass
class Told:
    """A game as a program knows it."""

    rules: Rules  # of which it was told size and komi
    stones: list[int] | None = None  # the board it began with, once they are laid
    moves: list[tuple[int, int]] = field(default_factory=list)  # colour, move

    def leads_to(self, position: Position) -> bool:
        """Whether a position is this game, or follows from it by moves alone."""
        rules = position.rules
        return (
            (rules.width, rules.komi) == (self.rules.width, self.rules.komi)
            and self.stones in (None, position.initial_board.ravel().tolist())
            and moves_of(position)[: len(self.moves)] == self.moves
        )


def moves_of(position: Position) -> list[tuple[int, int]]:
    """Who played what since the game began."""
    return list(zip(position.movers, position.moves, strict=True))


class Program:
    """A GTP program that runs: commands in, answers out, each within its time.

    Raises:
        ProgramMissing: it can't be started.
    """

    def __init__(self, words: Sequence[str]) -> None:
        if shutil.which(words[0]) is None:
            raise ProgramMissing(f"{words[0]} can't be started: not found, or not executable")
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115, closed by stop
        try:
            self.process = STARTER.submit(
                subprocess.Popen,
                bound_to_us(words),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                start_new_session=True,
                bufsize=0,
            ).result()
        except OSError as error:
            self.errors.close()
            raise ProgramMissing(f"{words[0]} can't be started: {error.strerror}") from None
        self.heard = b""

    def ask(self, command: str, seconds: float) -> tuple[bool, str]:
        """Send a command; returns whether it was accepted, and what was answered.

        Raises:
            PlayerFailed: no answer within `seconds`, or the program ended.
        """
        assert self.process.stdin is not None
        if stray := self.heard.strip():
            said = stray[:80].decode("utf-8", "replace")
            raise PlayerFailed(f"spoke out of turn before {command!r}: {said!r}")
        if os.fstat(self.errors.fileno()).st_size > MOST_STDERR:
            self.errors.truncate(0)
        try:
            self.process.stdin.write(command.encode() + b"\n")
        except OSError:
            raise PlayerFailed(f"ended before {command!r}") from None
        text = self._answer(command, seconds).replace("\r", "").strip()
        if text[:1] not in ("=", "?"):
            raise PlayerFailed(f"{command!r} answered {text[:80]!r}: wanted = or ?")
        return text[0] == "=", text[1:].lstrip("0123456789").strip()

    def _answer(self, command: str, seconds: float) -> str:
        """Read up to the empty line that ends an answer."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while True:
                self.heard = self.heard.replace(b"\r", b"").lstrip(b"\n")
                end = self.heard.find(b"\n\n")
                if end >= 0:
                    answer, self.heard = self.heard[:end], self.heard[end + 2 :]
                    return answer.decode("utf-8", "replace")
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise PlayerFailed(f"no answer to {command!r} within {seconds:g} s")
                more = os.read(self.process.stdout.fileno(), 65_536)
                if not more:
                    raise PlayerFailed(f"ended at {command!r}")
                self.heard += more
                if len(self.heard) > LONGEST_ANSWER:
                    raise PlayerFailed(f"{command!r} answered more than {LONGEST_ANSWER} bytes")

    def last_words(self) -> str:
        """The end of what the program wrote to standard error, as part of a message."""
        size = self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, size - KEPT_STDERR))
        words = " ".join(self.errors.read().decode("utf-8", "replace").split())
        return f"; it said: {words}" if words else ""

    def stop(self, seconds: float) -> None:
        """Ask the program to quit, and kill its process group if it doesn't in so many seconds."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(OSError):
            self.process.stdin.write(b"quit\n")
        with suppress(OSError):
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # its children too
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()
