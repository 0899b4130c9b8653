"""What is read off a board: liberties, unconditional life, territory, ladders."""
