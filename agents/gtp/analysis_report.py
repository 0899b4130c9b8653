"""Reports of an analysis over GTP, in the formats of Leela Zero and KataGo.

Sabaki, Lizzie and other boards read them. All figures are for the player to move.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from insei.agents.gtp.analysis_request import AnalysisRequest
from insei.agents.search.analysis import Analysis, MoveAnalysis
from insei.engine.rules import Rules
from insei.engine.vertex import vertex_of


def report_text(command: str, analysis: Analysis, request: AnalysisRequest) -> str:
    """One report, in the format of the program that the command comes from."""
    chosen = requested_moves(analysis, request)
    return (lz_line(chosen) if command.startswith("lz") else kata_line(chosen, request)) + "\n"


def requested_moves(analysis: Analysis, request: AnalysisRequest) -> Analysis:
    """The analysis with the moves that were asked for.

    Avoided moves are left out, although the search has spent visits on them. A move without visits
    gets the root's figures, as in KataGo.
    """
    position = analysis.position
    avoided = request.avoided.get(position.to_play, frozenset())
    moves = [move for move in analysis.moves if move.visits and move.move not in avoided]
    excluded = avoided.union(move.move for move in moves)
    legal = position.legal_mask()
    by_policy = np.argsort(-analysis.policy, kind="stable").tolist()
    rest = [move for move in by_policy if legal[move] and move not in excluded]
    moves += [
        MoveAnalysis(
            move,
            0,
            analysis.win_rate,
            analysis.score,
            float(analysis.policy[move]),
            0.0,
            (move,),
            (0,),
        )
        for move in rest[: max(0, request.min_moves - len(moves))]
    ]
    return replace(analysis, moves=tuple(moves[: request.max_moves or None]))


def vertices(moves: tuple[int, ...], rules: Rules) -> str:
    """Moves as GTP writes them, separated by spaces."""
    return " ".join(vertex_of(move, rules) for move in moves)


def lz_line(analysis: Analysis) -> str:
    """A report in Leela Zero's format: rates in units of 1/10,000."""
    rules = analysis.position.rules
    return " ".join(
        f"info move {vertex_of(move.move, rules)} visits {move.visits} "
        f"winrate {round(10_000 * move.win_rate)} prior {round(10_000 * move.prior)} "
        f"lcb {round(10_000 * move.bound)} order {order} pv {vertices(move.variation, rules)}"
        for order, move in enumerate(analysis.moves)
    )


def kata_line(analysis: Analysis, request: AnalysisRequest) -> str:
    """A report in KataGo's format: win rates 0 to 1, scores in points."""
    rules = analysis.position.rules
    parts = [
        f"info move {vertex_of(move.move, rules)} visits {move.visits} "
        f"winrate {move.win_rate:.6f} scoreMean {move.score:.3f} scoreLead {move.score:.3f} "
        f"prior {move.prior:.6f} lcb {move.bound:.6f} order {order} "
        f"pv {vertices(move.variation, rules)}{variation_visits(move, request)}"
        f"{move_ownership(move, request)}"
        for order, move in enumerate(analysis.moves)
    ]
    if "rootinfo" in request.switches:
        parts.append(
            f"rootInfo visits {analysis.visits} winrate {analysis.win_rate:.6f} "
            f"scoreLead {analysis.score:.3f}"
        )
    if "ownership" in request.switches:
        parts.append(f"ownership {ownership_text(analysis.ownership)}")
    return " ".join(parts)


def variation_visits(move: MoveAnalysis, request: AnalysisRequest) -> str:
    """The visits of each move in the variation, if requested."""
    if "pvvisits" not in request.switches:
        return ""
    return " pvVisits " + " ".join(map(str, move.variation_visits))


def move_ownership(move: MoveAnalysis, request: AnalysisRequest) -> str:
    """The ownership after a move, if requested and known."""
    if "movesownership" not in request.switches or move.ownership is None:
        return ""
    return f" movesOwnership {ownership_text(move.ownership)}"


def ownership_text(ownership: NDArray[np.float32]) -> str:
    """The owner of each point, row by row from the top."""
    return " ".join(f"{owner:.4f}" for owner in ownership.ravel())
