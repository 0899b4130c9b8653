"""Notices are shown as they are: brackets in the names of files and players are no markup."""

import io

import pytest
from rich.console import Console

from insei.printing.games_bar import GamesBar
from insei.printing.run_line import RunLine

LINE = "[/b] games.jsonl: line 1 is set aside: moves[3]: 'x', wanted [red] [link=x]y"


@pytest.mark.parametrize("kind", [GamesBar, RunLine])
def test_a_notice_with_brackets_is_printed_as_it_is(kind):
    with kind() as shown:
        said = io.StringIO()
        shown.console = Console(file=said, force_terminal=True, width=200, color_system=None)
        shown.notice(LINE)
    assert LINE in said.getvalue()
