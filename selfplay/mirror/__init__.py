"""A run's copy on shared storage, kept while it trains, and the way back from there."""
