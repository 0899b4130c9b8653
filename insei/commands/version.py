"""`insei version`."""

import platform
from importlib import metadata

from insei.system.shown import say

LIBRARIES = ("numpy", "torch", "ray", "pylance", "openvino")


def version_text() -> str:
    """The version of insei alone."""
    return metadata.version("insei")


def version() -> None:
    """Print the versions of insei, Python and the main libraries."""
    say(f"insei {version_text()}")
    say(f"python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in LIBRARIES:
        say(f"{name} {metadata.version(name)}")
