"""What the words of the teacher do: walks, hints, the graph, a study."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from insei.client.marks import LETTERS
from insei.client.teaching.board_marks import hinted_moves
from insei.client.teaching.teacher import score_text
from insei.engine.vertex import vertex_of

if TYPE_CHECKING:
    from insei.client.controller import GameController


class TeachingWords:
    """The words, by their effect on a game that a controller leads.

    Args:
        controller: its state is changed.
    """

    def __init__(self, controller: "GameController") -> None:
        self.controller = controller

    def commands(self) -> dict[str, Callable[[str], None]]:
        """What each word does; it is passed the rest of the line."""
        controller = self.controller
        return {
            "next": lambda rest: self._next(),
            "back": lambda rest: self._back(),
            "again": lambda rest: self._again(),
            "hint": lambda rest: self._hint(),
            "variation": lambda rest: controller.show_next_variation(-1 if rest == "back" else 1),
            "goto": lambda rest: self._walk(lambda: controller.tour.go_to(rest)),
            "mistake": lambda rest: self._walk(lambda: controller.tour.next_mistake()),
            "previous": lambda rest: self._walk(lambda: controller.tour.previous_mistake()),
            "lesson": lambda rest: self._walk(lambda: controller.tour.show_lesson(rest)),
            "analyse": lambda rest: controller.analyse_whole(),
            "score": lambda rest: self._score(),
            "graph": lambda rest: self._toggle_graph(),
            "teacher": lambda rest: self._toggle_teacher(),
            **{letter: partial(self._choose_hint, letter) for letter in LETTERS},
        }

    def _walk(self, walk: Callable[[], str]) -> None:
        """Show the position that a walk through the game leads to, and what it says."""
        controller = self.controller
        if not controller.is_looked_at:
            controller.message = "Once the game is over you can walk through it."
            return
        said = walk()
        controller.show_ply(controller.game.ply)
        controller.message = said

    def _next(self) -> None:
        """Show the next position; in a study the next problem or move."""
        controller, study = self.controller, self.controller.study
        if study is None:
            controller.show_ply(controller.game.ply + 1)
            return
        following = study.next()
        if following is None:
            controller.message = "That was the last one."
        elif following is not study:
            controller.begin_study(following)
        else:
            controller.show_ply(controller.game.ply)

    def _back(self) -> None:
        """Show the position before."""
        controller = self.controller
        if controller.study is None:
            controller.show_ply(controller.game.ply - 1)
        else:
            controller.message = "undo takes a move back, again begins anew."

    def _again(self) -> None:
        """Go back to the beginning of a study."""
        controller = self.controller
        if controller.study is None:
            controller.message = "Only a problem, or a game to guess, begins again."
        else:
            controller.message = ""
            controller.study.again()

    def _hint(self) -> None:
        """Show hints; in a study, tell a move if it has one."""
        controller = self.controller
        move = controller.study.hint() if controller.study is not None else None
        if move is None:
            controller.toggle_overlay("hint")
        else:
            controller.message = f"{vertex_of(move, controller.game.rules)}."

    def _choose_hint(self, letter: str, rest: str) -> None:
        """Draw the continuation of a hinted move."""
        controller = self.controller
        if controller.overlay != "hint":
            controller.toggle_overlay("hint")
        node = controller.game.line.node
        hints, index = hinted_moves(node, controller.shown_analysis), LETTERS.index(letter)
        if index < len(hints):
            controller.hint_choice.choose(node, hints[index].move)
        else:
            controller.message = f"There is no hint {letter} here yet."

    def _score(self) -> None:
        """Say how the position on the screen stands."""
        node = self.controller.game.line.node
        self.controller.message = score_text(node) or "This position is not analysed yet."

    def _toggle_graph(self) -> None:
        """Show the graph of the win rate while playing, or hide it."""
        controller = self.controller
        controller.shows_graph = not controller.shows_graph
        hidden = "The graph is hidden until the game is over."
        controller.message = "" if controller.shows_graph else hidden

    def _toggle_teacher(self) -> None:
        """Tell of moves that lost much, or be silent until the game is over."""
        controller = self.controller
        controller.teaches = not controller.teaches
        words = "The teacher warns you." if controller.teaches else "The teacher is silent."
        controller.message = words
