"""Software 1.0: the players written by hand."""
