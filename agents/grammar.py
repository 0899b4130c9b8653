"""How players are named on every command line and in every configuration.

    random                        uniform over legal moves that fill no own eye
    capture                       takes and saves stones
    influence                     a one-ply evaluator
    alphabeta:depth=4             reads ahead; also seconds=1 or nodes=20000, or several of them
    uct:playouts=5000             UCT with RAVE, patterns and tactics in its playouts; threads=2
                                  grows as many trees side by side; seconds=1 ends it before
    net:PATH                      a trained net alone; also temperature=1, a weaker one
    search:PATH,visits=100        a trained net with a search; also seconds=2, rule=puct, ...
    gtp:COMMAND                   any GTP program, as in gtp:gnugo --mode gtp; before the command
                                  may stand start=120 move=600, the seconds to wait
    python:FILE:CLASS             a class of your own, as in python:bots/centre.py:Centre

PATH is a player package, a run's folder, which means its newest checkpoint, or the name of a
player that comes with insei.
"""

import dataclasses
import difflib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_type_hints

from insei.agents.gtp.program_player import GtpPlayer
from insei.agents.handwritten.alphabeta import AlphaBetaPlayer
from insei.agents.handwritten.capture import CapturePlayer
from insei.agents.handwritten.influence import InfluencePlayer
from insei.agents.handwritten.random_player import RandomPlayer
from insei.agents.handwritten.uct import UctPlayer
from insei.agents.net.find_package import find_package
from insei.agents.player import Player
from insei.agents.python_player import OwnPlayer
from insei.agents.search.settings import SearchSettings

if TYPE_CHECKING:
    from insei.agents.search.search_player import PlaySettings

HANDWRITTEN: dict[str, Callable[[str], Player]] = {
    "random": RandomPlayer,
    "capture": CapturePlayer,
    "influence": InfluencePlayer,
}
LEARNED = ("net", "search")
UCT: dict[str, type] = {"playouts": int, "threads": int, "seconds": float}
ALPHABETA: dict[str, type] = {"depth": int, "seconds": float, "nodes": int}
FORMS = (
    "random, capture, influence, alphabeta:depth=N, uct:playouts=N, net:PATH, "
    "search:PATH,visits=N, gtp:COMMAND, python:FILE:CLASS"
)
PLAY_SETTINGS = SearchSettings(rule="gumbel", visits=64, noise=0.0)
MOST_VISITS = 50_000  # where time alone ends a search


class UnknownPlayer(ValueError):
    """A name that the grammar doesn't know; the message says what it knows."""


def make_player(name: str) -> Player:
    """Make the player called `name`.

    Raises:
        UnknownPlayer: the name doesn't follow the grammar.
        ValueError: its package is missing or damaged, or a setting is out of bounds.
    """
    kind, colon, rest = name.partition(":")
    if kind in HANDWRITTEN:
        if colon:
            raise UnknownPlayer(f"player {name!r}: {kind} takes no settings")
        return HANDWRITTEN[kind](name)
    if kind == "gtp":
        return GtpPlayer(rest, name)
    if kind == "python":
        return OwnPlayer(rest, name)
    if kind == "uct":
        return UctPlayer(name, **numbers_of(name, rest, UCT, "playouts=N, threads=N or seconds=S"))
    if kind == "alphabeta":
        said = "depth=N, seconds=S or nodes=N"
        return AlphaBetaPlayer(name, **numbers_of(name, rest, ALPHABETA, said))
    if kind not in LEARNED:
        known = [*HANDWRITTEN, *LEARNED, "alphabeta", "uct", "gtp", "python"]
        near = difflib.get_close_matches(kind, known, 1)
        hint = f", did you mean {near[0]}?" if near else ""
        raise UnknownPlayer(f"player {name!r}: wanted {FORMS}{hint}")
    path, *words = rest.split(",")
    if not path:
        raise UnknownPlayer(f"player {name!r}: wanted {kind}:PATH")
    if kind == "net":
        from insei.agents.net.net_player import NetPlayer

        return NetPlayer(find_package(path), name, temperature_of(name, words))
    from insei.agents.search.search_player import SearchPlayer

    settings, play = search_settings(name, words)
    return SearchPlayer(find_package(path), name, settings, play)


def net_of(name: str) -> str:
    """The name or path of a learned player's net; empty for the others."""
    kind, _, rest = name.partition(":")
    return rest.partition(",")[0] if kind in LEARNED else ""


def numbers_of(name: str, text: str, kinds: dict[str, type], said: str) -> dict[str, Any]:
    """Read `key=value` words, each key with a number of its kind.

    Raises:
        UnknownPlayer: a key isn't among `kinds`, or its value of another kind.
    """
    found: dict[str, Any] = {}
    for word in text.split(",") if text else []:
        key, _, number = word.partition("=")
        if key not in kinds:
            raise UnknownPlayer(f"player {name!r}: unknown setting {key!r}; wanted {said}")
        found[key] = _read(name, key, number, kinds[key])
    return found


def temperature_of(name: str, words: list[str]) -> float:
    """Read `temperature=T`, the one setting of a net without a search; 0 where it is left out."""
    if not words:
        return 0.0
    key, _, text = words[0].partition("=")
    if len(words) > 1 or key != "temperature":
        raise UnknownPlayer(f"player {name!r}: net takes temperature=T alone; search takes more")
    return float(str(_read(name, key, text, float)))


def search_settings(name: str, words: list[str]) -> "tuple[SearchSettings, PlaySettings]":
    """Read `key=value` words over the settings of play.

    Raises:
        UnknownPlayer: a word is no setting, or its value of another type.
        ValueError: a value is out of bounds.
    """
    from insei.agents.search.search_player import PlaySettings

    kinds = (SearchSettings, PlaySettings)
    fields = {name: hint for kind in kinds for name, hint in get_type_hints(kind).items()}
    found: dict[str, Any] = {}
    for word in words:
        key, _, text = word.partition("=")
        if key not in fields:
            near = difflib.get_close_matches(key, fields, 1)
            hint = f", did you mean {near[0]}?" if near else ""
            raise UnknownPlayer(
                f"player {name!r}: unknown setting {key!r}; wanted one of {', '.join(fields)}{hint}"
            )
        found[key] = _read(name, key, text, fields[key])
    of_play = {
        one.name: found.pop(one.name)
        for one in dataclasses.fields(PlaySettings)
        if one.name in found
    }
    if of_play.get("seconds"):
        if found.get("rule", "puct") != "puct":
            raise ValueError(
                f"player {name!r}: {found['rule']} plans its visits and can't be cut short; "
                "wanted rule=puct with seconds"
            )
        found = {"rule": "puct", "visits": MOST_VISITS} | found
    return dataclasses.replace(PLAY_SETTINGS, **found), PlaySettings(**of_play)


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
