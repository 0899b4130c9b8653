"""The learner: the net, its losses and the optimisers that make them small."""
