"""Replay: moves as a file records them, played in place; in time that grows with their number."""

from insei.engine.position cimport Position
from insei.engine.state cimport state_forget, state_play

from insei.engine.rules import BLACK, WHITE


def play_recorded(Position position not None, int move, int colour):
    """Play a move on this position itself, by `colour`, whoever is to move.

    A game that two passes have ended goes on: its players disagreed.

    Args:
        position: changed in place; left as it is if the move is illegal.
        move: a move of the board or a pass.
        colour: BLACK or WHITE.

    Returns:
        None, or why the move is illegal, in the words of `Position.why_illegal`.
    """
    cdef int to_play = position.state.to_play, passes = position.state.passes
    cdef int ko = position.state.board.ko
    if colour not in (BLACK, WHITE):
        raise ValueError(f"colour {colour!r}: wanted BLACK (1) or WHITE (2)")
    if colour != to_play:
        turn_to(position, colour)
    position.state.passes = passes if passes < 2 else 0
    illegal = position.why_illegal(move)
    if illegal is None:
        if state_play(position.state, move) < 0:
            raise MemoryError
        return None
    if colour != to_play:
        turn_to(position, to_play)
    position.state.board.ko = ko
    position.state.passes = passes
    return illegal


cdef void turn_to(Position position, int colour):
    """Let `colour` be the player to move."""
    position.state.to_play = colour
    position.state.board.ko = 0
    if position.state.num_moves == 0:
        position._initial_to_play = colour
        state_forget(position.state)  # the first situation has another player to move
