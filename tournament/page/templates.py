"""The templates beside this file, and how they write values."""

from pathlib import Path

import jinja2

from insei.engine.page.board import TEMPLATES
from insei.system.page.templates import templates_of
from insei.tournament.markdown import code, escaped
from insei.tournament.page.chart import elo_text

BRIEF = 34  # characters of a name in a chart


def environment(suffix: str) -> jinja2.Environment:
    """Templates; whatever they put out is escaped, in HTML or in Markdown.

    Args:
        suffix: html or md.
    """
    is_html = suffix == "html"
    here = Path(__file__).parent
    made = templates_of(here, TEMPLATES, is_html=is_html, finalize=None if is_html else escaped)
    made.filters["signed"] = lambda number: f"{number:+.0f}"
    made.filters["elo"] = elo_text
    made.filters["short"] = short_in_html if is_html else short
    made.filters["milliseconds"] = milliseconds
    made.filters["code"] = code
    made.filters["brief"] = lambda name: name if len(name) <= BRIEF else name[: BRIEF - 1] + "…"
    return made


def short(number: float) -> str:
    """Three digits, and a letter for thousands, millions and so on."""
    for size, letter in ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(number) >= size:
            scale = 1e3 if letter == " k" else size
            return f"{number / scale:.3g}{letter}"
    return f"{number:.3g}" if abs(number) < 1000 else f"{number:.0f}"


def short_in_html(number: float) -> str:
    """As `short`, on one line."""
    return short(number).replace(" ", "\N{NO-BREAK SPACE}")


def milliseconds(number: float) -> str:
    """Milliseconds in two or three digits."""
    return f"{number:.2g}" if number < 10 else f"{number:,.0f}"
