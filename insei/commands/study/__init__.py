"""Commands for study: problems, games whose moves are guessed, and reviews."""
