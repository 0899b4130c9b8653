"""The data of a run: rows as they are recorded, kept, windowed and batched.

    from insei.selfplay.data import load

    data = load("runs/go5")

opens them as arrays; see loading.py.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from insei.selfplay.data.loading import RunData


def load(run: Path | str, at: str = "HEAD") -> "RunData":
    """Open the data of a run, which may be in training; no games are read yet.

    Args:
        run: its folder.
        at: with the edits of a branch, a tag or a commit; `played` for none. HEAD is the branch
            that is used (docs/dataset.md).

    Raises:
        UserError: there is no run, its table can't be used, or there is no such commit.
    """
    from insei.selfplay.data.loading import open_run_data  # loads lance

    return open_run_data(Path(run), at)
