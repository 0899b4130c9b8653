"""The commits of a dataset and what follows from them: states, merges, differences, blame.

A commit edits cells. A cell is a column of a row: a game, a ply and a field. Commits have parents,
as in git; a state is what the edits along the first parents leave, and the commit of a merge holds
the cells that it changed in its first parent's state. `PLAYED` is the state before all commits: the
dataset as it was played. Branches, tags and the branch that is used are events in the same order as
the commits. Nothing is ever taken out.

Values are compared by their hashes. The first edit of a cell tells the hash of what was played.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from insei.system.errors import UserError

PLAYED = ""  # the id of the state before all commits
PLAYED_NAME = "played"
MAIN = "main"  # the first branch
HEAD = "HEAD"
FEWEST_DIGITS = 4  # of an id that is shortened

Cell = tuple[str, int, str]  # game, ply, field


class Edit(NamedTuple):
    """A cell's new value."""

    game: str
    ply: int
    field: str
    old: str  # hash of the value before
    new: str  # hash of `value`, or of the value that was played
    value: bytes | None  # None: as it was played

    @property
    def cell(self) -> Cell:
        """Which cell."""
        return self[:3]


@dataclass(frozen=True)
class Proposer:
    """The player that proposed a commit's values."""

    weights: str  # SHA-256 of its net's weights
    visits: int
    seed: int


@dataclass(frozen=True)
class Commit:
    """A commit without its edits."""

    id: str  # a hash of all that it says, 16 hexadecimal digits
    parents: tuple[str, ...]  # one, or two of a merge; PLAYED of a first commit
    branch: str  # on which it was made
    seconds: float  # since 1970, UTC
    author: str
    message: str
    proposer: Proposer | None = None


class Change(NamedTuple):
    """What a difference says of a cell."""

    game: str
    ply: int
    field: str
    before: Edit | None  # None: as it was played
    after: Edit | None


class Conflict(NamedTuple):
    """A cell that both sides of a merge changed to different values."""

    game: str
    ply: int
    field: str
    ours: Edit | None
    theirs: Edit | None


@dataclass(frozen=True)
class Merged:
    """What a merge found."""

    base: str  # the newest common ancestor
    edits: list[Edit]  # of our state, to take in what they changed
    conflicts: list[Conflict]


@dataclass
class Graph:
    """All events of a dataset, in their order."""

    commits: dict[str, Commit] = field(default_factory=dict)
    edits: dict[str, list[Edit]] = field(default_factory=dict)  # by commit
    branches: dict[str, str] = field(default_factory=lambda: {MAIN: PLAYED})
    tags: dict[str, str] = field(default_factory=dict)
    head: str = MAIN  # the branch that is used
    order: dict[str, int] = field(default_factory=dict)  # of the commits
    _played: dict[Cell, str] = field(default_factory=dict, compare=False)
    _looked_at: int = field(default=0, compare=False)  # commits that `_played` knows

    def add(self, commit: Commit, edits: list[Edit], branch: str) -> None:
        """Take in a commit, and let a branch point to it."""
        self.order[commit.id] = len(self.order)
        self.commits[commit.id] = commit
        self.edits[commit.id] = edits
        self.branches[branch] = commit.id

    @property
    def played(self) -> dict[Cell, str]:
        """The hashes of what was played, of each cell that was ever edited."""
        if self._looked_at < len(self.edits):
            for edits in [*self.edits.values()][self._looked_at :]:
                for edit in edits:
                    self._played.setdefault(edit[:3], edit.old)
            self._looked_at = len(self.edits)
        return self._played

    @property
    def tip(self) -> str:
        """The newest commit of the branch that is used."""
        return self.branches[self.head]

    def branch_at(self, commit: str) -> str:
        """The branch that ends with a commit, the one in use if it does; empty if none does."""
        names = [self.head, *self.branches]
        return next((name for name in names if self.branches[name] == commit), "")

    def resolve(self, name: str) -> str:
        """The commit that a name stands for: HEAD, a branch, a tag, an id; `NAME~2` is two before.

        Raises:
            UserError: it stands for none.
        """
        base, tilde, steps = name.partition("~")
        if tilde and not (steps or "1").isdecimal():
            raise UserError(f"{name!r}: wanted a number after ~")
        commit = self._named(base)
        for _ in range(int(steps or 1) if tilde else 0):
            if commit == PLAYED:
                raise UserError(f"{name!r}: there are not so many commits")
            commit = self.commits[commit].parents[0]
        return commit

    def _named(self, name: str) -> str:
        if name == HEAD:
            return self.tip
        if name == PLAYED_NAME:
            return PLAYED
        for names in (self.branches, self.tags):
            if name in names:
                return names[name]
        found = [commit for commit in self.commits if commit.startswith(name)]
        if len(name) < FEWEST_DIGITS or not found:
            raise UserError(
                f"{name!r}: wanted a branch, a tag or a commit, such as "
                f"{', '.join([*self.branches, *self.tags][:8])}"
            )
        if len(found) > 1:
            raise UserError(f"{name!r}: {len(found)} commits begin so; wanted more digits")
        return found[0]

    def chain(self, commit: str) -> Iterator[str]:
        """A commit and its first parents, newest first."""
        while commit != PLAYED:
            yield commit
            commit = self.commits[commit].parents[0]

    def ancestors(self, commit: str) -> set[str]:
        """A commit and all commits that it comes from."""
        found: set[str] = set()
        waiting = [commit]
        while waiting:
            last = waiting.pop()
            if last != PLAYED and last not in found:
                found.add(last)
                waiting += self.commits[last].parents
        return found

    def log(self, commit: str) -> list[Commit]:
        """The commits that a commit comes from, newest first, itself included."""
        found = sorted(self.ancestors(commit), key=self.order.__getitem__, reverse=True)
        return [self.commits[each] for each in found]

    def since(self, commit: str, ancestor: str) -> dict[Cell, Edit]:
        """The last edits of cells along a chain, after one of its commits."""
        found: dict[Cell, Edit] = {}
        for each in self.chain(commit):
            if each == ancestor:
                break
            for edit in self.edits[each]:
                found.setdefault(edit[:3], edit)
        return found

    def state(self, commit: str) -> dict[Cell, Edit]:
        """Every cell that was edited on the way to a commit, with its last edit."""
        return self.since(commit, PLAYED)

    def fork(self, one: str, other: str) -> str:
        """The newest commit that both chains share."""
        shared = set(self.chain(one))
        return next((commit for commit in self.chain(other) if commit in shared), PLAYED)

    def base_of(self, one: str, other: str) -> str:
        """The newest common ancestor of two commits."""
        shared = self.ancestors(one) & self.ancestors(other)
        return max(shared, key=self.order.__getitem__, default=PLAYED)

    def hash_in(self, state: dict[Cell, Edit], cell: Cell) -> str:
        """The hash of an edited cell's value in a state."""
        edit = state.get(cell)
        return self.played[cell] if edit is None else edit.new

    def diff(self, one: str, other: str) -> list[Change]:
        """The cells whose values differ between two commits, by game, ply and field."""
        fork = self.fork(one, other)
        before, after = self.since(one, fork), self.since(other, fork)
        cells = sorted(before.keys() | after.keys())
        missing = set(cells) - (before.keys() & after.keys())
        shared = self.state(fork) if missing and fork != PLAYED else {}
        found = []
        for cell in cells:
            old = before.get(cell) or shared.get(cell)
            new = after.get(cell) or shared.get(cell)
            played = self.played[cell]
            if (old.new if old else played) != (new.new if new else played):
                found.append(Change(*cell, old, new))
        return found

    def merge(self, ours: str, theirs: str) -> Merged:
        """What it takes to bring their changes into our state, cell by cell.

        A cell that one side alone changed since the newest common ancestor gets that side's value.
        """
        base = self.base_of(ours, theirs)
        states = [self.state(commit) for commit in (base, ours, theirs)]
        edits, conflicts = [], []
        for cell in sorted({cell for state in states for cell in state}):
            before, mine, other = (self.hash_in(state, cell) for state in states)
            if other in (before, mine):
                continue
            own, new = (state.get(cell) for state in states[1:])
            if mine != before:
                conflicts.append(Conflict(*cell, own, new))
            else:
                edits.append(Edit(*cell, mine, other, new.value if new else None))
        return Merged(base, edits, conflicts)

    def reverted(self, commit: str, tip: str) -> tuple[list[Edit], list[Conflict]]:
        """What undoes a commit in a later state; conflicts are cells that were edited since.

        Cells that have their former values already need nothing.
        """
        before = self.state(self.commits[commit].parents[0])
        now = self.state(tip)
        edits, conflicts = [], []
        for edit in self.edits[commit]:
            former = before.get(edit.cell)
            current = self.hash_in(now, edit.cell)
            if current == edit.old:
                continue
            if current != edit.new:
                conflicts.append(Conflict(*edit.cell, now.get(edit.cell), former))
            else:
                value = former.value if former else None
                edits.append(Edit(*edit.cell, current, edit.old, value))
        return edits, conflicts

    def blame(self, commit: str, cells: Sequence[Cell]) -> list[Commit | None]:
        """The commits that cells' values come from; None: as it was played."""
        wanted = set(cells)
        edits: dict[Cell, dict[str, str]] = {cell: {} for cell in cells}  # new hashes by commit
        for each, own in self.edits.items():
            for edit in own:
                if edit[:3] in wanted:
                    edits[edit[:3]][each] = edit.new
        chain = [*self.chain(commit)] if any(edits.values()) else []
        return [self._maker(chain, edits[cell], cell) for cell in cells]

    def _maker(self, chain: Sequence[str], edits: dict[str, str], cell: Cell) -> Commit | None:
        """The commit that a cell's value comes from, at the newest commit of a chain."""
        while True:
            last = next((each for each in chain if each in edits), None) if edits else None
            if last is None:
                return None
            found = self.commits[last]
            if len(found.parents) < 2:
                return found
            chain = [*self.chain(found.parents[1])]  # whose value the merge may have taken
            theirs = next((each for each in chain if each in edits), None)
            if (edits[theirs] if theirs else self.played[cell]) != edits[last]:
                return found

    def names_of(self, commit: str) -> list[str]:
        """The branches and tags that point to a commit."""
        return [name for names in (self.branches, self.tags) for name, to in names.items()
                if to == commit]  # fmt: skip
