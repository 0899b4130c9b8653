"""`python:FILE:CLASS`: a player written in Python, without a change to insei.

The class needs one method, `choose(position)`, which returns a move:

    class Centre:
        def choose(self, position):
            legal = position.legal_moves()
            middle = position.rules.num_points // 2
            return middle if middle in legal else legal[0]

An object of the class is made for each game. It may have `new_game(rules, seed)` and `close()`.
`choose` may return a `Choice`, which adds a value and a number of operations. The file may import
modules beside it. Players from different folders do not share such modules, even if the names are
equal.
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


class PythonPlayer:
    """Makes an object of the class for each game, and asks it for moves.

    Args:
        place: FILE:CLASS.
        name: as reports write it.

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
        self.player_class = load_class(self.file, self.fingerprint, class_name, name)
        self.player: Any = None  # of the game under way

    def new_game(self, rules: Rules, seed: int) -> None:
        """Make an object of the class for this game.

        Raises:
            PlayerFailed: its code raised an exception.
        """
        self.close()
        with self._user_code():
            self.player = self.player_class()
            if hasattr(self.player, "new_game"):
                self.player.new_game(rules, seed)

    def choose(self, position: Position) -> Choice:
        """Return its move.

        Raises:
            PlayerFailed: its code raised an exception, or returned something that is no move.
        """
        if self.player is None:
            raise ValueError("choose before new_game: wanted the rules first")
        with self._user_code():
            answer = self.player.choose(position.copy())
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
            raise PlayerFailed(f"chose {choice!r}: wanted numbers") from None
        if (value is not None and not -1 <= value <= 1) or operations < 0:
            raise PlayerFailed(
                f"chose {choice!r}: wanted a value of -1 to 1, and operations from 0"
            )
        return Choice(move, value, operations)

    def close(self) -> None:
        """Call the object's own `close`, if it has one. Its exceptions are ignored."""
        player, self.player = self.player, None
        if hasattr(player, "close"):
            with suppress(PlayerFailed), self._user_code():
                player.close()

    @contextmanager
    def _user_code(self) -> Iterator[None]:
        """Run the user's code in its sandbox.

        Raises:
            PlayerFailed: the code raised an exception. SystemExit counts as one.
        """
        with self.sandbox.open():
            try:
                yield
            except (Exception, SystemExit) as error:
                raise failure_of(error) from error


def failure_of(error: BaseException) -> PlayerFailed:
    """An exception of the user's code as a failure with a message of one line."""
    return PlayerFailed(f"{type(error).__name__}: {' '.join(str(error).split())}")


def load_class(file: Path, fingerprint: str, class_name: str, name: str) -> type:
    """The class of a file. A process runs each version of the file once.

    Raises:
        ValueError: the file does not run, or has no such class.
    """
    place = hashlib.sha256(f"{file.resolve()}\n{fingerprint}".encode()).hexdigest()
    module_name = f"insei_python_player_{place[:HASH_CHARACTERS]}"
    module = sys.modules.get(module_name)
    if module is None:
        spec = importlib.util.spec_from_file_location(module_name, file.resolve())
        if spec is None or spec.loader is None:
            raise UserError(f"player {name!r}: {file}: wanted a file that ends in .py")
        module = importlib.util.module_from_spec(spec)
        with sandbox_of(file).open():
            sys.modules[module_name] = module
            try:
                spec.loader.exec_module(module)
            except (Exception, SystemExit) as error:
                del sys.modules[module_name]
                message = f"player {name!r}: {file} does not run: {failure_of(error)}"
                raise UserError(message) from error
    found = getattr(module, class_name, None)
    if not isinstance(found, type) or not hasattr(found, "choose"):
        raise UserError(f"player {name!r}: {file}: wanted a class {class_name} with `choose`")
    return found
