"""A game line by line, for pipes, screen readers and scripts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.score_count import ScoreCount
from insei.engine.errors import IllegalMove
from insei.engine.rules import BLACK, COLOUR_NAMES, Rules, opponent
from insei.engine.vertex import move_of, vertex_of
from insei.system.files import typed_path, write_text
from insei.system.shown import say

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
    """Lines of an input, after a prompt if it is a terminal; none if it is closed."""
    while source is not None:
        if source.isatty():
            say("> ", end="", flush=True)
        line = source.readline()
        if not line:
            return
        yield line


class LineGame:
    """A game between the user and a player.

    Args:
        own_colour: the user's colour.
        player_name: as messages write it.
        make_analyst: makes the player that gives hints, when it is needed.
    """

    def __init__(
        self,
        player: "Player",
        start: "Position",
        own_colour: int,
        seed: int,
        player_name: str,
        make_analyst: "Callable[[], Player]",
    ) -> None:
        self.player = player
        self.own_colour = own_colour
        self.player_name = player_name
        self.make_analyst = make_analyst
        self.analyst: Player | None = None  # once made
        self.count: ScoreCount | None = None  # while it is open
        self.is_done = False
        self.rules: Rules = start.rules
        players = {own_colour: YOU, opponent(own_colour): player.name}
        black, white = (players[colour] for colour in sorted(players))
        self.game = ClientGame(GameSetup(black=black, white=white), [start])
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
        """The current position."""
        return self.game.position

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield what to print, until the game or the lines end."""
        typed = iter(lines)
        yield f"You are {COLOUR_NAMES[self.own_colour]} against {self.player_name}. Type {HELP}."
        yield from self._continue()
        while not self.is_done:
            line = next(typed, None)
            if line is not None:
                yield from self._run_line(line)
            elif self.count is not None:
                yield from self._done("")
            else:
                yield "No more input; the game is left as it stands."
                return
        if self.game.is_ended:
            yield from self._offer_to_save(typed)

    def _offer_to_save(self, typed: Iterator[str]) -> Iterator[str]:
        """Run `save` commands until another line comes."""
        yield "Type save FILE to keep the game, or nothing to leave it."
        for line in typed:
            word, _, rest = line.strip().partition(" ")
            if word.lower() != "save":
                return
            yield from self._save(rest.strip())

    def _run_line(self, line: str) -> Iterator[str]:
        word, _, rest = line.strip().partition(" ")
        if not word:
            return
        command = self.commands.get(word.lower())
        if command is not None:
            yield from command(rest.strip())
            return
        try:
            move = move_of(line.strip(), self.rules)
            if self.count is not None:
                self.count.toggle(move)
                yield self._count_text(self.count)
                return
            self.game.play(move)
        except ValueError as error:
            yield f"{error}. Type {HELP}."
            return
        yield from self._continue()

    def _continue(self) -> Iterator[str]:
        """Play the player's moves, show the board, and open the count after two passes."""
        while not self.position.is_over and self.position.to_play != self.own_colour:
            if end := self._play_for_player():
                self.is_done = True
                yield end
                return
        yield str(self.position)
        if self.position.is_over:
            self.count = ScoreCount(self.position)
            yield self._count_text(self.count)

    def _play_for_player(self) -> str:
        """Play the player's move. If it loses instead, end the game and return the reason."""
        from insei.agents.net.architecture import BrokenNetwork
        from insei.agents.player import RESIGN, PlayerFailed

        loser = opponent(self.own_colour)
        try:
            move = self.player.choose(self.position).move
        except (PlayerFailed, BrokenNetwork) as error:
            self.game.lose_by_failure(loser, str(error))
            return f"{self.player_name} loses: it failed, {error}."
        if move == RESIGN:
            self.game.resign(loser)
            return f"{self.player_name} resigns: you win."
        try:
            self.game.play(move)
        except IllegalMove as error:
            self.game.lose_by_failure(loser, f"illegal move, {error}")
            return f"{self.player_name} loses: illegal move, {error}."
        return ""

    def _ready_analyst(self) -> "Player":
        if self.analyst is None:
            self.analyst = self.make_analyst()
            self.analyst.new_game(self.rules, 0)
        return self.analyst

    def _count_text(self, count: ScoreCount) -> str:
        dead = ", ".join(vertex_of(point, self.rules) for point in sorted(count.dead))
        return f"Dead stones: {dead or 'none'}. {count.doubt_text()} {COUNTING}".replace("  ", " ")

    def _done(self, rest: str) -> Iterator[str]:
        """Accept the count."""
        if self.count is None:
            yield "Nothing is being counted: two passes end a game."
            return
        self.is_done = True
        self.game.end_with_count(self.count)
        result = self.game.result
        own_letter = "B" if self.own_colour == BLACK else "W"
        outcome = "a tie" if result == "0" else "you win" if result[0] == own_letter else "you lose"
        yield f"{self.game.reason}. {result}, {outcome}."

    def _hint(self, rest: str) -> Iterator[str]:
        """The analyst's best moves."""
        from insei.agents.player import SearchingPlayer

        analyst = self._ready_analyst()
        if self.count is not None or not isinstance(analyst, SearchingPlayer):
            yield "No hints now."
            return
        search = analyst.search_from(self.position)
        while search.num_visits < HINT_VISITS and search.step():
            pass
        found = search.analysis(num_moves=HINTS, length=1)
        yield f"You win {found.win_rate:.0%}, by {found.score:+.1f} points; {found.visits} visits:"
        for move in found.moves:
            yield f"{vertex_of(move.move, self.rules)}: {move.win_rate:.0%}, {move.score:+.1f}"

    def _undo(self, rest: str) -> Iterator[str]:
        """Take back the user's last move and the reply to it."""
        if self.game.undo():
            self.count = None
            yield str(self.position)
        else:
            yield "Nothing to take back."

    def _score(self, rest: str) -> Iterator[str]:
        black, white = self.position.area()
        yield f"As it stands, black {black}, white {white} and komi {self.rules.komi:g}."

    def _save(self, rest: str) -> Iterator[str]:
        if not rest:
            yield "Type save FILE."
            return
        result = self.game.result or (self.count.result if self.count is not None else "")
        try:
            write_text(typed_path(rest), replace(self.game, result=result).sgf())
        except OSError as error:
            yield f"{rest}: {error.strerror}; the game is not saved."
            return
        yield f"Saved to {rest}."

    def _resign(self, rest: str) -> Iterator[str]:
        self.is_done = True
        self.game.resign(self.own_colour)
        yield f"You resign: {self.player_name} wins."

    def _quit(self, rest: str) -> Iterator[str]:
        self.is_done = True
        yield "Left as it stands."
