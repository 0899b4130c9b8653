"""How a training run is shown on the terminal."""

import os
import time
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from insei.system.shown import say, shown

if TYPE_CHECKING:
    from insei.selfplay.loop import Status


class RunLine:
    """A line that moves on a terminal, or a line for each generation where there is none.

    Args:
        line_of: how a status reads; a status has a `generation`.
    """

    def __init__(self, line_of: "Callable[[Any], str] | None" = None) -> None:
        from rich.console import Console
        from rich.live import Live

        self.line_of = line_of or status_line
        self.console = Console(stderr=False)
        self.live = Live(console=self.console, auto_refresh=False, transient=True)
        self.shown_generation = -1
        self.shown_at = 0.0

    def __enter__(self) -> "RunLine":
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def show(self, status: Any) -> None:
        """Say how the run stands."""
        from rich.text import Text

        is_new = status.generation != self.shown_generation
        if self.console.is_terminal:
            now = time.monotonic()
            if is_new or now - self.shown_at > 0.25:
                self.live.start()
                self.shown_at = now
                self.live.update(Text(shown(self.line_of(status))), refresh=True)
        elif is_new and self.shown_generation >= 0:
            say(self.line_of(status), flush=True)
        self.shown_generation = status.generation

    def notice(self, line: str) -> None:
        """Print a line that stays."""
        if self.console.is_terminal:
            self.console.print(shown(line), highlight=False, markup=False)
        else:
            say(line, to_error=True, flush=True)

    def stop(self) -> None:
        """Take the moving line away."""
        self.live.stop()


def status_line(status: "Status") -> str:
    """Generation, games, rows, loss, rating, speed and time left."""
    parts = [
        f"generation {status.generation}"
        + (f"/{status.generations}" if status.generations else ""),
        f"games {status.games:,}",
        f"rows {status.rows:,} (window {status.window:,})",
        f"steps {status.steps:,}",
    ]
    if status.loss is not None:
        parts.append(f"loss {status.loss:.3f}")
    parts += [f"{name} {share:.0%}" for name, share in status.rating.items()]
    parts.append(f"{status.positions_per_second:,.0f} positions/s")
    if status.seconds_left is not None:
        parts.append(f"{status.seconds_left / 60:.0f} min left")
    return ", ".join(parts)


def silence_libraries() -> None:
    """Silence warnings of libraries about what we do on purpose; before they are imported."""
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    warnings.filterwarnings("ignore", message=".*fork.*", category=UserWarning)
