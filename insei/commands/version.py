"""`insei version`."""

import platform
from importlib import metadata

from insei.system.shown import say
from insei.system.version import version as version_text

LIBRARIES = ("numpy", "torch", "ray", "pylance", "openvino")


def version() -> None:
    """Print the versions of insei, Python and the main libraries."""
    say(f"insei {version_text()}")
    say(f"python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in LIBRARIES:
        say(f"{name} {metadata.version(name)}")
