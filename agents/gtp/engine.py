"""A player behind GTP 2, the protocol that Go programs and boards speak.

Farnebäck's draft of the Go Text Protocol, version 2 (2002): its commands for playing, and those
that KGS, Leela Zero and KataGo added, as boards expect them. The engine survives any line;
whatever it can't do is answered by `?`.
"""

import dataclasses
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from insei.agents.clock import TimeControl
from insei.agents.gtp.analysis_commands import (
    COLOURS,
    AnalysisRequest,
    check_leaves_a_move,
    kata_line,
    listed,
    lz_line,
    read_request,
)
from insei.agents.gtp.clocks import control_of_gtp, control_of_system, read_numbers
from insei.agents.gtp.game import CannotDo, GtpGame, ready
from insei.agents.player import RESIGN, Player, PlayerFailed, Thinker
from insei.agents.search.analysis import Analysis
from insei.agents.search.dead_stones import stone_status
from insei.agents.search.search import Search
from insei.engine.diagram import diagram
from insei.engine.errors import GameOver, IllegalMove
from insei.engine.handicap import fixed_handicap, free_handicap
from insei.engine.position import Position
from insei.engine.rule_names import json_of, preset_called, rules_by_json, rules_by_word
from insei.engine.rules import MAX_SIDE, PRESETS, Rules, with_preset
from insei.engine.sgf.record import read_sgf
from insei.engine.vertex import move_of, vertex_of

NAP_SECONDS = 0.02  # between looks for a line, once a search is full
LONGEST_QUOTE = 80  # characters of a line that an answer repeats


class Lines(Protocol):
    """Where commands come from."""

    def take(self) -> str | None:
        """The next line, waited for; None at the end."""

    def is_waiting(self) -> bool:
        """Whether a line, or the end, has come that was not taken yet: analysis then stops."""


class WrittenLines:
    """Commands that are all there from the start."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = deque(lines)

    def take(self) -> str | None:
        """The next line."""
        return self.lines.popleft() if self.lines else None

    def is_waiting(self) -> bool:
        """Always; there is nobody to wait for."""
        return True


class GtpEngine:
    """Keeps a game, and lets a player move in it.

    Args:
        player: who answers `genmove`.
        rules: where the game begins; `boardsize`, `komi` and `kata-set-rules` change it.
        version: what `version` answers.
        seed: of the first game; later games count up.
        ponders: whether a searching player goes on while the other one thinks.
        warn: takes a line for whoever seated the player; it is no part of an answer.
        notes: what is to be known of the player under given rules; each is warned of once.
    """

    def __init__(
        self,
        player: Player,
        rules: Rules,
        version: str,
        seed: int = 0,
        ponders: bool = False,
        warn: Callable[[str], None] = lambda line: None,
        notes: Callable[[Rules], list[str]] = lambda rules: [],
    ) -> None:
        self.game = GtpGame(player, rules, seed)
        self.version = version
        self.ponders = ponders
        self.warn = warn
        self.notes = notes
        self.noted_rules: Rules | None = None  # those that notes were last made for
        self.notes_said: set[str] = set()
        self.warns_of_clocks = self.game.plans_its_visits()
        self.is_quitting = False
        self.has_moved = False  # whether the last line had the player move
        self.commands: dict[str, Callable[[list[str]], str]] = {
            "protocol_version": lambda words: "2",
            "name": lambda words: f"insei {self.game.player.name}",
            "version": lambda words: self.version,
            "known_command": lambda words: str(self._word(words) in self._known()).lower(),
            "list_commands": lambda words: "\n".join(self._known()),
            "quit": self._quit,
            "boardsize": self._boardsize,
            "rectangular_boardsize": self._rectangle,
            "clear_board": lambda words: self._begin(self.game.rules),
            "komi": self._komi,
            "get_komi": lambda words: f"{self.game.rules.komi:g}",
            "play": self._play,
            "genmove": lambda words: self._genmove(words, False),
            "kgs-genmove_cleanup": lambda words: self._genmove(words, True),
            "undo": self._undo,
            "showboard": lambda words: "\n" + diagram(self.game.position),
            "final_score": lambda words: self.game.result(),
            "final_status_list": self._final_status_list,
            "loadsgf": self._loadsgf,
            "fixed_handicap": lambda words: self._handicap(words, fixed_handicap),
            "place_free_handicap": lambda words: self._handicap(words, free_handicap),
            "set_free_handicap": self._set_free_handicap,
            "time_settings": lambda words: self._set_clocks(control_of_gtp(words)),
            "kgs-time_settings": lambda words: self._set_clocks(control_of_system(words)),
            "kata-time_settings": lambda words: self._set_clocks(control_of_system(words)),
            "time_left": self._time_left,
            "kata-set-rules": self._set_rules,
            "kata-get-rules": self._get_rules,
        }
        self.analyses: dict[str, Callable[[str, list[str], Lines], Iterator[str]]] = {
            "lz-analyze": self._analyse,
            "kata-analyze": self._analyse,
            "lz-genmove_analyze": self._genmove_analyse,
            "kata-genmove_analyze": self._genmove_analyse,
        }

    @property
    def position(self) -> Position:
        """Where the game stands."""
        return self.game.position

    def answer(self, line: str) -> str | None:
        """The whole answer to one line, without its closing blank line; None for an empty one."""
        said = "".join(self._respond(line, WrittenLines([])))
        return said.removesuffix("\n\n") if said else None

    def serve(self, lines: Lines | Iterable[str]) -> Iterator[str]:
        """Yield answers, each ended by a blank line, until `quit` or the end of the lines.

        An analysis comes in pieces, while it runs.
        """
        source = WrittenLines(lines) if isinstance(lines, Iterable) else lines
        self._note()
        ponders = self.ponders and self._can_ponder()
        while (line := source.take()) is not None:
            self.has_moved = False
            yield from self._respond(line, source)
            self._note()
            if self.is_quitting:
                return
            if ponders and self.has_moved:
                try:
                    self._ponder(source)
                except (ValueError, PlayerFailed) as error:
                    self.warn(f"pondering ended: {error}")

    def _note(self) -> None:
        """Warn of what the rules, where they are new, bring up for the first time."""
        if self.game.rules == self.noted_rules:
            return
        self.noted_rules = self.game.rules
        try:
            notes = self.notes(self.noted_rules)
        except (ValueError, OSError) as error:  # the package is gone; the net is in memory
            notes = [str(error)]
        for note in notes:
            if note not in self.notes_said:
                self.notes_said.add(note)
                self.warn(note)

    def _respond(self, line: str, source: Lines) -> Iterator[str]:
        line = "".join(one for one in line if one >= " " or one == "\t")
        words = line.partition("#")[0].split()
        if not words:
            return
        number = ""
        if words[0].isascii() and words[0].isdigit():
            number = words.pop(0)
            if not words:
                yield f"?{number} no command: wanted one after the number\n\n"
                return
        try:
            if words[0] in self.analyses:
                reports = self.analyses[words[0]](words[0], words[1:], source)
                first = next(reports)
                yield f"={number}\n" + first
                try:
                    yield from reports
                except (ValueError, PlayerFailed) as error:  # its answer has begun
                    self.warn(f"{words[0]} ended: {' '.join(str(error).split())}")
                yield "\n"
                return
            if words[0] not in self.commands:
                raise CannotDo("unknown command")
            said = self.commands[words[0]](words[1:])
        except ValueError as error:
            yield f"?{number} {' '.join(str(error).split())}\n\n"
            return
        except PlayerFailed as error:
            failed = f"{self.game.player.name} failed: {error}"
            yield f"?{number} {' '.join(failed.split())}\n\n"
            return
        yield f"={number} {said}".rstrip(" ") + "\n\n"

    def _known(self) -> list[str]:
        return sorted([*self.commands, *self.analyses])

    def _word(self, words: list[str]) -> str:
        if len(words) != 1:
            raise CannotDo(f"syntax error: {len(words)} arguments, wanted one")
        return words[0]

    def _colour(self, word: str) -> int:
        colour = COLOURS.get(word.lower())
        if colour is None:
            raise CannotDo(f"syntax error: colour {word!r}, wanted black or white")
        return colour

    def _quit(self, words: list[str]) -> str:
        self.is_quitting = True
        return ""

    def _begin(self, rules: Rules) -> str:
        self.game.begin(Position(rules))
        return ""

    def _undo(self, words: list[str]) -> str:
        self.game.undo()
        return ""

    def _side(self, word: str) -> int:
        if not word.isascii() or not word.isdigit() or not 1 <= int(word[:9]) <= MAX_SIDE:
            raise CannotDo("unacceptable size")
        return int(word)

    def _boardsize(self, words: list[str]) -> str:
        side = self._side(self._word(words))
        return self._begin(dataclasses.replace(self.game.rules, width=side, height=side))

    def _rectangle(self, words: list[str]) -> str:
        if len(words) != 2:
            raise CannotDo(f"syntax error: {len(words)} arguments, wanted width and height")
        width, height = (self._side(word) for word in words)
        return self._begin(dataclasses.replace(self.game.rules, width=width, height=height))

    def _komi(self, words: list[str]) -> str:
        word = self._word(words)
        try:
            rules = dataclasses.replace(self.game.rules, komi=float(word) + 0.0)  # no -0
        except (ValueError, OverflowError) as error:
            raise CannotDo(f"syntax error: {error}") from None
        self.game.change_rules(rules)
        return ""

    def _play(self, words: list[str]) -> str:
        if len(words) != 2:
            raise CannotDo(f"syntax error: {len(words)} arguments, wanted a colour and a vertex")
        colour = self._colour(words[0])
        try:
            self.game.play(colour, move_of(words[1], self.game.rules))
        except (IllegalMove, GameOver) as error:
            raise CannotDo(f"illegal move: {error}") from error
        except ValueError as error:
            raise CannotDo(f"syntax error: {error}") from error
        return ""

    def _genmove(self, words: list[str], cleans_up: bool) -> str:
        return self._said(self.game.generate(self._colour(self._word(words)), cleans_up))

    def _said(self, move: int) -> str:
        self.has_moved = True
        return "resign" if move == RESIGN else vertex_of(move, self.game.rules)

    def _final_status_list(self, words: list[str]) -> str:
        wanted = self._word(words)
        status = stone_status(self.position, self.game.dead())
        if wanted not in status:
            raise CannotDo(f"status {wanted!r}: wanted one of {', '.join(status)}")
        return "\n".join(vertex_of(point, self.game.rules) for point in status[wanted])

    def _loadsgf(self, words: list[str]) -> str:
        if len(words) not in (1, 2):
            raise CannotDo(f"syntax error: {len(words)} arguments, wanted a file and a move number")
        try:
            end = read_sgf(Path(words[0]).read_bytes(), self.game.rules).position
        except OSError as error:
            raise CannotDo(f"cannot load file: {error.strerror}") from error
        except ValueError as error:
            raise CannotDo(f"cannot load file: {error}") from error
        until = len(end.moves)
        if len(words) == 2:
            number = int(read_numbers(words[1:], "number")[0])
            until = min(until, max(0, number - 1))  # up to before that move, says the protocol
        self.game.begin(Position(end.rules, end.initial_board, end.initial_to_play))
        for move, mover in zip(end.moves[:until], end.movers, strict=False):
            self.game.play(mover, move)
        return ""

    def _handicap(self, words: list[str], place: Callable[[Rules, int], list[int]]) -> str:
        number = read_numbers(words, "stones")[0]
        try:
            points = place(self.game.rules, int(number))
        except ValueError as error:
            raise CannotDo(f"invalid number of stones: {error}") from error
        self.game.set_handicap(points)
        return " ".join(vertex_of(point, self.game.rules) for point in points)

    def _set_free_handicap(self, words: list[str]) -> str:
        try:
            points = [move_of(word, self.game.rules) for word in words]
        except ValueError as error:
            raise CannotDo(f"bad vertex list: {error}") from error
        if len(points) < 2 or self.game.rules.pass_move in points:
            raise CannotDo("bad vertex list: wanted two points or more")
        if twice := [point for point in points if points.count(point) > 1]:
            raise CannotDo(f"bad vertex list: {vertex_of(twice[0], self.game.rules)} named twice")
        self.game.set_handicap(points)
        return ""

    def _set_clocks(self, control: TimeControl | None) -> str:
        self.game.set_clocks(control)
        if control is not None and self.warns_of_clocks:
            self.warns_of_clocks = False
            self.warn(
                f"{self.game.player.name}: a clock cuts Gumbel's plan of visits short, which harms "
                "its moves; wanted rule=puct where there are clocks"
            )
        return ""

    def _time_left(self, words: list[str]) -> str:
        if len(words) != 3:
            raise CannotDo(f"syntax error: {len(words)} arguments, wanted colour, time and stones")
        colour = self._colour(words[0])
        seconds, moves = read_numbers(words[1:], "time stones")
        TimeControl(max(0.0, seconds), moves=int(moves))  # bounds
        if clock := self.game.clocks.of.get(colour):
            clock.set(seconds, int(moves))
        return ""

    def _set_rules(self, words: list[str]) -> str:
        self.game.change_rules(rules_called(" ".join(words), self.game.rules))
        return ""

    def _get_rules(self, words: list[str]) -> str:
        return json_of(self.game.rules)

    def _thinker(self) -> Thinker:
        player = self.game.player
        if not isinstance(player, Thinker):
            raise CannotDo(f"{player.name} does not search: wanted a player search:...")
        return player

    def _analyse(self, kind: str, words: list[str], source: Lines) -> Iterator[str]:
        """Reports of a search of the present position, until a line comes or it is done."""
        request = read_request(words, self.game.rules)
        player = self._thinker()
        seen = ready(self.position, request.colour or self.position.to_play)
        check_leaves_a_move(seen, request)
        search = player.look_at(seen)
        search.deepen()
        reported = time.monotonic()
        while True:
            if not search.deepen():
                time.sleep(NAP_SECONDS)
            is_stopping = source.is_waiting()
            if is_stopping or time.monotonic() - reported >= request.seconds:
                reported = time.monotonic()
                yield report_of(kind, search.analysis(), request)
            if is_stopping:
                return

    def _genmove_analyse(self, kind: str, words: list[str], source: Lines) -> Iterator[str]:
        """Reports of the search for the player's move, and that move."""
        request = read_request(words, self.game.rules)
        self._thinker()
        if any(request.avoided.values()):
            raise CannotDo(f"{kind} with avoid or allow: wanted the player's own move")
        steps = self.game.generating(request.colour or self.position.to_play)
        reported = time.monotonic()
        search: Search | None = None
        while True:
            try:
                search = next(steps)
            except StopIteration as end:
                if search is not None:
                    yield report_of(kind, search.analysis(), request)
                yield f"play {self._said(end.value)}\n"
                return
            if time.monotonic() - reported >= request.seconds:
                reported = time.monotonic()
                yield report_of(kind, search.analysis(), request)

    def _can_ponder(self) -> bool:
        """Whether the player keeps what it finds while the other one thinks; says so if not."""
        name = self.game.player.name
        if self.game.plans_its_visits():
            self.warn(f"{name}: Gumbel begins anew at each move; wanted rule=puct to ponder")
            return False
        if not isinstance(self.game.player, Thinker):
            self.warn(f"{name} does not search: wanted a player search:... to ponder")
            return False
        return True

    def _ponder(self, source: Lines) -> None:
        player = self.game.player
        if isinstance(player, Thinker) and not self.position.is_over:
            search = player.look_at(self.position)
            while not source.is_waiting() and search.deepen():
                pass


def report_of(kind: str, found: Analysis, request: AnalysisRequest) -> str:
    """One report, in the words of the program after which the command is called."""
    told = listed(found, request)
    return (lz_line(told) if kind.startswith("lz") else kata_line(told, request)) + "\n"


def rules_called(text: str, rules: Rules) -> Rules:
    """The rules by a preset's name, KataGo's word or its JSON, with the size and komi of `rules`.

    Raises:
        CannotDo: they are unknown, or not all of them can be played.
    """
    if name := preset_called(text):
        return with_preset(rules, name)
    try:
        if found := rules_by_word(text):
            named, left_out = found
            if left_out:
                raise ValueError
            return dataclasses.replace(
                named, width=rules.width, height=rules.height, komi=rules.komi
            )
        return rules_by_json(text, rules)
    except ValueError:
        quoted = repr(text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "...")
        raise CannotDo(
            f"unknown rules {quoted}: wanted one of {', '.join(PRESETS)}, or JSON with ko, "
            "suicide, scoring and tax NONE"
        ) from None
