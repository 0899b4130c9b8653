"""`insei guess`: the moves of a game, guessed one after another."""

from pathlib import Path
from typing import Literal

from insei.commands.options import ThemeName


def guess(
    file: Path,
    /,
    *,
    colour: Literal["both", "black", "white"] = "both",
    plain: bool = False,
    theme: ThemeName = "auto",
) -> None:
    """Guess the moves of a game, one after another.

    Each guess is followed by the game's move. A search tells what the guess was worth.

    Parameters
    ----------
    file
        An SGF, GIB, NGF or UGF file; its main line is the game.
    colour
        Whose moves are guessed.
    plain
        Line by line.
    """
    from insei.client.game_line import read_tree
    from insei.client.teaching.guessing import Guessing
    from insei.client.teaching.study_session import run_study
    from insei.engine.rules import BLACK, WHITE

    colours = {"both": (BLACK, WHITE), "black": (BLACK,), "white": (WHITE,)}
    run_study(Guessing(read_tree(file), colours[colour]), plain, theme)
