"""A walk through a game that is looked at: by number, from mistake to mistake, to a lesson."""

from collections.abc import Iterable

from insei.client.game import ClientGame
from insei.client.teaching.game_analysis import GameAnalysis, Lesson
from insei.client.teaching.teacher import analysis_of_game, lesson_text

NO_MISTAKE = "No move there lost much, as far as the game is analysed."


class Tour:
    """A place in a game, and the lesson that is shown there.

    Each method shows another position and returns what to say of it.

    Args:
        game: its shown position is changed.
    """

    def __init__(self, game: ClientGame) -> None:
        self.game = game
        self.lesson: Lesson | None = None  # that was asked for last

    @property
    def shown_lesson(self) -> Lesson | None:
        """The lesson on the board: the position before the move is shown."""
        lesson = self.lesson
        is_shown = lesson is not None and self.game.line.node is lesson.before
        return lesson if is_shown else None

    def go_to(self, text: str) -> str:
        """Show the position after so many moves, a number as typed."""
        last = len(self.game.history) - 1
        if not (text.isdecimal() and int(text) <= last):
            return f"{f'goto {text}'.strip()}: wanted a number from 0 to {last}."
        self.game.show_ply(int(text))
        return ""

    def next_mistake(self) -> str:
        """Show the next move that lost much."""
        return self._show_first(lesson for lesson in self._in_order() if lesson.ply > self._here)

    def previous_mistake(self) -> str:
        """Show the last move before that lost much."""
        before = [lesson for lesson in self._in_order() if lesson.ply < self._here]
        return self._show_first(reversed(before))

    def show_lesson(self, text: str) -> str:
        """Show one of the moves that lost most, by its number as typed, 1 for the worst."""
        lessons = self.analysis.lessons()
        if not lessons:
            return NO_MISTAKE
        if not (text.isdecimal() and 1 <= int(text) <= len(lessons)):
            return f"{f'lesson {text}'.strip()}: wanted 1 to {len(lessons)}."
        return self._show(lessons[int(text) - 1])

    @property
    def analysis(self) -> GameAnalysis:
        """What is known of the game's line."""
        return analysis_of_game(self.game)

    def _show(self, lesson: Lesson) -> str:
        self.game.line.go_to(lesson.before)
        self.lesson = lesson
        return lesson_text(lesson, self.game.rules)

    def _show_first(self, lessons: Iterable[Lesson]) -> str:
        lesson = next(iter(lessons), None)
        return self._show(lesson) if lesson else NO_MISTAKE

    def _in_order(self) -> list[Lesson]:
        """All moves that lost much, in the order of the game."""
        return sorted(self.analysis.lessons(len(self.game.nodes)), key=lambda lesson: lesson.ply)

    @property
    def _here(self) -> int:
        """The ply of the lesson on the board, or else of the position."""
        shown = self.shown_lesson
        return shown.ply if shown else self.game.ply
