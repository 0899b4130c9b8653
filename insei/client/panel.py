"""The words beside the board: who plays, how it stands, what the analyst says, and the graph."""

from dataclasses import dataclass
from textwrap import wrap

from insei.client.board import LETTERS
from insei.client.game import ClientGame, Worth
from insei.client.summary import worst_move
from insei.client.thinking import Thoughts
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE
from insei.engine.vertex import vertex_of
from insei.levels import called

BARS = " ▁▂▃▄▅▆▇█"
GRAPH_ROWS = 4


@dataclass(frozen=True)
class Room:
    """The panel's size, and whether it may use more than ASCII."""

    columns: int
    rows: int
    is_plain: bool


def panel_lines(game: ClientGame, thoughts: Thoughts | None, message: str, room: Room) -> list[str]:
    """The panel: what stands, what the analyst says, the graph, and the message, as far as it fits.

    Args:
        thoughts: to be told of; None where nobody asked.
    """
    lines = [line[: room.columns] for line in status_lines(game, room)]
    said = wrap(message, room.columns)
    if room.rows - len(lines) <= len(said):
        return [*lines, *said][: room.rows]
    lines += ["", *said]
    if thoughts is not None:
        lines += ["", *thought_lines(thoughts)][: max(0, room.rows - len(lines))]
    graph = graph_lines(game, room)
    if graph and room.rows - len(lines) > len(graph):
        lines += ["", *graph]
    return lines


def status_lines(game: ClientGame, room: Room) -> list[str]:
    """Players, prisoners and clocks, then komi, rules, and the move."""
    position = game.seen
    took = dict(zip((BLACK, WHITE), position.prisoners, strict=True))
    signs = "XO" if room.is_plain else "●○"
    lines = []
    for colour, sign in ((BLACK, signs[0]), (WHITE, signs[1])):
        seconds = game.seconds_left(colour)
        clock = f" {clock_text(seconds)}" if seconds is not None else ""
        tail = f", took {took[colour]}"
        name = called(game.setup.seat(colour), game.setup.size)
        name = name[: max(3, room.columns - len(tail) - len(clock) - 2)]
        lines.append(f"{sign} {name}{tail}".ljust(room.columns - len(clock)) + clock)
    lines.append(f"{game.rules.size_name}, komi {game.rules.komi:g}, {game.setup.rules}")
    lines.append(f"{move_text(game)}: {turn_text(game)}")
    return lines


def move_text(game: ClientGame) -> str:
    """How many moves are on the screen, and the last."""
    position = game.seen
    of = f" of {len(game.history) - 1}" if game.shown >= 0 else ""
    move = (
        f", {vertex_of(position.last_move, game.rules)}" if position.last_move is not None else ""
    )
    return f"move {position.num_moves}{of}{move}"


def turn_text(game: ClientGame) -> str:
    """Whose turn it is, or the result."""
    if game.result and game.shown < 0:
        return game.result
    if game.seen.is_over:
        return "both passed"
    return f"{COLOUR_NAMES[game.seen.to_play]} to play"


def one_line_status(game: ClientGame) -> str:
    """The same for a terminal too narrow for a panel."""
    black, white = game.seen.prisoners
    clocks = [game.seconds_left(colour) for colour in (BLACK, WHITE)]
    times = "".join(f", {clock_text(one)}" for one in clocks if one is not None)
    return (
        f"{move_text(game)}: {turn_text(game)}{times}, took {black}:{white}, "
        f"komi {game.rules.komi:g}"
    )


def clock_text(seconds: float) -> str:
    """Minutes and seconds, never below nothing."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def outlook_line(thoughts: Thoughts) -> str:
    """Who is ahead, in one line."""
    leader = "B" if thoughts.score > 0 else "W"
    return (
        f"black wins {thoughts.win_rate:.0%}, {leader}+{abs(thoughts.score):.1f}; "
        f"{thoughts.visits} visits"
    )


def thought_lines(thoughts: Thoughts) -> list[str]:
    """Win rate and score, and the candidates that are marked on the board."""
    lines = [outlook_line(thoughts)]
    rules = thoughts.position.rules
    for letter, one in zip(LETTERS, thoughts.candidates, strict=False):
        vertex = vertex_of(one.move, rules)
        lines.append(f"{letter} {vertex:<4} {one.win_rate:>4.0%} {one.score:>+6.1f} {one.visits}")
    return lines


def graph_lines(game: ClientGame, room: Room) -> list[str]:
    """Black's win rate over the game, and below it the ply on the screen and the worst move."""
    num_plies = len(game.history) - 1
    columns = min(room.columns, num_plies + 1)
    if len(game.worth) < 2 or columns < 2:
        return []
    lines = bars(game.worth, num_plies, columns, room.is_plain)
    below = [" "] * columns
    if game.shown >= 0:
        below[column_of(game.shown, num_plies, columns)] = "^"
    if game.is_ended and (worst := worst_move(game)):
        below[column_of(worst[0], num_plies, columns)] = "!"
    marks = "".join(below).rstrip()
    return ["black's chance to win:", *lines, *([marks] if marks else [])]


def column_of(ply: int, num_plies: int, columns: int) -> int:
    """Where a ply stands in a graph of so many columns."""
    return round(ply * (columns - 1) / num_plies)


def bars(worth: dict[int, Worth], num_plies: int, columns: int, is_plain: bool) -> list[str]:
    """Rows of the graph, top first; a ply of unknown worth has that of the nearest known."""
    known = sorted(worth)
    lines = [""] * GRAPH_ROWS
    for column in range(columns):
        ply = round(column * num_plies / (columns - 1))
        nearest = min(known, key=lambda one: abs(one - ply))
        eighths = round(worth[nearest].win_rate * GRAPH_ROWS * 8)
        for row in range(GRAPH_ROWS):
            height = min(8, max(0, eighths - 8 * (GRAPH_ROWS - 1 - row)))
            lines[row] += ("#" if height >= 4 else " ") if is_plain else BARS[height]
    return lines
