"""`insei demo`: from random weights to a tournament, on 5x5."""

from pathlib import Path

from insei.commands.options import Address
from insei.commands.tournament import tournament
from insei.commands.train import train


def demo(*, address: Address = None) -> None:
    """Learn 5x5 from random weights, then hold a tournament: 5 to 30 minutes on two cores.

    `insei demo` does what `insei train go5` and `insei tournament demo` do. The net learns in
    runs/go5. Then it plays the handwritten players, and reports/demo/report.html has the ratings
    and every game. The same command in the same folder continues after a stop.
    """
    train(Path("go5"), address=address)
    tournament(Path("demo"), address=address)
