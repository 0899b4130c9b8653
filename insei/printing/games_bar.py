"""The bar that commands show on the terminal while games are played."""

from typing import TYPE_CHECKING

from insei.system.shown import shown

if TYPE_CHECKING:
    from insei.tournament.run import Progress


class GamesBar:
    """A bar of games done, on standard error, and notices above it.

    It appears with the first game count, so that a command that is refused prints its line alone.
    """

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        self.console = Console(stderr=True)
        self.bar = Progress(
            "games", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=self.console
        )
        self.task = self.bar.add_task("games", total=None)

    def show(self, progress: "Progress") -> None:
        """Move the bar."""
        self.bar.start()  # nothing once it has begun
        self.bar.update(self.task, completed=progress.done, total=progress.total)

    def notice(self, line: str) -> None:
        """Print a line that stays."""
        self.console.print(shown(line), highlight=False, markup=False)

    def __enter__(self) -> "GamesBar":
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar.live.is_started:
            self.bar.stop()
