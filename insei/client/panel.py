"""The text of the panel: players, status, analysis, message, and the graph of the win rate."""

from dataclasses import dataclass
from textwrap import wrap

from insei.client.clocks import clock_text
from insei.client.estimate import Estimate
from insei.client.game import ClientGame
from insei.client.marks import LETTERS
from insei.client.player_tasks import PositionAnalysis
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE
from insei.engine.vertex import vertex_of
from insei.levels import display_name

BARS = " ▁▂▃▄▅▆▇█"
GRAPH_ROWS = 4


@dataclass(frozen=True)
class PanelSize:
    """The panel's size, and whether its text must be ASCII."""

    columns: int
    rows: int
    is_plain: bool


def panel_lines(
    game: ClientGame,
    analysis: PositionAnalysis | None,
    message: str,
    size: PanelSize,
    has_graph: bool = True,
) -> list[str]:
    """The panel's lines. What does not fit is left out, the graph first.

    Args:
        analysis: None if no overlay is shown.
        has_graph: whether the graph of the win rate may be seen.
    """
    lines = [line[: size.columns] for line in status_lines(game, size)]
    wrapped = wrap(message, size.columns)
    if size.rows - len(lines) <= len(wrapped):
        return [*lines, *wrapped][: size.rows]
    lines += ["", *wrapped]
    if analysis is not None:
        found = [line[: size.columns] for line in analysis_lines(analysis)]
        lines += ["", *found][: max(0, size.rows - len(lines))]
    graph = graph_lines(game, size) if has_graph else []
    if graph and size.rows - len(lines) > len(graph):
        lines += ["", *graph]
    return lines


def status_lines(game: ClientGame, size: PanelSize) -> list[str]:
    """Players with prisoners and clocks; komi and rules; the move."""
    position = game.shown
    prisoners = dict(zip((BLACK, WHITE), position.prisoners, strict=True))
    signs = "XO" if size.is_plain else "●○"
    lines = []
    for colour, sign in ((BLACK, signs[0]), (WHITE, signs[1])):
        time = game.clock_now(colour)
        clock = f" {clock_text(time)}" if time is not None else ""
        tail = f", took {prisoners[colour]}"
        name = display_name(game.setup.player(colour), game.setup.size)
        name = name[: max(3, size.columns - len(tail) - len(clock) - 2)]
        lines.append(f"{sign} {name}{tail}".ljust(size.columns - len(clock)) + clock)
    lines.append(f"{game.rules.size_name}, komi {game.rules.komi:g}, {game.setup.rules}")
    lines.append(f"{move_text(game)}: {turn_text(game)}")
    return lines


def move_text(game: ClientGame) -> str:
    """The number of moves on the screen, and the last of them."""
    position = game.shown
    total = f" of {len(game.history) - 1}" if game.shown_ply >= 0 else ""
    move = (
        f", {vertex_of(position.last_move, game.rules)}" if position.last_move is not None else ""
    )
    return f"move {position.num_moves}{total}{move}"


def turn_text(game: ClientGame) -> str:
    """Whose turn it is, or the result."""
    if game.result and game.shown_ply < 0:
        return game.result
    if game.shown.is_over:
        return "both passed"
    return f"{COLOUR_NAMES[game.shown.to_play]} to play"


def one_line_status(game: ClientGame) -> str:
    """The status for a terminal too narrow for a panel."""
    black, white = game.shown.prisoners
    clocks = [game.clock_now(colour) for colour in (BLACK, WHITE)]
    times = "".join(f", {clock_text(clock)}" for clock in clocks if clock is not None)
    return (
        f"{move_text(game)}: {turn_text(game)}{times}, took {black}:{white}, "
        f"komi {game.rules.komi:g}"
    )


def outlook_line(analysis: PositionAnalysis) -> str:
    """The win rate and the expected score in one line."""
    leader = "B" if analysis.black_score > 0 else "W"
    return (
        f"black wins {analysis.black_win_rate:.0%}, {leader}+{abs(analysis.black_score):.1f}; "
        f"{analysis.visits} visits"
    )


def analysis_lines(analysis: PositionAnalysis) -> list[str]:
    """Win rate and score, then a line for each candidate that is marked on the board."""
    lines = [outlook_line(analysis)]
    rules = analysis.position.rules
    for letter, candidate in zip(LETTERS, analysis.candidates, strict=False):
        vertex = vertex_of(candidate.move, rules)
        follows = " ".join(vertex_of(move, rules) for move in candidate.variation[1:4])
        lines.append(
            f"{letter} {vertex:<4} {candidate.win_rate:>4.0%} {candidate.score:>+6.1f} "
            f"{candidate.visits:<5} {follows}".rstrip()
        )
    return lines


def graph_lines(game: ClientGame, size: PanelSize) -> list[str]:
    """Black's win rate over the game. A line below marks the shown ply and the worst mistake."""
    num_plies = len(game.history) - 1
    columns = min(size.columns, num_plies + 1)
    if len(game.estimates) < 2 or columns < 2:
        return []
    lines = bars(game.estimates, num_plies, columns, size.is_plain)
    marks = [" "] * columns
    if game.shown_ply >= 0:
        marks[column_of(game.shown_ply, num_plies, columns)] = "^"
    if game.is_ended and (worst := game.worst_mistake()):
        marks[column_of(worst.ply, num_plies, columns)] = "!"
    mark_line = "".join(marks).rstrip()
    return ["black's chance to win:", *lines, *([mark_line] if mark_line else [])]


def column_of(ply: int, num_plies: int, columns: int) -> int:
    """The column of a ply in a graph."""
    return round(ply * (columns - 1) / num_plies)


def bars(estimates: dict[int, Estimate], num_plies: int, columns: int, is_plain: bool) -> list[str]:
    """Rows of the graph, top first. A ply without an estimate takes the nearest one."""
    estimated = sorted(estimates)
    lines = [""] * GRAPH_ROWS
    for column in range(columns):
        ply = round(column * num_plies / (columns - 1))
        nearest = min(estimated, key=lambda other: abs(other - ply))
        eighths = round(estimates[nearest].black_win_rate * GRAPH_ROWS * 8)
        for row in range(GRAPH_ROWS):
            height = min(8, max(0, eighths - 8 * (GRAPH_ROWS - 1 - row)))
            lines[row] += ("#" if height >= 4 else " ") if is_plain else BARS[height]
    return lines
