"""A run's copy on shared storage, kept up to date by a thread while the run trains.

    with mirrored(run.path, "s3://bucket/go9", notice):
        train()

The thread takes a snapshot of the folder, uploads what is new, then writes the state that names it
all (`state.py`). Then it takes the next one. So one snapshot at most waits, however slow the store
is, and the run waits for nothing. `mirror.json` in the run's folder says what is not there yet.

Two commands must not write to one place. A command that finds a state there that it did not write
stops its mirror. The newer one is the run that goes on.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from annotated_types import Interval, Len

from insei.selfplay.mirror.snapshot import (
    CURVES,
    TRIES,
    FileChanged,
    HeldFile,
    Known,
    Snapshot,
    newest_generation,
)
from insei.selfplay.mirror.state import (
    FILES,
    STATES,
    STATUS_FILE,
    TOKEN_DIGITS,
    SavedFile,
    SavedState,
    delete_files,
    read_state,
    state_names,
    stored_files,
    write_state,
)
from insei.selfplay.mirror.store import Store, open_store
from insei.system.errors import UserError
from insei.system.records import BadRecord, read_record, write_record

KEPT_STATES = 3
REST_SECONDS = 30.0  # between two looks at the run
FIRST_WAIT = 5.0  # seconds after a store failed; doubled each time
LONGEST_WAIT = 300.0
LOOK_SECONDS = 10.0  # that the start of a run waits to learn whether the place is its own
SHOW_SECONDS = 1.0  # between two writings of the status
CLOSE_SECONDS = 120.0  # for the last state, when the command ends

Count = Annotated[int, Interval(ge=0, le=2**60)]
Time = Annotated[float, Interval(ge=0, le=1e12)]


@dataclass(frozen=True)
class MirrorStatus:
    """The file `mirror.json`: how far a run's copy is."""

    url: Annotated[str, Len(1, 4096)]
    run: Annotated[str, Len(TOKEN_DIGITS, TOKEN_DIGITS)]  # which run, as its states name it
    time: Time = 0.0  # when this was written
    state_time: Time = 0.0  # when the newest state that is there was taken; 0: none is
    generation: Annotated[int, Interval(ge=-1, le=10**9)] = -1  # of that state
    files_left: Count = 0  # of the state under way
    bytes_left: Count = 0
    trouble: Annotated[str, Len(0, 1000)] = ""  # why the store can't be reached; empty if it can


class MirrorLost(UserError):
    """The place holds another run, or another command writes there."""


def read_status_file(run: Path) -> MirrorStatus | None:
    """How far a run's copy is; None if the run has none, or the file is damaged."""
    try:
        return read_record(MirrorStatus, run / STATUS_FILE)
    except (BadRecord, FileNotFoundError):
        return None


def never() -> bool:
    """Go on."""
    return False


class Mirror:
    """Copies a run's states to a store, one after the other.

    Args:
        run: its folder.
        store: where they go.
        clock: seconds since 1970.
    """

    def __init__(self, run: Path, store: Store, clock: Callable[[], float] = time.time) -> None:
        self.run = run
        self.store = store
        self.clock = clock
        self.writer = secrets.token_hex(TOKEN_DIGITS // 2)
        known = read_status_file(run)
        identity = known.run if known else secrets.token_hex(TOKEN_DIGITS // 2)
        self.status = MirrorStatus(store.url, identity)
        if known and known.url == store.url:  # as far as is known before it has looked
            self._set(state_time=known.state_time, generation=known.generation)
        self.known: Known = {}
        self.stored: set[str] = set()
        self.states: dict[str, SavedState | None] = {}  # by name; None: one that can't be read
        self.newest: SavedState | None = None  # that this command wrote, or found
        self.has_looked = False
        self.is_up_to_date = False  # the run's files were there when it was last asked
        self.shown_at = 0.0

    def look(self, is_over: Callable[[], bool] = never) -> None:
        """Find out what is there.

        Raises:
            MirrorLost: the states are another run's.
            OSError: the store can't be reached.
        """
        states: dict[str, SavedState | None] = {}
        for name in state_names(self.store):
            try:
                states[name] = read_state(self.store, name)
            except BadRecord:
                states[name] = None
        found = [state for state in states.values() if state]
        if found and found[-1].run != self.status.run:
            raise MirrorLost(
                f"{self.store.url} holds another copy, of {found[-1].name}: wanted an empty place, "
                f"or that run, which `insei restore {self.store.url}` brings back"
            )
        self.states, self.newest = states, found[-1] if found else None
        self.stored = stored_files(self.store)
        self.has_looked = True
        newest = self.newest
        self._set(
            state_time=newest.time if newest else 0.0,
            generation=newest.generation if newest else -1,
        )
        self._write_status()  # which run it is, before the first state is there

    def save(self, is_over: Callable[[], bool] = never) -> None:
        """Bring the run's present state there; see `_save`, which is tried again."""
        for _ in range(TRIES):
            try:
                return self._save(is_over)
            except FileChanged as error:
                changed = error
        raise changed

    def _save(self, is_over: Callable[[], bool]) -> None:
        """Bring the run's present state there, unless it is there, or the run has no net yet.

        Args:
            is_over: asked before each file; whether to leave it.

        Raises:
            MirrorLost: another command writes there, or the states are another run's.
            FileChanged: a file grew while it was taken.
            OSError: the store can't be reached, or the disk is full.
        """
        self.is_up_to_date = False
        if not self.has_looked:
            self.look()
        if newest_generation(self.run) < 0:
            self.is_up_to_date = True
            return
        with Snapshot(self.run, self.known, self.stored, self._curves_kept()) as snapshot:
            if self.newest and set(snapshot.saved) == set(self.newest.files):
                self.is_up_to_date = True
                return
            if not self._upload(snapshot.missing(), is_over):
                return
            self._check_alone()
            state = SavedState(
                number=self._last_number() + 1,
                run=self.status.run,
                writer=self.writer,
                name=self.run.resolve().name,
                time=self.clock(),
                generation=snapshot.generation,
                files=snapshot.saved,
            )
            write_state(self.store, state)
        self.newest = self.states[state.file_name] = state
        paths = {file.path for file in state.files}
        for path in self.known.keys() - paths:
            del self.known[path]
        self._show(state_time=state.time, generation=state.generation)
        self.is_up_to_date = True
        self._delete_old()

    def _curves_kept(self) -> list[SavedFile] | None:
        """The curves of the newest state, which are taken anew with each checkpoint alone."""
        if self.newest is None or self.newest.generation != newest_generation(self.run):
            return None
        return [file for file in self.newest.files if file.path.startswith(f"{CURVES}/")]

    def _upload(self, files: list[HeldFile], is_over: Callable[[], bool]) -> bool:
        """Upload files; returns False if it was to leave before the last."""
        bytes_left = sum(file.saved.size for file in files)
        for done, file in enumerate(files):
            self._show(files_left=len(files) - done, bytes_left=bytes_left)
            if is_over():
                return False
            assert file.held is not None
            self.store.upload(file.held, f"{FILES}/{file.saved.sha256}")
            file.check_whole()
            self.stored.add(file.saved.sha256)
            bytes_left -= file.saved.size
        self._show(files_left=0, bytes_left=0)
        return True

    def _last_number(self) -> int:
        return max((int(name.partition("-")[0]) for name in self.states), default=0)

    def _check_alone(self) -> None:
        """Raise MirrorLost if there is a state that this command neither found nor wrote."""
        if others := [name for name in state_names(self.store) if name not in self.states]:
            raise MirrorLost(
                f"another command writes to {self.store.url} ({STATES}/{others[-1]}): this run is "
                "mirrored no more; wanted one command for a run"
            )

    def _delete_old(self) -> None:
        """Delete the oldest states, and what only they named."""
        whole = [name for name, state in self.states.items() if state]
        old = [name for name in self.states if name < min(whole[-KEPT_STATES:])]
        self.store.delete(f"{STATES}/{name}" for name in old)
        for name in old:
            del self.states[name]
        if None in self.states.values():  # it may name any
            return
        used = set().union(*(state.hashes for state in self.states.values() if state))
        unused = self.stored - used
        self.stored &= used
        delete_files(self.store, unused)

    def tell(self, trouble: str) -> None:
        """Say in the status why the store can't be reached; "" if it can."""
        with suppress(OSError):  # the run's own disk may be what is full
            self._show(trouble=trouble[:1000])

    def _show(self, **changes: object) -> None:
        """Change the status, and write it if that was not done just now."""
        was = self.status
        self._set(**changes)
        has_news = (was.trouble, was.state_time) != (self.status.trouble, self.status.state_time)
        if has_news or self.clock() - self.shown_at >= SHOW_SECONDS:
            self._write_status()

    def _set(self, **changes: object) -> None:
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]

    def _write_status(self) -> None:
        self.shown_at = self.clock()
        self.status = replace(self.status, time=self.shown_at)
        write_record(self.run / STATUS_FILE, self.status)


class MirrorThread:
    """Keeps a mirror up to date until it is closed.

    Args:
        notice: told in one line when the store can't be reached, and when it can again.

    Raises:
        MirrorLost: the place holds another run, as far as that is known within `LOOK_SECONDS`.
    """

    def __init__(self, mirror: Mirror, notice: Callable[[str], None]) -> None:
        self.mirror = mirror
        self.notice = notice
        self.is_ending = threading.Event()  # the last state is wanted
        self.is_over = threading.Event()  # no time is left
        self.has_looked = threading.Event()
        self.beginning = threading.Lock()
        self.has_begun = False  # so that a loss is told, and no longer raised
        self.lost: MirrorLost | None = None
        self.trouble_since: float | None = None
        self.thread = threading.Thread(target=self._run, name="mirror", daemon=True)
        self.thread.start()
        self.has_looked.wait(LOOK_SECONDS)
        with self.beginning:
            self.has_begun = True
            if self.lost:
                raise self.lost

    def _run(self) -> None:
        try:
            self._try(self.mirror.look)
            self.has_looked.set()
            wait = FIRST_WAIT
            while not self.is_ending.is_set():
                if self._try(self.mirror.save):
                    wait = FIRST_WAIT
                    self.is_ending.wait(REST_SECONDS)
                else:
                    self.is_ending.wait(wait)
                    wait = min(2 * wait, LONGEST_WAIT)
            while not self.is_over.is_set() and not self._try(self.mirror.save):
                self.is_over.wait(FIRST_WAIT)
        except MirrorLost as error:
            with self.beginning:
                self.lost = error
                must_tell = self.has_begun
            if must_tell:
                self.mirror.tell(str(error))
                self._say(str(error))
            self.has_looked.set()

    def _try(self, step: Callable[[Callable[[], bool]], object]) -> bool:
        """Take a step; returns whether the store took part."""
        try:
            step(self.is_over.is_set)
        except MirrorLost:
            raise
        except (OSError, BadRecord) as error:
            self._failed(error)
            return False
        if self.trouble_since is not None:
            seconds = time.monotonic() - self.trouble_since
            self._say(f"mirror {self.mirror.store.url}: goes on after {seconds:.0f} s")
            self.trouble_since = None
            self.mirror.tell("")
        return True

    def _failed(self, error: OSError | BadRecord) -> None:
        if self.trouble_since is None:
            self.trouble_since = time.monotonic()
            self._say(
                f"mirror {self.mirror.store.url}: can't be written ({error}); the run goes on, "
                "and tries again"
            )
        self.mirror.tell(str(error))

    def _say(self, line: str) -> None:
        """Say a line, if there is room for it: the log lies on the run's own disk."""
        with suppress(OSError):
            self.notice(line)

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Bring the last state there, if that takes no longer than `seconds`."""
        self.is_ending.set()
        self.thread.join(seconds)
        self.is_over.set()
        self.thread.join(FIRST_WAIT)
        if self.lost is None and not self.mirror.is_up_to_date:
            left = self.mirror.status
            self._say(
                f"mirror {left.url}: the last state is not there, {left.files_left} files of "
                f"{left.bytes_left / 1e6:.1f} MB are missing; the run's folder has them"
            )


@contextmanager
def mirrored(run: Path, url: str | None, notice: Callable[[str], None]) -> Iterator[None]:
    """Keep a copy of a run at a URL meanwhile; None keeps none.

    Raises:
        MirrorLost: the place holds another run.
        UserError: it is no such URL, or what speaks to such stores is not installed.
    """
    if url is None:
        yield
        return
    thread = MirrorThread(Mirror(run, open_store(url)), notice)
    try:
        yield
    finally:
        thread.close()
