"""`python:FILE:CLASS`: a player that somebody wrote in Python, without a change to insei.

All that the class needs is `choose(position)`, which returns a move:

    class Centre:
        def choose(self, position):
            legal = position.legal_moves()
            middle = position.rules.num_points // 2
            return middle if middle in legal else legal[0]

A new one is made for each game. It may have `new_game(rules, seed)`, and return a `Choice`, which
tells its value of the position and its operations too. It may import what lies beside its file; two
players from different folders each have their own of that, whatever the modules are called.
"""

import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import index
from pathlib import Path
from typing import Any

from insei.agents.player import RESIGN, Choice, PlayerFailed
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.errors import UserError
from insei.system.import_sandbox import sandbox_of

HASH_CHARACTERS = 16


class OwnPlayer:
    """Makes one of the class for each game, and asks it for moves.

    Args:
        place: FILE:CLASS.
        name: what reports call it.

    Raises:
        ValueError: the file can't be read or run, or has no such class.
    """

    num_parameters = 0

    def __init__(self, place: str, name: str) -> None:
        self.name = name
        file, _, class_name = place.rpartition(":")
        if not file or not class_name:
            raise UserError(f"player {name!r}: wanted python:FILE:CLASS")
        self.file = Path(file)
        try:
            source = self.file.read_bytes()
        except OSError as error:
            raise UserError(f"player {name!r}: {file}: {error.strerror}") from error
        self.fingerprint = hashlib.sha256(source).hexdigest()
        self.sandbox = sandbox_of(self.file)
        self.make = class_in(self.file, self.fingerprint, class_name, name)
        self.made: Any = None

    def new_game(self, rules: Rules, seed: int) -> None:
        """Begin with a new one of the class.

        Raises:
            PlayerFailed: it does not begin.
        """
        self.close()
        with self._at_work():
            self.made = self.make()
            if hasattr(self.made, "new_game"):
                self.made.new_game(rules, seed)

    def choose(self, position: Position) -> Choice:
        """Return its move.

        Raises:
            PlayerFailed: an exception comes out of it, or something that is no move.
        """
        if self.made is None:
            raise ValueError("choose before new_game: wanted the rules first")
        with self._at_work():
            answer = self.made.choose(position.copy())
        choice = answer if isinstance(answer, Choice) else Choice(answer)
        try:
            move = index(choice.move)
        except TypeError:
            raise PlayerFailed(f"chose {answer!r}: wanted a move's number") from None
        if move != RESIGN and not 0 <= move <= position.rules.pass_move:
            raise PlayerFailed(
                f"chose {move}: wanted 0 to {position.rules.pass_move}, or {RESIGN} to resign"
            )
        try:
            value = None if choice.value is None else float(choice.value)
            operations = index(choice.operations)
        except (TypeError, ValueError):
            raise PlayerFailed(f"told {choice!r}: wanted numbers") from None
        if (value is not None and not -1 <= value <= 1) or operations < 0:
            raise PlayerFailed(f"told {choice!r}: wanted a value of -1 to 1, and operations from 0")
        return Choice(move, value, operations)

    def close(self) -> None:
        """Give back what it holds, if it says how; what goes wrong there harms no game."""
        made, self.made = self.made, None
        if hasattr(made, "close"):
            with suppress(PlayerFailed), self._at_work():
                made.close()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """While its code runs.

        Raises:
            PlayerFailed: an exception comes out of it, SystemExit among them.
        """
        with self.sandbox.open():
            try:
                yield
            except (Exception, SystemExit) as error:
                raise failed(error) from error


def failed(error: BaseException) -> PlayerFailed:
    """What went wrong in somebody's class, in a line."""
    return PlayerFailed(f"{type(error).__name__}: {' '.join(str(error).split())}")


def class_in(file: Path, fingerprint: str, class_name: str, name: str) -> type:
    """The class of a file, which is run for it, once a process and content.

    It may import what lies beside it.

    Raises:
        ValueError: the file does not run, or there is no such class.
    """
    sandbox = sandbox_of(file)
    place = hashlib.sha256(f"{file.resolve()}\n{fingerprint}".encode()).hexdigest()
    module_name = f"insei_own_{place[:HASH_CHARACTERS]}"
    module = sys.modules.get(module_name)
    if module is None:
        spec = importlib.util.spec_from_file_location(module_name, file.resolve())
        if spec is None or spec.loader is None:
            raise UserError(f"player {name!r}: {file}: wanted a file that ends in .py")
        module = importlib.util.module_from_spec(spec)
        with sandbox.open():
            sys.modules[module_name] = module
            try:
                spec.loader.exec_module(module)
            except (Exception, SystemExit) as error:
                del sys.modules[module_name]
                told = f"player {name!r}: {file} does not run: {failed(error)}"
                raise UserError(told) from error
    found = getattr(module, class_name, None)
    if not isinstance(found, type) or not hasattr(found, "choose"):
        raise UserError(f"player {name!r}: {file}: wanted a class {class_name} with `choose`")
    return found
