"""Charts of a dataset's page: where bars, points, lines and labels are drawn."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from insei.selfplay.history.graph import Commit
from insei.selfplay.page.numbers import Bin

WIDTH, HEIGHT = 480.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 58.0, 466.0, 14.0, 218.0  # edges of the plot
MOST_BARS = 30
MOST_TICKS = 5
DAY = 86_400.0


@dataclass(frozen=True)
class Tick:
    """A line of the grid, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class Bar:
    """A bar from the bottom of the plot."""

    x: float
    width: float
    y: float
    title: str

    @property
    def height(self) -> float:
        """Of the bar."""
        return BOTTOM - self.y


@dataclass(frozen=True)
class Dot:
    """A point of a chart."""

    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True)
class Chart:
    """A chart in units of its view box, WIDTH by HEIGHT."""

    name: str  # what it shows, for people who don't see it
    x_name: str
    y_name: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    bars: tuple[Bar, ...] = ()
    dots: tuple[Dot, ...] = ()
    line: str = ""  # points of a polyline

    left, right, top, bottom, width, height = LEFT, RIGHT, TOP, BOTTOM, WIDTH, HEIGHT


@dataclass(frozen=True)
class Scale:
    """Numbers along one side of the plot."""

    low: float
    high: float
    start: float  # where `low` lies
    end: float

    def at(self, value: float) -> float:
        """Where a value lies."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.start + share * (self.end - self.start)


def across(low: float, high: float) -> Scale:
    """A scale from the left to the right."""
    return Scale(low, high, LEFT, RIGHT)


def upward(low: float, high: float) -> Scale:
    """A scale from the bottom to the top."""
    return Scale(low, high, BOTTOM, TOP)


def round_step(span: float, most: int = MOST_TICKS) -> int:
    """The smallest whole step of 1, 2, 5, 10, ... that divides a span into at most `most` parts."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if span / step <= most:
                return step
        size *= 10


def ticks(scale: Scale) -> tuple[Tick, ...]:
    """Ticks at round whole numbers."""
    step = round_step(scale.high - scale.low)
    first = math.ceil(scale.low / step)
    values = range(first * step, math.floor(scale.high) + 1, step)
    return tuple(Tick(scale.at(value), f"{value:,}") for value in values)


def lengths_chart(board: str, lengths: Counter[int]) -> Chart:
    """Games by their number of moves."""
    step = round_step(max(lengths) - min(lengths) + 1, MOST_BARS)
    counts: Counter[int] = Counter()
    for length, games in lengths.items():
        counts[length // step] += games
    x = across(min(counts) * step, (max(counts) + 1) * step)
    y = upward(0, max(counts.values()))
    bars = []
    for number, games in sorted(counts.items()):
        low, high = number * step, (number + 1) * step
        moves = f"{low}" if step == 1 else f"{low} to {high - 1}"
        bars.append(Bar(x.at(low), x.at(high) - x.at(low) - 1, y.at(games), f"{moves}: {games:,}"))
    return Chart(
        f"Lengths of the games on {board}", "moves", "games", ticks(x), ticks(y), tuple(bars)
    )


def calibration_chart(bins: Sequence[Bin]) -> Chart:
    """Mean outcome by searched value; the larger the dot, the more rows."""
    x, y = across(-1, 1), upward(-1, 1)
    most = max(each.rows for each in bins)
    dots = tuple(
        Dot(
            x.at(each.value), y.at(each.outcome), 3 + 7 * math.sqrt(each.rows / most),
            f"value {each.value:+.2f}, outcome {each.outcome:+.2f}, {each.rows:,} rows",
        )
        for each in bins
    )  # fmt: skip
    values = (-1, -0.5, 0, 0.5, 1)
    return Chart(
        "Mean outcome by searched value; the table has the same numbers",
        "searched value", "outcome",
        tuple(Tick(x.at(value), f"{value:g}") for value in values),
        tuple(Tick(y.at(value), f"{value:g}") for value in values),
        dots=dots, line=f"{x.at(-1)},{y.at(-1)} {x.at(1)},{y.at(1)}",
    )  # fmt: skip


def edits_chart(commits: Sequence[tuple[Commit, int]]) -> Chart:
    """Edited cells over time, added up.

    Args:
        commits: oldest first, each with its number of cells; at least one.
    """
    first, last = commits[0][0].seconds, commits[-1][0].seconds
    x = across(first, max(last, first + 1))
    total = sum(cells for _, cells in commits)
    y = upward(0, total)
    done, points = 0, [f"{x.at(first):.1f},{y.at(0):.1f}"]
    dots: list[Dot] = []
    for commit, cells in commits:
        at = x.at(commit.seconds)
        points.append(f"{at:.1f},{y.at(done):.1f}")
        done += cells
        points.append(f"{at:.1f},{y.at(done):.1f}")
        dots.append(Dot(at, y.at(done), 4, f"{commit.author}: {commit.message}, {cells:,} cells"))
    pattern = "%Y-%m-%d" if last - first > 2 * DAY else "%m-%d %H:%M"
    times = sorted({first, (first + last) / 2, last} if last > first else {first})
    return Chart(
        "Edited cells over time, added up", "UTC", "cells",
        tuple(Tick(x.at(time), f"{datetime.fromtimestamp(time, UTC):{pattern}}") for time in times),
        ticks(y), dots=tuple(dots), line=" ".join(points),
    )  # fmt: skip
