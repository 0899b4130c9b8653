"""How far the user has climbed: kept, and never lost to a damaged file."""

import pytest

from insei.levels import levels_on
from insei.progress import (
    FIRST_LEVEL,
    Progress,
    Standing,
    after_game,
    handicap_advice,
    read_progress,
    record_game,
)


def test_three_wins_in_a_row_lead_up_and_are_kept(tmp_path):
    path = tmp_path / "state" / "progress.json"
    said = [record_game(path, FIRST_LEVEL, True, 9) for _ in range(3)]
    assert said[0] == f"Your level is {FIRST_LEVEL}: 2 more wins in a row lead up."
    assert said[1] == f"Your level is {FIRST_LEVEL}: one more win leads up."
    assert said[2].startswith(f"Three wins in a row: you go up to level {FIRST_LEVEL + 1}, about")
    assert read_progress(path).on(9) == Standing(FIRST_LEVEL + 1)
    assert read_progress(path).on(13) == Standing(FIRST_LEVEL)


def test_a_loss_between_wins_starts_the_row_again(tmp_path):
    path = tmp_path / "progress.json"
    for has_won in (True, True, False, True, True):
        record_game(path, FIRST_LEVEL, has_won, 9)
    assert read_progress(path).on(9) == Standing(FIRST_LEVEL, 2)


def test_three_losses_lead_down_but_not_below_the_first():
    standing = Standing(2)
    for _ in range(3):
        standing, said = after_game(standing, 2, False, 9)
    assert (standing, said) == (Standing(1), "Three losses in a row: your level is 1 now.")
    for _ in range(3):
        standing, said = after_game(standing, 1, False, 9)
    assert (standing, said) == (Standing(1), "")


def test_the_strongest_level_is_the_last():
    top = len(levels_on(9))
    standing, said = after_game(Standing(top, 2), top, True, 9)
    assert standing == Standing(top)
    assert said == "You have beaten the strongest level three times."


@pytest.mark.parametrize(("level", "has_won"), [(4, True), (6, False)])
def test_a_win_against_the_weaker_or_a_loss_to_the_stronger_changes_nothing(level, has_won):
    assert after_game(Standing(5, 1), level, has_won, 9) == (Standing(5, 1), "")


def test_a_damaged_file_is_kept_aside(tmp_path):
    path = tmp_path / "progress.json"
    path.write_text("{")
    assert read_progress(path) == Progress({})
    assert (tmp_path / "progress.broken").read_text() == "{"


def test_a_level_that_a_board_has_no_more_becomes_its_last():
    progress = Progress({"13x13": Standing(99), "9x9": Standing(0)})
    assert progress.on(13).level == len(levels_on(13))
    assert progress.on(9).level == 1


def test_a_stronger_level_comes_with_the_handicap_that_makes_it_even():
    assert handicap_advice(12, 9, 5).endswith("handicap stones make it about even.")
    assert handicap_advice(6, 9, 5) == ""
    assert handicap_advice(12, 5, 1) == ""  # boards below 7x7 have no handicap points
