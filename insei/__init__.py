"""Software 2.0 for Go: an engine, players, self-play, tournaments, and the `insei` program.

`import insei` registers the environment `insei/Go-v0` with Gymnasium, and loads no library.
"""

from insei import gymnasium_hook

__all__ = ["__version__"]
__version__: str

gymnasium_hook.install()


def __getattr__(name: str) -> str:
    """The version of the package installed, read when it is asked for."""
    if name != "__version__":
        raise AttributeError(f"module 'insei' has no attribute {name!r}")
    from insei.system.version import version

    return version()
