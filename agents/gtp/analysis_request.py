"""What a controller asks of an analysis over GTP, in the words of Leela Zero and KataGo."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from insei.agents.gtp.arguments import COLOURS, is_number
from insei.agents.search.analysis import Avoided
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.engine.vertex import move_of
from insei.system.errors import UserError

NUMBERS = {"interval": 100, "maxmoves": 0, "minmoves": 1}
SWITCHES = (
    "ownership",
    "ownershipstdev",
    "movesownership",
    "movesownershipstdev",
    "rootinfo",
    "pvvisits",
    "pvedgevisits",
    "noresultvalue",
)
ON_OR_OFF = {"true": True, "1": True, "false": False, "0": False}
RESTRICTIONS = ("avoid", "allow")


@dataclass(frozen=True)
class AnalysisRequest:
    """The arguments of an analysis command."""

    colour: int  # 0 for the player to move
    seconds: float = 1.0  # between two reports
    max_moves: int = 0  # in a report; 0 for all
    min_moves: int = 1  # in a report; moves without visits are added, by policy
    switches: frozenset[str] = frozenset()  # those of SWITCHES that are on
    avoided: Avoided = field(default_factory=dict)


def read_request(words: list[str], rules: Rules) -> AnalysisRequest:
    """Read `[colour] [centiseconds] [key value]...`.

    Raises:
        UserError: an unexpected word.
    """
    colour = 0
    switches: dict[str, bool] = {}
    numbers: dict[str, int] = {}
    restrictions: list[Restriction] = []
    rest = [word.lower() for word in words]
    while rest:
        word = rest.pop(0)
        if word in COLOURS and not colour:
            colour = COLOURS[word]
        elif is_number(word) and "interval" not in numbers:
            numbers["interval"] = int(word[:9])
        elif word in NUMBERS and rest and is_number(rest[0]):
            numbers[word] = int(rest.pop(0)[:9])
        elif word in SWITCHES and rest and rest[0] in ON_OR_OFF:
            switches[word] = ON_OR_OFF[rest.pop(0)]
        elif word in RESTRICTIONS:
            restrictions.append(read_restriction(word, rest[:3], rules))
            rest = rest[3:]
        else:
            raise UserError(
                f"syntax error: {word!r}, wanted [colour] [centiseconds], then "
                f"{', '.join((*NUMBERS, *SWITCHES, *RESTRICTIONS))}, each with its value"
            )
    numbers = NUMBERS | numbers
    return AnalysisRequest(
        colour,
        max(1, numbers["interval"]) / 100,
        numbers["maxmoves"],
        max(1, numbers["minmoves"]),
        frozenset(word for word, is_on in switches.items() if is_on),
        avoided_by(restrictions, rules),
    )


class Restriction(NamedTuple):
    """One `avoid` or `allow`."""

    kind: str
    colour: int
    moves: frozenset[int]
    depth: int  # plies from the root for which it holds


def read_restriction(kind: str, words: list[str], rules: Rules) -> Restriction:
    """Read `COLOUR VERTEX[,VERTEX]... UNTILDEPTH`.

    Raises:
        UserError: the words have another form.
    """
    if len(words) < 3 or words[0] not in COLOURS:
        raise UserError(f"syntax error: wanted {kind} COLOUR VERTEX[,VERTEX]... UNTILDEPTH")
    if not is_number(words[2]) or not int(words[2][:9]):
        raise UserError(f"{kind} until depth {words[2]}: wanted 1 or more plies")
    moves = frozenset(move_of(vertex, rules) for vertex in words[1].upper().split(","))
    return Restriction(kind, COLOURS[words[0]], moves, int(words[2][:9]))


def avoided_by(restrictions: list[Restriction], rules: Rules) -> Avoided:
    """The moves that each colour must avoid.

    Raises:
        UserError: a colour has an `allow` and another restriction.
    """
    every_move = frozenset(range(rules.num_actions))
    avoided: dict[int, dict[int, int]] = {}
    for colour in (BLACK, WHITE):
        own = [restriction for restriction in restrictions if restriction.colour == colour]
        if len(own) > 1 and any(restriction.kind == "allow" for restriction in own):
            raise UserError("syntax error: wanted one allow a colour, and no avoid beside it")
        for kind, _, moves, depth in own:
            for move in every_move - moves if kind == "allow" else moves:
                depths = avoided.setdefault(colour, {})
                depths[move] = max(depth, depths.get(move, 0))
    return avoided


def check_leaves_a_move(position: Position, request: AnalysisRequest) -> None:
    """See that the request leaves a move to report on.

    Raises:
        UserError: every legal move is avoided.
    """
    legal = set(np.flatnonzero(position.legal_mask()).tolist())
    if not legal - set(request.avoided.get(position.to_play, {})):
        raise UserError("every legal move is avoided: wanted one to be left")
