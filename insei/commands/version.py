"""`insei version`."""

import platform
from importlib import metadata

LIBRARIES = ("numpy", "torch", "ray", "pylance", "openvino")


def version_text() -> str:
    """The version of insei alone."""
    return metadata.version("insei")


def version() -> None:
    """Print the versions of insei, Python and the main libraries."""
    print(f"insei {version_text()}")
    print(f"python {platform.python_version()}, {platform.system()} {platform.machine()}")
    for name in LIBRARIES:
        print(f"{name} {metadata.version(name)}")
