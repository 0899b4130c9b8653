"""The words beside the board: who plays, how it stands, what the analyst says, and the graph."""

from engine.rules import BLACK, COLOUR_NAMES, WHITE
from engine.vertex import vertex_of
from insei.client.board import LETTERS
from insei.client.game import ClientGame, Worth
from insei.client.mind import Thoughts

BARS = " ▁▂▃▄▅▆▇█"
GRAPH_ROWS = 4


def status_lines(game: ClientGame) -> list[str]:
    """Players, prisoners, komi, move number, clocks."""
    position = game.seen
    took = dict(zip((BLACK, WHITE), position.prisoners, strict=True))
    lines = []
    for colour, sign in ((BLACK, "●"), (WHITE, "○")):
        line = f"{sign} {game.setup.seat(colour)}"
        seconds = game.seconds_left(colour)
        if seconds is not None:
            line += f"  {clock_text(seconds)}"
        lines.append(line)
        lines.append(f"  took {took[colour]}")
    lines.append(f"komi {game.rules.komi:g}, {game.setup.rules}")
    move = f"move {position.num_moves}"
    if position.last_move is not None:
        move += f", {vertex_of(position.last_move, game.rules)}"
    lines.append(move)
    if game.is_ended:
        lines.append(game.result)
    elif game.shown < 0:
        lines.append(f"{COLOUR_NAMES[position.to_play]} to play")
    return lines


def one_line_status(game: ClientGame) -> str:
    """The same for a terminal too narrow for a panel."""
    position = game.seen
    black, white = position.prisoners
    turn = game.result or f"{COLOUR_NAMES[position.to_play]} to play"
    return f"move {position.num_moves}, {turn}, took {black}:{white}, komi {game.rules.komi:g}"


def clock_text(seconds: float) -> str:
    """Minutes and seconds, never below nothing."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def thought_lines(thoughts: Thoughts) -> list[str]:
    """Win rate and score, and the candidates that are marked on the board."""
    leader = "B" if thoughts.score > 0 else "W"
    lines = [
        f"black wins {thoughts.win_rate:.0%}, {leader}+{abs(thoughts.score):.1f}",
        f"{thoughts.visits} visits",
    ]
    rules = thoughts.position.rules
    for letter, one in zip(LETTERS, thoughts.candidates, strict=False):
        vertex = vertex_of(one.move, rules)
        lines.append(f"{letter} {vertex:<4} {one.win_rate:>4.0%} {one.score:>+6.1f} {one.visits}")
    return lines


def graph_lines(worth: dict[int, Worth], num_plies: int, width: int) -> list[str]:
    """Black's win rate over the game, a column for each ply, or fewer where there is no room."""
    if len(worth) < 2:
        return []
    columns = min(width, num_plies + 1)
    known = sorted(worth)
    lines = [""] * GRAPH_ROWS
    for column in range(columns):
        ply = round(column * num_plies / max(1, columns - 1))
        nearest = min(known, key=lambda one: abs(one - ply))
        eighths = round(worth[nearest].win_rate * GRAPH_ROWS * 8)
        for row in range(GRAPH_ROWS):
            height = eighths - 8 * (GRAPH_ROWS - 1 - row)
            lines[row] += BARS[min(8, max(0, height))]
    return ["black's chance to win:", *lines]
