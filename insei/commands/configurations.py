"""What `--list` prints: the configurations that come with insei."""

from insei.system.errors import UserError
from insei.system.shipped_configurations import shipped_configurations


def show_configurations(kind: type, argument: str, is_asked: bool) -> None:
    """Print the names of a command's configurations, each with what it says of itself.

    Raises:
        UserError: nobody asked for them: the command's argument is missing.
    """
    found = shipped_configurations(kind)
    if not is_asked:
        names = ", ".join(found)
        raise UserError(f"{argument}: missing; wanted a YAML file, or one of {names}")
    for name, said in found.items():
        print(f"{name:<{max(map(len, found))}}  {said}")
