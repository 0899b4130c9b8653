"""What a user does with the history of a run's dataset.

    from insei.selfplay.history.history import History, Proposal

    history = History(Path("runs/go5"))
    history.commit([Proposal(game, ply, "weight", bytes_of(0, "weight"))], "a cut game")
    history.create_branch("relabelled")
    history.switch("relabelled")

An edit takes effect where rows are read. A run that is training has read its edits when it began:
what is committed meanwhile is kept, and is learned from when it goes on the next time.
"""

import getpass
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from insei.selfplay.data.dataset import terms_of
from insei.selfplay.data.mending import mend, read_rows
from insei.selfplay.history.fields import (
    bytes_of,
    check_of_all,
    fault_of,
    field_of,
    hash_of,
    numbers_of_bytes,
    value_read,
)
from insei.selfplay.history.game_rows import OF_A_ROW, GameRows, boards_of
from insei.selfplay.history.graph import (
    HEAD,
    PLAYED,
    PLAYED_NAME,
    Cell,
    Commit,
    Conflict,
    Edit,
    Graph,
    Proposer,
)
from insei.selfplay.history.names import check_new_name
from insei.selfplay.history.table import (
    EDITS,
    EditTable,
    Event,
    Kind,
    id_of,
    rows_of_commit,
    rows_of_events,
)
from insei.selfplay.run import DATASET, DiskFull, config_of, is_disk_full
from insei.selfplay.train_config import TrainConfig
from insei.system.errors import UserError
from insei.system.lock import held_soon, holder_of

PATIENCE = 10.0  # seconds, for another program that edits
Side = Literal["ours", "theirs"]


class Proposal(NamedTuple):
    """A value that a cell is to have."""

    game: str
    ply: int
    field: str
    value: bytes | None  # None: as it was played


class Conflicts(UserError):
    """Cells that can't be merged or reverted; `cells` names them."""

    def __init__(self, message: str, cells: list[Conflict]) -> None:
        super().__init__(message)
        self.cells = cells


class AlreadyUndone(UserError):
    """A commit of which nothing is left to revert."""


def usual_author() -> str:
    """Who edits, where nobody says so: the user's name on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


class History:
    """The commits of a run's dataset, which may be in training.

    Args:
        run: its folder.
        now: the time in seconds since 1970.
        patience: seconds that it waits for another program that edits.

    Raises:
        UserError: there is no run, or its edits can't be read.
    """

    def __init__(
        self, run: Path, now: Callable[[], float] = time.time, patience: float = PATIENCE
    ) -> None:
        self.run = run
        self.now = now
        self.patience = patience
        self.frame = config_of(run, TrainConfig).rules
        self.games = GameRows(run / DATASET, self.frame)
        self.edits = EditTable(run / EDITS, terms_of(self.frame))
        self.graph = self.edits.read()
        self._is_current = True  # the graph holds what this program has written

    @property
    def trained_by(self) -> str:
        """The process that trains the run now; empty if none does."""
        return holder_of(self.run)

    def refresh(self) -> None:
        """Read what others have written meanwhile.

        Raises:
            UserError: the edits can't be read.
        """
        if not self._is_current or not self.edits.is_newest:
            self.edits = EditTable(self.run / EDITS, self.edits.terms)
            self.graph = self.edits.read()
            self._is_current = True

    @contextmanager
    def writing(self) -> Iterator[Graph]:
        """Hold the table of edits, and read what others have written meanwhile.

        Raises:
            FolderInUse: another program holds it for long.
            DiskFull: there is no room; nothing was written.
        """
        self.edits.path.mkdir(parents=True, exist_ok=True)
        lock = held_soon(self.edits.path, self.patience)
        try:
            self.refresh()
            self._is_current = False  # if it fails, the table tells what was written
            yield self.graph
            self._is_current = True
            self._compact()
        except (OSError, RuntimeError, ValueError) as error:  # Lance raises each of them
            if isinstance(error, UserError) or not is_disk_full(error):
                raise
            raise DiskFull(
                f"no room on the disk for {self.edits.path}: nothing was written, and nothing is "
                f"lost; make room and try again"
            ) from error
        finally:
            lock.close()

    def _compact(self) -> None:
        """Compact the table of edits; if the disk is full, a later event does it."""
        try:
            self.edits.compact()
        except (OSError, RuntimeError, ValueError) as error:  # Lance raises each of them
            if not is_disk_full(error):
                raise

    @staticmethod
    def mend(run: Path) -> list[str]:
        """Set aside the newest versions of a run's table of edits if they can't be read.

        Returns:
            what was done, in lines.
        """
        path = run / EDITS
        if not path.is_dir():
            return []
        lock = held_soon(path, PATIENCE)
        try:
            return mend(path, read_rows)
        finally:
            lock.close()

    def commit(
        self,
        proposals: Sequence[Proposal],
        message: str,
        author: str = "",
        proposer: Proposer | None = None,
        branch: str = "",
        start: str = HEAD,
    ) -> Commit:
        """Edit cells in one commit.

        Args:
            proposals: values; those that a cell has already are left out.
            message: why.
            author: who; empty for the user of this machine.
            proposer: the player that the values come from.
            branch: gets the commit, and is made if it is new; empty for the one that is used.
            start: the commit where a new branch begins.

        Raises:
            UserError: a row isn't there, a value can't stand there, nothing would change, there
                is no message, or the branch can't have this name.
        """
        played = self._checked(proposals)
        with self.writing() as graph:
            name = branch or graph.head
            if name not in graph.branches:
                check_new_name(graph, name)
            tip = graph.branches[name] if name in graph.branches else graph.resolve(start)
            edits = edits_of(proposals, played, graph.state(tip))
            return self._append(edits, (tip,), message, author, proposer, name)

    def commit_newest(
        self, propose: Callable[[], Sequence[Proposal]], message: str, author: str = ""
    ) -> Commit:
        """Commit values that depend on those that are there, on the branch that is used.

        Args:
            propose: called when nobody else can edit, so that it sees the newest values.

        Raises:
            UserError: as `commit`, or as `propose` does.
        """
        with self.writing() as graph:
            proposals = propose()
            edits = edits_of(proposals, self._checked(proposals), graph.state(graph.tip))
            return self._append(edits, (graph.tip,), message, author)

    def _checked(self, proposals: Sequence[Proposal]) -> list[str]:
        """Check that rows are there and values can stand in them; hashes of what was played."""
        if not proposals:
            raise UserError("nothing to commit: wanted an edit")
        if len({proposal[:3] for proposal in proposals}) < len(proposals):
            raise UserError("a commit gives a cell one value: wanted each cell once")
        fields = {proposal.field: field_of(proposal.field) for proposal in proposals}
        places = self.games.find([(proposal.game, proposal.ply) for proposal in proposals])
        rows = self.games.read(places, [*OF_A_ROW, *fields])
        boards = boards_of(rows)
        hashes = [""] * len(proposals)
        for name in fields:
            own = [number for number, each in enumerate(proposals) if each.field == name]
            for number in own:
                hashes[number] = hash_of(rows[name][number].tobytes())
            given = [number for number in own if proposals[number].value is not None]
            values = numbers_of_bytes([proposals[n].value or b"" for n in given], name, self.frame)
            for board in np.unique(boards[given]):
                here = np.flatnonzero(boards[given] == board)
                first = given[int(here[0])]
                komi = float(np.abs(rows["komi"][given]).max())
                rules = replace(self.games.rules_of(rows, first), komi=komi)
                if fault := fault_of(name, values[here], rules, self.frame):
                    proposal = proposals[first]
                    raise UserError(f"game {proposal.game}: {name}: {fault}")
        return hashes

    def _append(
        self,
        edits: Sequence[Edit],
        parents: tuple[str, ...],
        message: str,
        author: str,
        proposer: Proposer | None = None,
        branch: str = "",
    ) -> Commit:
        """Append a commit to a branch, or to the one that is used; the table of edits is held."""
        if not message.strip():
            raise UserError("no message: wanted -m with a few words on why")
        name = branch or self.graph.head
        seconds = round(self.now(), 6)
        told = Commit(
            "", parents, name, seconds, author or usual_author(), message.strip(), proposer
        )
        commit = replace(told, id=id_of(told, edits))
        self.edits.append(rows_of_commit(commit, edits, name), commit.message)
        self.graph.add(commit, list(edits), name)
        return commit

    def edit(
        self, game: str, ply: int | None, field: str, said: str, message: str, author: str = ""
    ) -> Commit:
        """Edit a field of a row, or of all rows of a game, as a user typed it; see `proposals`.

        Raises:
            UserError: as `commit`, or the value is none of the field's.
        """
        return self.commit_newest(lambda: self.proposals(game, ply, field, said), message, author)

    def proposals(self, game: str, ply: int | None, field: str, said: str) -> list[Proposal]:
        """What a user typed as a field's value in a row, or in all rows of a game.

        Args:
            game: its id, or how that begins.
            ply: None for all rows of the game.
            said: as `value_read` takes it, or `played` for what was played.

        Raises:
            UserError: a row isn't there, or the value is none of the field's.
        """
        field_of(field)
        name = self.games.full_id(game)
        known = sorted(self.games.plies_of([name])[name])
        plies = known if ply is None else [ply]
        places = self.games.find([(name, each) for each in plies])
        if ply is None:
            check_of_all(field, said)
        rows = self.games.read(places, [*OF_A_ROW, field])
        state = self.graph.state(self.graph.tip)
        proposals = []
        for number, each in enumerate(plies):
            last = state.get((name, each, field))
            before = rows[field][number]
            if last is not None and last.value is not None:
                before = numbers_of_bytes([last.value], field, self.frame)[0]
            value = None
            if said != PLAYED_NAME:
                rules = self.games.rules_of(rows, number)
                value = bytes_of(value_read(field, said, each, rules, self.frame, before), field)
            proposals.append(Proposal(name, each, field, value))
        return proposals

    def revert(self, name: str, message: str = "", author: str = "") -> Commit:
        """Undo a commit by a new one.

        Raises:
            Conflicts: later commits edited its cells.
            AlreadyUndone: they have the values that they had before it.
            UserError: there is no such commit.
        """
        with self.writing() as graph:
            undone = graph.resolve(name)
            if undone == PLAYED:
                raise UserError(f"{name!r} is the dataset as it was played: wanted a commit")
            edits, conflicts = graph.reverted(undone, graph.tip)
            if conflicts:
                raise Conflicts(
                    f"{said_of_cells(conflicts)} edited since {undone}: revert the later commits "
                    "first",
                    conflicts,
                )
            if not edits:
                raise AlreadyUndone(f"nothing to undo: the values are those of before {undone}")
            said = message or f"revert {undone}: {graph.commits[undone].message}"
            return self._append(edits, (graph.tip,), said, author)

    def merge(
        self, name: str, message: str = "", author: str = "", prefer: Side | None = None
    ) -> Commit | None:
        """Take another branch's edits into the branch that is used.

        Args:
            name: a branch, a tag or a commit.
            prefer: whose value a cell gets that both changed.

        Returns:
            the newest commit of the branch then; None if there was nothing new.

        Raises:
            Conflicts: both changed a cell, and nothing is preferred; nothing was written.
        """
        with self.writing() as graph:
            ours, theirs = graph.tip, graph.resolve(name)
            if theirs == PLAYED or theirs in graph.ancestors(ours):
                return None
            if ours == PLAYED or ours in graph.ancestors(theirs):
                self._event("branch", graph.head, theirs)
                graph.branches[graph.head] = theirs
                return graph.commits[theirs]
            merged = graph.merge(ours, theirs)
            edits = merged.edits
            if merged.conflicts and prefer is None:
                raise Conflicts(
                    f"{said_of_cells(merged.conflicts)} changed by both sides: wanted --ours or "
                    "--theirs, or an edit of them first; nothing was merged",
                    merged.conflicts,
                )
            if prefer == "theirs":
                edits = [*edits, *(self._theirs(graph, each) for each in merged.conflicts)]
            said = message or f"merge {name} into {graph.head}"
            return self._append(edits, (ours, theirs), said, author)

    def _theirs(self, graph: Graph, conflict: Conflict) -> Edit:
        """The edit that settles a conflict in their favour."""
        played = graph.played[conflict[:3]]
        ours, theirs = conflict.ours, conflict.theirs
        return Edit(
            *conflict[:3],
            ours.new if ours else played,
            theirs.new if theirs else played,
            theirs.value if theirs else None,
        )

    def create_branch(self, name: str, at: str = HEAD) -> None:
        """Make a branch.

        Raises:
            UserError: the name is taken, or no name.
        """
        self._name("branch", name, at)

    def create_tag(self, name: str, at: str = HEAD) -> None:
        """Give a commit a name for good.

        Raises:
            UserError: the name is taken, or no name.
        """
        self._name("tag", name, at)

    def _name(self, kind: Literal["branch", "tag"], name: str, at: str) -> None:
        with self.writing() as graph:
            check_new_name(graph, name)
            commit = graph.resolve(at)
            self._event(kind, name, commit)
            names = graph.branches if kind == "branch" else graph.tags
            names[name] = commit

    def switch(self, name: str) -> None:
        """Use another branch: reading and editing follow it.

        Raises:
            UserError: there is no such branch.
        """
        with self.writing() as graph:
            if name not in graph.branches:
                raise UserError(f"branch {name!r}: wanted one of {', '.join(graph.branches)}")
            if name != graph.head:
                self._event("switch", name, graph.branches[name])
                graph.head = name

    def delete_branch(self, name: str) -> None:
        """Delete a branch's name; its commits stay.

        Raises:
            UserError: there is no such branch, or it is the one that is used.
        """
        self._delete("branch", name)

    def delete_tag(self, name: str) -> None:
        """Delete a tag's name; its commit stays.

        Raises:
            UserError: there is no such tag.
        """
        self._delete("tag", name)

    def _delete(self, kind: Literal["branch", "tag"], name: str) -> None:
        with self.writing() as graph:
            names = graph.branches if kind == "branch" else graph.tags
            if name not in names:
                there = f"wanted one of {', '.join(names)}" if names else f"there are no {kind}s"
                raise UserError(f"{kind} {name!r}: {there}")
            if kind == "branch" and name == graph.head:
                raise UserError(f"branch {name!r} is in use: wanted `switch` to another one first")
            self._event("delete", name, names[name])
            del names[name]

    def _event(self, kind: Kind, name: str, commit: str) -> None:
        """Append an event that is no commit; the table of edits is held."""
        event = Event(kind, name, commit, round(self.now(), 6), usual_author())
        self.edits.append(rows_of_events([event.row]), f"{kind} {name}")


def edits_of(
    proposals: Sequence[Proposal], played: Sequence[str], state: Mapping[Cell, Edit]
) -> list[Edit]:
    """The edits of a state that give cells their proposed values.

    Args:
        played: hashes of what was played.

    Raises:
        UserError: the cells have these values already.
    """
    edits = []
    for proposal, was_played in zip(proposals, played, strict=True):
        last = state.get(proposal[:3])
        old = last.new if last else was_played
        new = was_played if proposal.value is None else hash_of(proposal.value)
        if old != new:
            edits.append(Edit(*proposal[:3], old, new, proposal.value))
    if not edits:
        raise UserError("nothing to commit: the cells have these values already")
    return edits


def said_of_cells(conflicts: Sequence[Conflict]) -> str:
    """Some cells in a few words."""
    first = conflicts[0]
    more = f" and {len(conflicts) - 1} more cells were" if len(conflicts) > 1 else " was"
    return f"{first.field} of game {first.game}, ply {first.ply},{more}"
