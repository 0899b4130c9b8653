"""A curve of strength as a picture: a panel for hours and one for games."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from insei.selfplay.studies.curve import Curve, CurvePoint
from insei.system.errors import UserError
from insei.system.shown import shown_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PICTURES = (".svg", ".png", ".pdf")
INK = "#808080"  # reads on white and on black
COLOURS = ("#3b8ed6", "#e07b39", "#4aa564", "#b565c0", "#c9a227", "#d65c5c")


def check_picture(out: Path) -> None:
    """Raise ValueError unless the file's name ends as a picture's."""
    if out.suffix.lower() not in PICTURES:
        raise UserError(f"out {out}: wanted a file that ends in one of {', '.join(PICTURES)}")


def draw_curve(curve: Curve, out: Path) -> None:
    """Write the picture, the levels as dashed lines.

    Raises:
        ValueError: the file's name doesn't end as a picture's.
    """
    import matplotlib as mpl

    check_picture(out)
    mpl.use("svg")
    from matplotlib import pyplot

    inks = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    settings: Any = dict.fromkeys(inks, INK) | {
        "svg.fonttype": "none",
        "svg.hashsalt": "insei",
        "text.parse_math": False,  # a dollar in a name is a dollar
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    with mpl.rc_context(settings):
        figure, panels = pyplot.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
        for panel, name in zip(panels, ("hours", "games"), strict=True):
            draw_runs(panel, curve.points, name)
            draw_levels(panel, curve.levels)
        panels[0].set_ylabel("Elo")
        panels[0].legend(frameon=False, loc="lower right")
        out.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(out, transparent=True, metadata={"Date": None})
        pyplot.close(figure)


def draw_runs(panel: "Axes", points: list[CurvePoint], name: str) -> None:
    """Draw each run's Elo with its interval, against `name`: hours or games."""
    for number, run in enumerate(dict.fromkeys(point.net.run for point in points)):
        own = [point for point in points if point.net.run == run]
        colour = COLOURS[number % len(COLOURS)]
        x = [getattr(point.net, name) for point in own]
        style: Any = {"color": colour, "label": shown_line(run.name), "ms": 4}
        panel.plot(x, [point.elo for point in own], "o-", **style)
        low, high = [point.low for point in own], [point.high for point in own]
        panel.fill_between(x, low, high, color=colour, alpha=0.2)
    panel.set_xlabel(name)


def draw_levels(panel: "Axes", levels: dict[str, float]) -> None:
    """Draw each level as a dashed line with its player's name."""
    for number, (level, elo) in enumerate(levels.items()):
        panel.axhline(elo, color=INK, linewidth=0.8, linestyle="--")
        panel.annotate(
            shown_line(level.partition(" ")[0]),
            (1 - 0.2 * (number % 3), elo),  # neighbours don't overlap
            xycoords=("axes fraction", "data"),
            ha="right",
            va="bottom",
            fontsize=8,
        )
