"""`insei data RUN ...`: the history of a run's dataset."""
