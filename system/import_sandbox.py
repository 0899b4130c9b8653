"""Imports from a user's folder that don't clash with modules of the same name elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

OURS = "insei"


class ImportSandbox:
    """A user's folder, whose modules are visible to the players in that folder alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: dict[str, ModuleType] = {}  # imported from the folder
        self.depth = 0

    @contextmanager
    def open(self) -> Iterator[None]:
        """Let imports find the folder's modules before others of the same name."""
        if self.depth:
            yield
            return
        hidden = {name: sys.modules[name] for name in self.modules if name in sys.modules}
        before = set(sys.modules)
        sys.modules.update(self.modules)
        sys.path.insert(0, str(self.folder))
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
            with suppress(ValueError):
                sys.path.remove(str(self.folder))
            for name in (set(sys.modules) - before) | set(self.modules):
                if name in self.modules or self._holds(name, before):
                    self.modules[name] = sys.modules.pop(name)
            sys.modules.update(hidden)

    def _holds(self, name: str, before: set[str]) -> bool:
        """Whether a module comes from the folder, and was not imported before."""
        top = name.partition(".")[0]
        if top in before or top == OURS:
            return False
        package = sys.modules.get(top)
        file = getattr(package, "__file__", None)
        paths = [file] if file else list(getattr(package, "__path__", ()))  # a namespace package
        expected = {str(self.folder / top), str(self.folder / f"{top}.py")}
        return any(path in expected or str(Path(path).parent) in expected for path in paths)


SANDBOXES: dict[Path, ImportSandbox] = {}


def sandbox_of(file: Path) -> ImportSandbox:
    """The sandbox of a file's folder; a process has one per folder."""
    folder = file.parent.resolve()
    return SANDBOXES.setdefault(folder, ImportSandbox(folder))
