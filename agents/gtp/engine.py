"""A player behind GTP 2, the Go Text Protocol.

The commands are those of Farnebäck's draft of version 2 (2002), and those that KGS, Leela Zero and
KataGo added. A command that fails is answered with `?` and the reason; no line ends the engine.
"""

from collections.abc import Callable, Iterable, Iterator

from insei.agents.gtp.analysis_commands import ANALYSIS_COMMANDS
from insei.agents.gtp.arguments import CommandFailed, only_argument
from insei.agents.gtp.board_commands import BOARD_COMMANDS
from insei.agents.gtp.game import GtpGame
from insei.agents.gtp.net_commands import NET_COMMANDS, PlayerWithNet, gogui_menu
from insei.agents.gtp.play_commands import PLAY_COMMANDS
from insei.agents.gtp.query_commands import QUERY_COMMANDS
from insei.agents.gtp.rules_commands import RULES_COMMANDS
from insei.agents.gtp.time_commands import TIME_COMMANDS
from insei.agents.player import Player, PlayerFailed, SearchingPlayer
from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.system.lines import Lines, WrittenLines

GAME_COMMANDS = BOARD_COMMANDS | PLAY_COMMANDS | QUERY_COMMANDS | RULES_COMMANDS | TIME_COMMANDS
# What the protocol discards: control characters but for the tab, which is a space.
DISCARDED = dict.fromkeys((*range(32), 127)) | {ord("\t"): " "}
LONGEST_FAILURE = 1000  # characters of an answer after `?`


class GtpEngine:
    """Answers GTP commands on a game in which a player moves.

    Args:
        player: chooses the moves of `genmove`.
        rules: of the first game; `boardsize`, `komi` and `kata-set-rules` change them.
        version: the answer to `version`.
        seed: of the first game; each later game adds 1.
        ponders: whether a searching player searches on the opponent's time.
        warn: called with a line for the user, which is no part of an answer.
        notes: what the user should know of the player under given rules. Each note is passed to
            `warn` once.
        is_tolerant: see `GtpGame`.
        name: the answer to `name`; empty for the player's.
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
        is_tolerant: bool = False,
        name: str = "",
    ) -> None:
        self.game = GtpGame(player, rules, seed, warn, is_tolerant)
        self.version = version
        self.ponders = ponders
        self.warn = warn
        self.notes = notes
        self.noted_rules: Rules | None = None  # the rules of the last notes
        self.notes_given: set[str] = set()
        self.is_quitting = False
        self.own_commands: dict[str, Callable[[list[str]], str]] = {
            "protocol_version": lambda words: "2",
            "name": lambda words: name or f"insei {self.game.player.name}",
            "version": lambda words: self.version,
            "known_command": lambda words: str(only_argument(words) in self._commands()).lower(),
            "list_commands": lambda words: "\n".join(self._commands()),
            "gogui-analyze_commands": lambda words: gogui_menu(self.game.player),
            "clear_cache": self._forget,
            "stop": lambda words: "",  # a line is enough to end pondering and analysis
            "quit": self._quit,
        }

    @property
    def position(self) -> Position:
        """The current position."""
        return self.game.position

    def answer(self, line: str) -> str | None:
        """The whole answer to one line, without its closing blank line; None for an empty line."""
        answer = "".join(self._respond(line, WrittenLines([])))
        return answer.removesuffix("\n\n") if answer else None

    def serve(self, lines: Lines | Iterable[str]) -> Iterator[str]:
        """Yield answers until `quit` or the end of the lines. A blank line ends each answer.

        The answer to an analysis comes in pieces, while the search runs.
        """
        source = WrittenLines(lines) if isinstance(lines, Iterable) else lines
        self._give_notes()
        ponders = self.ponders and self._can_ponder()
        while (line := source.next_line()) is not None:
            self.game.has_generated = False
            yield from self._respond(line, source)
            self._give_notes()
            if self.is_quitting:
                return
            if ponders and self.game.has_generated:
                try:
                    self._ponder(source)
                except (ValueError, PlayerFailed) as error:
                    self.warn(f"pondering ended: {error}")

    def _give_notes(self) -> None:
        """Warn of what is new under the current rules."""
        if self.game.rules == self.noted_rules:
            return
        self.noted_rules = self.game.rules
        try:
            notes = self.notes(self.noted_rules)
        except (ValueError, OSError) as error:  # the package is gone, but the net is in memory
            notes = [str(error)]
        for note in notes:
            if note not in self.notes_given:
                self.notes_given.add(note)
                self.warn(note)

    def _respond(self, line: str, source: Lines) -> Iterator[str]:
        words = line.translate(DISCARDED).partition("#")[0].split()
        if not words:
            return
        number = ""
        if words[0].isascii() and words[0].isdigit():
            number = words.pop(0)
            if not words:
                yield f"?{number} no command: wanted one after the number\n\n"
                return
        command, *words = words
        try:
            if command in ANALYSIS_COMMANDS:
                yield from self._respond_in_pieces(number, command, words, source)
                return
            answer = self._run(command, words)
        except ValueError as error:
            yield f"?{number} {one_line(error)}\n\n"
            return
        except PlayerFailed as error:
            yield f"?{number} {one_line(f'{self.game.player.name} failed: {error}')}\n\n"
            return
        yield f"={number} {answer}".rstrip(" ") + "\n\n"

    def _respond_in_pieces(
        self, number: str, command: str, words: list[str], source: Lines
    ) -> Iterator[str]:
        reports = ANALYSIS_COMMANDS[command](self.game, command, words, source)
        first = next(reports)
        yield f"={number}\n" + first
        try:
            yield from reports
        except (ValueError, PlayerFailed) as error:  # too late to answer `?`
            self.warn(f"{command} ended: {one_line(error)}")
        yield "\n"

    def _run(self, command: str, words: list[str]) -> str:
        if command in self.own_commands:
            return self.own_commands[command](words)
        if found := GAME_COMMANDS.get(command) or NET_COMMANDS.get(command):
            return found(self.game, words)
        raise CommandFailed("unknown command")

    def _commands(self) -> list[str]:
        """The commands that this player can answer."""
        player = self.game.player
        analysis = ANALYSIS_COMMANDS if isinstance(player, SearchingPlayer) else {}
        net = NET_COMMANDS if isinstance(player, PlayerWithNet) else {}
        return sorted([*self.own_commands, *GAME_COMMANDS, *analysis, *net])

    def _forget(self, words: list[str]) -> str:
        """`clear_cache`: the player's next move begins with a fresh search."""
        self.game.is_player_ready = False
        return ""

    def _quit(self, words: list[str]) -> str:
        self.is_quitting = True
        return ""

    def _can_ponder(self) -> bool:
        """Whether the player can use what it finds on the opponent's time. Warns if not."""
        name = self.game.player.name
        if self.game.plans_its_visits():
            self.warn(f"{name}: Gumbel begins anew at each move; wanted rule=puct to ponder")
            return False
        if not isinstance(self.game.player, SearchingPlayer):
            self.warn(f"{name} does not search: wanted a player search:... to ponder")
            return False
        return True

    def _ponder(self, source: Lines) -> None:
        player = self.game.player
        if isinstance(player, SearchingPlayer) and not self.position.is_over:
            search = player.search_from(self.position)
            while not source.is_waiting() and search.deepen():
                pass


def one_line(said: object) -> str:
    """A failure as one line, cut where it quotes too much of what came."""
    line = " ".join(str(said).split())
    return line if len(line) <= LONGEST_FAILURE else line[:LONGEST_FAILURE] + "..."
