"""The text of the panel: players, status, analysis, message, the graph, and the moves."""

from dataclasses import dataclass
from functools import cache

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from insei.client.clocks import clock_text
from insei.client.drawing.graph import Graph
from insei.client.drawing.history import history_lines
from insei.client.drawing.look import Look, paint
from insei.client.game import ClientGame
from insei.client.marks import LETTERS
from insei.client.player_tasks import PositionAnalysis
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE
from insei.engine.vertex import vertex_of
from insei.levels import display_name
from insei.system.shown import shown

NARROW = 24  # columns: a narrower panel says less of the players
FEWEST_BARS, MOST_BARS = 3, 8  # rows of the graph's bars
AROUND_BARS = 3  # rows: a blank and what the graph shows above them, marks below


@dataclass(frozen=True)
class PanelSize:
    """The panel's size, and how it looks."""

    columns: int
    rows: int
    look: Look

    @property
    def is_plain(self) -> bool:
        """Whether there are no colours, and stones are X and O."""
        return self.look.is_plain


@dataclass(frozen=True)
class Panel:
    """The panel's lines, and where in them the graph is."""

    lines: list[Text]
    graph: Graph | None = None
    graph_rows: range = range(0)

    def ply_at(self, column: int, row: int) -> int | None:
        """The ply whose bar is at this place; None where there is no bar."""
        if self.graph is None or row not in self.graph_rows or column >= self.graph.columns:
            return None
        return self.graph.ply_at(column)


def panel_of(
    game: ClientGame,
    analysis: PositionAnalysis | None,
    message: str,
    size: PanelSize,
    tells_all: bool = True,
) -> Panel:
    """The panel: text at the top, below it the graph and the moves.

    These two keep their places while the text changes, and give way where it is long: the moves
    first.

    Args:
        analysis: None if no overlay is shown.
        tells_all: whether the graph, and moves after the one on the screen, may be seen.
    """
    lines = panel_lines(game, analysis, message, size)
    room = size.rows - len(lines)
    graph = graph_of(game, size) if tells_all else None
    bars = min(MOST_BARS, max(FEWEST_BARS, size.rows // 5))
    graph_height = AROUND_BARS + bars
    if graph is None or graph_height > room:
        graph, graph_height = None, 0
    history_height = min(max(FEWEST_BARS, size.rows // 4), room - graph_height)
    lines += [Text()] * (room - graph_height - history_height)
    graph_rows = range(0)
    if graph is not None:
        lines += [Text(), Text(graph_title(game, size.columns))]
        graph_rows = range(len(lines), len(lines) + bars)
        lines += [*graph.bars(bars, size.look), Text(graph.mark_line())]
    last = game.history[-1] if tells_all else game.shown
    moves = [vertex_of(move, game.rules) for move in last.moves]
    history = history_lines(moves, game.shown.num_moves, size.columns, history_height - 1)
    return Panel([*lines, Text(), *map(Text, history)][: size.rows], graph, graph_rows)


def panel_lines(
    game: ClientGame, analysis: PositionAnalysis | None, message: str, size: PanelSize
) -> list[Text]:
    """The panel's text, above the graph. What does not fit is left out.

    Args:
        analysis: None if no overlay is shown.
    """
    lines = status_lines(game, size)
    wrapped = wrapped_lines(message, size.columns)
    if size.rows - len(lines) <= len(wrapped):
        return [*lines, *wrapped][: size.rows]
    lines += [Text(), *wrapped]
    if analysis is not None:
        found = [Text(line[: size.columns]) for line in analysis_lines(analysis)]
        lines += [Text(), *found][: max(0, size.rows - len(lines))]
    return lines


@cache
def measuring_console() -> Console:
    """A console to wrap text with; it shows nothing."""
    return Console(quiet=True)


def wrapped_lines(text: str, columns: int) -> list[Text]:
    """Text of any origin, wrapped by the columns that its characters take."""
    if not text:
        return []
    return list(Text(shown(text)).wrap(measuring_console(), columns, overflow="fold"))


def fitted(text: str, columns: int) -> str:
    """Text cut to so many columns, whatever its characters take."""
    return set_cell_size(text, columns) if cell_len(text) > columns else text


def status_lines(game: ClientGame, size: PanelSize) -> list[Text]:
    """Players with prisoners and clocks; komi and rules; the move."""
    position = game.shown
    prisoners = dict(zip((BLACK, WHITE), position.prisoners, strict=True))
    lines = []
    for colour in (BLACK, WHITE):
        time = game.clock_now(colour)
        clock = f" {clock_text(time)}" if time is not None else ""
        took = f", took {prisoners[colour]}" if size.columns >= NARROW else f" +{prisoners[colour]}"
        name = shown(display_name(game.setup.player(colour), game.setup.size))
        name = fitted(name, max(3, size.columns - len(took) - len(clock) - 2))
        rest = set_cell_size(f" {name}{took}", max(0, size.columns - 1 - len(clock))) + clock
        lines.append(Text.assemble(stone_sign(colour, size.look), rest.rstrip()))
    lines += wrapped_lines(
        f"{game.rules.size_name}, komi {game.rules.komi:g}, {game.setup.rules}", size.columns
    )
    return lines + wrapped_lines(f"{move_text(game)}: {turn_text(game)}", size.columns)


def stone_sign(colour: int, look: Look) -> Text:
    """A stone in one column, in its own colour also where the terminal is dark."""
    if look.is_plain:
        return Text("X" if colour == BLACK else "O")
    if look.has_stone:
        return Text("●", paint(look.stone(colour), look.theme.ground))
    return Text("X" if colour == BLACK else "O", paint(look.ink(colour), look.stone(colour)))


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
    if game.result and game.is_at_end:
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


def graph_of(game: ClientGame, size: PanelSize) -> Graph | None:
    """Black's win rate over the game, the shown ply and the worst mistake marked below.

    None while there are too few plies or estimates to draw.
    """
    num_plies = len(game.history) - 1
    columns = min(size.columns, num_plies + 1)
    if len(game.estimates) < 2 or columns < 2:
        return None
    marks = {game.shown_ply: "^"} if game.shown_ply >= 0 else {}
    if game.is_ended and (worst := game.worst_mistake()):
        marks[worst.ply] = "!"
    rates = {ply: estimate.black_win_rate for ply, estimate in game.estimates.items()}
    return Graph(rates, num_plies, columns, marks)


def graph_title(game: ClientGame, columns: int) -> str:
    """What the graph shows, and the shown position's value."""
    estimate = game.estimates.get(game.ply)
    value = f" {estimate.black_win_rate:.0%}" if estimate else ""
    long, short = f"black's chance to win:{value}", f"black wins:{value}"
    return long if len(long) <= columns else short
