"""What pages draw boards with: styles and a script, and the board in JSON."""
