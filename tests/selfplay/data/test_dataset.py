"""Self-play rows: what workers record, what the dataset keeps, what the learner is given."""

import lance
import numpy as np
import pytest

from insei.engine.planes.net_planes import planes
from insei.engine.position import Position
from insei.engine.rules import BLACK, Rules
from insei.engine.symmetries import transform, transform_moves
from insei.selfplay.data.dataset import (
    GameDataset,
    rows_of,
    schema_of,
    table_of,
)
from insei.selfplay.data.games import SelfPlayGames
from insei.selfplay.data.mending import mend
from insei.selfplay.data.recording import final_area
from insei.selfplay.data.window import Window, window_size, windows_of
from insei.selfplay.train_config import TrainConfig, WindowConfig
from insei.system.errors import UserError
from tests.helpers.games import quick_worker, some_games

FIVE = Rules(5, 5, 4.5)


def test_a_worker_records_each_searched_position_of_a_whole_game():
    games, counts = quick_worker(seed=3).play(12)
    assert len(games) >= 12
    assert counts.evaluations > counts.positions
    for game in games:
        rules = Rules(5, 5, game.komi)
        end = Position(rules).play_all(game.moves.tolist())
        assert end.is_over or end.is_settled()
        area, score = final_area(end)
        for row, ply in enumerate(game.rows["ply"]):
            position = Position(rules).play_all(game.moves[:ply].tolist())
            sign = 1 if position.to_play == BLACK else -1
            assert game.rows["move"][row] == game.moves[ply]
            assert game.rows["score"][row] == sign * score
            assert game.rows["outcome"][row] == np.sign(sign * score)
            assert (game.rows["ownership"][row] == sign * area.ravel()).all()
            seen = planes(position)
            bits = np.unpackbits(game.rows["planes"][row], count=12 * 25).reshape(12, 5, 5)
            assert (bits == seen[:12]).all()
            assert (game.rows["global_planes"][row] == seen[12:, 0, 0]).all()
            policy = game.rows["policy"][row].astype(np.float32)
            assert policy.sum() == pytest.approx(1, abs=5e-3)
            assert policy[~position.legal_mask()].sum() == 0


def test_equal_seeds_give_equal_games_and_others_do_not():
    first, again, other = (some_games(8, seed) for seed in (5, 5, 6))
    assert [game.moves.tolist() for game in first] == [game.moves.tolist() for game in again]
    assert [game.id for game in first] == [game.id for game in again]
    assert not {game.id for game in first} & {game.id for game in other}


def test_komi_varies_and_early_generations_do_not_pass_at_once():
    games = some_games(30, 2)
    assert len({game.komi for game in games}) > 4
    for game in games:
        assert 25 not in game.moves[:12]


def test_playing_before_a_net_came_is_refused():
    worker = quick_worker()
    worker.evaluate = None
    with pytest.raises(ValueError, match="wanted a net first"):
        worker.play(1)


def test_the_dataset_gives_back_its_rows(tmp_path):
    games = some_games(10)
    dataset = GameDataset(tmp_path / "games.lance", FIVE)
    dataset.append(SelfPlayGames.of(games[:4]))
    dataset.append(SelfPlayGames.of(games[4:]))
    for rows in (dataset.newest(10**6), GameDataset(tmp_path / "games.lance", FIVE).newest(10**6)):
        direct = rows_of(table_of(SelfPlayGames.of(games), dataset.schema))
        assert all((rows[name] == direct[name]).all() for name in direct)
    assert (dataset.newest(7)["planes"] == direct["planes"][-7:]).all()
    assert dataset.num_rows == sum(len(game) for game in games)


def test_no_game_is_kept_twice(tmp_path):
    games = some_games(6)
    dataset = GameDataset(tmp_path / "games.lance", FIVE)
    dataset.append(SelfPlayGames.of(games[:4]))
    again = GameDataset(tmp_path / "games.lance", FIVE)
    assert len(again.append(SelfPlayGames.of(games[:4]))) == 0
    again.append(SelfPlayGames.of(games))
    assert again.num_games == len(games)
    assert len(np.unique(again.newest(10**6)["game"])) == len(games)
    assert again.games_by_generation == {0: len(games)}


def test_many_commits_are_compacted_and_keep_their_order(tmp_path):
    dataset = GameDataset(tmp_path / "games.lance", FIVE)
    games = some_games(120)
    for game in games:
        dataset.append(SelfPlayGames.of([game]))
    assert len(dataset.table.get_fragments()) < 60  # of 120 commits
    rows = dataset.newest(10**6)
    wanted = [game.id for game in games for _ in game.rows["ply"]]
    assert rows["game"].tolist() == wanted
    assert dataset.newest(5)["game"].tolist() == wanted[-5:]


def test_what_is_no_dataset_is_refused(tmp_path):
    (tmp_path / "games.lance").mkdir()
    (tmp_path / "games.lance" / "junk").write_text("junk")
    with pytest.raises(ValueError, match="no Lance dataset"):
        GameDataset(tmp_path / "games.lance", FIVE)


@pytest.mark.parametrize("left", [[], ["data/.tmp1"], ["data/a.lance", "_transactions/0.txn"]])
def test_a_first_commit_cut_short_is_moved_away(tmp_path, left):
    path = tmp_path / "games.lance"
    path.mkdir()
    for name in left:
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text("half")
    with pytest.raises(ValueError, match="no Lance dataset"):  # whoever only reads moves nothing
        GameDataset(path, FIVE)
    assert mend(path) == []
    games = some_games(2)
    GameDataset(path, FIVE).append(SelfPlayGames.of(games))
    assert mend(path) == []  # what was committed stays
    assert GameDataset(path, FIVE).newest_ids.keys() == {game.id for game in games}
    aside = tmp_path / "games.lance.unfinished"
    assert all((aside / name).read_text() == "half" for name in left)


def versions_of(path):
    """The table's manifests, newest first: Lance's names count down."""
    return sorted((path / "_versions").glob("*.manifest"))


@pytest.mark.parametrize("kept", [0, 50, 0.5])
@pytest.mark.parametrize("num_damaged", [1, 2])
def test_versions_cut_short_are_set_aside_and_the_last_whole_one_goes_on(
    tmp_path, kept, num_damaged
):
    path = tmp_path / "games.lance"
    dataset = GameDataset(path, FIVE)
    commits = [some_games(2, seed) for seed in range(3)]
    for games in commits:
        dataset.append(SelfPlayGames.of(games))
    for manifest in versions_of(path)[:num_damaged]:
        data = manifest.read_bytes()
        manifest.write_bytes(data[: int(len(data) * kept) if kept < 1 else kept])
    [said] = mend(path)
    assert "can't be read" in said
    assert mend(path) == []
    whole = [game.id for games in commits[: 3 - num_damaged] for game in games]
    dataset = GameDataset(path, FIVE)
    assert dataset.newest_ids.keys() == set(whole)
    assert len(list((tmp_path / "games.lance.damaged").iterdir())) == num_damaged
    dataset.append(SelfPlayGames.of([game for games in commits for game in games]))
    every = {game.id for games in commits for game in games}
    assert GameDataset(path, FIVE).newest_ids.keys() == every


def test_a_table_of_which_no_version_can_be_read_is_one_line(tmp_path):
    path = tmp_path / "games.lance"
    GameDataset(path, FIVE).append(SelfPlayGames.of(some_games(2)))
    for manifest in versions_of(path):
        manifest.write_bytes(b"")
    with pytest.raises(UserError, match="no version"):
        mend(path)


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_data_file_that_is_gone_is_named(tmp_path, is_empty):
    path = tmp_path / "games.lance"
    GameDataset(path, FIVE).append(SelfPlayGames.of(some_games(2)))
    [file] = (path / "data").glob("*.lance")
    if is_empty:
        file.write_bytes(b"")
    else:
        file.unlink()
    with pytest.raises(UserError, match=f"{file.name}: missing or empty, which takes"):
        mend(path)


def test_rows_are_counted_by_generation(tmp_path):
    dataset = GameDataset(tmp_path / "games.lance", FIVE)
    old, new = some_games(3), some_games(2, seed=2, generation=4)
    dataset.append(SelfPlayGames.of(old))
    dataset.append(SelfPlayGames.of(new))
    for table in (dataset, GameDataset(tmp_path / "games.lance", FIVE)):
        assert table.rows_before(4) == sum(len(game) for game in old)
        assert table.rows_before(0) == 0
        assert table.rows_before(5) == table.num_rows
        assert table.games_before(4) == len(old)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (Rules(6, 6, 4.5), "games with frame 5x5; wanted frame 6x6"),
        (Rules(5, 5, 4.5, ko="simple"), "games with ko positional; wanted ko simple"),
        (Rules(5, 5, 4.5, suicide=True), "games with suicide false; wanted suicide true"),
        (Rules(5, 5, 4.5, scoring="territory"), "games with scoring area; wanted scoring terr"),
        (Rules(5, 5, 4.5, captures_to_win=1), "captures_to_win 0; wanted captures_to_win 1"),
    ],
)
def test_a_dataset_of_other_rules_is_refused(tmp_path, rules, said):
    GameDataset(tmp_path / "games.lance", FIVE).append(SelfPlayGames.of(some_games(2)))
    GameDataset(tmp_path / "games.lance", Rules(5, 5, 20.0))  # komi differs from game to game
    with pytest.raises(ValueError, match=said):
        GameDataset(tmp_path / "games.lance", rules)


def test_a_dataset_of_other_planes_is_refused(tmp_path, monkeypatch):
    GameDataset(tmp_path / "games.lance", FIVE).append(SelfPlayGames.of(some_games(2)))
    monkeypatch.setattr("insei.selfplay.data.dataset.PLANES_VERSION", 2)
    with pytest.raises(ValueError, match="games with planes 1; wanted planes 2"):
        GameDataset(tmp_path / "games.lance", FIVE)


def test_a_dataset_of_the_first_version_tells_its_frame_by_its_columns(tmp_path):
    games = some_games(2)
    table = table_of(SelfPlayGames.of(games), schema_of(5, 5))
    lance.write_dataset(table, str(tmp_path / "games.lance"))
    dataset = GameDataset(tmp_path / "games.lance", FIVE)
    assert dataset.num_games == len(games)
    more = some_games(2, seed=7)
    dataset.append(SelfPlayGames.of(more))
    again = GameDataset(tmp_path / "games.lance", FIVE)
    assert again.num_games == len(games) + len(more)
    with pytest.raises(ValueError, match="games with scoring area; wanted scoring territory"):
        GameDataset(tmp_path / "games.lance", Rules(5, 5, 4.5, scoring="territory"))
    with pytest.raises(ValueError, match=r"planes is .*wanted .* for a frame of 6x6"):
        GameDataset(tmp_path / "games.lance", Rules(6, 6, 4.5))


def test_the_window_grows_by_its_law():
    config = WindowConfig(smallest=1000, largest=5000)
    sizes = [window_size(rows, config) for rows in (10, 1000, 2000, 10_000, 10**7)]
    assert sizes[:2] == [10, 1000]
    assert sizes == sorted(sizes)
    assert sizes[-1] == 5000
    assert 1000 < sizes[2] < 2000


def window_of(games, size=10**6):
    window = Window(5, 5)
    rows = rows_of(table_of(SelfPlayGames.of(games), schema_of(5, 5)))
    window.update(rows, size)
    return window, rows


def test_the_window_keeps_the_newest():
    games = some_games(10)
    window, rows = window_of(games[:5], 50)
    later = rows_of(table_of(SelfPlayGames.of(games[5:]), schema_of(5, 5)))
    window.update(later, 50)
    both = np.concatenate([rows["planes"], later["planes"]])[-50:]
    assert len(window) == 50
    assert (window.rows["planes"] == both).all()


def test_a_batch_is_its_rows_under_their_symmetries():
    window, rows = window_of(some_games(10))
    chosen = np.arange(40)
    plain = window.batch(chosen, np.zeros(40, np.int64))
    plain.check()
    symmetries = np.sort(np.arange(40) % 8)
    turned = window.batch(chosen, symmetries)
    turned.check()
    for row, symmetry in enumerate(symmetries):
        assert (turned["planes"][row] == transform(plain["planes"][row], symmetry)).all()
        assert (turned["ownership"][row] == transform(plain["ownership"][row], symmetry)).all()
        for name in ("policy", "reply"):
            wanted = transform_moves(plain[name][row], symmetry, 5, 5)
            assert (turned[name][row] == wanted).all()
    assert plain["outcome"].tolist() == rows["outcome"][:40].tolist()


@pytest.mark.parametrize("turned", [True, False])
def test_rows_are_drawn_under_symmetries_unless_told_otherwise(turned):
    config = TrainConfig(rules=FIVE, window=WindowConfig(symmetries=turned))
    window, held = windows_of(config)
    assert held.num_symmetries == 8
    game = some_games(1)[0]
    window.update(rows_of(table_of(SelfPlayGames.of([game]), schema_of(5, 5))), 10**6)
    as_played = window.batch(np.arange(len(window)), np.zeros(len(window), np.int64))
    drawn = window.sample(256, np.random.default_rng(1))
    known = {row.tobytes() for row in as_played["planes"]}
    assert all(row.tobytes() in known for row in drawn["planes"]) is not turned


def test_the_reply_is_the_next_ply_of_the_same_game():
    games = some_games(6)
    window, rows = window_of(games)
    batch = window.batch(np.arange(len(window)), np.zeros(len(window), np.int64))
    lasts = np.cumsum([len(game) for game in games]) - 1
    assert batch["reply_weight"][lasts].sum() == 0
    assert batch["reply_weight"].sum() == len(window) - len(games)
    row = lasts[0] - 1
    assert (batch["reply"][row] == rows["policy"][row + 1].astype(np.float32)).all()


def test_sampling_is_repeated_by_its_random_state():
    window, _ = window_of(some_games(6))
    first, again = (window.sample(16, np.random.default_rng(4)) for _ in range(2))
    assert (first["planes"] == again["planes"]).all()
    with pytest.raises(ValueError, match="empty window"):
        Window(5, 5).sample(4, np.random.default_rng(1))
