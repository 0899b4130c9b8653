"""Planes: what a net sees of a position."""
