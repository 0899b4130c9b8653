"""Writes docs/configuration.md from the dataclasses: `python -m docs.write_configuration`.

A test compares the file with what this program writes.
"""

import dataclasses
import inspect
import json
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from insei.agents.search.settings import SearchSettings
from insei.engine.rules import Rules
from insei.selfplay.records.learn_config import LearnConfig
from insei.selfplay.studies.ablation import AblationConfig
from insei.selfplay.train_config import TrainConfig
from insei.system.configuration import retired_keys
from insei.system.setting import Key, Setting, keys_of
from insei.tournament.tournament_config import TournamentConfig

PAGE = Path(__file__).with_name("configuration.md")
HEADER = """\
# Configuration

This page is generated from the dataclasses by `python -m docs.write_configuration`.

A YAML file states only what differs from the defaults. `--set KEY=VALUE` changes a value for one
command, with the key's path from here: `--set learner.batch_size=128`. The value is read as YAML;
`null` unsets a key. An unknown key, a wrong type or a value out of bounds ends the command with one
line that names the key. Every run and every tournament saves its configuration with all values.

YAML is read without aliases, tags and dates, and each key stands once.

| command | configuration |
|---|---|
| `insei train` | [training](#training) |
| `insei learn` | [records](#records) |
| `insei tournament` | [tournament](#tournament) |
| `insei ablate` | [ablation](#ablation) |

`insei train go5` names a configuration that comes with insei; `insei train --list` lists them, and
`configs/` in the repository has the files. A path names your own file. If NAME is a file in the
working folder, or NAME.yaml is, that one is taken; `insei train NAME` also continues the run in a
folder NAME.

A ladder is made from a tournament, such as `configs/ladder9.yaml`, by `insei ladder`.
"""
ROOTS: tuple[tuple[str, type, Any], ...] = (  # with an instance of defaults, where there is one
    ("training", TrainConfig, TrainConfig()),
    ("records", LearnConfig, LearnConfig()),
    ("tournament", TournamentConfig, TournamentConfig()),
    ("ablation", AblationConfig, None),
)
RULES = {  # the engine's dataclass carries no settings
    "width": Setting("columns", 1, 19),
    "height": Setting("rows", 1, 19),
    "komi": Setting("given to White, a multiple of 0.5", -400, 400, unit="points"),
    "ko": Setting("what may not be repeated: the last board, any board, any board and player"),
    "suicide": Setting("whether several stones may take their own last liberty"),
    "captures_to_win": Setting("who has captured so many stones wins (Atari Go); 0: Go", 0, 1000),
    "scoring": Setting("by stones and territory, or by territory and prisoners"),
    "pass_stones": Setting("whether a pass hands over a stone, as AGA rules say; territory only"),
}
NAMES = {int: "whole number", float: "number", bool: "true or false", str: "text"}
COLUMNS = ("key", "type", "default", "unit", "bounds", "meaning", "in the paper")


@dataclasses.dataclass(frozen=True)
class Section:
    """A configuration, or one within another."""

    title: str
    kind: Any  # the dataclass
    path: str  # of its keys, with a dot at its end; empty for a whole configuration
    defaults: Any  # an instance, or None


def page() -> str:
    """The whole page."""
    sections = [
        section
        for title, kind, defaults in ROOTS
        for section in sections_of(Section(title, kind, "", defaults))
    ]
    first = {section.kind: section for section in reversed(sections)}  # rules stand once
    return "\n".join([HEADER, *(text_of(one) for one in sections if first[one.kind] is one)])


def sections_of(section: Section) -> Iterator[Section]:
    """A configuration and those within it."""
    yield section
    for key in keys_of(section.kind):
        inner, is_list = inner_of(key.kind)
        if inner is not None:
            title = f"{section.path}{key.name}{'[]' if is_list else ''}"
            defaults = None if is_list else getattr(section.defaults, key.name)
            yield from sections_of(Section(title, inner, f"{title}.", defaults))


def inner_of(kind: Any) -> tuple[Any, bool]:
    """The dataclass that a field holds, and whether it holds a list of them."""
    is_list = typing.get_origin(kind) is tuple
    inner = typing.get_args(kind)[0] if is_list else kind
    return (inner if dataclasses.is_dataclass(inner) else None), is_list


def text_of(section: Section) -> str:
    """A heading, what the dataclass says of itself, and the table of its keys."""
    kind = section.kind
    said = inspect.cleandoc(kind.__doc__ or "").partition("Raises:")[0].strip()
    heading = f"### {section.title}" if section.path else f"## {section.title.capitalize()}"
    lines = [heading, "", said, ""]
    if kind is SearchSettings:
        lines += ["A player's name takes these keys too: `search:go7,rule=puct,visits=200`.", ""]
    lines += [row(COLUMNS), row(["---"] * len(COLUMNS))]
    lines += [row(cells(key, section)) for key in keys_of(kind)]
    if constants := [f"`{name}` {getattr(kind, name)}" for name in retired_keys(kind)]:
        lines += [
            "",
            f"Constants; files of earlier versions may hold them: {', '.join(constants)}.",
        ]
    return "\n".join([*lines, ""])


def row(cells: typing.Sequence[str]) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def cells(key: Key, section: Section) -> list[str]:
    """A key's row."""
    setting = key.setting or (RULES[key.name] if section.kind is Rules else Setting(""))
    inner, _ = inner_of(key.kind)
    meaning = setting.meaning
    if inner is not None:
        meaning = f"{meaning}; see below" if meaning else "see below"
    name = f"`{section.path}{key.name}`"
    default = default_of(key, section)
    return [name, type_of(key), default, setting.unit, setting.bounds, meaning, setting.paper]


def type_of(key: Key) -> str:
    """A type in words."""
    inner, is_list = inner_of(key.kind)
    if typing.get_origin(key.kind) is typing.Literal:
        words = ", ".join(f"`{choice}`" for choice in typing.get_args(key.kind))
    elif inner is not None:
        words = "list of keys and values" if is_list else "keys and values"
    elif is_list and typing.get_origin(typing.get_args(key.kind)[0]) is typing.Literal:
        choices = typing.get_args(typing.get_args(key.kind)[0])
        words = f"list of {', '.join(f'`{choice}`' for choice in choices)}"
    elif is_list:
        words = f"list of {NAMES[typing.get_args(key.kind)[0]]}s".replace("texts", "text")
    elif typing.get_args(key.kind):
        words = " or ".join(NAMES[kind] for kind in typing.get_args(key.kind))
    else:
        words = NAMES[key.kind]
    return f"{words}, or null" if key.can_be_null else words


def default_of(key: Key, section: Section) -> str:
    """A default as YAML has it; of keys and values nothing."""
    [field] = [field for field in dataclasses.fields(section.kind) if field.name == key.name]
    value = field.default if section.defaults is None else getattr(section.defaults, key.name)
    if value is dataclasses.MISSING:
        return "required"
    if dataclasses.is_dataclass(value):
        return ""
    return f"`{json.dumps(value, ensure_ascii=False)}`".replace('"', "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
