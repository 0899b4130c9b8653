"""The chart of strength against cost: everything inside it, labels apart, the frontier right."""

import itertools

import pytest

from insei.tournament.page.chart import (
    HANDWRITTEN,
    LEARNED,
    LETTER,
    LINE,
    Box,
    Rated,
    chart_of,
    step_of,
    time_text,
)

FIELD = [
    Rated(1, "go9, 200 visits", LEARNED, 150, 678, 604, 753),
    Rated(2, "go9, 800 visits", LEARNED, 631, 676, 522, 830),
    Rated(3, "go9, 50 visits", LEARNED, 39, 507, 442, 572),
    Rated(4, "uct, 5,000 playouts", HANDWRITTEN, 197, 229, 177, 281),
    Rated(5, "go9 without search", LEARNED, 1.4, 159, 108, 209),
    Rated(6, "random", HANDWRITTEN, 0, -1560, -1800, -1320),
]


def boxes(chart):
    found = []
    for mark in chart.marks:
        width = LETTER * len(mark.player.name)
        left = mark.label.x - {"start": 0, "middle": width / 2, "end": width}[mark.label.anchor]
        found.append(Box(left, mark.label.y - 4.5 - LINE / 2, left + width, mark.label.y + 3.5))
    return found


def test_marks_and_labels_are_inside_and_labels_apart():
    chart = chart_of(FIELD, 640, 500, has_names=True)
    for mark in chart.marks:
        assert chart.left <= mark.x <= chart.right
        assert chart.top <= mark.high_y <= mark.y <= mark.low_y <= chart.bottom
    for box in boxes(chart):
        assert chart.left <= box.left < box.right <= chart.right
    assert all(one.overlap(other) == 0 for one, other in itertools.combinations(boxes(chart), 2))


def test_stronger_is_higher_and_slower_is_further_right():
    chart = chart_of(FIELD, 640, 500, has_names=True)
    by_elo = sorted(chart.marks, key=lambda mark: mark.player.elo)
    assert [mark.y for mark in by_elo] == sorted((mark.y for mark in by_elo), reverse=True)
    by_time = sorted(chart.marks, key=lambda mark: mark.player.milliseconds)
    assert [mark.x for mark in by_time] == sorted(mark.x for mark in by_time)


def test_the_frontier_is_those_that_nobody_beats_for_less():
    chart = chart_of(FIELD, 640, 500, has_names=False)
    points = [tuple(map(float, point.split(","))) for point in chart.frontier.split()]
    ranks = [mark.player.rank for mark in chart.marks for x, y in points
             if abs(mark.x - x) < 0.1 and abs(mark.y - y) < 0.1]  # fmt: skip
    assert sorted(ranks) == [1, 3, 5, 6]


def test_ticks_are_round_and_named():
    chart = chart_of(FIELD, 640, 500, has_names=False)
    assert [tick.text for tick in chart.times][:2] == ["0.001 ms", "0.01 ms"]
    assert [tick.text for tick in chart.times][-1] == "1 s"
    assert all(chart.left <= tick.at <= chart.right for tick in chart.times)
    assert all(chart.top <= tick.at <= chart.bottom for tick in chart.elos)
    assert "0" in [tick.text for tick in chart.elos]
    assert "+500" in [tick.text for tick in chart.elos]


@pytest.mark.parametrize("span", [0.0, 0.3, 7, 40, 99, 250, 1000, 2630, 9999])
def test_a_span_has_few_ticks(span):
    assert max(span, 1) / step_of(span) <= 8


@pytest.mark.parametrize(("time", "text"), [(0.01, "0.01 ms"), (100, "100 ms"), (1e3, "1 s")])
def test_times_are_told_in_their_unit(time, text):
    assert time_text(time) == text


def test_one_player_at_one_elo_is_drawn():
    chart = chart_of([Rated(1, "a", LEARNED, 5, 0, 0, 0)], 360, 340, has_names=False)
    assert len(chart.marks) == 1
    assert len(chart.times) >= 2
    assert chart.top <= chart.marks[0].y <= chart.bottom
