"""`insei restore`: a run brought back from its copy on shared storage."""

import time
from pathlib import Path

from insei.printing.run_line import silence_libraries
from insei.system.shown import say


def restore(url: str, /, *, runs: Path = Path("runs")) -> None:
    """Bring a run back from the copy that the key `mirror` of its configuration kept.

    Example: `insei restore s3://bucket/go9`, then `insei train runs/go9` goes on, and keeps the
    copy up to date as before. The newest state that is whole is taken.

    Parameters
    ----------
    url
        Where the copy is, as the configuration named it.
    runs
        Where the run's folder goes.
    """
    silence_libraries()
    from insei.selfplay.mirror.restore import restore as bring_back

    path, state = bring_back(url, runs, lambda line: say(line, to_error=True))
    taken = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(state.time))
    net = f"generation {state.generation}" if state.generation >= 0 else "no checkpoint yet"
    say(f"{path}: {net}, as of {taken}; `insei train {path}` goes on")
