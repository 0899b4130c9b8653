"""What is known of a configuration's field: its meaning, unit, bounds, and the value of its paper.

A field carries a `Setting` in its annotation. From there come the checks of the constructor, the
reading of older files, and docs/configuration.md:

    visits: Annotated[int, Setting("simulations a move", 1, 100_000, paper="16 to 800")] = 16
"""

import string
import types
import typing
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from insei.system.errors import UserError

OF_A_NAME = frozenset(string.ascii_letters + string.digits + "-_.")
NOTHING = object()  # where no value is meant, because None is a value


class BadSetting(UserError):
    """A field's value can't be used: the field's name, the value, and what was wanted."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        super().__init__(f"{name} {value!r}: wanted {wanted}")
        self.name, self.value, self.wanted = name, value, wanted

    def __reduce__(self) -> tuple[Any, ...]:
        return BadSetting, (self.name, self.value, self.wanted)


@dataclass(frozen=True)
class Setting:
    """What is known of a field, beside its type and default."""

    meaning: str
    low: float | None = None  # bounds, both included
    high: float | None = None
    above: float | None = None  # bounds, excluded
    below: float | None = None
    multiple_of: int = 1
    unit: str = ""
    paper: str = ""  # the value that a paper or a program used, and whose
    once_null: object = NOTHING  # what older files say for null

    @property
    def bounds(self) -> str:
        """The bounds in words: "1 to 100", "above 0, to 1", "an even number, 2 or more"."""
        kinds = {1: "", 2: "an even number, "}
        kind = kinds.get(self.multiple_of, f"a multiple of {self.multiple_of}, ")
        if self.high is None and self.below is None:
            first = "" if self.low is None else f"{self.low} or more"
        else:
            first = f"above {self.above}, " if self.low is None else f"{self.low} "
            first += f"to below {self.below}" if self.high is None else f"to {self.high}"
        return (kind + first).removesuffix(", ")

    def allows(self, value: Any) -> bool:
        """Whether a number is within the bounds; NaN never is."""
        return (
            (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
            and (self.multiple_of == 1 or value % self.multiple_of == 0)
        )


@dataclass(frozen=True)
class Key:
    """A field of a configuration as its annotation describes it."""

    name: str
    kind: Any  # the type, without None and without `Setting`
    can_be_null: bool
    setting: Setting | None


@cache
def keys_of(configuration: type) -> tuple[Key, ...]:
    """The fields of a dataclass, in their order."""
    hints = typing.get_type_hints(configuration, include_extras=True)
    return tuple(key_of(field.name, hints[field.name]) for field in fields(configuration))


def key_of(name: str, hint: Any) -> Key:
    """Take an annotation apart."""
    setting = None
    if typing.get_origin(hint) is typing.Annotated:
        hint, *extras = typing.get_args(hint)
        setting = next((extra for extra in extras if isinstance(extra, Setting)), None)
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return Key(name, hint, False, setting)
    kinds = [argument for argument in typing.get_args(hint) if argument is not types.NoneType]
    can_be_null = len(kinds) < len(typing.get_args(hint))
    return Key(name, kinds[0] if len(kinds) == 1 else hint, can_be_null, setting)


def with_nulls(configuration: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values, with null where they hold what once stood for it."""
    once = {key.name: key.setting.once_null for key in keys_of(configuration) if key.setting}
    return {
        name: None if is_same(value, once.get(name, NOTHING)) else value
        for name, value in values.items()
    }


def is_same(value: Any, other: object) -> bool:
    """Whether two values are equal, and both or neither a truth value."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def check_settings(config: object) -> None:
    """Check the numbers and the choices among a configuration's fields.

    Raises:
        BadSetting: one is out of its bounds, or no such choice.
    """
    configuration: Any = type(config)
    for key in keys_of(configuration):
        value = getattr(config, key.name)
        if value is None and key.can_be_null:
            continue
        if typing.get_origin(key.kind) is typing.Literal:
            choices = typing.get_args(key.kind)
            if value not in choices:
                wanted = f"one of {', '.join(map(str, choices))}"
                raise BadSetting(key.name, value, wanted)
        elif key.kind in (int, float) and key.setting:
            wanted = key.setting.bounds
            is_number = isinstance(value, int if key.kind is int else (int, float))
            if isinstance(value, bool) or not is_number:
                kind = "a whole number" if key.kind is int else "a number"
                raise BadSetting(key.name, value, f"{kind}, {wanted}")
            if not key.setting.allows(value):
                raise BadSetting(key.name, value, wanted)


def check_name(name: str) -> None:
    """Check that a name can be a folder's.

    Raises:
        BadSetting: it is empty, has other characters than letters, digits, and -_. or is made of
            dots, as the name of the parent folder is.
    """
    if not name.strip(".") or not set(name) <= OF_A_NAME:
        wanted = "letters, digits, and -_. with at least one that is not a dot"
        raise BadSetting("name", name, wanted)
