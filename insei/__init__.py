"""The commands of the `insei` program. Uses every room."""
