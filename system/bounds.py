"""What configurations check of their fields: bounds, and names that become folders."""

import string

from insei.system.errors import UserError

OF_A_NAME = frozenset(string.ascii_letters + string.digits + "-_.")


def check_bounds(config: object, *bounds: tuple[str, float, float], of: str = "") -> None:
    """See that each field named is a number within its bounds, both included.

    Args:
        of: what stands before a field's name in the message, as "learner ".

    Raises:
        UserError: one is outside, or no number that has a place there.
    """
    for name, low, high in bounds:
        value = getattr(config, name)
        if isinstance(value, bool) or not low <= value <= high:
            raise UserError(f"{of}{name} {value!r}: wanted {low} to {high}")


def check_name(name: str) -> None:
    """See that a name can be a folder's.

    Raises:
        UserError: it is empty, has other characters than letters, digits, and -_. or has dots
            alone, as the folder above has.
    """
    if not name.strip(".") or not set(name) <= OF_A_NAME:
        raise UserError(
            f"name {name!r}: wanted letters, digits, and -_. alone, one at least that is no dot"
        )
