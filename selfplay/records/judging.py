"""Who owned each point at the end of a recorded game, where its count shows that this is right."""

from dataclasses import replace

import numpy as np

from insei.agents.dead_stones import judged_by
from insei.agents.handwritten.playout_ownership import playout_ownership
from insei.engine.errors import IllegalMove
from insei.engine.planes.replays import POINT_BITS, WHITE_BIT
from insei.engine.position import Position
from insei.engine.rules import BLACK, WHITE, Rules
from insei.selfplay.records.recorded_games import Ending
from insei.selfplay.records.table import RecordedGame

PLAYOUTS = 200  # a wrong judgement is found out by the count
TOLERANCE = 1.0  # points between the recorded score and ours: rules of counting differ so much


def with_ownership(game: RecordedGame) -> RecordedGame:
    """The game with each point's owner at its end.

    Only a game that ended with a count can have them. Dead stones are judged by playouts; the
    owners are taken where they lead to the score of the record. Other games come back unchanged.
    """
    if game.ending != Ending.COUNT or game.score is None:
        return game
    try:
        position = last_position(game)
    except (IllegalMove, ValueError):  # rules that we do not play by
        return game
    dead = judged_by(position, playout_ownership(position, PLAYOUTS)).dead
    if abs(position.score(dead) - game.score) > TOLERANCE:
        return game
    return replace(game, ownership=position.ownership(dead))


def last_position(game: RecordedGame) -> Position:
    """The position after a game's last move.

    Raises:
        IllegalMove: a move is illegal under simple ko.
        ValueError: the board can't be set up.
    """
    rules = Rules(
        game.width,
        game.height,
        game.komi,
        "simple",
        suicide=game.suicide,
        scoring="territory" if game.territory else "area",
    )
    board = None
    if len(game.stones):
        board = np.zeros((game.height, game.width), np.uint8)
        for stone in game.stones.tolist():
            board.flat[stone & POINT_BITS] = colour_of(stone)
    position = Position(rules, board)
    for move in game.moves.tolist():
        if position.to_play != colour_of(move):
            position = position.with_to_play(colour_of(move))
        if position.is_over:  # a record may go on after two passes
            position = position.resumed()
        position.play_in_place(move & POINT_BITS)
    return position


def colour_of(coded: int) -> int:
    """The colour of a stone or a move as the table holds it."""
    return WHITE if coded & WHITE_BIT else BLACK
