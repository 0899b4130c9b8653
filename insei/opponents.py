"""Opponents as people type them: level5 for a level, gnugo for a program on the PATH."""

import re
import shutil

from insei.system.errors import UserError

LEVEL = re.compile(r"(?:level|lvl)[\s=-]*(\d+)", re.IGNORECASE)
PROGRAMS = {
    "gnugo": "gnugo --mode gtp --chinese-rules",
    "pachi": "pachi",
    "fuego": "fuego",
    "katago": "katago gtp",
}  # GTP programs, with the words that make them speak it


def typed_player(text: str) -> str:
    """What a typed opponent means: a level's number, or a player by the grammar.

    Raises:
        UserError: it is a program that is not installed.
    """
    said = text.strip()
    if level := LEVEL.fullmatch(said):
        return level[1]
    command = PROGRAMS.get(said.lower())
    if command is None:
        return said
    if shutil.which(command.split()[0]) is None:
        raise UserError(f"player {said!r}: there is no program {said.lower()} on the PATH")
    return f"gtp:{command}"
