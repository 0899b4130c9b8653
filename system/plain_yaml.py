"""YAML as configurations need it: keys, lists, numbers, text, true, false and null, once each.

Aliases, tags and dates are refused, and so is deep nesting. What is read is therefore a tree of
plain values, no larger than the text.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from insei.system.errors import UserError

MAX_DEPTH = 20
FLOAT = "tag:yaml.org,2002:float"
# `1e-3` and `2.5e3` are numbers, as in YAML 1.2; PyYAML alone reads them as text.
EXPONENT = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$")


class BadConfig(UserError):
    """A configuration that can't be used; the message names the key and what was wanted."""


class PlainLoader(yaml.SafeLoader):
    """A loader of trees of plain values in which every key stands once."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Read the next value, unless it is an alias, tagged, or nested too deeply."""
        event = self.peek_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise UserError(f"line {line}: alias *{event.anchor}, wanted the value itself")
        if getattr(event, "tag", None):
            raise UserError(f"line {line}: tag {event.tag}, wanted a plain value")
        if self.depth == MAX_DEPTH:
            raise UserError(f"line {line}: wanted at most {MAX_DEPTH} levels")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys each stand once."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise UserError(f"line {key.start_mark.line + 1}: key {key.value} stands twice")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)

    def refuse_date(self, node: yaml.ScalarNode) -> None:
        """Raise ValueError."""
        line = node.start_mark.line + 1
        raise UserError(f"line {line}: date {node.value}, wanted text in quotes, or a number")


class PlainDumper(yaml.SafeDumper):
    """Writes what `PlainLoader` reads back as it was."""


PlainLoader.add_constructor("tag:yaml.org,2002:timestamp", PlainLoader.refuse_date)
for kind in (PlainLoader, PlainDumper):
    kind.add_implicit_resolver(FLOAT, EXPONENT, list("-+0123456789"))


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a file of keys and values.

    Raises:
        BadConfig: it is missing, not YAML, or holds no keys.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadConfig(f"no file {path}: wanted a YAML configuration") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(f"{path}: {error}; wanted a YAML configuration") from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, source: str) -> dict[str, Any]:
    """Parse keys and values that came from `source`; raises BadConfig as `read_yaml`."""
    values = parse_value(text, source)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise BadConfig(f"{source}: {type(values).__name__}, wanted keys and values")
    return values


def parse_value(text: str, source: str) -> Any:
    """Parse any plain value; raises BadConfig where the text isn't one."""
    try:
        return yaml.load(text, Loader=PlainLoader)  # a SafeLoader
    except (yaml.YAMLError, ValueError) as error:
        said = " ".join(str(error).split())
        raise BadConfig(f"{source}: not plain YAML: {said}") from error


def write_yaml(values: dict[str, Any]) -> str:
    """Keys and values as YAML, in their order."""
    return yaml.dump(values, Dumper=PlainDumper, sort_keys=False)
