"""What the teacher draws on the board: lessons, hints and their variations, guesses."""

from insei.client.game import ClientGame
from insei.client.marks import Mark, lettered
from insei.client.player_tasks import PositionAnalysis
from insei.client.teaching.best_moves import BestMove, best_moves
from insei.client.teaching.study import Study
from insei.client.teaching.teacher import analysis_of_line, lesson_marks, variation_marks
from insei.client.teaching.tour import Tour
from insei.engine.sgf.variations import GameNode


class HintChoice:
    """Which of the hinted moves is drawn with its continuation; none at first.

    It is kept by its move, because a running search changes the order of hints.
    """

    def __init__(self) -> None:
        self.node: GameNode | None = None  # that the choice is for
        self.move: int | None = None

    def chosen(self, node: GameNode) -> int | None:
        """The move chosen at a node; None for none."""
        return self.move if self.node is node else None

    def choose(self, node: GameNode, move: int) -> None:
        """Draw the continuation of a hinted move, or no more if it is drawn."""
        self.move = None if self.chosen(node) == move else move
        self.node = node


def hinted_moves(node: GameNode, analysis: PositionAnalysis | None) -> list[BestMove]:
    """The hints for a position: of the running search, or else those that its node keeps."""
    if analysis is None:
        return list(best_moves(node))
    return [
        BestMove(each.win_rate, each.score, each.visits, each.variation)
        for each in analysis.candidates
    ]


def hint_marks(
    node: GameNode, analysis: PositionAnalysis | None, choice: HintChoice
) -> dict[int, Mark]:
    """Letters on the hinted moves, or the chosen one with its continuation."""
    hints, rules = hinted_moves(node, analysis), node.position.rules
    chosen = next((hint for hint in hints if hint.move == choice.chosen(node)), None)
    if chosen is not None:
        return variation_marks(chosen, node.position.to_play, rules)
    return lettered([hint.move for hint in hints], rules)


def mistake_marks(game: ClientGame) -> dict[int, Mark]:
    """The shown move, if it lost much."""
    move = game.shown.last_move
    if move is None or move == game.rules.pass_move:
        return {}
    is_mistake = game.ply in analysis_of_line(game).lesson_plies()
    return {move: Mark("!", "mistake")} if is_mistake else {}


def teaching_marks(game: ClientGame, tour: Tour, study: Study | None) -> dict[int, Mark]:
    """The marks of a study, of the lesson on the board, or of a mistake."""
    if study is not None:
        return study.marks()
    if lesson := tour.shown_lesson:
        return lesson_marks(lesson, game.rules)
    return mistake_marks(game)
