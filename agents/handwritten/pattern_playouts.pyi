"""Playouts that answer the last move; see wise_playouts.pyx."""

PATTERNS: tuple[str, ...]

def pattern_codes() -> set[int]:
    """The neighbourhoods that are patterns, as codes of two bits a point, row by row."""
