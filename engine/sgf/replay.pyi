"""Recorded moves, played in place; see replay.pyx."""

from insei.engine.position import Position

def play_recorded(position: Position, move: int, colour: int) -> str | None: ...
