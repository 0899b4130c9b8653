"""A game in a terminal line by line, for pipes, screen readers and scripts."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from insei.client.counting import Count
from insei.engine.errors import IllegalMove
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE, Rules, opponent
from insei.engine.vertex import vertex_of
from insei.system.files import typed_path

if TYPE_CHECKING:
    from insei.agents.player import Player
    from insei.engine.position import Position

HELP = "a vertex such as C3, pass, undo, hint, score, save FILE, resign, help, quit"
COUNTING = (
    "Type done to count so, a vertex to change the fate of the stones there, or undo to play on."
)
HINT_VISITS = 200
HINTS = 3


def typed_lines(source: TextIO | None) -> Iterator[str]:
    """Lines as they are typed, with a prompt where a person types; none where input is closed."""
    while source is not None:
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
        called: what the player is called.
        make_analyst: makes who is asked for hints and for dead stones, once it is wanted.
    """

    def __init__(
        self,
        player: "Player",
        start: "Position",
        mine: int,
        seed: int,
        called: str,
        make_analyst: "Callable[[], Player]",
    ) -> None:
        self.player = player
        self.mine = mine
        self.called = called
        self.make_analyst = make_analyst
        self.asked: Player | None = None  # the analyst, once made
        self.count: Count | None = None  # while the end is being counted
        self.history = [start]
        self.is_done = False
        self.result = ""  # as SGF writes it, once the game has one
        self.rules: Rules = start.rules
        player.new_game(self.rules, seed)
        self.commands: dict[str, Callable[[str], Iterator[str]]] = {
            "done": self._done,
            "undo": self._undo,
            "hint": self._hint,
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
        typed = iter(lines)
        yield f"You are {COLOUR_NAMES[self.mine]} against {self.called}. Type {HELP}."
        yield from self._answer()
        while not self.is_done:
            line = next(typed, None)
            if line is not None:
                yield from self._obey(line)
            elif self.count is not None:
                yield from self._done("")
            else:
                yield "No more input; the game is left as it stands."
                return
        if self.result:
            yield from self._offer_to_save(typed)

    def _offer_to_save(self, typed: Iterator[str]) -> Iterator[str]:
        """Let a finished game be saved, and any other line end it."""
        yield "Type save FILE to keep the game, or nothing to leave it."
        for line in typed:
            word, _, rest = line.strip().partition(" ")
            if word.lower() != "save":
                return
            yield from self._save(rest.strip())

    def _obey(self, line: str) -> Iterator[str]:
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        command = self.commands.get(word.lower())
        if command is not None:
            yield from command(rest.strip())
            return
        from insei.engine.vertex import move_of

        try:
            move = move_of(line.strip(), self.rules)
            if self.count is not None:
                self.count.toggle(move)
                yield from self._tell_count()
                return
            self.history.append(self.position.play(move))
        except ValueError as error:
            yield f"{error}. Type {HELP}."
            return
        yield from self._answer()

    def _answer(self) -> Iterator[str]:
        """Let the player move while it is its turn; show the board."""
        while not self.position.is_over and self.position.to_play != self.mine:
            if given_up := self._move_of_player():
                yield given_up
                return
        yield str(self.position)
        if self.position.is_over:
            from insei.agents.search.dead_stones import dead_for

            self.count = Count(self.position)
            self.count.propose(dead_for(self.position, self._analyst()))
            yield from self._tell_count()

    def _move_of_player(self) -> str:
        """Play what the player chooses; or end the game, and say why it has lost."""
        from insei.agents.net.architecture import BrokenNetwork
        from insei.agents.player import RESIGN, PlayerFailed

        try:
            move = self.player.choose(self.position).move
        except (PlayerFailed, BrokenNetwork) as error:
            self._end(self.mine, "F")
            return f"{self.called} loses: it failed, {error}."
        if move == RESIGN:
            self._end(self.mine, "R")
            return f"{self.called} resigns: you win."
        try:
            self.history.append(self.position.play(move))
        except IllegalMove as error:
            self._end(self.mine, "F")
            return f"{self.called} loses: illegal move, {error}."
        return ""

    def _end(self, winner: int, how: str) -> None:
        self.is_done = True
        self.result = f"{'B' if winner == BLACK else 'W'}+{how}"

    def _analyst(self) -> "Player":
        if self.asked is None:
            self.asked = self.make_analyst()
            self.asked.new_game(self.rules, 0)
        return self.asked

    def _tell_count(self) -> Iterator[str]:
        assert self.count is not None
        dead = ", ".join(vertex_of(point, self.rules) for point in sorted(self.count.dead))
        yield f"Dead stones: {dead or 'none'}. {COUNTING}"

    def _done(self, rest: str) -> Iterator[str]:
        """End the game as it is counted."""
        if self.count is None:
            yield "Nothing is being counted: two passes end a game."
            return
        self.is_done = True
        self.result = result = self.count.result
        mine = "B" if self.mine == BLACK else "W"
        said = "a tie" if result == "0" else "you win" if result[0] == mine else "you lose"
        yield f"{self.count.explanation()}. {result}, {said}."

    def _hint(self, rest: str) -> Iterator[str]:
        """Say what the analyst would play."""
        from insei.agents.player import SearchingPlayer

        analyst = self._analyst()
        if self.count is not None or not isinstance(analyst, SearchingPlayer):
            yield "No hints now."
            return
        search = analyst.search_from(self.position)
        while search.num_visits < HINT_VISITS and search.step():
            pass
        found = search.analysis(num_moves=HINTS, length=1)
        yield f"You win {found.win_rate:.0%}, by {found.score:+.1f} points; {found.visits} visits:"
        for one in found.moves:
            yield f"{vertex_of(one.move, self.rules)}: {one.win_rate:.0%}, {one.score:+.1f}"

    def _undo(self, rest: str) -> Iterator[str]:
        """Take back your last move, and the answer to it."""
        for length in range(len(self.history) - 1, 0, -1):
            if self.history[length - 1].to_play == self.mine:
                del self.history[length:]
                self.count = None
                yield str(self.position)
                return
        yield "Nothing to take back."

    def _score(self, rest: str) -> Iterator[str]:
        black, white = self.position.area()
        yield f"As it stands, black {black}, white {white} and komi {self.rules.komi:g}."

    def _save(self, rest: str) -> Iterator[str]:
        from insei.engine.sgf.record import GameRecord, write_sgf

        if not rest:
            yield "Type save FILE."
            return
        names = {self.mine: "you", opponent(self.mine): self.player.name}
        result = self.result or (self.count.result if self.count is not None else "")
        record = GameRecord(self.position, names[BLACK], names[WHITE], result)
        try:
            typed_path(rest).write_text(write_sgf(record))
        except OSError as error:
            yield f"{rest}: {error.strerror}; the game is not saved."
            return
        yield f"Saved to {rest}."

    def _resign(self, rest: str) -> Iterator[str]:
        self._end(opponent(self.mine), "R")
        yield f"You resign: {self.called} wins."

    def _quit(self, rest: str) -> Iterator[str]:
        self.is_done = True
        yield "Left as it stands."
