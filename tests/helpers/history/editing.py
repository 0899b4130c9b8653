"""Edits a run's dataset without end, and says before and after each event what it is.

python -m tests.helpers.history.editing RUN SEED
"""

import sys
from pathlib import Path

import numpy as np

from insei.selfplay.data import load
from insei.selfplay.history.fields import bytes_of
from insei.selfplay.history.history import History, Proposal

CELLS = 5  # of each commit


def edit_without_end(run, seed):
    rng = np.random.default_rng(seed)
    rows = load(run).rows()
    cells = list(zip(rows.game.tolist(), rows.ply.tolist(), strict=True))
    print("ready", flush=True)
    number = 0
    while True:
        number += 1
        history = History(run)
        print("begin", flush=True)
        kind = rng.choice(["commit", "commit", "merge", "switch", "branch", "tag"])
        others = [name for name in history.graph.branches if name != history.graph.head]
        if kind == "commit" or (not others and kind != "branch"):
            chosen = rng.choice(len(cells), CELLS, replace=False)
            value = bytes_of(float(rng.random()), "weight")
            history.commit([Proposal(*cells[each], "weight", value) for each in chosen], "edit")
        elif kind == "merge":
            history.merge(str(rng.choice(others)), prefer="theirs")
        elif kind == "switch":
            history.switch(str(rng.choice(others)))
        elif kind == "branch":
            history.create_branch(f"b{seed}-{number}")
        else:
            history.create_tag(f"t{seed}-{number}")
        print("done", history.graph.head, history.graph.tip, flush=True)


if __name__ == "__main__":
    edit_without_end(Path(sys.argv[1]), int(sys.argv[2]))
