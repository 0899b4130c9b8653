"""Folders with somebody's own code, which is imported without getting in anybody's way."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

OURS = "insei"


class House:
    """A folder with somebody's code, whose modules are seen by its own players alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: dict[str, ModuleType] = {}  # that were imported from the folder
        self.depth = 0

    @contextmanager
    def open(self) -> Iterator[None]:
        """Let imports find what lies in the folder, before anything else of that name."""
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
        """Whether a module lies in the folder under its name, and was not there already."""
        top = name.partition(".")[0]
        if top in before or top == OURS:
            return False
        package = sys.modules.get(top)
        file = getattr(package, "__file__", None)
        paths = [file] if file else list(getattr(package, "__path__", ()))  # of a namespace
        stands = {str(self.folder / top), str(self.folder / f"{top}.py")}
        return any(path in stands or str(Path(path).parent) in stands for path in paths)


HOUSES: dict[Path, House] = {}


def house_of(file: Path) -> House:
    """The house of a file's folder, one a process."""
    folder = file.parent.resolve()
    return HOUSES.setdefault(folder, House(folder))
