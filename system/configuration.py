"""Configurations: YAML to frozen dataclasses and back, every key and type checked.

A file states only what differs from the defaults. An unknown key or a wrong type is an error that
names the key by its path, "learner.batch_size", and what was wanted there.
"""

import dataclasses
import difflib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import yaml

from insei.system.errors import UserError

T = TypeVar("T")


class BadConfig(UserError):
    """A configuration that can't be used; the message names the key and what was wanted."""


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a file of keys and values.

    Raises:
        BadConfig: it is missing, no YAML, or no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadConfig(f"no file {path}: wanted a YAML configuration") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}; wanted a YAML configuration") from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, source: str) -> dict[str, Any]:
    """Parse YAML that came from `source`; raises BadConfig as `read_yaml`."""
    values = parse_value(text, source)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise BadConfig(f"{source}: {type(values).__name__}, wanted keys and values")
    return values


class OnceLoader(yaml.SafeLoader):
    """Reads YAML as `safe_load` does, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping of keys that each stand once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise UserError(f"line {key.start_mark.line + 1}: key {key.value} stands twice")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def parse_value(text: str, source: str) -> Any:
    """Parse any YAML value; raises BadConfig where it is none."""
    try:
        return yaml.load(text, Loader=OnceLoader)  # a safe one
    except (yaml.YAMLError, ValueError) as error:  # the latter from dates such as 2020-13-01
        said = " ".join(str(error).split())
        raise BadConfig(f"{source}: not YAML: {said}") from error


def build(kind: type[T], values: dict[str, Any], path: str = "") -> T:
    """Make a dataclass of `kind` from nested mappings.

    Raises:
        BadConfig: an unknown key, a wrong type, a value out of bounds, or one that is missing.
    """
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    hints = typing.get_type_hints(kind)
    arguments = {}
    for key, value in values.items():
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, 1)
            hint = f", did you mean {path}{near[0]}?" if near else ""
            raise BadConfig(f"unknown key {path}{key}: wanted one of {', '.join(fields)}{hint}")
        arguments[key] = convert(hints[key], value, f"{path}{key}")
    required = [name for name, field in fields.items() if is_required(field)]
    if missing := [f"{path}{name}" for name in required if name not in arguments]:
        raise BadConfig(f"missing {', '.join(missing)}: wanted {', '.join(required)} at least")
    try:
        return kind(**arguments)
    except BadConfig:
        raise
    except ValueError as error:
        raise BadConfig(f"{path.rstrip('.') + ': ' if path else ''}{error}") from error


def is_required(field: "dataclasses.Field[Any]") -> bool:
    """Whether a field has no default."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def convert(hint: Any, value: Any, key: str) -> Any:
    """Give `value` the type of a field; raises BadConfig where it isn't of that type."""
    origin = typing.get_origin(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise wrong(key, value, "keys and values")
        return build(hint, value, f"{key}.")
    if origin is typing.Literal:
        if value not in typing.get_args(hint):
            raise wrong(key, value, "one of " + ", ".join(map(str, typing.get_args(hint))))
        return value
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise wrong(key, value, "a list")
        inner = typing.get_args(hint)[0]
        return tuple(convert(inner, one, f"{key}[{i}]") for i, one in enumerate(value))
    if origin in (typing.Union, types.UnionType):
        return convert(typing.get_args(hint)[0], value, key) if value is not None else None
    return convert_scalar(hint, value, key)


def convert_scalar(kind: type, value: Any, key: str) -> Any:
    """A bool, int, float or str; raises BadConfig where it isn't one."""
    if kind is float and isinstance(value, str):
        try:  # YAML reads 1e-3 as text
            value = float(value)
        except ValueError:
            raise wrong(key, value, "a number") from None
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        names = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
        raise wrong(key, value, names[kind])
    return value


def wrong(key: str, value: Any, wanted: str) -> BadConfig:
    """The error for a value of a wrong type."""
    return BadConfig(f"{key}: {value!r}, wanted {wanted}")


def with_settings(values: dict[str, Any], settings: list[str]) -> dict[str, Any]:
    """Lay `a.b=value` words over nested mappings; values are read as YAML.

    Raises:
        BadConfig: a word without `=`, a value that is no YAML, or a path through a value that is
            no mapping.
    """
    values = dict(values)
    for word in settings:
        path, equals, text = word.partition("=")
        if not equals or not path:
            raise BadConfig(f"setting {word!r}: wanted KEY=VALUE, as learner.batch_size=128")
        here = values
        *parents, last = path.split(".")
        for parent in parents:
            inner = here.get(parent, {})
            if not isinstance(inner, dict):
                raise BadConfig(f"setting {word!r}: {parent} holds no keys")
            here[parent] = dict(inner)
            here = here[parent]
        here[last] = parse_value(text, f"setting {word!r}")
    return values


def differing(one: Any, other: Any, path: str = "") -> list[str]:
    """The keys whose values two configurations of a kind don't share, by their paths."""
    keys = []
    for field in dataclasses.fields(one):
        pair = getattr(one, field.name), getattr(other, field.name)
        if dataclasses.is_dataclass(pair[0]):
            keys += differing(*pair, f"{path}{field.name}.")
        elif pair[0] != pair[1]:
            keys.append(f"{path}{field.name}")
    return keys


def to_yaml(config: Any) -> str:
    """Write a configuration with every value, defaults included."""
    return yaml.safe_dump(plain(config), sort_keys=False)


def plain(value: Any) -> Any:
    """Dataclasses and tuples as mappings and lists."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value
