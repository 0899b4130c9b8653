"""`import insei` registers our environments as soon as Gymnasium is imported, before or after it.

Gymnasium 1 reads no entry points, and to import it here would slow down each command and make the
engine need it. So insei waits for its import.

`python -m insei` imports this file while the working directory is still on the path. So it imports
nothing but what is built into Python.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as typing has it
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

    from insei.engine.environments.opponents import Chooser

GYMNASIUM = "gymnasium"


class GymnasiumWatch:
    """Finds no module of its own; has the environments registered once Gymnasium is loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Gymnasium as the other finders find it, with a loader that calls `register` at its end.

        Programs also look for the module without loading it, so that this may be called often.
        """
        if name != GYMNASIUM:
            return None
        others = [one for one in sys.meta_path if one is not self and hasattr(one, "find_spec")]
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            load = loader.exec_module

            def load_and_register(module: ModuleType) -> None:
                load(module)
                if self in sys.meta_path:
                    sys.meta_path.remove(self)
                register()

            loader.exec_module = load_and_register
        return spec


def install() -> None:
    """Register the environments now if Gymnasium is loaded, else when it is."""
    if GYMNASIUM in sys.modules:
        register()
    elif not any(isinstance(finder, GymnasiumWatch) for finder in sys.meta_path):
        sys.meta_path.insert(0, GymnasiumWatch())


def register() -> None:
    """Register the environments, and let opponents be named as players are everywhere."""
    import importlib

    importlib.import_module("insei.engine.environments")
    opponents: Any = importlib.import_module("insei.engine.environments.opponents")
    opponents.player_named = player_named


def player_named(name: str) -> Chooser:
    """The player of a name, by the grammar."""
    from insei.agents.grammar import make_player

    return make_player(name)
