"""The points that a drawn board marks lie alike in all corners."""

import pytest

from insei.engine.diagram import star_points


@pytest.mark.parametrize("width", range(1, 20))
@pytest.mark.parametrize("height", range(1, 20))
def test_stars_are_symmetric(width, height):
    points = star_points(width, height)
    assert {(height - 1 - row, column) for row, column in points} == points
    assert {(row, width - 1 - column) for row, column in points} == points


@pytest.mark.parametrize(("side", "number"), [(6, 0), (7, 5), (8, 4), (9, 5), (13, 9), (19, 9)])
def test_boards_have_as_many_stars_as_people_draw(side, number):
    assert len(star_points(side, side)) == number
