"""A player behind GTP 2, the protocol that Go programs and boards speak.

Farnebäck's draft of the Go Text Protocol, version 2 (2002): its required commands, and those that
boards expect beside them. The engine survives any line; whatever it can't do is answered by `?`.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator

from agents.player import RESIGN, Player
from engine.diagram import diagram, result_of
from engine.errors import GameOver, IllegalMove
from engine.position import Position
from engine.rules import BLACK, MAX_SIDE, WHITE, Rules
from engine.vertex import move_of, vertex_of

COLOURS = {"b": BLACK, "black": BLACK, "w": WHITE, "white": WHITE}


class CannotDo(ValueError):
    """What GTP answers after `?`."""


class GtpEngine:
    """Keeps a game, and lets a player move in it.

    Args:
        player: who answers `genmove`.
        rules: where the game begins; `boardsize` and `komi` change it.
        version: what `version` answers.
        seed: of the first game; later games count up.
    """

    def __init__(self, player: Player, rules: Rules, version: str, seed: int = 0) -> None:
        self.player = player
        self.rules = rules
        self.version = version
        self.seed = seed
        self.is_quitting = False
        self.commands: dict[str, Callable[[list[str]], str]] = {
            "protocol_version": lambda words: "2",
            "name": lambda words: f"insei {self.player.name}",
            "version": lambda words: self.version,
            "known_command": lambda words: (
                "true" if self._word(words) in self.commands else "false"
            ),
            "list_commands": lambda words: "\n".join(sorted(self.commands)),
            "quit": self._quit,
            "boardsize": self._boardsize,
            "clear_board": self._clear_board,
            "komi": self._komi,
            "play": self._play,
            "genmove": self._genmove,
            "undo": self._undo,
            "showboard": lambda words: "\n" + diagram(self.position),
            "final_score": lambda words: result_of(self.position),
        }
        self.history: list[Position] = []
        self._new_game(rules)

    @property
    def position(self) -> Position:
        """Where the game stands."""
        return self.history[-1]

    def answer(self, line: str) -> str | None:
        """Return the answer to one line, without its closing blank line; None for an empty line."""
        line = "".join(one for one in line if one >= " " or one == "\t")
        words = line.partition("#")[0].split()
        if not words:
            return None
        number = ""
        if words[0].isascii() and words[0].isdigit():
            number = words.pop(0)
            if not words:
                return f"?{number} no command: wanted one after the number"
        command = self.commands.get(words[0])
        if command is None:
            return f"?{number} unknown command"
        try:
            said = command(words[1:])
        except ValueError as error:
            return f"?{number} {' '.join(str(error).split())}"
        return f"={number} {said}".rstrip(" ")

    def serve(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield an answer a command, each ended by a blank line, until `quit` or the end."""
        for line in lines:
            said = self.answer(line)
            if said is not None:
                yield said + "\n\n"
            if self.is_quitting:
                return

    def _word(self, words: list[str]) -> str:
        if len(words) != 1:
            raise CannotDo(f"syntax error: {len(words)} arguments, wanted one")
        return words[0]

    def _new_game(self, rules: Rules) -> None:
        self.player.new_game(rules, self.seed)
        self.rules = rules
        self.seed += 1
        self.history = [Position(rules)]

    def _quit(self, words: list[str]) -> str:
        self.is_quitting = True
        return ""

    def _boardsize(self, words: list[str]) -> str:
        word = self._word(words)
        if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= MAX_SIDE:
            raise CannotDo("unacceptable size")
        self._new_game(dataclasses.replace(self.rules, width=int(word), height=int(word)))
        return ""

    def _clear_board(self, words: list[str]) -> str:
        self._new_game(self.rules)
        return ""

    def _komi(self, words: list[str]) -> str:
        word = self._word(words)
        try:
            rules = dataclasses.replace(self.rules, komi=float(word))
        except (ValueError, OverflowError) as error:
            raise CannotDo(f"syntax error: {error}") from None
        replayed = Position(rules)
        history = [replayed]
        for move, mover in zip(self.position.moves, self.position.movers, strict=True):
            replayed = _ready(replayed, mover).play(move)
            history.append(replayed)
        self.rules, self.history = rules, history
        return ""

    def _colour(self, word: str) -> int:
        colour = COLOURS.get(word.lower())
        if colour is None:
            raise CannotDo(f"syntax error: colour {word!r}, wanted black or white")
        return colour

    def _play(self, words: list[str]) -> str:
        if len(words) != 2:
            raise CannotDo(f"syntax error: {len(words)} arguments, wanted a colour and a vertex")
        colour = self._colour(words[0])
        try:
            move = move_of(words[1], self.rules)
            self.history.append(_ready(self.position, colour).play(move))
        except (IllegalMove, GameOver) as error:
            raise CannotDo(f"illegal move: {error}") from error
        except ValueError as error:
            raise CannotDo(f"syntax error: {error}") from error
        return ""

    def _genmove(self, words: list[str]) -> str:
        colour = self._colour(self._word(words))
        position = _ready(self.position, colour)
        move = self.player.choose(position).move
        if move == RESIGN:
            return "resign"
        self.history.append(position.play(move))
        return vertex_of(move, self.rules)

    def _undo(self, words: list[str]) -> str:
        if len(self.history) < 2:
            raise CannotDo("cannot undo")
        self.history.pop()
        return ""


def _ready(position: Position, colour: int) -> Position:
    """The position with `colour` to move, going on after passes as GTP allows."""
    if position.is_over:
        position = position.resumed()
    return position if position.to_play == colour else position.with_to_play(colour)
