"""Disks that are full."""

import resource
from contextlib import contextmanager


@contextmanager
def no_file_longer_than(num_bytes):
    """Writes beyond fail with EFBIG, in Lance's own code too, as they would on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
