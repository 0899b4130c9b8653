"""`insei version`."""

import platform
from importlib import metadata

from insei.system.version import version as version_text

LIBRARIES = ("numpy", "torch", "ray", "pylance", "openvino")


def version() -> None:
    """Print the versions of insei, Python and the main libraries."""
    print(f"insei {version_text()}")
    print(f"python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in LIBRARIES:
        print(f"{name} {metadata.version(name)}")
