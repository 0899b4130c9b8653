"""Reports of an analysis over GTP, in the formats of Leela Zero and KataGo.

Sabaki, Lizzie and other boards read them. All figures are for the player to move.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from insei.agents.gtp.analysis_request import AnalysisRequest
from insei.agents.search.analysis import (
    Analysis,
    MoveAnalysis,
    ownership_deviation,
    score_deviation,
)
from insei.engine.rules import Rules
from insei.engine.vertex import vertex_of


def report_text(command: str, analysis: Analysis, request: AnalysisRequest) -> str:
    """One report, in the format of the program that the command comes from."""
    chosen = requested_moves(analysis, request)
    return (lz_line(chosen) if command.startswith("lz") else kata_line(chosen, request)) + "\n"


def requested_moves(analysis: Analysis, request: AnalysisRequest) -> Analysis:
    """The analysis with as many moves as were asked for.

    A move without visits gets the root's figures, as in KataGo.
    """
    position = analysis.position
    moves = [move for move in analysis.moves if move.visits]
    told = {move.move for move in moves}.union(request.avoided.get(position.to_play, {}))
    legal = position.legal_mask()
    by_policy = np.argsort(-analysis.policy, kind="stable").tolist()
    rest = [move for move in by_policy if legal[move] and move not in told]
    moves += [
        MoveAnalysis(
            move,
            0,
            analysis.win_rate,
            analysis.score,
            float(analysis.policy[move]),
            analysis.win_rate,
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
    parts = [move_text(move, order, analysis, request) for order, move in enumerate(analysis.moves)]
    if "rootinfo" in request.switches:
        deviation = score_deviation(analysis.ownership)
        parts.append(
            f"rootInfo visits {analysis.visits} utility {2 * analysis.win_rate - 1:.6f} "
            f"winrate {analysis.win_rate:.6f} {score_text(analysis.score, deviation)} "
            f"weight {analysis.visits:.3f}"
        )
    if "ownership" in request.switches:
        parts.append(f"ownership {ownership_text(analysis.ownership)}")
    if "ownershipstdev" in request.switches:
        parts.append(f"ownershipStdev {ownership_text(ownership_deviation(analysis.ownership))}")
    return " ".join(parts)


def move_text(move: MoveAnalysis, order: int, analysis: Analysis, request: AnalysisRequest) -> str:
    """One move of a report in KataGo's format."""
    rules = analysis.position.rules
    owned = analysis.ownership if move.ownership is None else move.ownership
    parts = [
        f"info move {vertex_of(move.move, rules)} visits {move.visits} edgeVisits {move.visits} "
        f"utility {2 * move.win_rate - 1:.6f} winrate {move.win_rate:.6f} "
        f"{score_text(move.score, score_deviation(owned))} prior {move.prior:.6f}"
    ]
    if "noresultvalue" in request.switches:
        parts.append("noResultValue 0.000000")
    parts.append(
        f"lcb {move.bound:.6f} utilityLcb {2 * move.bound - 1:.6f} weight {move.visits:.3f} "
        f"order {order} pv {vertices(move.variation, rules)}"
    )
    for switch, name in (("pvvisits", "pvVisits"), ("pvedgevisits", "pvEdgeVisits")):
        if switch in request.switches:
            parts.append(f"{name} {' '.join(map(str, move.variation_visits))}")
    if move.ownership is not None:
        if "movesownership" in request.switches:
            parts.append(f"movesOwnership {ownership_text(move.ownership)}")
        if "movesownershipstdev" in request.switches:
            deviation = ownership_deviation(move.ownership)
            parts.append(f"movesOwnershipStdev {ownership_text(deviation)}")
    return " ".join(parts)


def score_text(score: float, deviation: float) -> str:
    """A score under each of KataGo's names; insei knows one score."""
    return (
        f"scoreMean {score:.3f} scoreStdev {deviation:.3f} scoreLead {score:.3f} "
        f"scoreSelfplay {score:.3f}"
    )


def ownership_text(ownership: NDArray[np.float32]) -> str:
    """The owner of each point, row by row from the top."""
    return " ".join(f"{owner:.4f}" for owner in ownership.ravel())
