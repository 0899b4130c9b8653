"""Players: handwritten ones, the network, its evaluators, the search. Uses `engine`."""
