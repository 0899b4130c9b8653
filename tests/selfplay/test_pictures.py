"""Pictures of a generation's games: they say what the rows say, and TensorBoard shows them."""

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from insei.engine.planes.net_planes import NUM_BINARY_PLANES
from insei.selfplay.curves import in_code
from insei.selfplay.reports.pictures import (
    draw_position,
    game_figure,
    game_lengths,
    new_figure,
    opening_figure,
    pictures_of,
    reliability_figure,
)
from insei.system.configuration import to_yaml
from tests.helpers.hostile.text import HOSTILE, steering
from tests.helpers.runs import CONFIG, begin, finish, some_rows

NAMES = {"pictures/game", "pictures/openings", "pictures/reliability"}


@pytest.fixture(scope="module")
def rows():
    return some_rows(6)


def texts_of(panel):
    return [text.get_text() for text in panel.texts]


def test_lengths_are_those_of_the_games(rows):
    games = np.unique(rows["game"])
    wanted = [int(rows["ply"][rows["game"] == game].max()) + 1 for game in games]
    assert game_lengths(rows).tolist() == wanted
    assert game_lengths({name: column[:0] for name, column in rows.items()}).tolist() == []


@pytest.mark.parametrize("ply_is_even", [True, False])
def test_a_position_shows_its_stones_policy_and_owner(rows, ply_is_even):
    place = np.flatnonzero((rows["ply"] > 4) & (rows["ply"] % 2 == (not ply_is_even)))[0]
    row = {name: column[place] for name, column in rows.items()}
    row["policy"] = np.zeros(26, np.float16)
    row["policy"][[7, 25]] = 0.75, 0.25
    panel = new_figure(3, 3).subplots()
    draw_position(panel, row, 5, 5)
    planes = np.unpackbits(row["planes"], count=NUM_BINARY_PLANES * 25)
    planes = planes.reshape(NUM_BINARY_PLANES, 25)
    own, other = planes[1].sum(), planes[2].sum()
    black, white = (own, other) if ply_is_even else (other, own)
    owned = row["ownership"] * (1 if ply_is_even else -1)
    numbers = [len(one.get_offsets()) for one in panel.collections if hasattr(one, "get_sizes")]
    assert numbers[-5:] == [black, white, (owned == 1).sum(), (owned == -1).sum(), 1]
    assert texts_of(panel) == ["75"]
    mover = "Black" if ply_is_even else "White"
    assert panel.get_title().startswith(f"move {row['ply'] + 1}: {mover} ")
    assert panel.get_title().endswith(", pass 25%")


def test_the_game_drawn_is_the_one_with_most_rows(rows):
    games, counts = np.unique(rows["game"], return_counts=True)
    own = rows["game"] == games[counts.argmax()]
    figure = game_figure(rows, 5, 5)
    titles = [panel.get_title() for panel in figure.axes]
    last = rows["ply"][own].max()
    assert titles[-1].startswith(f"move {last + 1}: ")
    score = rows["score"][own & (rows["ply"] == last)][0] * (1 if last % 2 == 0 else -1)
    assert figure.get_suptitle().startswith(f"{'B' if score > 0 else 'W'}+{abs(score):g}, komi ")


def test_the_map_of_openings_counts_the_first_moves(rows):
    moves = dict(rows, move=np.full_like(rows["move"], 12), ply=np.zeros_like(rows["ply"]))
    moves["move"][: len(moves["move"]) // 4] = 3
    [panel] = opening_figure(moves, 5, 5).axes
    shares = panel.images[0].get_array()
    share = 100 * (len(moves["move"]) // 4) / len(moves["move"])
    assert shares[0, 3] == pytest.approx(share)
    assert shares[2, 2] == pytest.approx(100 - share)
    assert shares.sum() == pytest.approx(100)


def test_a_sure_and_right_value_lies_on_the_diagonal(rows):
    right = rows["outcome"].astype(np.float32)
    upper, lower = reliability_figure(dict(rows, prior_value=right, searched_value=-right)).axes
    net, search = upper.lines[1:]
    np.testing.assert_allclose(net.get_xdata(), net.get_ydata())
    np.testing.assert_allclose(search.get_xdata(), -search.get_ydata())
    assert lower.get_ylabel() == "positions"


def test_boards_smaller_than_the_frame_are_left_out(rows):
    assert pictures_of(rows, 7, 7) == {}
    assert pictures_of(rows, 5, 5).keys() == NAMES


def test_a_configuration_is_text_that_neither_steers_nor_formats():
    said = in_code(f"a: '*b*'\nc: {HOSTILE}\n")
    assert said.startswith("    a: '*b*'\n    c: ")
    assert not steering(said)


def test_a_rating_draws_pictures_and_a_generation_its_lengths(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    config = replace(CONFIG, generations=2, rating=replace(CONFIG.rating, every=2))
    finish(*begin(tmp_path / "tiny", config))
    events = EventAccumulator(
        str(tmp_path / "tiny" / "tensorboard"), size_guidance={"histograms": 0}
    )
    events.Reload()
    tags = events.Tags()
    assert set(tags["images"]) == NAMES
    assert [each.step for each in events.Images("pictures/game")] == [2]
    with Image.open(io.BytesIO(events.Images("pictures/game")[0].encoded_image_string)) as picture:
        assert picture.size == (900, 660)
    assert [each.step for each in events.Histograms("games/plies")] == [0, 1]
    assert events.Histograms("games/plies")[0].histogram_value.num == 12
    [text] = events.Tensors("configuration/text_summary")
    assert text.tensor_proto.string_val[0].decode() == in_code(to_yaml(config))


def test_pictures_cost_little(rows):
    """Half a second of processor time a rating; the bound is generous, for machines that wait."""
    pictures_of(rows, 5, 5)  # imports matplotlib
    began = time.process_time()
    pictures_of(rows, 5, 5)
    assert time.process_time() - began < 3
