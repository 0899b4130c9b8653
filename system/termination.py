"""SIGTERM ends a program as Ctrl-C does: files are closed, workers ended, and one line is said."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
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


@contextmanager
def held_back() -> Iterator[None]:
    """Have Ctrl-C and SIGTERM wait until this ends, so that it happens whole.

    Outside the main thread it does nothing, because signals arrive in that one alone.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        for number, handler in handlers.items():
            if handler is not None:  # else one of C, which could not be put back
                signal.signal(number, lambda number, frame: came.append(number))
        yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
