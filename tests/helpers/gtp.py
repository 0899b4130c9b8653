"""An engine to talk to, and who talks to it."""

from insei.agents.gtp.engine import GtpEngine
from insei.agents.handwritten.capture import CapturePlayer
from insei.engine.rules import Rules

RULES = Rules(5, 5, 0.5)


def engine(player=None, rules=RULES, **options):
    return GtpEngine(player or CapturePlayer(), rules, "1", **options)


def told(game, *lines):
    return [game.answer(line) for line in lines]


class Controller:
    """Lets an analysis report so many times before the next line comes."""

    def __init__(self, lines, patience=3):
        self.lines = list(lines)
        self.patience = patience
        self.asked = 0

    def next_line(self):
        self.asked = 0
        return self.lines.pop(0) if self.lines else None

    def is_waiting(self):
        self.asked += 1
        return self.asked > self.patience
