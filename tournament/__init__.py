"""Matches between players, ratings, the report. Uses `engine` and `agents`."""
