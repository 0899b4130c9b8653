"""The folder of the player package that a user named.

A folder on disk comes before a shipped player of the same name. It may be a package, or a run,
which means the run's newest package.
"""

from pathlib import Path

from insei.agents.net.package import CARD_FILE
from insei.system.files import typed_path

SHIPPED = Path(__file__).parents[1] / "players"  # packages that come with insei
CHECKPOINTS = "checkpoints"  # a run's folder of packages, named by generation


def checkpoints_of(run: Path) -> list[Path]:
    """A run's checkpoints, oldest first, without unfinished ones."""
    folder = run / CHECKPOINTS
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.isdigit())


def shipped_players() -> list[str]:
    """The names of the players that come with insei."""
    return sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD_FILE}"))


def check_nameable(path: Path) -> None:
    """Check that `search:PATH,...` can name a player in this folder.

    Raises:
        ValueError: its path has a comma.
    """
    if "," in str(path):
        raise ValueError(
            f"{path}: wanted a folder without a comma, which separates player settings"
        )


def find_package(name: str) -> Path:
    """The folder of a package: `name` itself, the newest of the run `name`, or the shipped one.

    Raises:
        ValueError: there is no such package.
    """
    path = typed_path(name)
    if (path / CARD_FILE).is_file():
        return path
    if checkpoints := checkpoints_of(path):
        return checkpoints[-1]
    if name in shipped_players():
        return SHIPPED / name
    if not path.exists():
        shipped = ", ".join(shipped_players())
        raise ValueError(
            f"no player at {name}: wanted a folder with {CARD_FILE}, a run's folder, "
            f"or one of {shipped}"
        )
    raise ValueError(f"{name} holds no player: wanted {CARD_FILE} or {CHECKPOINTS}/ in it")
