"""A study line by line: a problem is played out, or the moves of a game are guessed."""

from collections.abc import Callable, Iterable, Iterator

from insei.agents.player import RESIGN, Player
from insei.client.teaching.line_analyst import LineAnalyst
from insei.client.teaching.study import Study, net_that_answers
from insei.client.teaching.teacher import best_text
from insei.engine.vertex import move_of, vertex_of

HELP = "a vertex such as C3, hint, undo, again, next, help, quit"
HINT_VISITS = 200
GUESS_VISITS = 60  # of the search that judges a guess


class LineStudy:
    """A study that is answered by words.

    Args:
        study: the first one; `next` goes on from there.
        analyst: judges positions.
        make_net: makes the player that answers where the file does not.
    """

    def __init__(
        self, study: Study, analyst: LineAnalyst, make_net: Callable[[str], Player]
    ) -> None:
        self.study = study
        self.analyst = analyst
        self.make_net = make_net
        self.nets: dict[str, Player] = {}  # by name, once made
        self.is_done = False
        self.commands: dict[str, Callable[[str], Iterator[str]]] = {
            "hint": self._hint,
            "undo": self._undo,
            "again": self._again,
            "next": self._next,
            "help": lambda rest: iter([f"{HELP}."]),
            "quit": self._quit,
            "exit": self._quit,
        }

    def run(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield what to print, until the user leaves or the lines end."""
        yield f"Type {HELP}."
        yield from self._shown()
        for line in lines:
            yield from self._run_line(line.strip())
            if self.is_done:
                break
        for net in self.nets.values():
            net.close()

    def _run_line(self, line: str) -> Iterator[str]:
        word, _, rest = line.partition(" ")
        if not word:
            return
        if command := self.commands.get(word.lower()):
            yield from command(rest.strip())
            return
        self.analyst.judge(self.study.line.node, GUESS_VISITS)
        try:
            self.study.play(move_of(line, self.study.line.shown.rules))
        except ValueError as error:
            yield f"{error}. Type help for the words."
            return
        if not self.study.is_yours:
            yield from self._answer()
        yield from self._shown()

    def _answer(self) -> Iterator[str]:
        """Let the net move."""
        position, name = self.study.line.shown, net_that_answers(self.study.line.shown)
        if position.is_over:
            return
        if name not in self.nets:
            self.nets[name] = self.make_net(name)
            self.nets[name].new_game(position.rules, 0)
        move = self.nets[name].choose(position).move
        if move == RESIGN:
            yield "The net gives up."
        else:
            self.study.answer(move)

    def _shown(self) -> Iterator[str]:
        yield str(self.study.line.shown)
        yield self.study.text()

    def _hint(self, rest: str) -> Iterator[str]:
        node = self.study.line.node
        if (move := self.study.hint()) is not None:
            yield f"{vertex_of(move, node.position.rules)}."
        elif self.analyst.judge(node, HINT_VISITS):
            yield from best_text(node)
        else:
            yield "No hint here."

    def _undo(self, rest: str) -> Iterator[str]:
        if self.study.undo():
            yield from self._shown()
        else:
            yield "Nothing to take back."

    def _again(self, rest: str) -> Iterator[str]:
        self.study.again()
        yield from self._shown()

    def _next(self, rest: str) -> Iterator[str]:
        following = self.study.next()
        if following is None:
            yield "That was the last one."
            return
        self.study = following
        yield from self._shown()

    def _quit(self, rest: str) -> Iterator[str]:
        self.is_done = True
        yield "Left."
