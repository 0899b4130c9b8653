"""The parts of the actor pool."""
