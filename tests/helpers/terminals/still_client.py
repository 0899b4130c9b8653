"""The client in this terminal with players that never reply: what it shows is the same each time.

python -m tests.helpers.terminals.still_client GAME.sgf THEME
"""

import sys
from pathlib import Path

import numpy as np

from insei.client import controller
from insei.client.command_line import CommandLine
from insei.client.estimate import Estimate, set_estimate
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.screen import open_client
from tests.helpers.terminals.idle_process import IdleProcess


def main():
    path, theme = sys.argv[1:]
    controller.PlayerProcess = IdleProcess
    CommandLine._toggle_cursor = lambda line: None  # no blinking
    game = ClientGame.load(Path(path), GameSetup(black=YOU, white="influence"))
    game.result = ""
    for ply, node in enumerate(game.nodes):
        set_estimate(node, Estimate(0.5 + 0.4 * np.sin(ply / 7), 1.0))
    controller.GameController.has_graph = True  # hidden while playing
    open_client(game, "5", theme, False)


if __name__ == "__main__":
    main()
