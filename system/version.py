"""The version of insei."""

from importlib import metadata


def version() -> str:
    """Of the package installed; "not installed" if insei runs from its sources alone."""
    try:
        return metadata.version("insei")
    except metadata.PackageNotFoundError:
        return "not installed"
