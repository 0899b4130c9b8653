"""Self-play and learning with nets that see extra planes."""

from dataclasses import replace

import numpy as np
import pytest

from insei.agents.grammar import make_player
from insei.agents.net.architecture import NetworkConfig
from insei.engine.planes.extra_planes import net_input
from insei.engine.symmetries import transform
from insei.selfplay.data.dataset import GameDataset
from insei.selfplay.data.loading import open_run_data
from insei.selfplay.data.window import windows_of
from insei.selfplay.sizes import BoardSize
from insei.system.errors import UserError
from tests.helpers.runs import SHORT, begin, finish

SEEING = NetworkConfig(blocks=1, channels=8, extra_planes=("ladders", "alive", "after"))
CONFIG = replace(SHORT, generations=2, games_per_generation=6, network=SEEING)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "seeing"
    finish(*begin(folder, CONFIG))
    return folder


def test_a_window_shows_the_planes_that_the_net_sees_in_play(run):
    data = open_run_data(run)
    games = {game.id: game for game in data.games()}
    window, _ = windows_of(CONFIG)
    rows = GameDataset(run / "games.lance", CONFIG.rules).newest(10**6)
    window.update(rows, 10**6)
    assert len(window) > 50
    for symmetry in (0, 5):
        chosen = np.arange(len(window))
        batch = window.batch(chosen, np.full(len(window), symmetry))
        for row in chosen.tolist():
            game = games[rows["game"][row]]
            ply = int(rows["ply"][row])
            position = replace(game, moves=game.moves[:ply]).position
            wanted = net_input(position, SEEING.plane_groups)
            assert (batch["planes"][row] == transform(wanted, symmetry)).all()


def test_the_net_of_such_a_run_plays(run):
    player = make_player(f"search:{run},visits=4")
    player.new_game(CONFIG.rules, 1)
    assert player.package.card.architecture == SEEING
    player.close()


def test_several_boards_share_a_frame(tmp_path):
    sizes = (BoardSize(5, 14.5), BoardSize(3, 9))
    finish(*begin(tmp_path / "run", replace(CONFIG, generations=1, sizes=sizes)))


def test_moves_long_past_can_not_be_seen():
    with pytest.raises(UserError, match="past"):
        replace(CONFIG, network=replace(SEEING, extra_planes=("past",)))
