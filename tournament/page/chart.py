"""The chart of strength against cost: where its points, labels and lines are drawn."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEARNED, HANDWRITTEN, PROGRAM = "learned", "handwritten", "program"  # kinds of players
LEAST_MS = 1e-3  # anything faster is drawn here
MARGIN = 0.35  # beside the fastest and the slowest, in powers of ten
LETTER = 7.0  # mean width of a letter of a label
LINE = 16.0  # height of a line of a label
BASELINE = 4.5  # below the middle of a line
RADIUS = 10.0  # of a mark, which holds a number
TIMES = {1e3: "1 s", 1e4: "10 s", 1e5: "100 s"}  # labels of milliseconds


@dataclass(frozen=True)
class Rated:
    """A player as the chart takes it."""

    rank: int
    name: str
    kind: str  # LEARNED, HANDWRITTEN or PROGRAM
    milliseconds: float  # of a move, above 0
    elo: float
    low: float
    high: float


@dataclass(frozen=True)
class Label:
    """A name beside its mark."""

    x: float
    y: float  # of the baseline
    anchor: str  # "start", "middle" or "end"


@dataclass(frozen=True)
class Mark:
    """A player in the chart."""

    player: Rated
    x: float
    y: float
    low_y: float
    high_y: float
    label: Label


@dataclass(frozen=True)
class Tick:
    """A line of the grid."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """The whole chart, in units of its view box."""

    width: float
    height: float
    left: float  # edges of the plot
    right: float
    top: float
    bottom: float
    marks: tuple[Mark, ...]
    times: tuple[Tick, ...]
    elos: tuple[Tick, ...]
    frontier: str  # points of a polyline: the players that nobody beats at a lower cost


@dataclass(frozen=True)
class Box:
    """A rectangle that a label or a mark takes up."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """The area that two boxes share."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


def chart_of(players: Sequence[Rated], width: float, height: float, has_names: bool) -> Chart:
    """Lay out the chart.

    Args:
        players: at least one, best first.
        has_names: whether names stand beside the marks; their places are told in any case.
    """
    left, right, top, bottom = 52.0, width - 14.0, 14.0, height - 42.0
    logs = [math.log10(max(one.milliseconds, LEAST_MS)) for one in players]
    first, last = min(logs) - MARGIN, max(logs) + MARGIN
    if math.floor(last) - math.ceil(first) < 1:  # two ticks at least
        first, last = math.floor(first), math.ceil(last)
    span = [value for one in players for value in (one.low, one.high)]
    step = step_of(max(span) - min(span))
    lowest = math.floor(min(span) / step) * step
    highest = max(math.ceil(max(span) / step) * step, lowest + step)

    def x_of(log: float) -> float:
        return left + (log - first) / (last - first) * (right - left)

    def y_of(elo: float) -> float:
        return bottom - (elo - lowest) / (highest - lowest) * (bottom - top)

    decades = range(math.ceil(first), math.floor(last) + 1)
    points = [(x_of(log), y_of(one.elo)) for log, one in zip(logs, players, strict=True)]
    plot = Box(left, top, right, bottom)
    names = [one.name if has_names else "" for one in players]
    labels = labels_of(points, names, plot)
    marks = tuple(
        Mark(one, x, y, y_of(one.low), y_of(one.high), label)
        for one, (x, y), label in zip(players, points, labels, strict=True)
    )
    return Chart(
        width, height, left, right, top, bottom, marks,
        tuple(Tick(x_of(log), time_text(10.0**log)) for log in decades),
        tuple(
            Tick(y_of(lowest + step * count), elo_text(lowest + step * count))
            for count in range(round((highest - lowest) / step) + 1)
        ),
        " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in frontier_of(marks)),
    )  # fmt: skip


def step_of(span: float) -> float:
    """A round step that divides a span of Elo into three to eight parts."""
    size = 10.0 ** math.floor(math.log10(max(span, 1.0)))
    return next(
        step for step in (size / 5, size / 2, size, 2 * size, 5 * size) if span / step <= 7.5
    )


def elo_text(elo: float) -> str:
    """A rating with its sign."""
    return f"{elo:+.0f}" if round(elo) else "0"


def time_text(milliseconds: float) -> str:
    """A power of ten of milliseconds."""
    return TIMES.get(milliseconds, f"{milliseconds:g} ms")


def frontier_of(marks: Iterable[Mark]) -> list[Mark]:
    """The marks that no cheaper one beats, cheapest first."""
    found: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.player.milliseconds, -mark.player.elo)):
        if not found or mark.player.elo > found[-1].player.elo:
            found.append(mark)
    return found


def labels_of(
    points: Sequence[tuple[float, float]], names: Sequence[str], plot: Box
) -> list[Label]:
    """A place for each name where it covers as little as possible, in the order of the names."""
    taken = [Box(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for x, y in points]
    labels = []
    for (x, y), name in zip(points, names, strict=True):
        places = places_of(x, y, len(name) * LETTER)
        label, box = min(
            places,
            key=lambda place: (
                sum(place[1].overlap(other) for other in taken) + outside(place[1], plot)
            ),
        )
        taken.append(box)
        labels.append(label)
    return labels


def places_of(x: float, y: float, width: float) -> list[tuple[Label, Box]]:
    """Where a name may stand: right of its mark, left, above, below, or between."""
    gap = RADIUS + 5
    above, below = y - gap - LINE / 2, y + gap + LINE / 2
    beside = [y + shift for shift in (0.0, -0.9 * LINE, 0.9 * LINE)]
    wanted = [(x + gap, middle, "start") for middle in beside]
    wanted += [(x - gap, middle, "end") for middle in beside]
    wanted += [(x, middle, "middle") for middle in (above, below)]
    wanted += [(x + RADIUS, middle, "end") for middle in (above, below)]
    wanted += [(x - RADIUS, middle, "start") for middle in (above, below)]
    found = []
    for at, middle, anchor in wanted:
        left = at - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        box = Box(left, middle - LINE / 2, left + width, middle + LINE / 2)
        found.append((Label(at, middle + BASELINE, anchor), box))
    return found


def outside(box: Box, plot: Box) -> float:
    """How much of a box lies outside the plot, counted more than what it covers inside."""
    area = (box.right - box.left) * (box.bottom - box.top)
    return 4 * (area - box.overlap(plot))
