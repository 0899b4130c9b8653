"""The teacher: what moves lost, what was better, problems, and guessing moves."""
