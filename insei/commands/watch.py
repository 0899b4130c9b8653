"""`insei watch`: two players on the screen, with the graph of their game."""

from insei.client.screen import has_terminal, open_client
from insei.commands.options import RulesName, Seed, Size, ThemeName
from insei.system.errors import UserError


def watch(
    black: str,
    white: str,
    /,
    *,
    size: Size = 9,
    komi: float | None = None,
    rules: RulesName = "tromp-taylor",
    seed: Seed = 0,
    pause: float = 1.0,
    theme: ThemeName = "auto",
) -> None:
    """Watch two players play each other on the board, with the graph of their game.

    `insei watch 7 3` lets level 7 play level 3; any players of the grammar can sit down, as in
    `insei watch search:go7,visits=200 influence --size 7`.

    Parameters
    ----------
    black, white
        Levels of the dial, or players by the grammar.
    komi
        Points given to White; a fair one for the size if left out.
    seed
        Equal seeds give equal games.
    pause
        Seconds before each move.
    """
    from insei.client.game import ClientGame
    from insei.client.game_setup import GameSetup, fair_komi
    from insei.client.session import check_board, check_player
    from insei.levels import opponent_named

    if not has_terminal():
        raise UserError("watch wants a terminal; `insei tournament` plays without one")
    check_board(size, rules)
    if not 0 <= pause <= 3600:
        raise UserError(f"pause {pause:g}: wanted 0 to 3600 seconds")
    names = [opponent_named(player, size) for player in (black, white)]
    for typed, name in zip((black, white), names, strict=True):
        check_player(typed, name)
    fair = fair_komi(size) if komi is None else komi
    setup = GameSetup(size=size, komi=fair, rules=rules, black=names[0], white=names[1], seed=seed)
    open_client(ClientGame.begin(setup), white, theme, True, pause=pause)
