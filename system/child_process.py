"""Child processes: they end with their parent, and import nothing from the working directory."""

import os
import shutil
import signal
import site
import sys
from collections.abc import Sequence
from pathlib import Path

PARENT = str(Path(__file__).absolute().parents[2])  # of the package: a checkout, or site-packages

PR_SET_PDEATHSIG = 1
# As `setpriv --pdeathsig KILL`, for machines without it.
BINDER = (
    "import ctypes, os, sys; "
    "ctypes.CDLL(None).prctl(1, 9, 0, 0, 0); "  # PR_SET_PDEATHSIG, SIGKILL
    "os.execvp(sys.argv[1], sys.argv[1:])"
)


def bound_to_us(words: Sequence[str]) -> list[str]:
    """A command whose program is killed when this process ends, even by kill -9.

    Linux alone has such a signal. It is bound to the thread that starts the program, so that thread
    must live as long.
    """
    if setpriv := shutil.which("setpriv"):
        return [setpriv, "--pdeathsig", "KILL", "--", *words]
    if sys.platform == "linux":
        return [sys.executable, "-I", "-S", "-c", BINDER, *words]
    return list(words)


def end_with_parent() -> None:
    """Let this process be killed when its parent ends, and leave Ctrl-C to the parent.

    For the processes of a pool to call as they start. Linux alone has such a signal.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        import ctypes  # here, because most programs that start others need none of it

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def python_words(*words: str) -> list[str]:
    """A command for Python that does not look into the working directory for modules."""
    return [sys.executable, "-P", *words]


def python_environment() -> dict[str, str]:
    """The environment of `python_words`, whose program finds the modules that we find."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(module_paths())}


def module_paths() -> list[str]:
    """Where this process looks for modules, less the working directory and relative names."""
    here = working_directory()
    paths = [path for path in sys.path if os.path.isabs(path) and path != here]
    return paths if PARENT in paths else [*paths, PARENT]


def checkout_paths() -> list[str]:
    """What a process elsewhere must add to its paths to find insei: a checkout's folder."""
    return [] if PARENT in site.getsitepackages() else [PARENT]


def leave_working_directory() -> None:
    """Forget the working directory, which `python -m insei` puts before all other paths.

    It stays if it is the checkout that runs.
    """
    if (
        not sys.flags.safe_path
        and sys.path[0] in ("", working_directory())
        and sys.path[0] != PARENT
    ):
        del sys.path[0]


def working_directory() -> str:
    """Its path; empty if it was deleted."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""
