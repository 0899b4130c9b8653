"""The data of a run: rows as they are recorded, kept, windowed and batched.

from insei.selfplay.data import load

data = load("runs/go5")
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insei.selfplay.data.loading import RunData


def load(run: Path | str) -> "RunData":
    """Open the data of a run, which may be in training; nothing is read yet.

    Args:
        run: its folder.

    Raises:
        UserError: there is no run, or its table can't be used.
    """
    from insei.selfplay.data.loading import open_run_data  # loads lance

    return open_run_data(Path(run))
