"""Where a player package lies, given what a user typed.

A folder on disk, a package or a run whose newest it is, goes before a shipped player of that name.
"""

from pathlib import Path

from insei.agents.net.package import CARD_FILE
from insei.system.errors import UserError
from insei.system.files import typed_path

SHIPPED = Path(__file__).parents[1] / "players"  # packages that come with insei
CHECKPOINTS = "checkpoints"  # a run's folder of packages, named by generation


def checkpoints_of(run: Path) -> list[Path]:
    """A run's checkpoints, oldest first; half-written ones left out."""
    folder = run / CHECKPOINTS
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.name.isdigit())


def shipped_players() -> list[str]:
    """The names of the players that come with insei."""
    return sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD_FILE}"))


def check_nameable(path: Path) -> None:
    """See that a player may lie in a folder, for `search:PATH,...` to name it.

    Raises:
        UserError: there is a comma in its path.
    """
    if "," in str(path):
        raise UserError(f"{path}: wanted a folder without a comma, which parts players' options")


def find_package(name: str) -> Path:
    """The folder of a package: `name` itself, the newest of the run `name`, or the shipped one.

    Raises:
        UserError: nothing of the kind is there.
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
        raise UserError(
            f"no player at {name}: wanted a folder with {CARD_FILE}, a run's folder, "
            f"or one of {shipped}"
        )
    raise UserError(f"{name} holds no player: wanted {CARD_FILE} or {CHECKPOINTS}/ in it")
