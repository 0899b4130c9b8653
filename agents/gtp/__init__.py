"""GTP both ways: a player as an engine, and a program behind GTP as a player."""
