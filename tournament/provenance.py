"""Which players played, with which versions, on which machine: a line for each session."""

import platform
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from insei.agents.gtp.program_player import GtpPlayer
from insei.agents.player import Player, PlayerFailed, ProgramMissing
from insei.agents.python_player import PythonPlayer
from insei.system.errors import UserError
from insei.system.files import append_json, read_json_lines
from insei.system.version import version

SESSIONS_FILE = "sessions.jsonl"
LIBRARIES = ("numpy", "openvino", "ray", "scipy")
ROOT = Path(__file__).resolve().parent.parent


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
    append_json(
        folder / SESSIONS_FILE,
        [
            {
                "began": time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()),
                "command": " ".join(["insei", *sys.argv[1:]]),
                "insei": version(),
                "commit": commit(),
                "python": platform.python_version(),
                "libraries": {name: metadata.version(name) for name in LIBRARIES},
                "machine": f"{platform.system()} {platform.machine()}, {processor()}",
                "players": identities,
            }
        ],
    )


def sessions(folder: Path) -> list[dict[str, Any]]:
    """All sessions, in order."""
    return read_json_lines(folder / SESSIONS_FILE)
