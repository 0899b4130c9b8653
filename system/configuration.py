"""Configurations: plain values to frozen dataclasses and back, every key and type checked.

A file states only what differs from the defaults. Pydantic checks the structure and the types, and
each dataclass checks its own bounds (`check_settings`). Three things are known of older files: a
field's former value for null (`Setting.once_null`), a key's former name (`FORMER_NAMES`), and keys
that have become class variables, which are accepted with that value only.
"""

import dataclasses
import difflib
import json
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from insei.system.plain_yaml import BadConfig, parse_value, write_yaml
from insei.system.setting import BadSetting, keys_of, with_nulls

T = TypeVar("T")

KINDS = (("int",), ("str",))  # that Pydantic adds to the place of a field of several types
WANTED = {  # by Pydantic's names of errors
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "dataclass_type": "keys and values",
    "dict_type": "keys and values",
}


def build(kind: type[T], values: dict[str, Any]) -> T:
    """Make a dataclass of `kind` from nested mappings.

    Raises:
        BadConfig: an unknown key, a wrong type, a value out of bounds, or one that is missing.
    """
    import pydantic  # here, because it takes 0.2 s and 12 MB

    configuration: Any = kind
    text = json.dumps(up_to_date(configuration, values, "", list(paths_of(configuration))))
    try:
        return reader_of(configuration).validate_json(text, strict=True)
    except pydantic.ValidationError as error:
        raise BadConfig(said_of(error.errors()[0])) from None


@cache
def reader_of(kind: Any) -> Any:
    """What reads a dataclass; made once, because it is compiled."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def said_of(error: Any) -> str:
    """One of Pydantic's errors in our words: the key, what came, what was wanted."""
    parts = error["loc"][:-1] if error["loc"][-1:] in KINDS else error["loc"]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)[1:]
    if error["type"] == "json_invalid":  # half of a surrogate pair, which no text may hold
        return f"not Unicode: {error['msg']}"
    if error["type"] == "missing":
        return f"{key}: missing"
    if error["type"] == "value_error":
        cause = error["ctx"]["error"]
        if isinstance(cause, BadSetting):
            inner = f"{key}.{cause.name}" if key else cause.name
            return f"{inner}: {cause.value!r}, wanted {cause.wanted}"
        return f"{key}: {cause}" if key else str(cause)
    wanted = WANTED.get(error["type"], error["msg"])
    if error["type"] == "literal_error":
        wanted = error["ctx"]["expected"].replace("'", "")
    return f"{key}: {error['input']!r}, wanted {wanted}"


def up_to_date(kind: Any, values: Any, path: str, paths: list[str]) -> Any:
    """The values as `kind` names them today.

    Args:
        path: of the values within the configuration, with a dot at its end.
        paths: of all keys, to suggest one for an unknown key.

    Raises:
        BadConfig: a key is unknown, or was retired with another value than the one it has here.
    """
    if not isinstance(values, dict):
        return values
    keys = {key.name: key for key in keys_of(kind)}
    former_names = dict(getattr(kind, "FORMER_NAMES", ()))
    found = {}
    for given, value in values.items():
        name = former_names.get(given, given)
        if name in retired_keys(kind):
            if value != getattr(kind, name):
                raise BadConfig(
                    f"{path}{name}: {value!r}, wanted {getattr(kind, name)!r}, a constant"
                )
            continue
        if name not in keys:
            raise BadConfig(
                f"unknown key {path}{given}: {suggestion(path, str(given), [*keys], paths)}"
            )
        found[name] = inner_up_to_date(keys[name].kind, value, f"{path}{name}", paths)
    return with_nulls(kind, found)


def inner_up_to_date(kind: Any, value: Any, path: str, paths: list[str]) -> Any:
    """A field's value, with dataclasses in it and in a list of them brought up to date."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return up_to_date(kind, value, f"{path}.", paths)
    inner: Any = next(iter(typing.get_args(kind)), None)
    if not (isinstance(value, list) and dataclasses.is_dataclass(inner)):
        return value
    return [up_to_date(inner, item, f"{path}[{i}].", paths) for i, item in enumerate(value)]


def retired_keys(kind: type) -> list[str]:
    """The keys of a configuration that have become constants."""
    variables = typing.get_type_hints(kind).items()
    return [name for name, hint in variables if typing.get_origin(hint) is typing.ClassVar]


def paths_of(kind: type, path: str = "") -> Iterator[str]:
    """The paths of all keys of a configuration: "learner.batch_size"."""
    for key in keys_of(kind):
        yield f"{path}{key.name}"
        if dataclasses.is_dataclass(key.kind) and isinstance(key.kind, type):
            yield from paths_of(key.kind, f"{path}{key.name}.")


def suggestion(path: str, name: str, here: list[str], paths: list[str]) -> str:
    """What may have been meant by an unknown key.

    That is a key of that name elsewhere, or one that is spelt alike, first among those beside it.

    Args:
        path: of the mapping that it stands in, with a dot at its end.
        here: the names of the keys beside it.
        paths: of all keys.
    """
    by_name: dict[str, list[str]] = {}
    for known in paths:
        by_name.setdefault(known.rpartition(".")[2], []).append(known)
    if name not in by_name:
        near_here = difflib.get_close_matches(name, here, 1)
        if near_here:
            return f"did you mean {path}{near_here[0]}?"
    near = [name] if name in by_name else difflib.get_close_matches(name, by_name, 1)
    if near:
        meant = difflib.get_close_matches(path + name, by_name[near[0]], 1, cutoff=0)[0]
        return f"did you mean {meant}?"
    return f"wanted one of {', '.join(here)}"


def with_settings(values: dict[str, Any], settings: typing.Sequence[str]) -> dict[str, Any]:
    """Lay `a.b=value` words over nested mappings; values are read as YAML.

    Raises:
        BadConfig: a word without `=`, a value that isn't YAML, or a path through a value that
            holds no keys.
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
    """The paths of the keys in which two configurations of a kind differ."""
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
    return write_yaml(json.loads(json.dumps(dataclasses.asdict(config))))
