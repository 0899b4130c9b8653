"""Learning from game records: whole games in a table, positions drawn from them, a net fitted."""
