"""`insei watch`: two players on the screen, with the graph of their game."""

from typing import Annotated

from cyclopts import Parameter

from insei.client.screen import Theme, has_terminal, open_client
from insei.commands.options import Seed
from insei.commands.play import check_player, fair_komi
from insei.engine.rules import MAX_SIDE
from insei.system.errors import UserError


def watch(
    black: str,
    white: str,
    /,
    *,
    size: Annotated[int, Parameter(alias="-s")] = 9,
    komi: float | None = None,
    rules: str = "tromp-taylor",
    seed: Seed = 0,
    pause: float = 1.0,
    theme: Theme = "auto",
) -> None:
    """Watch two players play each other on the board, with the graph of their game.

    `insei watch 7 3` lets level 7 play level 3; any players of the grammar can sit down, as in
    `insei watch search:go7,visits=200 influence --size 7`.

    Parameters
    ----------
    black, white
        Levels of the dial, or players by the grammar.
    size
        Side of the board, 1 to 19.
    komi
        Points given to White; a fair one for the size if left out.
    rules
        tromp-taylor, chinese, new-zealand, japanese or aga.
    seed
        Equal seeds give equal games.
    pause
        Seconds before each move.
    theme
        wood or plain; auto is plain where NO_COLOR is set or the terminal has no colours.
    """
    from insei.client.game import ClientGame
    from insei.client.game_setup import GameSetup
    from insei.levels import opponent_named

    if not has_terminal():
        raise UserError("watch wants a terminal; `insei tournament` plays without one")
    if not 1 <= size <= MAX_SIDE:
        raise UserError(f"size {size}: wanted 1 to {MAX_SIDE}")
    if not 0 <= pause <= 3600:
        raise UserError(f"pause {pause:g}: wanted 0 to 3600 seconds")
    names = [opponent_named(player, size) for player in (black, white)]
    for typed, name in zip((black, white), names, strict=True):
        check_player(typed, name)
    fair = fair_komi(size, 0) if komi is None else komi
    setup = GameSetup(size=size, komi=fair, rules=rules, black=names[0], white=names[1], seed=seed)
    open_client(ClientGame.begin(setup), white, theme, None, pause=pause)
