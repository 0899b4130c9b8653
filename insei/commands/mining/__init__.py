"""`insei mine`, `relabel` and `lesson`: a dataset looked at, relabelled and compared."""
