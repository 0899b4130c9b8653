"""The text beside the board: what is recorded, what the net says and what a search finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from insei.client.marks import LETTERS, Mark
from insei.engine.vertex import vertex_of
from insei.selfplay.history.labels import Label
from insei.studio.looks import Look
from insei.studio.session import Session

Source = Literal["recorded", "net", "search"]
SOURCES: tuple[Source, ...] = ("recorded", "net", "search")
LEAST_SHARE = 0.01  # of a policy, to be told
FIRST, OTHER = 8, 9  # columns of the table: the name, and each source
TABLE_LINES = 5  # without the moves: heads, value, score, and the lines around
WINNERS = {1: "Black won", 0: "a draw", -1: "White won"}
COLOURS = ("Black", "White")


@dataclass(frozen=True)
class Panel:
    """What is told of the shown position; `label` and `look` as far as they are there."""

    session: Session
    label: Label | None
    look: Look | None
    source: Source  # whose policy is on the board
    rows: int  # of the panel

    @cached_property
    def policies(self) -> dict[Source, NDArray[np.float32]]:
        """The policies there are, `[A]` each."""
        found: dict[Source, NDArray[np.float32]] = {}
        if self.label is not None:
            found["recorded"] = self.label.policy
        if self.look is not None:
            found["net"] = self.look.net.policy
            if self.look.search is not None:
                found["search"] = self.look.search.policy
        return found

    @cached_property
    def before(self) -> list[str]:
        """The lines above the table: the game and the ply."""
        session = self.session
        whole, moves = session.game.whole, len(session.game.whole.moves)
        to_play = "the end" if session.ply == moves else f"{COLOURS[session.ply % 2]} to play"
        lines = [f"game {whole.id}, net {whole.generation}"]
        if session.ply < moves:
            to_play += f", played {vertex_of(whole.moves[session.ply], whole.rules)}"
        return [*lines, f"ply {session.ply} of {moves}: {to_play}"]

    @cached_property
    def after(self) -> list[str]:
        """The lines below the table: the end by the labels, who edited, and what was done."""
        lines = label_lines(self.label)
        done = ", ".join(each.action for each in self.session.actions_on(self.session.index))
        return [*lines, f"done: {done}"] if done else lines

    @cached_property
    def moves(self) -> list[int]:
        """The moves of the table: the best of all sources, in the order of the shown one."""
        if not self.policies:
            return []
        room = self.rows - len(self.before) - len(self.after) - TABLE_LINES
        most = max(2, min(len(LETTERS), room))
        largest = np.max([*self.policies.values()], axis=0)
        likely = np.flatnonzero(largest >= LEAST_SHARE)
        chosen = likely[np.argsort(-largest[likely], kind="stable")][:most].tolist()
        shown = self.policies.get(self.source, largest)
        return sorted(chosen, key=lambda move: (-float(shown[move]), -float(largest[move])))

    def marks(self, columns: int) -> dict[int, Mark]:
        """The shown source's shares on their points: percent, or letters where room is short.

        Args:
            columns: of a point.
        """
        if self.source not in self.policies:
            return {}
        policy = self.policies[self.source]
        found: dict[int, Mark] = {}
        pass_move = self.session.game.whole.rules.pass_move
        for letter, move in zip(LETTERS, self.moves, strict=False):
            share = float(policy[move])
            if move == pass_move or share < LEAST_SHARE:
                continue
            text = f"{min(99, round(100 * share))}" if columns >= 3 else letter
            found[move] = Mark(text, "best" if letter == LETTERS[0] else "candidate")
        return found

    def table(self) -> list[str]:
        """The policies side by side, then values and scores as Black sees them."""
        rules = self.session.game.whole.rules
        lines = [line("", [f"[{name}]" if name == self.source else name for name in SOURCES])]
        for letter, move in zip(LETTERS, self.moves, strict=False):
            shares = [
                f"{100 * float(self.policies[name][move]):.0f} %"
                if name in self.policies
                else "..."
                for name in SOURCES
            ]
            lines.append(line(f"{letter} {vertex_of(move, rules)}", shares))
        sign, label, look = 1 if self.session.ply % 2 == 0 else -1, self.label, self.look
        found = [
            None if label is None else (label.searched_value, label.score),
            None if look is None else (look.net.value, look.net.score),
            None if look is None or not look.search else (look.search.value, look.search.score),
        ]
        for place, name in enumerate(("value B", "score B")):
            cells = ["..." if each is None else f"{sign * each[place]:+.2f}" for each in found]
            lines.append(line(name, cells))
        return lines

    def lines(self) -> list[str]:
        """All lines."""
        return [*self.before, "", *self.table(), "", *self.after]


def line(first: str, cells: Sequence[str]) -> str:
    """A line of the table."""
    return f"{first:<{FIRST}}" + "".join(f"{cell:>{OTHER}}" for cell in cells)


def label_lines(label: Label | None) -> list[str]:
    """How the game ended by the labels, the weight, and who edited."""
    if label is None:
        return ["no row: not searched in full"]
    lead = label.sign * label.score
    score = "0" if lead == 0 else f"{'B' if lead > 0 else 'W'}+{abs(lead):g}"
    lines = [f"{WINNERS[label.black_outcome]}, {score}; weight {label.weight:.2g}"]
    by_commit: dict[str, list[str]] = {}
    for field, commit in label.edits.items():
        by_commit.setdefault(f"{commit.id[:9]} {commit.author}", []).append(field)
    return lines + [f"{commit}: {', '.join(fields)}" for commit, fields in by_commit.items()]
