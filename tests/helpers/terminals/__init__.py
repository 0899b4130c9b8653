"""Terminals in the tests: an emulator, and a client that stands still in it."""
