"""The tests, a package: so no other library's `tests` comes before it."""
