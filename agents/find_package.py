"""Where a player package lies, given what a user typed: a package, or a run whose newest it is."""

from pathlib import Path

from agents.package import CARD_FILE

CHECKPOINTS = "checkpoints"  # a run's folder of packages, named by generation


def checkpoints_of(run: Path) -> list[Path]:
    """A run's checkpoints, oldest first; half-written ones left out."""
    folder = run / CHECKPOINTS
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.name.isdigit())


def find_package(name: str) -> Path:
    """The folder of the package, or of the newest checkpoint of the run, called `name`.

    Raises:
        ValueError: nothing of the kind is there.
    """
    path = Path(name).expanduser()
    if (path / CARD_FILE).is_file():
        return path
    if checkpoints := checkpoints_of(path):
        return checkpoints[-1]
    if not path.exists():
        raise ValueError(
            f"no player at {name}: wanted a folder with {CARD_FILE}, or a run's folder"
        )
    raise ValueError(f"{name} holds no player: wanted {CARD_FILE} or {CHECKPOINTS}/ in it")
