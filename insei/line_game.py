"""A game in a terminal line by line, for pipes, screen readers and scripts."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from engine.rules import BLACK, COLOUR_NAMES, WHITE, Rules, opponent

if TYPE_CHECKING:
    from agents.player import Player
    from engine.position import Position

HELP = "a vertex such as C3, pass, undo, score, save FILE, resign, help, quit"


def typed_lines(source: TextIO) -> Iterator[str]:
    """Lines as they are typed, with a prompt where a person types."""
    while True:
        if source.isatty():
            print("> ", end="", flush=True)
        line = source.readline()
        if not line:
            return
        yield line


class LineGame:
    """A game between whoever types and a player.

    Args:
        mine: the colour of whoever types.
    """

    def __init__(self, player: "Player", start: "Position", mine: int, seed: int) -> None:
        self.player = player
        self.mine = mine
        self.history = [start]
        self.is_done = False
        self.rules: Rules = start.rules
        player.new_game(self.rules, seed)
        self.commands: dict[str, Callable[[str], Iterator[str]]] = {
            "undo": self._undo,
            "score": self._score,
            "save": self._save,
            "resign": self._resign,
            "help": lambda rest: iter([HELP]),
            "quit": self._quit,
            "exit": self._quit,
        }

    @property
    def position(self) -> "Position":
        """Where the game stands."""
        return self.history[-1]

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield what to print, until the game ends or the lines do."""
        yield f"You are {COLOUR_NAMES[self.mine]} against {self.player.name}. Type {HELP}."
        yield from self._answer()
        for line in lines:
            yield from self._obey(line)
            if self.is_done:
                return
        yield "No more input; the game is left as it stands."

    def _obey(self, line: str) -> Iterator[str]:
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        command = self.commands.get(word.lower())
        if command is not None:
            yield from command(rest.strip())
            return
        from engine.vertex import move_of

        try:
            self.history.append(self.position.play(move_of(line.strip(), self.rules)))
        except ValueError as error:
            yield f"{error}. Type {HELP}."
            return
        yield from self._answer()

    def _answer(self) -> Iterator[str]:
        """Let the player move while it is its turn; show the board."""
        from agents.player import RESIGN

        while not self.position.is_over and self.position.to_play != self.mine:
            move = self.player.choose(self.position).move
            if move == RESIGN:
                yield f"{self.player.name} resigns: you win."
                self.is_done = True
                return
            self.history.append(self.position.play(move))
        yield str(self.position)
        if self.position.is_over:
            self.is_done = True
            yield self._verdict()

    def _verdict(self) -> str:
        from engine.diagram import result_of

        black, white = self.position.area()
        winner = self.position.winner()
        said = "a tie" if not winner else "you win" if winner == self.mine else "you lose"
        return (
            f"Area: black {black}, white {white} and komi {self.rules.komi:g}; "
            f"{result_of(self.position)}, {said}."
        )

    def _undo(self, rest: str) -> Iterator[str]:
        """Take back your last move, and the answer to it."""
        for length in range(len(self.history) - 1, 0, -1):
            if self.history[length - 1].to_play == self.mine:
                del self.history[length:]
                yield str(self.position)
                return
        yield "Nothing to take back."

    def _score(self, rest: str) -> Iterator[str]:
        black, white = self.position.area()
        yield f"As it stands, black {black}, white {white} and komi {self.rules.komi:g}."

    def _save(self, rest: str) -> Iterator[str]:
        from engine.sgf import GameRecord, write_sgf

        if not rest:
            yield "Type save FILE."
            return
        names = {self.mine: "you", opponent(self.mine): self.player.name}
        record = GameRecord(self.position, names[BLACK], names[WHITE])
        try:
            Path(rest).expanduser().write_text(write_sgf(record))
        except OSError as error:
            yield f"{rest}: {error.strerror}; the game is not saved."
            return
        yield f"Saved to {rest}."

    def _resign(self, rest: str) -> Iterator[str]:
        self.is_done = True
        yield f"You resign: {self.player.name} wins."

    def _quit(self, rest: str) -> Iterator[str]:
        self.is_done = True
        yield "Left as it stands."
