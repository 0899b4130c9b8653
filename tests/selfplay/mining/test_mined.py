"""A mined list comes back from its file as it was."""

import pytest

from insei.selfplay.mining.mined import MinedItem, MinedList, mined_file, read_mined, write_mined
from insei.system.errors import UserError

ITEMS = (
    MinedItem("a" * 64, None, 1.25, "the end contradicts 30 of 40 positions", alike=2),
    MinedItem("b" * 64, 7, 0.5, "the net has D4 at 1 %, the search at 90 %"),
)
LIST = MinedList("mistaken", "main", "", ("c" * 64, "d" * 64), 400, ITEMS)


def test_a_list_comes_back_as_it_was(tmp_path):
    path = write_mined(tmp_path, "mistaken", LIST)
    assert path == mined_file(tmp_path, "mistaken")
    assert read_mined(tmp_path, "mistaken") == LIST


def test_a_missing_list_names_those_there_are(tmp_path):
    with pytest.raises(UserError, match=r"^swing: .* no mined list of this name; there are: none"):
        read_mined(tmp_path, "swing")
    write_mined(tmp_path, "mistaken", LIST)
    with pytest.raises(UserError, match="there are: mistaken"):
        read_mined(tmp_path, "swing")


def test_a_file_of_another_kind_is_one_line(tmp_path):
    write_mined(tmp_path, "mistaken", LIST)
    mined_file(tmp_path, "mistaken").write_text('{"by": "luck"}')
    with pytest.raises(UserError, match=r"mistaken\.json") as error:
        read_mined(tmp_path, "mistaken")
    assert "\n" not in str(error.value)
