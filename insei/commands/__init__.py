"""The commands of the `insei` program, one file each."""
