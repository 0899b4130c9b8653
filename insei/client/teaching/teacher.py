"""The teacher: warns of a move that lost much, and goes through the worst moves at the end."""

from functools import lru_cache

from insei.agents.search.mistakes import loss_of
from insei.client.estimate import estimate_of
from insei.client.game import ClientGame
from insei.client.game_setup import YOU
from insei.client.marks import Mark, numbered
from insei.client.teaching.best_moves import BestMove, best_moves
from insei.client.teaching.game_analysis import GameAnalysis, Lesson
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.engine.sgf.variations import GameNode
from insei.engine.vertex import vertex_of

MUCH = 0.10  # of the win rate: what a move must lose before the teacher speaks
ANALYSIS_VISITS = 200  # of each position, where the whole game is to be analysed
MOVES_TOLD = 5  # of a variation, in words


def own_colours(game: ClientGame) -> list[int]:
    """The colours that the user plays; both if the user only looks on."""
    own = [colour for colour in (BLACK, WHITE) if game.setup.player(colour) == YOU]
    return own or [BLACK, WHITE]


def analysis_of_line(game: ClientGame) -> GameAnalysis:
    """The analysis of the line on the screen."""
    return GameAnalysis(game.nodes, game.history, own_colours(game))


def analysis_of_game(game: ClientGame) -> GameAnalysis:
    """The analysis of the game itself, also while a variation is on the screen."""
    if game.last_node is game.nodes[-1]:
        return analysis_of_line(game)
    nodes, history = line_to(game.last_node)
    return GameAnalysis(nodes, history, own_colours(game))


@lru_cache(1)  # asked at each redraw
def line_to(end: GameNode) -> tuple[list[GameNode], list[Position]]:
    """The nodes from the start to this one, and their positions."""
    nodes = end.path()
    return nodes, [node.position for node in nodes]


def warning(game: ClientGame, key: str = "F7, undo") -> str:
    """What the user's last move lost, if that is much, and how to take it back; else empty.

    Args:
        key: that takes a move back.
    """
    for ply in range(len(game.history) - 1, max(0, len(game.history) - 3), -1):
        mover = game.history[ply - 1].to_play
        if game.setup.player(mover) != YOU:
            continue
        before, after = estimate_of(game.nodes[ply - 1]), estimate_of(game.nodes[ply])
        move = game.history[ply].last_move
        if before is None or after is None or move is None:
            return ""
        loss = loss_of(before.black_win_rate, after.black_win_rate, mover)
        if loss < MUCH:
            return ""
        return f"{vertex_of(move, game.rules)} lost {100 * loss:.0f} %. Take it back? ({key})"
    return ""


def lesson_line(number: int, lesson: Lesson, rules: Rules) -> str:
    """A lesson in a few words, for a list."""
    return f"{number} {vertex_of(lesson.move, rules)} -{100 * lesson.loss:.0f} %"


def lesson_text(lesson: Lesson, rules: Rules) -> str:
    """A lesson in full: what was played, what it lost, and what was better."""
    points = f" and {lesson.points:.1f} points" if lesson.points and lesson.points > 0 else ""
    vertex = vertex_of(lesson.move, rules)
    text = f"Move {lesson.ply}, {vertex}, lost {100 * lesson.loss:.0f} %{points}."
    if lesson.better is None:
        return text
    return f"{text} Better: {variation_text(lesson.better.variation, rules)}."


def variation_text(moves: tuple[int, ...], rules: Rules) -> str:
    """The first moves of a variation in words."""
    return " ".join(vertex_of(move, rules) for move in moves[:MOVES_TOLD])


def lesson_marks(lesson: Lesson, rules: Rules) -> dict[int, Mark]:
    """The better variation as numbered stones, and the move that was played."""
    marks = variation_marks(lesson.better, lesson.mover, rules) if lesson.better else {}
    if lesson.move != rules.pass_move:
        marks.setdefault(lesson.move, Mark("!", "mistake"))
    return marks


def variation_marks(best: BestMove, to_play: int, rules: Rules) -> dict[int, Mark]:
    """A variation as numbered stones."""
    return numbered(best.variation, to_play, rules)


def score_text(node: GameNode) -> str:
    """How the game stands, as a search judged it; empty if none did."""
    estimate = estimate_of(node)
    if estimate is None:
        return ""
    rate = estimate.black_win_rate
    text = f"Black wins {100 * rate:.0f} %"
    if estimate.black_score is not None:
        leader = "Black" if estimate.black_score > 0 else "White"
        text += f"; {leader} is about {abs(estimate.black_score):.1f} points ahead"
    return f"{text}."


def best_text(node: GameNode, most: int = 3) -> list[str]:
    """The best moves of a position with their continuations, a line for each."""
    rules = node.position.rules
    return [
        f"{variation_text(best.variation, rules)}: {100 * best.win_rate:.0f} %, {best.score:+.1f}"
        for best in best_moves(node)[:most]
    ]
