"""Files of a run that were damaged, or sent by somebody: one clear line, and nothing outside."""

import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save

from insei.agents.net.package import (
    DamagedPackage,
    load_package,
    read_tensors,
    sha256_of,
    write_package,
)
from insei.selfplay.beginning import go_on
from insei.selfplay.checkpoints import checkpoints_of
from insei.selfplay.run import RunFolder
from insei.selfplay.session import train
from insei.system.errors import UserError
from insei.system.files import LinkRefused
from tests.helpers.runs import CONFIG, begin, finish

SMALL = replace(CONFIG, generations=1, rating=replace(CONFIG.rating, every=None))


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of one generation."""
    path = tmp_path_factory.mktemp("runs") / "tiny"
    finish(*begin(path, SMALL))
    return path


@pytest.fixture
def run(trained, tmp_path):
    """A copy that a test may damage."""
    return shutil.copytree(trained, tmp_path / "tiny")


def changed(values, path, value):
    """Nested mappings with another value at a path."""
    first, *rest = path
    return values | {first: changed(values[first], rest, value) if rest else value}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["progress", "generation"], "34"),
        (["progress", "generation"], -5),
        (["progress", "generation"], 10**30),
        (["progress", "generation"], 7),  # of another checkpoint
        (["progress", "num_steps"], 1.5),
        (["progress", "num_rows_learned"], None),
        (["progress", "seconds"], float("nan")),
        (["progress", "seconds"], -1),
        (["progress", "rate_scale"], 0),
        (["progress", "rate_scale"], 1e308),
        (["progress", "random_state"], {}),
        (["progress", "random_state", "bit_generator"], "MT19937"),
        (["progress", "random_state", "state", "state"], -1),
        (["progress", "random_state", "state", "inc"], 2**128),
        (["progress", "rollbacks"], [[1]]),
        (["progress", "rollbacks"], {"a": 1}),
        (["progress", "skipped"], 9),
        (["progress", "taken_back"], 1),
        (["progress"], []),
        (["learner_sha256"], 3),
        (["learner_sha256"], "0" * 64),
    ],
)
def test_a_state_that_makes_no_sense_is_one_line(run, path, value):
    newest = checkpoints_of(run)[-1]
    file = newest / "state.json"
    file.write_text(json.dumps(changed(json.loads(file.read_text()), path, value)))
    with pytest.raises(DamagedPackage, match=str(newest)) as refused:
        train(run)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 800


@pytest.mark.parametrize("text", ["", "{", "[" * 60_000, "3", "\xff", '{"progress": {}}'])
def test_a_state_that_is_no_state_is_one_line(run, text):
    file = checkpoints_of(run)[-1] / "state.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(DamagedPackage, match=r"state\.json: .*; wanted a checkpoint's state"):
        train(run)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_configuration_cut_short_is_refused(run, share):
    file = run / "config.yaml"
    text = file.read_text()
    file.write_text(text[: int(len(text) * share)])
    with pytest.raises(UserError, match=r"config\.yaml") as refused:
        train(run)
    assert "\n" not in str(refused.value)


def test_a_configuration_that_is_no_text_or_has_a_wrong_value_is_named(run):
    file = run / "config.yaml"
    text = file.read_text()
    file.write_text(text.replace("reuse: 2.0", "reuse: many"))
    with pytest.raises(UserError, match=r"tiny/config\.yaml: reuse: 'many', wanted a number"):
        train(run)
    file.write_bytes(b"\xff" + text.encode())
    with pytest.raises(UserError, match=r"tiny/config\.yaml: wanted UTF-8"):
        train(run)


def test_bad_ratings_are_set_aside_told_and_logged(run):
    (run / "ratings.jsonl").write_bytes(b'\xff\n{"generation": 1}\n')
    told = []
    train(run, notice=told.append)
    assert told[0].startswith(f"{run}/ratings.jsonl: 2 lines are set aside; line 1: not JSON")
    assert told[0] in (run / "log.txt").read_text()


CARDS = [
    ({"width": "5"}, "width: '5', wanted a whole number"),
    ({"width": 0}, "width: 0, wanted 1 to 19"),
    ({"height": 10**9}, "height: 1000000000, wanted 1 to 19"),
    ({"height": None}, "height: None, wanted a whole number"),
    ({"komi": float("nan")}, "komi: nan, wanted -400 to 400"),
    ({"komi": float("inf")}, "komi: inf, wanted -400 to 400"),
    ({"komi": "7"}, "komi: '7', wanted a number"),
    ({"komi": 1e300}, "komi: 1e.300, wanted -400 to 400"),
    ({"training": []}, "training: .*wanted keys and values"),
    ({"training": {"games": "many"}}, "training.games: 'many', wanted a whole number"),
    ({"training": {"generation": -1}}, "training.generation: -1, wanted a whole number"),
    ({"training": {"hours": float("nan")}}, "training.hours: nan, wanted a finite number"),
    ({"training": {"hours": "1"}}, "training.hours: '1', wanted a number"),
    ({"training": {"a": {"b": [float("inf")]}}}, "training.a.b: inf, wanted a finite number"),
    ({"rating": {"elo": float("nan")}}, "rating.elo: nan, wanted a finite number"),
    ({"rating": 3}, "rating: 3, wanted keys and values"),
    ({"planes_version": "1"}, "planes_version: '1', wanted a whole number"),
    ({"weights_sha256": 3}, "weights_sha256: 3, wanted"),
    ({"weights_sha256": "0" * 99}, "weights_sha256: "),
    ({"onnx_sha256": []}, "onnx_sha256: "),
    ({"scoring": ["area"]}, "scoring: "),
    ({"sizes": {"5x5": "20"}}, "sizes.5x5: '20', wanted a number"),
    ({"sizes": {"5x5": float("nan")}}, "sizes.5x5: nan, wanted a finite number"),
    ({"sizes": {"5x5": 1e9}}, "sizes.5x5: 1000000000.0, wanted -400 to 400"),
    ({"sizes": {"large": 20.0}}, "sizes: 'large', wanted a board"),
    ({"architecture": None}, "architecture: None, wanted keys and values"),
    ({"architecture": {"blocks": "4"}}, "architecture.blocks: '4', wanted a whole number"),
    ({"architecture": {"channels": 10**30}}, "architecture.channels: 1000000000"),
    ({"format": "1"}, "wanted a card of format 1"),
]


@pytest.mark.parametrize(("change", "said"), CARDS)
def test_a_card_of_wrong_types_or_bounds_is_one_line(tmp_path, tiny_package, change, said):
    package = load_package(tiny_package)
    write_package(tmp_path, package.weights, package.card)
    path = tmp_path / "player.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DamagedPackage, match=said) as refused:
        load_package(tmp_path)
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "3", "[" * 60_000, '{"a":' * 60_000, "\xff"])
def test_a_card_that_is_no_card_is_one_line(tmp_path, text):
    (tmp_path / "player.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(DamagedPackage, match=r"player\.json: ") as refused:
        load_package(tmp_path)
    assert "\n" not in str(refused.value)


def tensor_file(header, data=b"\0" * 16):
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def tensor(dtype="F32", shape=(4,), end=16):
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": [0, end]}}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (tensor_file(tensor("F8_E4M3", (16,))), "'a' is F8_E4M3; wanted F32"),
        (tensor_file(tensor("F8_E5M2", (16,))), "'a' is F8_E5M2; wanted F32"),
        (tensor_file(tensor("BF16", (8,))), "'a' is BF16; wanted F32"),
        (tensor_file(tensor("I64", (2,))), "'a' is I64; wanted F32"),
        (tensor_file(tensor("F99")), "not safetensors"),
        (tensor_file(tensor(shape=(-4,))), "not safetensors"),
        (tensor_file(tensor(shape=(2**62, 2**62))), "not safetensors"),
        (tensor_file(tensor(shape=(10**30,))), "not safetensors"),
        (tensor_file(tensor(shape=(3,))), "not safetensors"),
        (tensor_file(tensor(end=10**12)), "not safetensors"),
        (tensor_file([]), "not safetensors"),
        (b"", "not safetensors"),
        (b"\xff" * 8, "not safetensors"),
        (save({"a": np.zeros(4, np.float32)})[:-1], "not safetensors"),
    ],
)
def test_tensors_of_other_types_and_shapes_are_one_line(tmp_path, data, said):
    path = tmp_path / "weights.safetensors"
    path.write_bytes(data)
    with pytest.raises(DamagedPackage, match=said):
        read_tensors(path, sha256_of(data))


LINKS = [
    "lock", "log.txt", "config.yaml", "ratings.jsonl", "games.lance", "tensorboard", "checkpoints",
    "milestones", "checkpoints/000001/state.json", "games.lance/_versions/x.manifest",
    "tensorboard/events.out.tfevents.1",
]  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_a_run_that_leads_out_of_its_folder_is_refused(run, tmp_path, name):
    outside = tmp_path / "outside"
    link = run / name
    if link.is_dir():
        shutil.move(link, outside)
    elif link.exists():
        link.rename(outside)
    else:
        outside.write_text("mine")
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside)
    before = contents(outside)
    with pytest.raises(LinkRefused, match=rf"{link} is a symbolic link: wanted a file of"):
        train(run)
    assert contents(outside) == before


def contents(path):
    """Everything below a path, or a file's bytes."""
    if path.is_dir():
        return {one: one.read_bytes() for one in sorted(path.rglob("*")) if one.is_file()}
    return path.read_bytes()


def test_a_link_that_comes_later_is_not_followed(run, tmp_path):
    opened, _ = go_on(run, [])
    for name, write in (("log.txt", lambda: opened.log("x")), ("ratings.jsonl", opened.ratings)):
        (run / name).unlink(missing_ok=True)
        (run / name).symlink_to(tmp_path / "outside")
        with pytest.raises(LinkRefused, match=name):
            write()
    assert not (tmp_path / "outside").exists()
    opened.close()


def test_a_run_reached_by_the_user_s_own_link_goes_on(run, tmp_path):
    os.symlink(run, tmp_path / "link")
    RunFolder(tmp_path / "link").close()
    assert train(tmp_path / "link").generations_learned == 1


def test_a_run_whose_games_are_gone_does_not_go_on(run):
    shutil.move(run / "games.lance", run / "elsewhere")
    with pytest.raises(
        UserError, match=r"games\.lance: not there, or empty, but .* knew \d+ games"
    ):
        train(run, settings=["generations=2"])
    shutil.move(run / "elsewhere", run / "games.lance")
    assert train(run, settings=["generations=2"]).generations_learned == 2
