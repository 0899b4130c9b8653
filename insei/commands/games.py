"""`insei games`: the games that were played here."""

from itertools import islice

from insei.system.shown import say

SHOWN = 20


def games(*, all_: bool = False) -> None:
    """List the games that you played, the last one first.

    `insei review` opens the last one, `insei review 3` the third of the list. `insei play FILE`
    goes on with an unfinished one.

    Parameters
    ----------
    all_
        All of them, not only the last twenty.
    """
    from insei.client.keeping.kept_games import games_folder, kept_games, kept_paths

    count = len(kept_paths())
    if not count:
        say(f"No game is kept yet in {games_folder()}: `insei play` plays one.")
        return
    wanted = count if all_ else SHOWN
    for number, game in enumerate(islice(kept_games(), wanted), 1):
        result = "unfinished" if game.is_unfinished else game.result
        players = f"{game.black} - {game.white}"
        size = f"{game.size}x{game.size}" if game.size.isdecimal() else game.size
        say(f"{number:>3}  {game.date:10}  {size:5}  {players:32}  {result:10}  {game.path.name}")
    more = f"; --all lists all {count}" if count > wanted else ""
    say(f"The files are in {games_folder()}{more}.")
