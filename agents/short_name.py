"""Short names of players, for tables and charts: "go9, 200 visits" for a player of the grammar."""

import re
import shlex
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from insei.agents.grammar import LEARNED, PLAY_SETTINGS

PROGRAMS = {"gnugo": "GNU Go", "katago": "KataGo", "pachi": "Pachi", "leelaz": "Leela Zero"}
PLURALS = ("visits", "playouts", "nodes", "threads")


def short_names(players: Sequence[str]) -> dict[str, str]:
    """A name for each player that tells it from the others, as short as that allows.

    Players whose short names are equal get all their settings, and if these are equal too, the
    name by the grammar.
    """
    found: dict[str, str] = {}
    for spell in (short_name, long_name, str):
        names = {player: spell(player) for player in players if player not in found}
        counts = Counter([*names.values(), *found.values()])
        found |= {player: name for player, name in names.items() if counts[name] == 1 and name}
    return {player: found.get(player, player) for player in players}


def short_name(player: str) -> str:
    """A player's kind or net and the settings that matter most."""
    kind, _, rest = player.partition(":")
    if kind == "gtp":
        return program_name(rest)
    if kind == "python":
        return rest.rpartition(":")[2] or player
    if kind not in LEARNED:
        return ", ".join([kind, *map(setting_text, settings_in(rest))])
    path, *settings = rest.split(",")
    net = net_name(path)
    if kind == "net":
        return ", ".join([f"{net} without search", *map(setting_text, settings)])
    given = [setting for setting in settings if not setting.startswith("rule=")]
    if not any(setting.startswith(("visits=", "seconds=")) for setting in given):
        given.insert(0, f"visits={PLAY_SETTINGS.visits}")
    return ", ".join([net, *map(setting_text, given)])


def long_name(player: str) -> str:
    """A player's net by its whole path, or its program with all options."""
    kind, _, rest = player.partition(":")
    if kind == "gtp":
        return rest
    if kind not in LEARNED:
        return player
    path, *settings = rest.split(",")
    net = path if kind == "search" else f"{path} without search"
    return ", ".join([net, *map(setting_text, settings)])


def settings_in(text: str) -> list[str]:
    """The settings of `key=value,key=value`."""
    return text.split(",") if text else []


def setting_text(setting: str) -> str:
    """`visits=1600` as "1,600 visits", `depth=4` as "depth 4"."""
    key, _, value = setting.partition("=")
    if key == "seconds":
        return f"{value} s"
    if key in PLURALS and value.isdecimal():
        return f"{int(value):,} {key if value != '1' else key[:-1]}"
    return f"{key} {value}" if value else key


def net_name(path: str) -> str:
    """A net by its folder: that of a package or a run, or a generation of a run."""
    parts = PurePath(path).parts
    if len(parts) > 2 and parts[-1].isdecimal() and parts[-2] in ("checkpoints", "milestones"):
        return f"{parts[-3]} generation {int(parts[-1])}"
    return parts[-1] if parts else path


def program_name(command: str) -> str:
    """A program by its file's name and its level."""
    try:
        words = shlex.split(command)
    except ValueError:  # a quotation that does not end
        words = command.split()
    while words and re.fullmatch(r"(start|move)=\S*", words[0]):
        words = words[1:]
    if not words:
        return command
    file = PurePath(words[0]).name
    name = PROGRAMS.get(file, file)
    level = re.search(r"--level[ =](\d+)", " ".join(words))
    return f"{name}, level {level[1]}" if level else name
