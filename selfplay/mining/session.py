"""Mining a run's dataset from Python.

    from insei.selfplay.mining.session import MineConfig, mine

    found = mine(MineConfig(Path("runs/go7"), "mistaken"), watch=print)
    print(found.items[0].reason)

ranks the games or positions that deserve a look, and keeps the list in the run's folder.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, get_args

from insei.selfplay.history.graph import HEAD
from insei.selfplay.mining.folding import Candidate, folded
from insei.selfplay.mining.judges import Judges, JudgesConfig, judged, judges_of
from insei.selfplay.mining.mined import By, MinedList, write_mined
from insei.selfplay.mining.mistaken import mistaken
from insei.selfplay.mining.positions import lost_ahead, surprising, swinging, uncertain
from insei.selfplay.mining.recording import NEWEST, Recording, read_recording
from insei.selfplay.session import ignore
from insei.selfplay.studies.retraining import RetrainingStatus
from insei.system.errors import UserError
from insei.system.setting import Setting, check_name, check_settings

JUDGED = ("mistaken", "surprise", "uncertain")  # by nets; the others are by what was recorded
AMONG = 20  # candidates that are looked at for each that is kept, to count near-duplicates
ROWS_BETWEEN_REPORTS = 20_000


@dataclass(frozen=True)
class MineConfig:
    """What is looked for, and where.

    Raises:
        ValueError: a field is out of its bounds.
    """

    run: Annotated[Path, Setting("whose dataset is looked at")]
    by: Annotated[By, Setting("what games or positions are ranked by")]
    top: Annotated[int, Setting("items that are kept", 1, 10**6)] = 100
    name: Annotated[str, Setting("of the list; empty: that of `by`")] = ""
    rows: Annotated[int, Setting("the newest so many are looked at", 1, 10**12)] = NEWEST
    judges: JudgesConfig = field(default_factory=JudgesConfig)

    def __post_init__(self) -> None:
        check_settings(self)
        if self.by not in get_args(By):
            raise UserError(f"by {self.by!r}: wanted one of {', '.join(get_args(By))}")
        check_name(self.list_name)

    @property
    def list_name(self) -> str:
        """What the list is called."""
        return self.name or self.by


def mine(config: MineConfig, *, at: str = HEAD, watch: Callable[[str], None] = ignore) -> MinedList:
    """Rank the games or positions of a run, and keep the list in its folder.

    The run may be in training.

    Args:
        at: the branch, tag or commit whose edits are applied.
        watch: told in one line how far it is.

    Raises:
        UserError: there is no such run or commit, or it has too few games.
    """
    recording = read_recording(config.run, at, config.rows)
    watch(f"{len(recording.ids):,} games, {recording.num_rows:,} rows")
    judges = None
    if config.by in JUDGED:
        judges = judges_of(recording, config.judges, lambda *told: watch(said_of_judge(*told)))
    candidates = ranked(config.by, recording, judges, watch)
    items = folded(islice(candidates, config.top * AMONG), config.top)
    name = recording.name
    count = len(recording.ids) if config.by == "mistaken" else recording.num_rows
    hashes = judges.hashes if judges else ()
    found = MinedList(config.by, name.branch, name.commit, hashes, count, items)
    write_mined(config.run, config.list_name, found)
    return found


def ranked(
    by: By, recording: Recording, judges: Judges | None, watch: Callable[[str], None]
) -> Iterable[Candidate]:
    """All candidates of a recording, the most worth a look first.

    Args:
        judges: of the recording; needed where `by` is one of JUDGED.
    """
    if by == "swing":
        return swinging(recording)
    if by == "lost":
        return lost_ahead(recording)
    assert judges is not None
    told = 0

    def report(rows: int) -> None:
        nonlocal told
        if rows - told >= ROWS_BETWEEN_REPORTS or rows == recording.num_rows:
            told = rows
            watch(f"judged {rows:,} of {recording.num_rows:,} rows")

    window = recording.window(groups=judges.plane_groups)
    if by == "uncertain":
        return uncertain(recording, judges, window, report)
    found = judged(judges, window, report)
    return mistaken(recording, found) if by == "mistaken" else surprising(recording, found)


def said_of_judge(judge: int, status: RetrainingStatus) -> str:
    """How a judge's training stands."""
    return (
        f"judge {judge + 1} of 2: step {status.step:,} of {status.num_steps:,}, "
        f"loss {status.loss:.3f}"
    )
