"""Players as a game's file names them, so that people can read it."""

import shlex
from pathlib import PurePath

from insei.client.game_setup import YOU
from insei.engine.rules import BLACK, WHITE
from insei.engine.sgf.writer import Properties
from insei.levels import display_name
from insei.ranks import rank_on

RANKS = {BLACK: "BR", WHITE: "WR"}


def record_name(player: str, size: int) -> str:
    """A player by the grammar, or "you", in words: "insei level 5", "gnugo"."""
    kind, _, rest = player.partition(":")
    if player == YOU:
        return player
    if kind == "gtp":
        words = [word for word in shlex.split(rest) if "=" not in word]
        return PurePath(words[0]).name if words else kind
    if kind == "python":
        return rest.rpartition(":")[2]
    return f"insei {display_name(player, size)}"


def rank_properties(black: str, white: str, size: int) -> Properties:
    """BR and WR of the players whose rank on this size is estimated, with the `?` of SGF for it."""
    ranks = {BLACK: rank_on(black, size), WHITE: rank_on(white, size)}
    return {RANKS[colour]: [f"{rank.short()}?"] for colour, rank in ranks.items() if rank}
