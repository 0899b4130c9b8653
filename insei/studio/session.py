"""A session of the studio without its screen: what is looked at, and what is done about it."""

from pathlib import Path

import numpy as np

from insei.engine.position import Position
from insei.engine.vertex import vertex_of
from insei.selfplay.history.fields import FIELDS, RESULT, bytes_of, numbers_of_bytes
from insei.selfplay.history.graph import Commit, Proposer
from insei.selfplay.history.history import AlreadyUndone, History, Proposal
from insei.selfplay.history.labels import Label, LabelledGame, Labels, policy_in_frame
from insei.selfplay.mining.mined import MinedItem
from insei.studio.looks import Look
from insei.studio.positions import queue_of
from insei.studio.progress import Action, Done, Progress, read_progress, write_progress
from insei.system.errors import UserError

PATIENCE = 0.3  # seconds that the screen stands still for another program that edits
LONGEST_REASON = 60  # letters, in a commit's message


class Session:
    """Looks through a queue of positions.

    Args:
        run: its folder; it may be in training.
        name: of a mined list; None for the newest, or for what the rows tell.
        author: of the commits; empty for the user of this machine.

    Raises:
        UserError: there is no run, no game or no such list.
    """

    def __init__(self, run: Path, name: str | None = None, author: str = "") -> None:
        self.run = run
        self.author = author
        self.history = History(run, patience=PATIENCE)
        self.labels = Labels(self.history)
        self.queue = queue_of(self.history, name)
        self.progress = read_progress(run, self.queue.name)
        self.index = 0
        self.ply = 0  # shown
        self.open(next((i for i in range(self.count) if not self.is_done(i)), self.count - 1))

    # Where one is

    @property
    def count(self) -> int:
        """Positions in the queue."""
        return len(self.queue.items)

    @property
    def item(self) -> MinedItem:
        """The item that is looked at."""
        return self.queue.items[self.index]

    @property
    def game(self) -> LabelledGame:
        """Its game."""
        return self.labels.game(self.item.game)

    @property
    def position(self) -> Position:
        """What is on the board."""
        whole = self.game.whole
        return Position(whole.rules).play_all(whole.moves[: self.ply])

    @property
    def label(self) -> Label | None:
        """What the dataset says of it; None where it has no row."""
        game = self.game
        return self.labels.label(self.item.game, self.ply) if self.ply in game.plies else None

    def open(self, index: int) -> None:
        """Look at an item of the queue; beyond its ends, at the last or first one."""
        self.history.refresh()  # others may have edited since
        self.index = min(max(index, 0), self.count - 1)
        ply = self.item.ply
        self.ply = self.game.plies[-1] if ply is None else ply

    def show_ply(self, ply: int) -> None:
        """Look at another position of the game."""
        self.history.refresh()
        self.ply = min(max(ply, 0), len(self.game.whole.moves))

    # What was done

    @property
    def branch(self) -> str:
        """Of the dataset, which is in use."""
        return self.history.graph.head

    def actions_on(self, index: int) -> list[Done]:
        """What was done about an item on this branch."""
        item = self.queue.items[index]
        wanted = item.game, item.ply, self.branch
        return [d for d in self.progress.done if (d.game, d.ply, d.branch) == wanted]

    def is_done(self, index: int) -> bool:
        """Whether an item was dealt with on this branch."""
        return bool(self.actions_on(index))

    @property
    def num_done(self) -> int:
        """Items that were dealt with."""
        done = {(d.game, d.ply) for d in self.progress.done if d.branch == self.branch}
        return sum((item.game, item.ply) in done for item in self.queue.items)

    def _note(self, action: Action, commit: Commit | None = None) -> None:
        done = Done(
            self.item.game, self.item.ply, action, self.branch, commit.id if commit else "",
            self.ply,
        )  # fmt: skip
        before = read_progress(self.run, self.queue.name)  # of another window, perhaps
        self.progress = Progress((*before.done, done))
        write_progress(self.run, self.queue.name, self.progress)

    def go_on(self) -> None:
        """Look at the next item that nothing was done about; stay if there is none."""
        later = [*range(self.index + 1, self.count), *range(self.index)]
        index = next((each for each in later if not self.is_done(each)), None)
        if index is not None:
            self.open(index)

    # What can be done

    def accept(self, look: Look | None) -> str:
        """Take the search's answer for the shown position as its label; go on.

        Returns:
            what was done, in a line.

        Raises:
            UserError: there is no answer yet, no row, or it holds these values.
        """
        label = self._row()
        if look is None or look.search is None:
            raise UserError("the search has not ended: wanted its answer to accept it")
        frame, rules = self.history.frame, self.game.whole.rules
        policy = policy_in_frame(look.search.policy, rules, frame)
        value = float(np.clip(look.search.value, -1, 1))
        proposals = [
            self._proposal(label, "policy", bytes_of(policy, "policy")),
            self._proposal(label, "searched_value", bytes_of(value, "searched_value")),
        ]
        best = vertex_of(int(look.search.policy.argmax()), rules)
        proposer = Proposer(look.fingerprint, look.visits, look.seed)
        commit = self._commit(proposals, f"accept {best}", "accepted", proposer)
        self.go_on()
        return f"{commit.id[:9]}: accepted {best}"

    def mark(self) -> str:
        """Give the shown position weight 0, which takes it out of training; go on."""
        label = self._row()
        zero = self._proposal(label, "weight", bytes_of(0, "weight"))
        commit = self._commit([zero], "weight 0", "weight 0")
        self.go_on()
        return f"{commit.id[:9]}: weight 0"

    def skip(self) -> str:
        """Leave the item as it is; go on."""
        self._note("skipped")
        self.go_on()
        return "skipped"

    def correct(self, said: str) -> str:
        """Correct labels as a user typed it, in one commit; stays at the position.

        Args:
            said: a move, `D4`, or shares, `D4=0.7,C3=0.3`: the policy of the shown position;
                a result, `B+`, `W+3.5` or `0`: the outcome, and the score if it is given, of all
                rows of the game; `FIELD VALUE` or `all FIELD VALUE` as `insei data edit` has them.

        Raises:
            UserError: it is none of these, or it changes nothing.
        """
        said = said.strip()
        message = self._message(f"correct {said}")
        commit = self.history.commit_newest(lambda: self._corrections(said), message, self.author)
        self._note("corrected", commit)
        return f"{commit.id[:9]}: corrected {said}"

    def _corrections(self, said: str) -> list[Proposal]:
        history, game = self.history, self.item.game
        words = said.split()
        if not words:
            raise UserError("nothing typed: wanted a move, as D4, or a result, as B+ or W+3.5")
        is_of_all = words[0] == "all"
        field = [*words[is_of_all:], ""][0]
        if field in FIELDS:
            value = said.partition(field)[2].strip()
            ply = None if is_of_all else self._row().ply
            return self._legal(history.proposals(game, ply, field, value), value)
        if is_of_all:
            raise UserError(f"{said!r}: wanted all FIELD VALUE, of {', '.join(FIELDS)}")
        result = RESULT.fullmatch(said)
        if said == "0" or result is not None:
            found = history.proposals(game, None, "outcome", said)
            if result is None or result["points"] is not None:
                found += history.proposals(game, None, "score", said)
            return found
        return self._legal(history.proposals(game, self._row().ply, "policy", said), said)

    def _legal(self, proposals: list[Proposal], said: str) -> list[Proposal]:
        """The proposals, none of which teaches an illegal move of the shown position."""
        frame, rules = self.history.frame, self.game.whole.rules
        legal = policy_in_frame(self.position.legal_mask().astype(np.float32), rules, frame) > 0
        for each in proposals:
            if each.field == "policy" and each.ply == self.ply and each.value is not None:
                [policy] = numbers_of_bytes([each.value], "policy", frame)
                if (policy[~legal] > 0).any():
                    raise UserError(f"{said!r}: wanted moves that are legal in this position")
        return proposals

    def undo(self) -> str:
        """Undo the last action on this list, by a commit that reverts its commit; look at it again.

        Raises:
            UserError: there is none, or its cells were edited since.
        """
        self.progress = read_progress(self.run, self.queue.name)
        last = next((d for d in reversed(self.progress.done) if d.branch == self.branch), None)
        if last is None:
            raise UserError("nothing to undo")
        said = "no longer skipped"
        if last.commit:
            said = self._revert(last)
        done = [*self.progress.done]
        del done[len(done) - 1 - done[::-1].index(last)]
        self.progress = Progress(tuple(done))
        write_progress(self.run, self.queue.name, self.progress)
        keys = [(item.game, item.ply) for item in self.queue.items]
        if (last.game, last.ply) in keys:
            self.open(keys.index((last.game, last.ply)))
            self.show_ply(last.shown_ply)
        return said

    def _revert(self, last: Done) -> str:
        try:
            commit = self.history.revert(last.commit, author=self.author)
        except AlreadyUndone:  # as by `insei data RUN revert`
            return f"{last.commit[:9]}, {last.action}, is undone already"
        return f"{commit.id[:9]}: undid {last.commit[:9]}, {last.action}"

    def _row(self) -> Label:
        label = self.label
        if label is None:
            raise UserError(
                f"ply {self.ply} has no row: it was not searched in full; wanted one with a row"
            )
        return label

    def _proposal(self, label: Label, field: str, value: bytes) -> Proposal:
        return Proposal(label.game, label.ply, field, value)

    def _commit(
        self, proposals: list[Proposal], what: str, action: Action, proposer: Proposer | None = None
    ) -> Commit:
        commit = self.history.commit(proposals, self._message(what), self.author, proposer)
        self._note(action, commit)
        return commit

    def _message(self, what: str) -> str:
        reason = " ".join(self.item.reason.split())[:LONGEST_REASON]
        return f"studio, {self.queue.name}: {what} ({reason})"

    def training_note(self) -> str:
        """What to know of a run that is training; empty if it isn't."""
        pid = self.history.trained_by
        return f"training (process {pid}): edits are learned from when it goes on" if pid else ""
