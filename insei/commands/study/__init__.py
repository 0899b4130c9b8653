"""Commands for study: problems, and games whose moves are guessed."""
