"""Learning by self-play: worker, dataset, learner, loop. Uses `engine`, `agents`, `tournament`."""
