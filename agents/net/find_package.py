"""The folder of the player package that a user named.

A folder on disk goes before a shipped player of the same name. It is a package, or it keeps
numbered packages in `checkpoints/`, of which the newest is meant: so does a training run, and
`net:runs/go5` plays its newest net. That one convention is kept here, because players are named in
rooms that know nothing of training. Everything else about a run's folder belongs to selfplay.
"""

from pathlib import Path

from insei.agents.net.package import CARD_FILE
from insei.system.errors import UserError
from insei.system.files import typed_path

SHIPPED = Path(__file__).parents[1] / "players"  # packages that come with insei
CHECKPOINTS = "checkpoints"  # where a folder keeps numbered packages


def numbered_packages(folder: Path) -> list[Path]:
    """The folders in `folder` that are named by a number, in order; none if there is no `folder`.

    Half-written ones have other names (`insei.system.files`).
    """
    if not folder.is_dir():
        return []
    packages = [path for path in folder.iterdir() if path.name.isdecimal() and path.is_dir()]
    return sorted(packages, key=lambda path: int(path.name))


def shipped_players() -> list[str]:
    """The names of the players that come with insei."""
    return sorted(card.parent.name for card in SHIPPED.glob(f"*/{CARD_FILE}"))


def check_nameable(path: Path) -> None:
    """Check that `search:PATH,...` can name a player in this folder.

    Raises:
        UserError: its path has a comma.
    """
    if "," in str(path):
        raise UserError(f"{path}: wanted a folder without a comma, which separates player settings")


def find_package(name: str) -> Path:
    """The folder of a package: `name` itself, the newest of the run `name`, or a shipped one.

    Raises:
        UserError: there is no such package.
    """
    path = typed_path(name)
    if (path / CARD_FILE).is_file():
        return path
    if packages := numbered_packages(path / CHECKPOINTS):
        return packages[-1]
    if name in shipped_players():
        return SHIPPED / name
    if not path.exists():
        shipped = ", ".join(shipped_players())
        raise UserError(
            f"no player at {name}: wanted a folder with {CARD_FILE}, a run's folder, "
            f"or one of {shipped}"
        )
    raise UserError(f"{name} holds no player: wanted {CARD_FILE} or {CHECKPOINTS}/ in it")
