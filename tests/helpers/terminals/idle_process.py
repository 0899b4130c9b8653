"""A player process that never replies, so that a screen depends on the test alone."""


class IdleProcess:
    """Never replies."""

    def __init__(self, on_reply, analyst, seed):
        pass

    def submit(self, task):
        pass

    def close(self):
        pass
