"""`insei play`: a game in the terminal, on a board or line by line."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from insei.commands.options import RulesName, Seed, Size, ThemeName
from insei.system.errors import UserError
from insei.system.shown import say

Level = Annotated[
    int | None, Parameter(help="The opponent's level, as `insei play 5` names it too.")
]
Load = Annotated[
    Path | None,
    Parameter(help="An SGF file to go on with, on its board and by its rules, as in game.sgf."),
]
Review = Annotated[
    Path | None, Parameter(help="An SGF, GIB, NGF or UGF file to step through, with analysis.")
]
Colour = Annotated[Literal["black", "white"], Parameter(help="Yours.")]
Handicap = Annotated[int, Parameter(help="Stones that Black begins with.")]
Overtime = Annotated[
    str,
    Parameter(
        help="After the main time: 3x30 is byo-yomi of 3 periods of 30 seconds, 25/300 Canadian, "
        "25 moves in 300 seconds; +10 is Fischer, 10 seconds more a move."
    ),
]


def play(
    player: str = "",
    /,
    *,
    level: Level = None,
    size: Size = 9,
    komi: float | None = None,
    rules: RulesName = "tromp-taylor",
    colour: Colour = "black",
    handicap: Handicap = 0,
    minutes: float = 0.0,
    overtime: Overtime = "",
    seed: Seed = 0,
    load: Load = None,
    review: Review = None,
    plain: bool = False,
    theme: ThemeName = "auto",
    list_: Annotated[bool, Parameter(name="--list")] = False,
) -> None:
    """Play a game in the terminal, on a board, or with --plain line by line.

    `insei play` is a game on 9x9 with your level, 5 at first; three wins in a row lead a level up.
    `insei play 1` is one with random moves, `insei play gnugo` one with GNU Go, `insei play
    game.sgf` goes on with that game. On the board F1 says which keys and words there are. Where
    standard input or output is no terminal, or one without a cursor, the game goes line by line by
    itself. Every game is kept: `insei games` lists them.

    Parameters
    ----------
    player
        Your opponent: a level from 1, random moves, to the strongest of the board, which
        `--list` shows, or any player, as in `influence`, `gnugo` or `search:go7,visits=200`. Or a
        file to go on with. Left out, the level that you have reached on boards of this size.
    komi
        Points given to White; a fair one for the size if left out. With a handicap half
        a point, and under Chinese rules a point more for each handicap stone.
    minutes
        Each side's main time, on the board; 0 for none.
    seed
        Equal seeds and moves give equal games.
    plain
        Line by line.
    list_
        Say what the levels are and how strong, and play nothing.
    """
    if list_:
        show_levels(size)
        return
    from insei.client.session import go_on, is_left_game, play_game, setup_against, side_of
    from insei.progress import own_level

    player, load = opponent_and_file(player, level, load)
    if load is not None and not player and is_left_game(load):
        go_on(load, plain, theme)
        return
    player = player or own_level(side_of(load, size))
    setup = setup_against(player, colour, size, komi, rules, handicap, minutes, seed, overtime)
    play_game(setup, player, load, review, plain, theme)


def opponent_and_file(player: str, level: int | None, load: Path | None) -> tuple[str, Path | None]:
    """What was typed: the opponent, empty if it was left out, and a file to go on with, or None.

    Raises:
        UserError: two opponents, or two files.
    """
    if player.lower().endswith(".sgf"):
        if load is not None:
            raise UserError(f"{player} and --load {load}: wanted one file")
        player, load = "", Path(player)
    if level is None:
        return player, load
    if player:
        raise UserError(f"player {player} and --level {level}: wanted one opponent")
    return str(level), load


def show_levels(size: int) -> None:
    """Print the levels, as they were rated on this size."""
    from insei.client.session import check_board
    from insei.levels import level_lines

    check_board(size, "chinese")
    say("\n".join(level_lines(size)))
