"""Software 2.0 for Go: an engine, players, self-play, tournaments, and the `insei` program."""
