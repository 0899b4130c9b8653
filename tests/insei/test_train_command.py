"""`insei train` as a user meets it: begun, refused, gone on with, played against."""

import pytest

from tests.helpers.command import insei


@pytest.mark.slow
def test_training_from_the_command_line_and_again(tmp_path):
    path = tmp_path / "mini.yaml"
    path.write_text(
        "generations: 1\ngames_per_generation: 4\nworkers: 0\n"
        "rules: {width: 3, height: 3, komi: 8.5}\n"
        "network: {blocks: 1, channels: 8}\nrating: {every: 0}\n"
        "selfplay: {games_in_flight: 4, search: {visits: 2}}\n"
    )
    done = insei("train", path, "--runs", tmp_path)
    assert done.returncode == 0, done.stderr
    again = insei("train", path, "--runs", tmp_path)
    assert again.returncode == 0, again.stderr
    assert "1 generations learned in " in again.stdout
    assert f"curves   tensorboard --logdir {tmp_path}\n" in again.stdout
    assert f"games    insei games {tmp_path / 'mini'}\n" in again.stdout
    assert f"play     insei play search:{tmp_path / 'mini'},visits=100 --size 3\n" in again.stdout
    other = insei("train", path, "--runs", tmp_path, "--set", "learner.batch_size=128")
    assert other.returncode == 2
    assert "exists already, with another learner.batch_size: `insei train " in other.stderr
    assert f"`insei train {tmp_path / 'mini'}` continues it" in other.stderr
    longer = insei("train", tmp_path / "mini", "--set", "generations=2")
    assert longer.returncode == 0, longer.stderr
    assert "2 generations learned" in longer.stdout
    kept = (tmp_path / "mini" / "config.yaml").read_text()
    for setting, said in (
        ("generations=x", "generations"),
        ("network.channels=16", "another net"),
        ("rating={every: 1, opponents: [influance]}", "did you mean influence"),
    ):
        wrong = insei("train", tmp_path / "mini", "--set", setting)
        assert wrong.returncode == 2, wrong
        assert said in wrong.stderr
        assert (tmp_path / "mini" / "config.yaml").read_text() == kept
    played = insei("play", f"search:{tmp_path / 'mini'},visits=4", "--size", 3, text="B2\npass\n")
    assert played.returncode == 0, played.stderr
