"""The terminal client: a board to play on, drawn by Textual."""
