"""The client in this terminal with players that never reply: what it shows is the same each time.

python -m tests.helpers.terminals.still_client GAME.sgf THEME
"""

import sys
from pathlib import Path

import numpy as np

from insei.client import controller
from insei.client.command_line import CommandLine
from insei.client.estimate import Estimate
from insei.client.game import ClientGame
from insei.client.game_setup import YOU, GameSetup
from insei.client.screen import open_client
from tests.helpers.client import note_estimates
from tests.helpers.terminals.idle_process import IdleProcess


def main():
    path, theme = sys.argv[1:]
    controller.PlayerProcess = IdleProcess
    CommandLine._toggle_cursor = lambda line: None  # no blinking
    game = ClientGame.load(Path(path), GameSetup(black=YOU, white="influence"))
    plies = range(len(game.history))
    note_estimates(game, {ply: Estimate(0.5 + 0.4 * np.sin(ply / 7), 1.0) for ply in plies})
    open_client(game, "5", theme, keeps=False)


if __name__ == "__main__":
    main()
