"""The Python of a document, by the heading that it stands under."""

import re

from tests.helpers.paths import ROOT


def snippet(document, heading):
    """The one block of Python under a heading of a document in docs/."""
    text = (ROOT / "docs" / document).read_text()
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    (block,) = re.findall(r"^```python\n(.*?)^```", section[1], re.M | re.S)
    return block


def run_snippet(document, heading):
    """The names that a block has defined after it ran."""
    names = {"__name__": "snippet"}
    exec(compile(snippet(document, heading), f"{document}: {heading}", "exec"), names)
    return names
