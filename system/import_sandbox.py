"""Imports from a user's folder that neither see nor change the modules of other code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

OWN_PACKAGE = "insei"


class ImportSandbox:
    """A folder whose modules are visible only while the sandbox is open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: dict[str, ModuleType] = {}  # imported from the folder so far
        self.depth = 0

    @contextmanager
    def open(self) -> Iterator[None]:
        """Let imports find the folder's modules first."""
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
        """Whether a newly imported module lies in the folder."""
        top = name.partition(".")[0]
        if top in before or top == OWN_PACKAGE:
            return False
        package = sys.modules.get(top)
        file = getattr(package, "__file__", None)
        paths = [file] if file else list(getattr(package, "__path__", ()))  # a namespace package
        places = {str(self.folder / top), str(self.folder / f"{top}.py")}
        return any(path in places or str(Path(path).parent) in places for path in paths)


SANDBOXES: dict[Path, ImportSandbox] = {}


def sandbox_of(file: Path) -> ImportSandbox:
    """The sandbox of a file's folder. There is one for each folder and process."""
    folder = file.parent.resolve()
    return SANDBOXES.setdefault(folder, ImportSandbox(folder))
