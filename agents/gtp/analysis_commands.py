"""`lz-analyze` and `kata-analyze`: a search told over GTP while it runs.

The forms that Leela Zero and KataGo gave them, which Sabaki, Lizzie and others read; figures are
those of the player to move.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from insei.agents.search.analysis import Analysis, MoveAnalysis
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.engine.vertex import move_of, vertex_of
from insei.system.errors import UserError

COLOURS = {"b": BLACK, "black": BLACK, "w": WHITE, "white": WHITE}
NUMBERS = {"interval": 100, "maxmoves": 0, "minmoves": 1}
SWITCHES = ("ownership", "movesownership", "rootinfo", "pvvisits")
ON_OR_OFF = {"true": True, "1": True, "false": False, "0": False}
LIMITS = ("avoid", "allow")


@dataclass(frozen=True)
class AnalysisRequest:
    """What a controller asked for."""

    colour: int  # 0 for the player to move
    seconds: float = 1.0  # between two reports
    num_moves: int = 0  # the most candidates of a report; 0 for all
    fewest_moves: int = 1  # filled up with the likeliest ones that were not visited
    switches: frozenset[str] = frozenset()  # of SWITCHES, those that are on
    avoided: Mapping[int, frozenset[int]] = field(default_factory=dict)  # moves by colour


def read_request(words: list[str], rules: Rules) -> AnalysisRequest:
    """Read `[colour] [centiseconds] [key value]...`.

    Raises:
        UserError: a word makes no sense here.
    """
    colour = 0
    switches: dict[str, bool] = {}
    numbers: dict[str, int] = {}
    limits: list[Limit] = []
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
        elif word in LIMITS:
            limits.append(read_limit(word, rest[:3], rules))
            rest = rest[3:]
        else:
            raise UserError(
                f"syntax error: {word!r}, wanted [colour] [centiseconds], then "
                f"{', '.join((*NUMBERS, *SWITCHES, *LIMITS))}, each with its value"
            )
    numbers = NUMBERS | numbers
    return AnalysisRequest(
        colour,
        max(1, numbers["interval"]) / 100,
        numbers["maxmoves"],
        max(1, numbers["minmoves"]),
        frozenset(word for word, is_on in switches.items() if is_on),
        avoided_by(limits, rules),
    )


def is_number(word: str) -> bool:
    """Whether a word is all digits."""
    return word.isascii() and word.isdigit()


class Limit(NamedTuple):
    """One `avoid` or `allow`."""

    kind: str
    colour: int
    moves: frozenset[int]


def read_limit(kind: str, words: list[str], rules: Rules) -> Limit:
    """Read `COLOUR VERTEX[,VERTEX]... UNTILDEPTH`.

    Raises:
        UserError: it isn't this, or goes deeper than the root.
    """
    if len(words) < 3 or words[0] not in COLOURS:
        raise UserError(f"syntax error: wanted {kind} COLOUR VERTEX[,VERTEX]... UNTILDEPTH")
    if words[2] != "1":
        raise UserError(f"{kind} until depth {words[2]}: wanted 1, the next move alone")
    moves = frozenset(move_of(vertex, rules) for vertex in words[1].upper().split(","))
    return Limit(kind, COLOURS[words[0]], moves)


def avoided_by(limits: list[Limit], rules: Rules) -> dict[int, frozenset[int]]:
    """The moves that the limits take from each colour.

    Raises:
        UserError: an `allow` is not its colour's only limit.
    """
    avoided: dict[int, frozenset[int]] = {}
    for colour in (BLACK, WHITE):
        of_colour = [limit for limit in limits if limit.colour == colour]
        if len(of_colour) > 1 and any(limit.kind == "allow" for limit in of_colour):
            raise UserError("syntax error: wanted one allow a colour, and no avoid beside it")
        every = frozenset(range(rules.num_actions))
        avoided[colour] = frozenset().union(
            *(every - one.moves if one.kind == "allow" else one.moves for one in of_colour)
        )
    return avoided


def check_leaves_a_move(position: Position, request: AnalysisRequest) -> None:
    """See that there is a move to tell of.

    Raises:
        UserError: every legal one is avoided.
    """
    legal = set(np.flatnonzero(position.legal_mask()).tolist())
    if not legal - request.avoided.get(position.to_play, frozenset()):
        raise UserError("every legal move is avoided: wanted one to be left")


def listed(found: Analysis, request: AnalysisRequest) -> Analysis:
    """`found` by the moves that were asked for.

    Moves avoided are left out; the search has spent its visits on them all the same. A move without
    visits is told of with the root's figures, as KataGo does.
    """
    position = found.position
    avoided = request.avoided.get(position.to_play, frozenset())
    moves = [one for one in found.moves if one.visits and one.move not in avoided]
    told = avoided.union(one.move for one in moves)
    legal = position.legal_mask()
    likeliest = np.argsort(-found.policy, kind="stable").tolist()
    rest = [move for move in likeliest if legal[move] and move not in told]
    moves += [
        MoveAnalysis(
            move, 0, found.win_rate, found.score, float(found.policy[move]), 0.0, (move,), (0,)
        )
        for move in rest[: max(0, request.fewest_moves - len(moves))]
    ]
    return replace(found, moves=tuple(moves[: request.num_moves or None]))


def vertices(moves: tuple[int, ...], rules: Rules) -> str:
    """Moves as GTP writes them, with blanks between."""
    return " ".join(vertex_of(move, rules) for move in moves)


def lz_line(analysis: Analysis) -> str:
    """One report as Leela Zero gives it: shares of 10,000."""
    rules = analysis.position.rules
    return " ".join(
        f"info move {vertex_of(one.move, rules)} visits {one.visits} "
        f"winrate {round(10_000 * one.win_rate)} prior {round(10_000 * one.prior)} "
        f"lcb {round(10_000 * one.bound)} order {order} pv {vertices(one.variation, rules)}"
        for order, one in enumerate(analysis.moves)
    )


def visits_told(one: MoveAnalysis, request: AnalysisRequest) -> str:
    """How often the search went along each move of a variation, where that was asked for."""
    if "pvvisits" not in request.switches:
        return ""
    return " pvVisits " + " ".join(map(str, one.variation_visits))


def owned(ownership: NDArray[np.float32]) -> str:
    """Whose each point will be, row by row from the top."""
    return " ".join(f"{one:.4f}" for one in ownership.ravel())


def ownership_told(one: MoveAnalysis, request: AnalysisRequest) -> str:
    """Whose each point will be after a move, where that was asked for and is known."""
    if "movesownership" not in request.switches or one.ownership is None:
        return ""
    return f" movesOwnership {owned(one.ownership)}"


def kata_line(analysis: Analysis, request: AnalysisRequest) -> str:
    """One report as KataGo gives it: win rates 0 to 1, scores in points."""
    rules = analysis.position.rules
    parts = [
        f"info move {vertex_of(one.move, rules)} visits {one.visits} "
        f"winrate {one.win_rate:.6f} scoreMean {one.score:.3f} scoreLead {one.score:.3f} "
        f"prior {one.prior:.6f} lcb {one.bound:.6f} order {order} "
        f"pv {vertices(one.variation, rules)}{visits_told(one, request)}"
        f"{ownership_told(one, request)}"
        for order, one in enumerate(analysis.moves)
    ]
    if "rootinfo" in request.switches:
        parts.append(
            f"rootInfo visits {analysis.visits} winrate {analysis.win_rate:.6f} "
            f"scoreLead {analysis.score:.3f}"
        )
    if "ownership" in request.switches:
        parts.append(f"ownership {owned(analysis.ownership)}")
    return " ".join(parts)
