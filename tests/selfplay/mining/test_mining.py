"""Mining finds what was planted, folds what is alike, and leaves whole lists."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.net.architecture import NetworkConfig
from insei.engine.planes.net_planes import packed_planes
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.symmetries import transform_move
from insei.selfplay.history.history import History
from insei.selfplay.mining.folding import Candidate, folded, position_key
from insei.selfplay.mining.judges import JudgesConfig, half_of, judges_of
from insei.selfplay.mining.mined import MinedItem, mined_file, read_mined
from insei.selfplay.mining.mistaken import contradicts_itself
from insei.selfplay.mining.planting import outcome_flipped, plant, precision
from insei.selfplay.mining.recording import read_recording
from insei.selfplay.mining.session import MineConfig, mine
from insei.selfplay.run import CONFIG_FILE, config_of
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import to_yaml
from insei.system.errors import UserError
from tests.helpers.history.small import small_run

JUDGES = JudgesConfig(passes=0.5)
SHARE = 0.1


def found_of(path, planted, by="mistaken"):
    wrong = planted.flipped + planted.cut
    mined = mine(MineConfig(path, by, len(wrong), judges=JUDGES))
    return mined, precision([item.game for item in mined.items], wrong)


def test_games_whose_winner_was_flipped_are_first(played, tmp_path):
    planted = plant(read_recording(played), tmp_path / "flipped", flips=SHARE)
    assert len(planted.flipped) == 8
    mined, share = found_of(tmp_path / "flipped", planted)
    assert share >= 7 / 8  # of a list by chance: .1
    assert "positions were the other player's" in mined.items[0].reason
    assert mined.looked_at == 80
    assert len(set(mined.judges)) == 2


def test_games_whose_record_contradicts_itself_are_first(played, tmp_path):
    recording = read_recording(played)
    planted = plant(recording, tmp_path / "torn", flips=SHARE, flip=outcome_flipped)
    mined, share = found_of(tmp_path / "torn", planted)
    assert share == 1
    assert "deny it" in mined.items[0].reason
    last = recording.starts + recording.lengths - 1
    assert not contradicts_itself(recording, last).any(), "what was played is true"


def test_games_cut_short_are_first_and_say_so(played, tmp_path):
    planted = plant(read_recording(played), tmp_path / "cut", cuts=SHARE)
    assert len(planted.cut) == 8
    mined, share = found_of(tmp_path / "cut", planted)
    assert share >= 7 / 8
    assert "before the game does" in mined.items[0].reason


def test_a_planted_run_leaves_held_out_games_alone(played, tmp_path):
    from insei.selfplay.health import held_out

    planted = plant(read_recording(played), tmp_path / "all", flips=0.9)
    held = held_out(np.array(read_recording(played).ids), 0.1)
    assert held.any()
    assert not set(planted.flipped) & set(np.array(read_recording(played).ids)[held])


def test_a_judge_learns_from_the_half_that_it_does_not_judge(run):
    recording = read_recording(run)
    judges = judges_of(recording, JUDGES)
    for game, start in zip(recording.ids, recording.starts.tolist(), strict=True):
        assert judges.of_row[start] == 1 - half_of(game)
    assert len(set(judges.hashes)) == 2
    trained = []
    again = judges_of(recording, JUDGES, lambda judge, status: trained.append(judge))
    assert again.hashes == judges.hashes
    assert not trained, "judges of the same games are trained once"
    judges_of(recording, replace(JUDGES, seed=5), lambda judge, status: trained.append(judge))
    assert set(trained) == {0, 1}


def test_a_stop_leaves_no_list_and_no_judge(run):
    def stop(line):
        if line.startswith("judge 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mine(MineConfig(run, "mistaken", judges=JUDGES), watch=stop)
    assert not mined_file(run, "mistaken").exists()
    left = [path.name for path in (run / "mined" / "judges").iterdir()]
    assert len(left) == 1, "the first judge, whole"
    assert mine(MineConfig(run, "mistaken", judges=JUDGES)).items


def test_swings_are_the_largest_jumps_of_the_searched_value(run):
    rows = read_recording(run).rows
    items = mine(MineConfig(run, "swing", 5)).items
    jumps = [
        abs(float(rows["searched_value"][row]) + float(rows["searched_value"][row + 1]))
        for row in range(len(rows["ply"]) - 1)
        if rows["game"][row] == rows["game"][row + 1]
        and rows["ply"][row] + 1 == rows["ply"][row + 1]
    ]
    assert items[0].amount == pytest.approx(max(jumps), abs=1e-3)
    amounts = [item.amount for item in items]
    assert amounts == sorted(amounts, reverse=True)


def test_lost_positions_were_ahead_in_games_that_were_lost(run):
    rows = read_recording(run).rows
    items = mine(MineConfig(run, "lost", 5)).items
    assert items
    for item in items:
        [row] = np.flatnonzero((rows["game"] == item.game) & (rows["ply"] == item.ply))
        assert rows["outcome"][row] == -1
        assert item.amount == pytest.approx(1 + float(rows["searched_value"][row]), abs=1e-3)
        assert item.amount >= 1.2
    assert len({item.game for item in items}) == len(items)


@pytest.mark.parametrize("by", ["surprise", "uncertain"])
def test_positions_are_ranked_by_the_judges(run, by):
    mined = mine(MineConfig(run, by, 10, judges=JUDGES))
    amounts = [item.amount for item in mined.items]
    assert len(amounts) == 10
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[-1] > 0
    assert read_mined(run, by) == mined


@pytest.mark.parametrize("by", ["mistaken", "surprise", "uncertain"])
def test_judges_may_see_extra_planes(run, by):
    config = config_of(run, TrainConfig)
    network = NetworkConfig(blocks=1, channels=8, extra_planes=("ladders", "after"))
    changed = replace(config, start_from=None, network=network)
    (run / CONFIG_FILE).write_text(to_yaml(changed))
    judges = JudgesConfig(blocks=1, channels=8, passes=0.1)
    assert mine(MineConfig(run, by, 5, judges=judges)).items


def test_a_tag_teaches_no_judge_again(run):
    first = mine(MineConfig(run, "surprise", 5, judges=JUDGES))
    history = History(run)
    history.create_tag("seen")
    told = []
    assert mine(MineConfig(run, "surprise", 5, judges=JUDGES), watch=told.append) == first
    assert not any(line.startswith("judge ") for line in told)


def test_a_list_names_the_branch_and_the_commit_that_it_read(run):
    history = History(run)
    game = history.games.table["game"][0].as_py()
    commit = history.edit(game, None, "weight", "0", "not this one")
    history.create_branch("played-again", "played")
    newest = mine(MineConfig(run, "swing", 3))
    assert (newest.branch, newest.commit) == ("main", commit.id)
    older = mine(MineConfig(run, "swing", 3), at="played")
    assert (older.branch, older.commit) == ("played-again", "")
    history.delete_branch("played-again")
    assert mine(MineConfig(run, "swing", 3), at="played").branch == ""


def test_a_position_and_its_mirror_images_have_one_key():
    rules = Rules(5, 5, 6.5)
    moves = [7, 18, 1, 25]
    keys = set()
    for symmetry in range(8):
        position = Position(rules).play_all([transform_move(m, symmetry, 5, 5) for m in moves])
        keys.add(key_of(position))
    assert len(keys) == 1
    assert key_of(Position(rules).play_all([7, 18, 1])) not in keys
    assert key_of(Position(Rules(5, 5, 7.5)).play_all(moves)) not in keys


def key_of(position):
    planes, numbers = packed_planes(position, 7, 7)
    size = {"height": np.array([5]), "width": np.array([5])}
    rows = {"planes": planes[None], "global_planes": numbers[None], **size}
    return position_key(rows, 0, 7, 7)


def test_near_duplicates_are_counted_at_the_first_of_them():
    items = [MinedItem(f"{number:016x}", 0, 9 - number, "") for number in range(6)]
    candidates = [Candidate(item, key) for item, key in zip(items, "abaacb", strict=True)]
    assert [(item.game[-1], item.alike) for item in folded(candidates, 2)] == [("0", 2), ("1", 1)]


def test_too_few_games_are_one_line(tmp_path):
    path, _ = small_run(tmp_path / "run", 1)
    with pytest.raises(UserError, match="wanted 4 or more, for two judges") as error:
        mine(MineConfig(path, "mistaken"))
    assert "\n" not in str(error.value)
