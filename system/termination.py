"""SIGTERM ends a program as Ctrl-C does: files are closed, workers ended, and one line is said."""

import signal
import threading
from types import FrameType

EXIT_STATUS = 128 + signal.SIGTERM
was_asked = threading.Event()  # whether SIGTERM has come


def end_on_sigterm() -> None:
    """Have SIGTERM raise `KeyboardInterrupt` in the main thread; nothing elsewhere.

    To be called again after `ray.init`, which installs a handler of its own.
    """
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Interrupt the program, once: what closes files and workers is not to be cut short."""
    if not was_asked.is_set():
        was_asked.set()
        raise KeyboardInterrupt
