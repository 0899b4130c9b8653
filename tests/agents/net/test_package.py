"""Player packages, the player grammar, and the learned players."""

import json
import os

import pytest

from insei.agents.grammar import UnknownPlayer, make_player
from insei.agents.net.find_package import find_package
from insei.agents.net.package import DamagedPackage, load_package, write_package
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.files import delete_unfinished, new_folder, write_text
from insei.system.records import append_records, read_lines


@pytest.fixture
def package(tmp_path, tiny_package):
    """A copy that a test may damage."""
    loaded = load_package(tiny_package)
    folder = tmp_path / "player"
    folder.mkdir()
    write_package(folder, loaded.weights, loaded.card)
    return folder


def test_a_package_is_read_back(tiny_package, tiny_weights):
    loaded = load_package(tiny_package)
    assert all((loaded.weights[name] == tiny_weights[name]).all() for name in tiny_weights)
    assert loaded.card.komi == 14.5


def damage(path, how):
    data = bytearray(path.read_bytes())
    if how == "cut short":
        path.write_bytes(data[: len(data) // 2])
    elif how == "altered":
        data[-1] ^= 1
        path.write_bytes(data)
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["cut short", "altered", "missing"])
@pytest.mark.parametrize("name", ["weights.safetensors", "player.json"])
def test_a_damaged_package_is_refused_by_name(package, name, how):
    damage(package / name, how)
    with pytest.raises(DamagedPackage, match=name):
        load_package(package)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 9}, "wanted a card of format 1"),
        ({"planes_version": 99}, "planes of version 99"),
        ({"architecture": {"blocks": 0}}, "architecture.blocks: 0, wanted 1 to"),
        ({"architecture": {"blocks": 3}}, "weights.safetensors: "),
        ({"surprise": 1}, "surprise"),
        ({"scoring": "stones"}, "scoring: 'stones', wanted area or territory"),
        ({"sizes": ["5x5"]}, "sizes: .*5x5.*, wanted keys and values"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(package, change, said):
    path = package / "player.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DamagedPackage, match=said):
        load_package(package)


def test_a_run_means_its_newest_checkpoint(tmp_path, package):
    checkpoints = tmp_path / "run" / "checkpoints"
    for name in ("000009", "000010", ".unfinished-1-000011"):
        loaded = load_package(package)
        (checkpoints / name).mkdir(parents=True)
        write_package(checkpoints / name, loaded.weights, loaded.card)
    assert find_package(str(tmp_path / "run")) == checkpoints / "000010"
    assert find_package(str(package)) == package


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rndom", "wanted random, capture, .*did you mean random"),
        ("", "wanted random"),
        ("random:1", "random takes no settings"),
        ("net:", "wanted net:PATH"),
        ("search:", "wanted search:PATH"),
        ("net:nowhere", "no player at nowhere"),
        ("net:PACKAGE,visits=3", "net takes temperature=T alone"),
        ("search:PACKAGE,visit=3", "unknown setting 'visit'.*did you mean visits"),
        ("search:PACKAGE,visits=many", "visits=many: wanted a whole number"),
        ("search:PACKAGE,visits=0", "visits 0: wanted 1 to"),
        ("search:PACKAGE,rule=best", "rule 'best'"),
        ("search:PACKAGE,random_symmetry=1", "wanted true or false"),
        ("search:PACKAGE,noise=x", "noise=x: wanted a number"),
        ("search:PACKAGE,precision=int4", "precision 'int4': wanted one of int8, bf16, fp32"),
    ],
)
def test_a_name_outside_the_grammar_says_what_was_wanted(package, name, said):
    with pytest.raises(ValueError, match=said):
        make_player(name.replace("PACKAGE", str(package)))


def test_unknown_players_are_an_error_of_their_own():
    with pytest.raises(UnknownPlayer):
        make_player("nobody")


@pytest.mark.parametrize(
    "form",
    [
        "net:{}",
        "search:{},visits=16",
        "search:{},rule=puct,visits=16",
        "search:{},visits=4,precision=int8",
    ],
)
def test_learned_players_play_legal_games_that_seeds_repeat(package, form):
    player = make_player(form.format(package))
    games = []
    for _ in range(2):
        player.new_game(Rules(5, 5, 14.5), 7)
        position = Position(Rules(5, 5, 14.5))
        while not position.is_over and position.num_moves < 60:
            choice = player.choose(position)
            assert -1 <= choice.value <= 1
            position.play_in_place(choice.move)
        games.append(position.moves)
    assert games[0] == games[1]
    assert player.num_parameters > 1000
    player.new_game(Rules(4, 3, 0.5), 7)  # the same net on another board
    assert Position(Rules(4, 3, 0.5)).is_legal(player.choose(Position(Rules(4, 3, 0.5))).move)


def test_files_appear_whole_or_not_at_all(tmp_path):
    class Stop(Exception):
        pass

    def fill_and_stop():
        with new_folder(tmp_path / "made") as folder:
            (folder / "one").write_text("1")
            raise Stop

    with pytest.raises(Stop):
        fill_and_stop()
    assert os.listdir(tmp_path) == []
    with new_folder(tmp_path / "made") as folder:
        (folder / "one").write_text("1")
    assert (tmp_path / "made" / "one").read_text() == "1"
    with pytest.raises(FileExistsError), new_folder(tmp_path / "made"):
        pass
    write_text(tmp_path / "text", "old")
    write_text(tmp_path / "text", "new")
    (tmp_path / ".unfinished-9-x").mkdir()
    delete_unfinished(tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["made", "text"]
    assert (tmp_path / "text").read_text() == "new"


def test_a_line_cut_short_by_a_crash_is_left_out_and_healed(tmp_path):
    path = tmp_path / "lines"
    append_records(path, [{"a": 1}, {"a": 2}])
    with path.open("a") as file:
        file.write('{"a": 3')
    assert read_lines(dict[str, int], path).values == [{"a": 1}, {"a": 2}]
    append_records(path, [{"a": 4}])
    found = read_lines(dict[str, int], path)
    assert found.values == [{"a": 1}, {"a": 2}, {"a": 4}]
    assert [line.number for line in found.bad] == [3]
