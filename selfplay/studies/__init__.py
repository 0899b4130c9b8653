"""Studies of learning: lessons on recorded games, ablations, curves, nets of other sizes."""
