"""A game line by line, for pipes, screen readers and scripts."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TextIO

from insei.agents.manners import Manners, Outlook
from insei.client.game import ClientGame
from insei.client.keeping.kept_games import keep
from insei.client.keeping.line_saving import ANSWERS, LineSaving
from insei.client.player_server import QUICK_VISITS
from insei.client.score_count import ScoreCount
from insei.client.teaching.climbing import Climbing
from insei.client.teaching.game_analysis import keep_analysis
from insei.client.teaching.line_analyst import LineAnalyst
from insei.client.teaching.summary import lost_most_text
from insei.client.teaching.teacher import best_text, score_text, warning
from insei.engine.errors import IllegalMove
from insei.engine.rules import BLACK, COLOUR_NAMES, Rules, opponent
from insei.engine.vertex import move_of, vertex_of
from insei.progress import progress_path
from insei.system.shown import say

if TYPE_CHECKING:
    from insei.agents.player import Player
    from insei.engine.position import Position

HELP = "a vertex such as C3, pass, undo, hint, score, teacher, save FILE, resign, help, quit"
COUNTING = (
    "Type done to count so, a vertex to change the fate of the stones there, or undo to play on."
)
HINT_VISITS = 200


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
        game: in which the user plays one colour.
        player_name: as messages write it.
        make_analyst: makes the player that judges, for hints and lost moves.
        keeps: whether the game is kept, in the user's data folder.
    """

    def __init__(
        self,
        player: "Player",
        game: ClientGame,
        player_name: str,
        make_analyst: "Callable[[], Player]",
        keeps: bool = False,
    ) -> None:
        self.player = player
        self.game = game
        self.own_colour = game.own_colour
        self.keeps = keeps
        self.saving = LineSaving(game)
        self.player_name = player_name
        self.analyst = LineAnalyst(make_analyst)
        self.climbing = Climbing(progress_path() if keeps else None)
        self.level = self.climbing.level(game)  # that the user plays, if it is one
        self.manners = Manners()  # of the level
        self.teaches = True  # whether moves that lose much are told
        self.count: ScoreCount | None = None  # while it is open
        self.is_done = False
        self.rules: Rules = game.rules
        player.new_game(self.rules, game.setup.seed)
        self.commands: dict[str, Callable[[str], Iterator[str]]] = {
            "done": self._done,
            "undo": self._undo,
            "hint": self._hint,
            "score": self._score,
            "teacher": self._teacher,
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
        if advice := self.climbing.advice(self.game):
            yield advice
        yield from self._continue()
        while not self.is_done:
            line = next(typed, None)
            if line is not None:
                yield from self._run_line(line)
            elif self.count is not None:
                yield from self._done("")
            else:
                yield f"No more input; the game is left as it stands{self._how_to_go_on()}."
                return
        if self.game.is_ended:
            yield from self._end_texts()
            yield from self._offer_to_save(typed)

    def _end_texts(self) -> Iterator[str]:
        """The moves that lost most, and what the game means for the user's level."""
        try:
            climbed = self.climbing.note_end(self.game)
        except ValueError as error:
            climbed = f"{error}."
        if lost := lost_most_text(self.game):
            yield f"What lost most: {lost}. `insei review` shows what was better."
        if climbed:
            yield climbed

    def _offer_to_save(self, typed: Iterator[str]) -> Iterator[str]:
        """Run `save` commands until another line comes."""
        kept = f"The game is kept in {self.game.kept_at}. " if self.game.kept_at else ""
        yield f"{kept}Type save FILE to write it elsewhere too, or nothing to leave it."
        for line in typed:
            word, _, rest = line.strip().partition(" ")
            if self.saving.asked is not None:
                yield from self.saving.answer(word)
            elif word.lower() == "save":
                yield from self._save(rest.strip())
            else:
                return

    def _how_to_go_on(self) -> str:
        return f"; `insei play {self.game.kept_at}` goes on with it" if self.game.kept_at else ""

    def _keep(self) -> Iterator[str]:
        """Keep the game; says why if it can't be."""
        if not self.keeps:
            return
        try:
            keep(self.game)
        except ValueError as error:
            yield f"{error}."

    def _run_line(self, line: str) -> Iterator[str]:
        word, _, rest = line.strip().partition(" ")
        if self.saving.asked is not None:
            yield from self.saving.answer(word)
            if word.lower() in ANSWERS:
                return
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
        if self.teaches:
            self._judge_last()
        lost = warning(self.game, "undo") if self.teaches else ""
        yield from self._continue()
        if lost:
            yield lost

    def _continue(self) -> Iterator[str]:
        """Play the player's moves, show the board, and open the count after two passes."""
        yield from self._keep()
        while not self.position.is_over and self.position.to_play != self.own_colour:
            if end := self._play_for_player():
                self.is_done = True
                yield end
                yield from self._keep()
                return
        yield from self._keep()
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
            move = self._well_mannered(self.player.choose(self.position).move)
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

    def _well_mannered(self, move: int) -> int:
        """The player's move, or what a person would do instead, if the player is a level."""
        if self.level is None:
            return move
        found = self.analyst.analysis(self.position, QUICK_VISITS)
        if found is None:
            return move
        keep_analysis(self.game.nodes[-1], found)
        outlook = Outlook(found.black_win_rate, found.black_score, found.ownership)
        return self.manners.instead(self.position, move, outlook)

    def _judge_last(self) -> None:
        """Let the analyst judge the last two positions, for the teacher."""
        for node in self.game.nodes[-2:]:
            self.analyst.judge(node, QUICK_VISITS)

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
        yield from self._keep()
        yield f"{self.game.reason}. {result}, {outcome}."

    def _hint(self, rest: str) -> Iterator[str]:
        """The analyst's best moves."""
        node = self.game.nodes[-1]
        if self.count is not None or not self.analyst.judge(node, HINT_VISITS):
            yield "No hints now."
            return
        yield score_text(node)
        yield from best_text(node)

    def _undo(self, rest: str) -> Iterator[str]:
        """Take back the user's last move and the reply to it."""
        if self.game.undo():
            self.count = None
            yield from self._keep()
            yield str(self.position)
        else:
            yield "Nothing to take back."

    def _score(self, rest: str) -> Iterator[str]:
        black, white = self.position.area()
        yield f"As it stands, black {black}, white {white} and komi {self.rules.komi:g}."
        node = self.game.nodes[-1]
        if self.analyst.judge(node, QUICK_VISITS):
            yield score_text(node)

    def _teacher(self, rest: str) -> Iterator[str]:
        self.teaches = not self.teaches
        yield "The teacher warns you." if self.teaches else "The teacher is silent."

    def _save(self, rest: str) -> Iterator[str]:
        """Save the game, with the result of a count that is open."""
        yield from self.saving.save(rest, self.count.result if self.count is not None else "")

    def _resign(self, rest: str) -> Iterator[str]:
        self.is_done = True
        self.game.resign(self.own_colour)
        yield from self._keep()
        yield f"You resign: {self.player_name} wins."

    def _quit(self, rest: str) -> Iterator[str]:
        self.is_done = True
        yield f"Left as it stands{self._how_to_go_on()}."
