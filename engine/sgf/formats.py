"""Records of games in other formats than SGF, known by their contents and rewritten as SGF.

| format | of | begins with |
|---|---|---|
| GIB | Tygem | `\\HS` |
| NGF | wBaduk, Cyberoro | lines about the game; then its moves, each a line from PM on |
| UGF, UGI | Pandanet | `[Header]` |
"""

import re

from insei.engine.sgf.gib import gib_nodes
from insei.engine.sgf.ngf import ngf_nodes
from insei.engine.sgf.ugf import ugf_nodes
from insei.engine.sgf.writer import line_text

HEAD = 4096  # characters in which a format shows
FORMATS = (
    ("Tygem's GIB", re.compile(r"\s*\\HS\s|\s*\\\[[A-Z]+="), gib_nodes),
    ("Pandanet's UGF", re.compile(r"\s*\[Header\]", re.IGNORECASE), ugf_nodes),
    ("wBaduk's NGF", re.compile(r"(?s)(?!\s*\(\s*;).*?\n\s*PM[A-Z]{2}[BW]\S\S"), ngf_nodes),
)


def as_sgf(text: str) -> tuple[str, list[str]]:
    """A file's text as SGF, with a note of the format if it is another one.

    Text in no format that we know stays as it is.
    """
    head = text[:HEAD]
    for name, begins, nodes_of in FORMATS:
        if begins.match(head):
            return line_text(nodes_of(text.splitlines())), [f"read as {name}"]
    return text, []
