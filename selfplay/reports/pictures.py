"""Pictures of a generation's games: one game, where games open, and how sure the net may be.

They are drawn with each rating. Points count row by row from the top left, as on the board.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from insei.engine.diagram import star_points
from insei.engine.planes.net_planes import NUM_BINARY_PLANES
from insei.engine.vertex import COLUMNS
from insei.selfplay.data.columns import Rows
from insei.selfplay.health import NUM_BINS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Picture = NDArray[np.uint8]  # [height, width, 3]

PANELS = 6  # positions of the game that is drawn
OPENING = 8  # plies of the map of openings
LIKELY = 0.02  # share of the policy from which a move is drawn
OWN, OPPONENT = 1, 2  # planes of stones
WOOD, LINE, BLUE, RED = "#dcb168", "#5c4318", "#1f5fbf", "#b4491f"


def pictures_of(rows: Rows, height: int, width: int) -> dict[str, Picture]:
    """The pictures of a generation by name; none where it has no rows on the largest board.

    Args:
        rows: of its games, as the dataset stores them.
        height, width: of the frame, which is the largest board.
    """
    here = (rows["width"] == width) & (rows["height"] == height)
    if not here.any():
        return {}
    own = {name: column[here] for name, column in rows.items()}
    return {
        "pictures/game": drawn(game_figure(own, height, width)),
        "pictures/openings": drawn(opening_figure(own, height, width)),
        "pictures/reliability": drawn(reliability_figure(own)),
    }


def game_lengths(rows: Rows) -> NDArray[np.int64]:
    """Plies of each game up to its last recorded one, `[games]`."""
    _, places = np.unique(rows["game"], return_inverse=True)
    lengths = np.zeros(places.max(initial=-1) + 1, np.int64)
    np.maximum.at(lengths, places, rows["ply"].astype(np.int64) + 1)
    return lengths


def drawn(figure: "Figure") -> Picture:
    """A figure as pixels."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure, in inches of 100 pixels."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=100, layout="constrained")


def game_figure(rows: Rows, height: int, width: int) -> "Figure":
    """Positions of the game with the most rows: the search's policy, and who owns what at the end.

    Args:
        rows: on boards of this size, at least one.
    """
    games, counts = np.unique(rows["game"], return_counts=True)
    own = np.flatnonzero(rows["game"] == games[counts.argmax()])
    own = own[np.argsort(rows["ply"][own])]
    chosen = own[np.unique(np.linspace(0, len(own) - 1, PANELS).round().astype(int))]
    figure = new_figure(3 * PANELS / 2, 6.6)
    panels = figure.subplots(2, PANELS // 2, squeeze=False).ravel()
    for panel, row in zip(panels, chosen, strict=False):
        draw_position(panel, {name: column[row] for name, column in rows.items()}, height, width)
    for panel in panels[len(chosen) :]:
        panel.axis("off")
    last = own[-1]
    score = float(rows["score"][last]) * (1 if rows["ply"][last] % 2 == 0 else -1)
    result = "a tie" if score == 0 else f"{'B' if score > 0 else 'W'}+{abs(score):g}"
    figure.suptitle(
        f"{result}, komi {float(rows['komi'][last]):g}; blue: the search's policy, squares: owner "
        "at the end",
        fontsize=9,
    )
    return figure


def draw_position(panel: "Axes", row: dict[str, Any], height: int, width: int) -> None:
    """Draw a recorded ply: stones, policy, ownership."""
    black_moves = int(row["ply"]) % 2 == 0
    bits = np.unpackbits(row["planes"], count=NUM_BINARY_PLANES * height * width)
    planes = bits.reshape(NUM_BINARY_PLANES, height, width)
    own, opponent = planes[OWN], planes[OPPONENT]
    black, white = (own, opponent) if black_moves else (opponent, own)
    owner = row["ownership"].reshape(height, width) * (1 if black_moves else -1)
    draw_board(panel, height, width)
    size = 190.0 / max(height, width)  # points across a cell
    for stones, face in ((black, "#16150f"), (white, "#fbfaf6")):
        y, x = np.nonzero(stones)
        panel.scatter(x, y, s=(0.92 * size) ** 2, c=face, edgecolors="#555", linewidths=0.5)
    for sign, face in ((1, "#000000"), (-1, "#ffffff")):
        y, x = np.nonzero(owner == sign)
        panel.scatter(
            x, y, s=(0.24 * size) ** 2, c=face, marker="s", edgecolors="#888", linewidths=0.4
        )
    policy = row["policy"].astype(np.float64)
    likely = np.flatnonzero(policy[:-1] >= LIKELY)
    share = policy[likely]
    y, x = np.divmod(likely, width)
    panel.scatter(
        x, y, s=(size * (0.3 + 0.55 * np.sqrt(share))) ** 2, c=BLUE, alpha=0.8,
        linewidths=0,
    )  # fmt: skip
    for place in likely[np.argsort(-share)][:3]:
        panel.annotate(
            f"{100 * policy[place]:.0f}", (place % width, place // width), color="white",
            ha="center", va="center", fontsize=max(4.0, 0.33 * size),
        )  # fmt: skip
    chance = (1 + float(row["searched_value"])) / 2
    mover = "Black" if black_moves else "White"
    passes = f", pass {policy[-1]:.0%}" if policy[-1] >= LIKELY else ""
    panel.set_title(f"move {int(row['ply']) + 1}: {mover} {chance:.0%}{passes}", fontsize=8)


def draw_board(panel: "Axes", height: int, width: int) -> None:
    """Draw an empty board with letters and numbers."""
    panel.set_facecolor(WOOD)
    panel.hlines(range(height), 0, width - 1, colors=LINE, linewidths=0.6, zorder=0)
    panel.vlines(range(width), 0, height - 1, colors=LINE, linewidths=0.6, zorder=0)
    if stars := sorted(star_points(width, height)):
        y, x = np.array(stars).T
        panel.scatter(x, y, s=6, c=LINE, zorder=0)
    panel.set_xlim(-0.7, width - 0.3)
    panel.set_ylim(height - 0.3, -0.7)
    panel.set_aspect("equal")
    panel.set_xticks(range(width), list(COLUMNS[:width]), fontsize=6)
    panel.set_yticks(range(height), [str(height - row) for row in range(height)], fontsize=6)
    panel.tick_params(length=0)


def opening_figure(rows: Rows, height: int, width: int) -> "Figure":
    """Where the first plies were played, as shares of them."""
    early = (rows["ply"] < OPENING) & (rows["move"] < height * width)
    counts = np.bincount(rows["move"][early], minlength=height * width).reshape(height, width)
    shares = 100 * counts / max(1, counts.sum())
    figure = new_figure(4.6, 4.6)
    panel = figure.subplots()
    draw_board(panel, height, width)
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=max(float(shares.max()), 1e-9), zorder=-1)
    for row, column in zip(*np.nonzero(shares >= 0.5), strict=True):
        panel.annotate(
            f"{shares[row, column]:.0f}", (column, row), ha="center", va="center",
            fontsize=max(5.0, 60 / max(height, width)),
            color="white" if shares[row, column] > shares.max() / 2 else "#222",
        )  # fmt: skip
    games = len(np.unique(rows["game"]))
    panel.set_title(f"first {OPENING} plies of {games:,} games, percent", fontsize=9)
    return figure


def reliability_figure(rows: Rows) -> "Figure":
    """The net's value, and the search's, against what happened; below, how often each was said."""
    outcomes = rows["outcome"].astype(np.float64)
    figure = new_figure(4.6, 5.2)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    upper.plot([-1, 1], [-1, 1], "--", color="#888", linewidth=0.8)
    edges = np.linspace(-1, 1, NUM_BINS + 1)
    for name, colour, label in (
        ("prior_value", BLUE, "the net"),
        ("searched_value", RED, "the search"),
    ):
        values = rows[name].astype(np.float64)
        bins = np.clip(np.digitize(values, edges) - 1, 0, NUM_BINS - 1)
        counts = np.bincount(bins, minlength=NUM_BINS)
        filled = counts > 0
        said = np.bincount(bins, values, NUM_BINS)[filled] / counts[filled]
        happened = np.bincount(bins, outcomes, NUM_BINS)[filled] / counts[filled]
        upper.plot(said, happened, "o-", color=colour, markersize=4, label=label)
        lower.stairs(counts, edges, color=colour)
    upper.set_ylabel("mean outcome")
    upper.set_ylim(-1.05, 1.05)
    upper.legend(frameon=False, fontsize=8)
    upper.set_title(f"values of {len(outcomes):,} positions and what became of them", fontsize=9)
    lower.set_ylabel("positions")
    lower.set_xticks(np.linspace(-1, 1, 5))
    lower.set_xlabel("value, -1 a sure loss to 1 a sure win")
    return figure
