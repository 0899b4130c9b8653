"""The configurations that come with insei, found by name: `go5`, `demo`."""

from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path

from insei.system.errors import UserError
from insei.system.plain_yaml import read_yaml

SHIPPED = Path(__file__).parents[1] / "configs"
SUFFIX = ".yaml"


def find_configuration(source: Path | str, kind: type, other: str = "") -> Path:
    """The file that a user named.

    A path goes first. A bare name may also mean NAME.yaml in the working folder, and last a
    configuration that comes with insei.

    Args:
        source: what the user said.
        kind: the dataclass of the configuration.
        other: what else the command takes, for the error message.

    Raises:
        UserError: there is no such file; the message lists the names.
    """
    path = Path(source)
    if path.exists() and not path.is_dir():
        return path
    if not path.suffix and len(path.parts) == 1:
        for folder in (Path(), SHIPPED):
            if (found := folder / f"{path}{SUFFIX}").is_file():
                return found
    names = shipped_configurations(kind)
    near = get_close_matches(path.stem, names, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    listed = ", ".join(names)
    raise UserError(f"no file {path}: wanted a YAML file, {other}or one of {listed}{hint}")


def shipped_configurations(kind: type) -> dict[str, str]:
    """The configurations of a kind that come with insei: what each says of itself, by name."""
    keys = {field.name for field in fields(kind)}
    return {
        path.stem: first_sentence(path.read_text(encoding="utf-8"))
        for path in sorted(SHIPPED.glob(f"*{SUFFIX}"))
        if set(read_yaml(path)) <= keys
    }


def first_sentence(text: str) -> str:
    """The first sentence of the comment that a file begins with."""
    comment = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        comment.append(line.strip("# "))
    return " ".join(comment).partition(". ")[0].partition("; ")[0].rstrip(".")
