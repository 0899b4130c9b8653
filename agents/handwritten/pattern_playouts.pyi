"""Playouts that answer the last move; see pattern_playouts.pyx."""

PATTERNS: tuple[str, ...]

def pattern_codes() -> set[int]: ...
