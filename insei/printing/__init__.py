"""Results on the terminal: tables that fit it."""
