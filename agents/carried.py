"""Player packages that travel by content, to machines that don't have the folder they lie in.

    packages = packages_of(["search:runs/go5,visits=100", "random"])    # where the folder is
    make_carried_player("search:runs/go5,visits=100", packages)         # anywhere

Players that come with insei don't travel, because every machine has them. Neither do programs and
Python files.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from insei.agents.grammar import make_player, net_of
from insei.agents.net.find_package import SHIPPED, find_package
from insei.agents.net.package import CARD_FILE, WEIGHTS_FILE
from insei.agents.player import Player
from insei.system.errors import UserError
from insei.system.files import TEMPORARY, open_file

TRIES = 3


@dataclass(frozen=True)
class CarriedPackage:
    """The files of a package by their names."""

    files: tuple[tuple[str, bytes], ...]


Packages = Mapping[str, CarriedPackage]  # by the nets' names, as players name them


def packages_of(players: Iterable[str]) -> Packages:
    """The packages that these players need and that other machines may lack.

    Raises:
        UserError: there is no such package.
        OSError: it can't be read.
    """
    nets = sorted({net_of(player) for player in players} - {""})
    folders = {net: find_package(net) for net in nets}
    return {net: read(net) for net, folder in folders.items() if folder.parent != SHIPPED}


def read(net: str) -> CarriedPackage:
    """The files of a net's package."""
    for _ in range(TRIES):
        folder = find_package(net)
        # A run may delete this checkpoint meanwhile, after it has written the next.
        with suppress(FileNotFoundError):
            files = [(name, bytes_of(folder / name)) for name in (CARD_FILE, WEIGHTS_FILE)]
            return CarriedPackage(tuple(files))
    raise UserError(f"{folder}: wanted {CARD_FILE} and {WEIGHTS_FILE} in it")


def bytes_of(path: Path) -> bytes:
    """A file's bytes."""
    with open_file(path, os.O_RDONLY) as file:
        return file.read()


def make_carried_player(name: str, packages: Packages) -> Player:
    """Make a player, its net from `packages` if it is among them; raises as `make_player`."""
    package = packages.get(net_of(name))
    if package is None:
        return make_player(name)
    with tempfile.TemporaryDirectory(prefix=TEMPORARY) as folder:
        for file_name, data in package.files:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with open_file(Path(folder) / file_name, flags) as file:
                file.write(data)
        return make_player(name, lambda net: Path(folder))
