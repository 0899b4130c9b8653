"""`insei play`: a game in the terminal, on a board or line by line."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from insei.commands.options import RulesName, Seed, Size, ThemeName
from insei.system.shown import say


def play(
    player: str = "",
    /,
    *,
    size: Size = 9,
    komi: float | None = None,
    rules: RulesName = "tromp-taylor",
    colour: Literal["black", "white"] = "black",
    handicap: int = 0,
    minutes: float = 0.0,
    seed: Seed = 0,
    load: Path | None = None,
    review: Path | None = None,
    plain: bool = False,
    theme: ThemeName = "auto",
    list_: Annotated[bool, Parameter(name="--list")] = False,
) -> None:
    """Play a game in the terminal, on a board, or with --plain line by line.

    `insei play` is a game on 9x9 with your level, 5 at first; three wins in a row lead a level up.
    `insei play 1` is one with a beginner. On the board
    F1 says which keys and words there are. Where standard input or output is no terminal, or one
    without a cursor, the game goes line by line by itself.

    Parameters
    ----------
    player
        Your opponent: a level from 1, random moves, to the strongest of the board, which
        `--list` shows, or any player, as in `influence` or `search:go7,visits=200`. Left out, the
        level that you have reached on boards of this size.
    komi
        Points given to White; a fair one for the size if left out, 0.5 with a handicap.
    colour
        Yours.
    handicap
        Stones that Black begins with.
    minutes
        Each side's time, on the board; 0 for none.
    seed
        Equal seeds and moves give equal games.
    load
        An SGF file to go on from, on its board and by its rules, whatever those options say.
    review
        An SGF, GIB, NGF or UGF file to step through, variations included, with analysis.
    plain
        Line by line.
    list_
        Say what the levels are and how strong, and play nothing.
    """
    if list_:
        show_levels(size)
        return
    from insei.client.session import play_game, setup_against
    from insei.progress import own_level

    player = player or own_level(size)
    setup = setup_against(player, colour, size, komi, rules, handicap, minutes, seed)
    play_game(setup, player, load, review, plain, theme)


def show_levels(size: int) -> None:
    """Print the levels, as they were rated on this size."""
    from insei.client.session import check_board
    from insei.levels import level_lines

    check_board(size, "chinese")
    say("\n".join(level_lines(size)))
