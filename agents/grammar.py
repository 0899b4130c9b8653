"""How players are named on every command line and in every configuration.

    random                        uniform over legal moves that fill no own eye
    capture                       captures and saves stones
    influence                     a one-ply evaluator
    alphabeta:depth=4             alpha-beta search; also seconds=1, nodes=20000, or several limits
    uct:playouts=5000             UCT with RAVE and patterns; threads=2 searches two trees in
                                  parallel; seconds=1 limits the time
    net:PATH                      a trained net without a search; temperature=1 weakens it
    search:PATH,visits=100        a trained net with a search; also seconds=2, rule=puct, ...
    gtp:COMMAND                   any GTP program, as in gtp:gnugo --mode gtp; start=120 move=600
                                  before the command sets how many seconds to wait
    python:FILE:CLASS             a class of your own, as in python:bots/centre.py:Centre

PATH is a player package, the folder of a run (its newest checkpoint plays), or the name of a player
that comes with insei.
"""

import dataclasses
import difflib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from insei.agents.gtp.program_player import GtpPlayer
from insei.agents.handwritten.alphabeta import AlphaBetaPlayer
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.influence import InfluencePlayer
from insei.agents.handwritten.random_player import RandomPlayer
from insei.agents.handwritten.uct import UctPlayer
from insei.agents.net.find_package import find_package
from insei.agents.player import Player
from insei.agents.python_player import PythonPlayer
from insei.agents.search.settings import OPEN_VISITS, SearchSettings
from insei.system.errors import UserError

if TYPE_CHECKING:
    from insei.agents.search.search_player import PlaySettings

HANDWRITTEN: dict[str, Callable[[str], Player]] = {
    "random": RandomPlayer,
    "capture": CapturePlayer,
    "influence": InfluencePlayer,
}
LEARNED = ("net", "search")
EXTERNAL = ("gtp", "python")  # a program or a file that is run: code that is not insei's
UCT: dict[str, type] = {"playouts": int, "threads": int, "seconds": float}
ALPHABETA: dict[str, type] = {"depth": int, "seconds": float, "nodes": int}
FORMS = (
    "random, capture, influence, alphabeta:depth=N, uct:playouts=N, net:PATH, "
    "search:PATH,visits=N, gtp:COMMAND, python:FILE:CLASS"
)
PLAY_SETTINGS = SearchSettings(rule="gumbel", visits=64, noise=0.0)


class UnknownPlayer(UserError):
    """A name that does not follow the grammar. The message lists what does."""


def make_player(name: str, find: Callable[[str], Path] = find_package) -> Player:
    """Make the player called `name`.

    Args:
        find: a net's name, as the player names it, to its package's folder.

    Raises:
        UnknownPlayer: the name doesn't follow the grammar.
        UserError: its package is missing or damaged, or a setting is out of bounds.
    """
    kind, colon, rest = name.partition(":")
    if kind in HANDWRITTEN:
        if colon:
            raise UnknownPlayer(f"player {name!r}: {kind} takes no settings")
        return HANDWRITTEN[kind](name)
    if kind == "gtp":
        return GtpPlayer(rest, name)
    if kind == "python":
        return PythonPlayer(rest, name)
    if kind == "uct":
        wanted = "playouts=N, threads=N or seconds=S"
        return UctPlayer(name, **read_numbers(name, rest, UCT, wanted))
    if kind == "alphabeta":
        wanted = "depth=N, seconds=S or nodes=N"
        return AlphaBetaPlayer(name, **read_numbers(name, rest, ALPHABETA, wanted))
    if kind not in LEARNED:
        hint = did_you_mean(kind, [*HANDWRITTEN, *LEARNED, "alphabeta", "uct", "gtp", "python"])
        raise UnknownPlayer(f"player {name!r}: wanted {FORMS}{hint}")
    path, *settings = rest.split(",")
    if not path:
        raise UnknownPlayer(f"player {name!r}: wanted {kind}:PATH")
    if kind == "net":
        from insei.agents.net.net_player import NetPlayer

        return NetPlayer(find(path), name, read_temperature(name, settings))
    from insei.agents.search.search_player import SearchPlayer

    return SearchPlayer(find(path), name, *search_settings(name, settings))


def is_external(name: str) -> bool:
    """Whether a player of this name runs a program or a Python file."""
    return name.partition(":")[0] in EXTERNAL


def net_of(name: str) -> str:
    """The name or path of a learned player's net; empty for other players."""
    kind, _, rest = name.partition(":")
    return rest.partition(",")[0] if kind in LEARNED else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of an error message: the known word nearest to this one, if any is near."""
    nearest = difflib.get_close_matches(word, known, 1)
    return f", did you mean {nearest[0]}?" if nearest else ""


def read_numbers(name: str, text: str, kinds: dict[str, type], wanted: str) -> dict[str, Any]:
    """Read `key=number,key=number,...`.

    Args:
        kinds: the type of each key's number.
        wanted: the keys, for the error message.

    Raises:
        UnknownPlayer: an unknown key, or a value of the wrong type.
    """
    found: dict[str, Any] = {}
    for setting in text.split(",") if text else []:
        key, _, number = setting.partition("=")
        if key not in kinds:
            raise UnknownPlayer(f"player {name!r}: unknown setting {key!r}; wanted {wanted}")
        found[key] = _read(name, key, number, kinds[key])
    return found


def read_temperature(name: str, settings: list[str]) -> float:
    """Read `temperature=T`, the one setting of a net without a search; 0 if it is missing.

    Raises:
        UnknownPlayer: another setting, or a value that is no number.
    """
    if not settings:
        return 0.0
    key, _, text = settings[0].partition("=")
    if len(settings) > 1 or key != "temperature":
        raise UnknownPlayer(f"player {name!r}: net takes temperature=T alone; search takes more")
    return float(str(_read(name, key, text, float)))


def search_settings(name: str, settings: list[str]) -> "tuple[SearchSettings, PlaySettings]":
    """Read `key=value` settings over the defaults for play.

    Raises:
        UnknownPlayer: an unknown key, or a value of the wrong type.
        UserError: a value is out of bounds.
    """
    from insei.agents.search.search_player import PlaySettings

    kinds = {
        name: kind
        for settings_class in (SearchSettings, PlaySettings)
        for name, kind in get_type_hints(settings_class).items()
    }
    found: dict[str, Any] = {}
    for setting in settings:
        key, _, text = setting.partition("=")
        if key not in kinds:
            raise UnknownPlayer(
                f"player {name!r}: unknown setting {key!r}; wanted one of "
                f"{', '.join(kinds)}{did_you_mean(key, kinds)}"
            )
        found[key] = _read(name, key, text, kinds[key])
    play = {
        field.name: found.pop(field.name)
        for field in dataclasses.fields(PlaySettings)
        if field.name in found
    }
    if play.get("seconds"):
        if found.get("rule", "puct") != "puct":
            raise UserError(
                f"player {name!r}: {found['rule']} plans its visits and can't be cut short; "
                "wanted rule=puct with seconds"
            )
        found = {"rule": "puct", "visits": OPEN_VISITS} | found
    return dataclasses.replace(PLAY_SETTINGS, **found), PlaySettings(**play)


def _read(name: str, key: str, text: str, kind: Any) -> object:
    try:
        if kind is int:
            return int(text)
        if kind is float:
            return float(text)
        if kind is bool:
            return {"true": True, "false": False}[text]
    except (ValueError, KeyError):
        wanted = {int: "a whole number", float: "a number", bool: "true or false"}[kind]
        raise UnknownPlayer(f"player {name!r}: {key}={text}: wanted {wanted}") from None
    return text
