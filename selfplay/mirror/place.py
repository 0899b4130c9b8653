"""URLs of places where a run's copy may lie."""

from insei.system.errors import UserError

EXTRAS = {"s3": "insei[s3]", "gs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}  # what pip installs
SCHEMES = ("file", "memory", *EXTRAS)


def check_place(url: str) -> None:
    """Check that a URL names a place for copies, as far as that can be said without asking it.

    Raises:
        UserError: it doesn't.
    """
    scheme, path = scheme_of(url), url.partition("://")[2]
    if "::" in url or scheme not in SCHEMES or not path.strip("/"):
        wanted = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise UserError(f"mirror {url!r}: wanted the URL of a folder or bucket, by one of {wanted}")
    if ":" in path.partition("/")[0].rpartition("@")[0]:
        raise UserError("mirror: a URL with a password in it; wanted one without")


def scheme_of(url: str) -> str:
    """The part before `://`; empty if there is none."""
    scheme, found, _ = url.partition("://")
    return scheme if found else ""
