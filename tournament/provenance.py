"""Which players played, with which versions, on which machine: a line for each session."""

import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from insei.agents.gtp.program_player import GtpPlayer
from insei.agents.player import Player, PlayerFailed, ProgramMissing
from insei.agents.python_player import PythonPlayer
from insei.system.errors import UserError
from insei.system.records import Lines, append_records, read_lines
from insei.system.version import version

SESSIONS_FILE = "sessions.jsonl"
NOT_ASKED = "not started, because it has no games to play"
LIBRARIES = ("numpy", "openvino", "ray", "scipy")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Session:
    """A line of sessions.jsonl."""

    began: str
    command: str
    insei: str
    commit: str
    python: str
    libraries: dict[str, str]
    machine: str
    players: dict[str, str]  # each player's version


def commit() -> str:
    """The commit of the running source, with "+" if it was changed; empty if it is not in git."""
    folder = _git("rev-parse", "--show-toplevel")
    if not folder or Path(folder) != ROOT:  # installed inside another repository
        return ""
    return _git("describe", "--always", "--dirty=+", "--abbrev=12")


def _git(*words: str) -> str:
    """Git's answer; empty if it fails."""
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def processor() -> str:
    """The processor's name, from /proc/cpuinfo if there is one."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def identity_of(player: Player, plays: bool = False) -> str:
    """A player's version: the hash of its net or file, or what its program answers.

    Args:
        plays: whether the player has games to play.

    Raises:
        UserError: it has games to play, and its program can't be started.
    """
    if isinstance(player, GtpPlayer):
        try:
            return player.identity()
        except ProgramMissing as error:
            if plays:
                raise UserError(f"{player.name}: {error}") from error
            return f"failed: {error}"
        except PlayerFailed as error:
            return f"failed: {error}"
    if not player.fingerprint:
        return "insei's own"
    kind = "file" if isinstance(player, PythonPlayer) else "weights"
    return f"{kind} {player.fingerprint[:16]}"


def note_session(folder: Path, identities: dict[str, str]) -> None:
    """Append this session's line."""
    session = Session(
        began=time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
        command=" ".join(["insei", *sys.argv[1:]]),
        insei=version(),
        commit=commit(),
        python=platform.python_version(),
        libraries={name: metadata.version(name) for name in LIBRARIES},
        machine=f"{platform.system()} {platform.machine()}, {processor()}",
        players=identities,
    )
    append_records(folder / SESSIONS_FILE, [session])


def sessions(folder: Path) -> Lines[Session]:
    """All sessions, in order."""
    return read_lines(Session, folder / SESSIONS_FILE)


def last_identity(known: Sequence[Session], player: str) -> str:
    """A player's version as the newest session that names it recorded it."""
    return next(
        (one.players[player] for one in reversed(known) if player in one.players), NOT_ASKED
    )
