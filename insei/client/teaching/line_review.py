"""A review line by line, for pipes, screen readers and scripts."""

from collections.abc import Callable, Iterable, Iterator

from insei.client.game import ClientGame
from insei.client.keeping.kept_games import is_kept_game
from insei.client.keeping.line_saving import ANSWERS, LineSaving
from insei.client.teaching.line_analyst import LineAnalyst
from insei.client.teaching.summary import lessons_text
from insei.client.teaching.teacher import ANALYSIS_VISITS, analysis_of_line, best_text, score_text
from insei.client.teaching.tour import Tour
from insei.engine.rules import COLOUR_NAMES
from insei.engine.vertex import move_of, vertex_of

HELP = (
    "next, back, first, last, goto N, a vertex to play a variation, variation, undo, hint, score, "
    "analyse, mistakes, mistake, previous, lesson N, save FILE, help, quit"
)
HINT_VISITS = 200
PROGRESS_EVERY = 20  # positions between two reports of an analysis


class LineReview:
    """A game that is stepped through by words.

    Args:
        game: shown from its beginning.
        analyst: judges positions.
    """

    def __init__(self, game: ClientGame, analyst: LineAnalyst) -> None:
        self.game = game
        self.analyst = analyst
        self.tour = Tour(game)
        self.saving = LineSaving(game)
        self.is_done = self.is_warned = False
        game.show_ply(0)
        tour = self.tour
        self.commands: dict[str, Callable[[str], Iterator[str]]] = {
            "next": lambda rest: self._step(1, rest),
            "back": lambda rest: self._step(-1, rest),
            "first": lambda rest: self._show(0),
            "last": lambda rest: self._show(len(game.history) - 1),
            "goto": lambda rest: self._walk(lambda: tour.go_to(rest)),
            "mistake": lambda rest: self._walk(tour.next_mistake),
            "previous": lambda rest: self._walk(tour.previous_mistake),
            "lesson": lambda rest: self._walk(lambda: tour.show_lesson(rest)),
            "mistakes": self._lessons,
            "variation": self._variation,
            "undo": self._undo,
            "hint": self._hint,
            "score": self._score,
            "analyse": self._analyse,
            "save": self.saving.save,
            "help": lambda rest: iter([f"{HELP}."]),
            "quit": self._quit,
            "exit": self._quit,
        }

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield what to print, until the user leaves or the lines end."""
        tree = self.game.line.tree
        yield from self.game.warnings
        yield f"{tree.black} against {tree.white}, {tree.result or 'no result'}. Type {HELP}."
        yield from self._shown()
        for line in lines:
            yield from self._run_line(line.strip())
            if self.is_done:
                return

    def _run_line(self, line: str) -> Iterator[str]:
        word, _, rest = line.partition(" ")
        if self.saving.asked is not None:
            yield from self.saving.answer(word)
            if word.lower() in ANSWERS:
                return
        if not word:
            return
        if word.isdecimal():
            word, rest = "lesson", word
        command = self.commands.get(word.lower())
        if command is not None:
            yield from command(rest.strip())
            return
        try:
            self.game.play_variation(move_of(line, self.game.rules))
        except ValueError as error:
            yield f"{error}. Type help for the words."
            return
        yield from self._shown()

    def _shown(self) -> Iterator[str]:
        """The position on the screen, its comment and its variations."""
        game = self.game
        move = game.shown.last_move
        played = f", {vertex_of(move, game.rules)}" if move is not None else ""
        yield str(game.shown)
        yield (
            f"Move {game.ply} of {len(game.history) - 1}{played}; "
            f"{COLOUR_NAMES[game.shown.to_play]} to play."
        )
        number, count = game.variations
        if count > 1:
            yield f"Variation {number} of {count}."
        if len(game.line.node.children) > 1:
            moves = (child.position.last_move for child in game.line.node.children)
            told = ", ".join(vertex_of(move, game.rules) for move in moves if move is not None)
            yield f"Moves here: {told}."
        if game.comment:
            yield game.comment

    def _show(self, ply: int) -> Iterator[str]:
        self.game.show_ply(ply)
        yield from self._shown()

    def _step(self, by: int, rest: str) -> Iterator[str]:
        if rest and not rest.isdecimal():
            yield f"{rest}: wanted a number of moves."
            return
        yield from self._show(self.game.ply + by * int(rest or 1))

    def _walk(self, walk: Callable[[], str]) -> Iterator[str]:
        before = self.game.line.node
        said = walk()
        if self.game.line.node is not before or not said:
            yield from self._shown()
        if said:
            yield said

    def _lessons(self, rest: str) -> Iterator[str]:
        yield lessons_text(self.game) or "No move lost much, as far as the game is analysed."

    def _variation(self, rest: str) -> Iterator[str]:
        if self.game.next_variation():
            yield from self._shown()
        else:
            yield "This move has no other variation."

    def _undo(self, rest: str) -> Iterator[str]:
        if self.game.line.remove():
            yield from self._shown()
        else:
            yield "Only moves that you added can be taken back."

    def _hint(self, rest: str) -> Iterator[str]:
        node = self.game.line.node
        if self.analyst.judge(node, HINT_VISITS):
            yield score_text(node)
            yield from best_text(node)
        else:
            yield "No hints here."

    def _score(self, rest: str) -> Iterator[str]:
        node = self.game.line.node
        self.analyst.judge(node, 1)
        yield score_text(node) or "Nothing is known of this position."

    def _analyse(self, rest: str) -> Iterator[str]:
        """Judge every position of the line; the result is kept in the game."""
        analysis, total = analysis_of_line(self.game), len(self.game.nodes)
        while (ply := analysis.unjudged(ANALYSIS_VISITS)) is not None:
            if not self.analyst.judge(self.game.nodes[ply], ANALYSIS_VISITS):
                yield "No analysis here."
                return
            if ply and ply % PROGRESS_EVERY == 0:
                yield f"{analysis.num_judged(ANALYSIS_VISITS)} of {total} positions analysed."
        yield f"All {total} positions analysed. save FILE keeps the analysis with the game."
        yield from self._lessons("")

    def _quit(self, rest: str) -> Iterator[str]:
        if not self.game.is_saved and not self.is_warned and not is_kept_game(self.game):
            self.is_warned = True
            yield "The moves that you added are not saved: save FILE, or quit once more."
            return
        self.is_done = True
        yield "Left."
