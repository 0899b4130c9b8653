"""`insei review`: a game to step through, with analysis."""

from pathlib import Path

from insei.commands.options import ThemeName


def review(game: str = "", /, *, plain: bool = False, theme: ThemeName = "auto") -> None:
    """Step through a game with analysis: the last one that you played, or any file.

    Moves that you play on the board are added as variations.

    Parameters
    ----------
    game
        An SGF, GIB, NGF or UGF file, or the number of a game in `insei games`.
    plain
        Line by line.
    """
    from insei.client.keeping.kept_games import kept_game
    from insei.client.session import review_game, setup_against

    path = kept_game(int(game or 1)) if not game or game.isdecimal() else Path(game)
    setup = setup_against("5", "black", 9, None, "tromp-taylor", 0, 0.0, 0)
    review_game(setup, "5", path, plain, theme)
