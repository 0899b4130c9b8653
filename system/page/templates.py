"""Templates of pages, and how they write values."""

from collections.abc import Callable
from pathlib import Path

import jinja2
from markupsafe import Markup

from insei.system.shown import shown

HERE = Path(__file__).parent


def templates_of(
    *folders: Path, is_html: bool = True, finalize: Callable[[object], object] | None = None
) -> jinja2.Environment:
    """Templates of these folders, and those beside this file.

    Args:
        is_html: whether what is put out is escaped for HTML.
        finalize: what else becomes of a value before; in HTML it loses its control characters.
    """
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader([*folders, HERE]),
        autoescape=is_html,
        finalize=finalize or plain_in_html,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters["percent"] = lambda share: f"{100 * share:.1f} %"
    made.filters["whole_percent"] = lambda share: f"{100 * share:.0f}"
    return made


def plain_in_html(value: object) -> object:
    """What a page's template puts out, before it is escaped."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value
