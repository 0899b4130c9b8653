"""`lz-analyze` and `kata-analyze`: a search told over GTP while it runs.

The forms that Leela Zero and KataGo gave them, which Sabaki, Lizzie and others read; figures are
those of the player to move.
"""

from dataclasses import dataclass

from agents.analysis import Analysis
from engine.rules import BLACK, WHITE, Rules
from engine.vertex import vertex_of

COLOURS = {"b": BLACK, "black": BLACK, "w": WHITE, "white": WHITE}
NUMBERS = ("interval", "maxmoves", "minmoves")
SWITCHES = ("ownership", "movesownership", "pvvisits", "rootinfo")


@dataclass(frozen=True)
class AnalysisRequest:
    """What a controller asked for."""

    colour: int  # 0 for the player to move
    seconds: float = 1.0  # between two reports
    num_moves: int = 0  # the most candidates of a report; 0 for all
    ownership: bool = False
    root: bool = False


def read_request(words: list[str]) -> AnalysisRequest:
    """Read `[colour] [centiseconds] [key value]...`.

    Raises:
        ValueError: a word makes no sense here.
    """
    colour, seconds, num_moves, switches = 0, 1.0, 0, set()
    rest = [word.lower() for word in words]
    while rest:
        word = rest.pop(0)
        if word in COLOURS:
            colour = COLOURS[word]
        elif word.isascii() and word.isdigit():
            seconds = int(word[:9]) / 100
        elif word in NUMBERS and rest and rest[0].isascii() and rest[0].isdigit():
            number = int(rest.pop(0)[:9])
            if word == "interval":
                seconds = number / 100
            elif word == "maxmoves":
                num_moves = number
        elif word in SWITCHES and rest:
            if rest.pop(0) in ("true", "1"):
                switches.add(word)
        elif word in ("avoid", "allow"):
            raise ValueError(f"syntax error: {word} is not supported")
        else:
            raise ValueError(
                f"syntax error: {word!r}, wanted a colour, an interval in centiseconds, "
                f"or one of {', '.join((*NUMBERS, *SWITCHES))} with its value"
            )
    return AnalysisRequest(
        colour, max(0.01, seconds), num_moves, "ownership" in switches, "rootinfo" in switches
    )


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


def kata_line(analysis: Analysis, request: AnalysisRequest) -> str:
    """One report as KataGo gives it: win rates 0 to 1, scores in points."""
    rules = analysis.position.rules
    parts = [
        f"info move {vertex_of(one.move, rules)} visits {one.visits} "
        f"winrate {one.win_rate:.6f} scoreMean {one.score:.3f} scoreLead {one.score:.3f} "
        f"prior {one.prior:.6f} lcb {one.bound:.6f} order {order} "
        f"pv {vertices(one.variation, rules)}"
        for order, one in enumerate(analysis.moves)
    ]
    if request.root:
        parts.append(
            f"rootInfo visits {analysis.visits} winrate {analysis.win_rate:.6f} "
            f"scoreLead {analysis.score:.3f}"
        )
    if request.ownership:
        parts.append("ownership " + " ".join(f"{one:.4f}" for one in analysis.ownership.ravel()))
    return " ".join(parts)
