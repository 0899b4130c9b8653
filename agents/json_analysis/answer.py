"""The answer to a query: one position's analysis as JSON, in KataGo's fields.

Win rates, scores and utilities are Black's unless the query asks for another perspective, and so is
ownership. A policy holds -1 where a move is illegal.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from insei.agents.json_analysis.query import Query, Turn
from insei.agents.search.analysis import (
    Analysis,
    MoveAnalysis,
    ownership_deviation,
    score_deviation,
)
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE
from insei.engine.symmetries import num_symmetries, transform
from insei.engine.vertex import vertex_of

DIGITS = 6  # behind the point, of every number


def answer_of(query: Query, turn: Turn, found: Analysis, is_final: bool) -> dict[str, Any]:
    """One analysis as the protocol writes it."""
    position = found.position
    sign = sign_of(query.perspective, position)
    avoided = query.avoided.get(position.to_play, {})  # if every move is, the search tried them
    moves = [move for move in found.moves if move.visits and move.move not in avoided]
    answer: dict[str, Any] = {
        "id": query.id,
        "turnNumber": turn.number,
        "isDuringSearch": not is_final,
        "moveInfos": [
            move_info(query, move, order, sign, position) for order, move in enumerate(moves)
        ],
        "rootInfo": root_info(found, sign, position),
    }
    if "includeOwnership" in query.switches:
        answer["ownership"] = numbers(sign * found.ownership)
    if "includeOwnershipStdev" in query.switches:
        answer["ownershipStdev"] = numbers(ownership_deviation(found.ownership))
    if "includePolicy" in query.switches:
        legal = position.legal_mask()
        answer["policy"] = numbers(np.where(legal, found.policy, -1))
    return answer


def no_results(query: Query, turn: Turn) -> dict[str, Any]:
    """What ends a query whose search never began."""
    return {
        "id": query.id,
        "turnNumber": turn.number,
        "isDuringSearch": False,
        "noResults": True,
    }


def sign_of(perspective: str, position: Position) -> int:
    """1 where the mover's view is the one asked for, -1 where it is the opponent's."""
    if perspective == "SIDETOMOVE":
        return 1
    asked = BLACK if perspective == "BLACK" else WHITE
    return 1 if position.to_play == asked else -1


def move_info(
    query: Query, move: MoveAnalysis, order: int, sign: int, position: Position
) -> dict[str, Any]:
    """One candidate move."""
    rules = position.rules
    deviation = 0.0 if move.ownership is None else score_deviation(move.ownership)
    info: dict[str, Any] = {
        "move": vertex_of(move.move, rules),
        "order": order,
        "visits": move.visits,
        "edgeVisits": move.visits,
        "weight": float(move.visits),
        "edgeWeight": float(move.visits),
        "playSelectionValue": float(move.visits),
        "prior": rounded(move.prior),
        "winrate": rounded(win_rate(move.win_rate, sign)),
        "lcb": rounded(win_rate(move.bound, sign)),
        "scoreLead": rounded(sign * move.score),
        "scoreMean": rounded(sign * move.score),
        "scoreSelfplay": rounded(sign * move.score),
        "scoreStdev": rounded(deviation),
        "utility": rounded(sign * (2 * move.win_rate - 1)),
        "utilityLcb": rounded(sign * (2 * move.bound - 1)),
        "pv": [vertex_of(move, rules) for move in move.variation],
    }
    if "includeNoResultValue" in query.switches:
        info["noResultValue"] = 0.0
    if "includePVVisits" in query.switches:
        info["pvVisits"] = info["pvEdgeVisits"] = list(move.variation_visits)
    if move.ownership is not None:
        if "includeMovesOwnership" in query.switches:
            info["ownership"] = numbers(sign * move.ownership)
        if "includeMovesOwnershipStdev" in query.switches:
            info["ownershipStdev"] = numbers(ownership_deviation(move.ownership))
    return info


def root_info(found: Analysis, sign: int, position: Position) -> dict[str, Any]:
    """The position as a whole."""
    return {
        "currentPlayer": "B" if position.to_play == BLACK else "W",
        "visits": found.visits,
        "weight": float(found.visits),
        "winrate": rounded(win_rate(found.win_rate, sign)),
        "scoreLead": rounded(sign * found.score),
        "scoreMean": rounded(sign * found.score),
        "scoreSelfplay": rounded(sign * found.score),
        "scoreStdev": rounded(score_deviation(found.ownership)),
        "utility": rounded(sign * (2 * found.win_rate - 1)),
        "thisHash": f"{position.hash:016X}",
        "symHash": f"{symmetric_hash(position):016X}",
    }


def symmetric_hash(position: Position) -> int:
    """A hash that symmetric positions share; it knows no history."""
    rules, board = position.rules, position.board
    return min(
        Position(rules, np.ascontiguousarray(seen), position.to_play).hash
        for seen in (transform(board, number) for number in range(num_symmetries(*board.shape)))
        if seen.shape == board.shape
    )


def win_rate(share: float, sign: int) -> float:
    """A win rate of the mover, from the side that was asked for."""
    return share if sign > 0 else 1 - share


def rounded(number: float) -> float:
    """A number as answers write it."""
    return round(float(number), DIGITS)


def numbers(array: NDArray[np.float32]) -> list[float]:
    """An array as a flat list, row by row from the top left."""
    return np.round(array.astype(np.float64), DIGITS).ravel().tolist()
