"""Rule cases that other engines test themselves by, one row a case, the source named in each.

`moves` are "B:C3 W:pass ..." in GTP's vertices; colours need not alternate, and play goes on after
two passes. What our rules don't know stands under `not_covered`, with the reason.
"""

import json

import numpy as np
import pytest

from insei.engine.diagram import board_from
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.engine.vertex import move_of, vertex_of
from tests.helpers.paths import DATA

DATA = json.loads((DATA / "rules.json").read_text())
CASES = DATA["cases"]
COLOURS = {"B": BLACK, "W": WHITE}
SYMBOLS = ".XO"


def to_move(position, colour):
    """The position with `colour` to move; it is kept as it is where that colour moves anyway."""
    if position.is_over:
        position = position.resumed()
    return position if position.to_play == colour else position.with_to_play(colour)


def reached(case):
    width, height = map(int, case["size"].split("x"))
    rules = Rules(
        width,
        height,
        case["komi"],
        case["ko"],
        case["suicide"],
        scoring=case.get("scoring", "area"),
    )
    board = board_from(case["setup"].replace("/", "\n")) if "setup" in case else None
    position = Position(rules, board, COLOURS[case.get("to_play", "B")])
    for word in case["moves"].split():
        colour, vertex = word.split(":")
        position = to_move(position, COLOURS[colour]).play(move_of(vertex, rules))
    if "player" in case and case["query"] != "game_over":
        position = to_move(position, COLOURS[case["player"]])
    return position


def legal_points(position):
    return sorted(vertex_of(move, position.rules) for move in position.legal_moves()[:-1])


def banned_by_ko(position):
    moves = range(position.rules.num_points)
    return sorted(
        vertex_of(move, position.rules)
        for move in moves
        if position.why_illegal(move) in ("ko", "superko")
    )


def drawn(position):
    return drawn_board(position.board)


def drawn_board(board):
    return "/".join("".join(SYMBOLS[stone] for stone in row) for row in board)


def territory(position, colour):
    owner = 1 if colour == "B" else -1
    return int(((position.ownership() == owner) & (position.board == 0)).sum())


def check_result(position, expected):
    score = position.score()
    assert -score == expected["white_minus_black"]
    winner = "B" if score > 0 else "W" if score < 0 else "draw"
    assert winner == expected["winner"]


def check_sequence(position, expected):
    assert drawn(position) == expected["board"]


def check_stones(position, expected):
    for vertex, symbol in expected.items():
        assert ".BW"[position.board.flat[move_of(vertex, position.rules)]] == symbol


def check(case, position):
    query, expected, rules = case["query"], case["expected"], position.rules
    if query == "result":
        check_result(position, expected)
    elif query == "sequence_legal":
        check_sequence(position, expected)
    elif query == "stones":
        check_stones(position, expected)
    elif query == "ko_banned_points":
        assert banned_by_ko(position) == sorted(expected)
    elif query == "ko_point":
        found = position.ko_point
        assert (found if found is None else vertex_of(found, rules)) == expected
    elif query == "board_after":
        assert drawn(position) == expected
    elif query == "legal":
        assert position.is_legal(move_of(case["point"], rules)) == expected
    elif query == "suicide":
        why = position.why_illegal(move_of(case["point"], rules))
        assert (why == "suicide") == expected
    elif query == "legal_points":
        assert legal_points(position) == sorted(expected)
    elif query == "score_area":
        black, white = position.area()
        assert black - white == expected
    elif query == "score_area_counts":
        assert list(position.area()) == expected
    elif query == "territory_counts":
        assert territory(position, case["player"]) == expected
    elif query == "pass_alive":
        assert drawn_board(position.pass_alive()) == expected
    elif query == "score_territory":
        assert position.score(dead=[]) == expected
    elif query == "game_over":
        assert position.is_over == expected
    else:
        pytest.fail(f"no check for {query}")


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: CASES[number]["query"])
def test_case(number):
    case = CASES[number]
    position = reached(case)
    position.check()
    check(case, position)
    if not position.is_over:
        assert position.legal_moves() == np.flatnonzero(position.legal_mask()).tolist()


def test_every_case_is_covered_or_says_why_not():
    assert len(CASES) + sum(left_out["cases"] for left_out in DATA["not_covered"]) == 285
    assert all(left_out["why"] for left_out in DATA["not_covered"])
