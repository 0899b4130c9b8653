"""Guess the move: a game of a file, whose next move the user guesses, one after another."""

from collections.abc import Collection

from insei.client.game_line import GameLine
from insei.client.marks import Mark
from insei.client.teaching.best_moves import best_moves
from insei.engine.rules import BLACK, COLOUR_NAMES, WHITE
from insei.engine.sgf.variations import GameNode, GameTree
from insei.engine.vertex import vertex_of

AS_GOOD = 0.02  # of the win rate: a guess that loses no more to the best move


class Guessing:
    """A game whose moves are guessed.

    Args:
        tree: its main line is the game.
        colours: whose moves are guessed; the other moves are played by themselves.
    """

    def __init__(self, tree: GameTree, colours: Collection[int] = (BLACK, WHITE)) -> None:
        self.line = GameLine(tree)
        self.colours = colours
        self.again()

    def again(self) -> None:
        """Go back to the beginning, with nothing guessed."""
        self.num_guessed = self.num_found = self.num_good = 0
        self.said = ""
        self.missed: int | None = None  # the last guess, if the game went another way
        self.line.show_ply(0)
        self._play_others()

    @property
    def names(self) -> tuple[str, str]:
        """The players of the game."""
        return self.line.tree.black, self.line.tree.white

    @property
    def next_node(self) -> GameNode | None:
        """The node of the move to guess; None at the end of the game."""
        ply = self.line.ply
        return self.line.nodes[ply + 1] if ply + 1 < len(self.line.nodes) else None

    @property
    def is_yours(self) -> bool:
        """Whether the user guesses. Always: the game itself answers."""
        return True

    def play(self, move: int) -> None:
        """Guess a move; the game's move is then played.

        Raises:
            IllegalMove: as `Position.play`.
        """
        node = self.next_node
        if node is None:
            return
        self.line.shown.play(move)  # raises
        self.num_guessed += 1
        actual = node.position.last_move
        self.missed = None if move == actual else move
        if move == actual:
            self.num_found += 1
            self.said = f"Yes, {self._vertex(move)}."
        else:
            self.said = self._missed_text(move)
        self._step()

    def next(self) -> "Guessing | None":
        """Go on without a guess; None at the end of the game."""
        if (node := self.next_node) is None:
            return None
        self.missed = None
        self.said = f"The game went {self._move_of(node)}."
        self._step()
        return self

    def undo(self) -> bool:
        """A guess is not taken back."""
        return False

    def answer(self, move: int) -> None:
        """The game itself answers."""

    def hint(self) -> int | None:
        """A guess gets no hint."""
        return None

    def marks(self) -> dict[int, Mark]:
        """The guess that the game did not follow."""
        if self.missed is None or self.missed == self.line.shown.rules.pass_move:
            return {}
        return {self.missed: Mark("?", "mistake")}

    def text(self) -> str:
        """What the user is told."""
        tally = f"Found {self.num_found} of {self.num_guessed}"
        tally += f", {self.num_good} more as good." if self.num_good else "."
        if self.next_node is None:
            return f"{self.said} The game ends here. {tally}".strip()
        ask = f"Guess the next move: {COLOUR_NAMES[self.line.shown.to_play]} to play."
        comment = self.line.node.comment
        words = (self.said, tally if self.num_guessed else "", comment, ask)
        return " ".join(word for word in words if word)

    def _step(self) -> None:
        self.line.show_ply(self.line.ply + 1)
        self._play_others()

    def _play_others(self) -> None:
        """Play the moves of the colours that are not guessed, and pass over setup."""
        while (node := self.next_node) is not None:
            is_move = "B" in node.properties or "W" in node.properties
            if is_move and self.line.shown.to_play in self.colours:
                return
            self.line.show_ply(self.line.ply + 1)

    def _missed_text(self, move: int) -> str:
        """What a search says of a guess that the game did not follow."""
        node = self.next_node
        assert node is not None
        text = f"The game went {self._move_of(node)}, not {self._vertex(move)}."
        best = best_moves(self.line.node)
        guess = next((each for each in best if each.move == move), None)
        if guess is None:
            first = f" A search likes {self._vertex(best[0].move)}." if best else ""
            return text + first
        loss = best[0].win_rate - guess.win_rate
        if loss <= AS_GOOD:
            self.num_good += 1
            return f"{text} Yours is as good, says a search."
        return f"{text} Yours loses {100 * loss:.0f} % to {self._vertex(best[0].move)}."

    def _move_of(self, node: GameNode) -> str:
        move = node.position.last_move
        return self._vertex(move) if move is not None else "nowhere"

    def _vertex(self, move: int) -> str:
        return vertex_of(move, self.line.shown.rules)
