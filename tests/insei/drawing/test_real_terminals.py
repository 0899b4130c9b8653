"""The client in real pseudo-terminals of four sizes and six kinds, against kept screens.

The kept screens, in screens/terminals/, hold colours too: `cat` shows them.
"""

import sys

import pytest

from insei.client.drawing.characters import console_text, narrow_text
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.slow

GOLDEN = ROOT / "tests" / "insei" / "screens" / "terminals"
SIZES = ((80, 24), (60, 20), (120, 40), (200, 50))
GAMES = {
    9: "cc gg gc cg ec dg ed",
    13: "dd jj jd dj cg gk kg",
    19: "dd pp pd dp fc cn qn jj jk",
}
KINDS = {  # by name: the environment, and whether characters of ambiguous width are wide
    "xterm": ({"TERM": "xterm"}, False),
    "xterm-256color": ({"TERM": "xterm-256color"}, False),
    "truecolor": ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, False),
    "linux": ({"TERM": "linux"}, False),
    "wide": ({"TERM": "xterm-256color"}, True),
    "none": ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
}


@pytest.fixture
def opened(tmp_path):
    """Open the client on a game of this size in a terminal of a kind; closed after the test."""
    pytest.importorskip("pyte")
    from tests.helpers.terminals.emulator import EmulatedTerminal

    terminals = []

    def opened(kind, board, theme="auto", **options):
        moves = "".join(f";{'BW'[at % 2]}[{move}]" for at, move in enumerate(GAMES[board].split()))
        (tmp_path / "game.sgf").write_text(f"(;SZ[{board}]KM[7]{moves})")
        environment, is_wide = KINDS[kind]
        plain = {"COLORTERM": "", "COLORFGBG": "", "NO_COLOR": "", "XDG_CONFIG_HOME": str(tmp_path)}
        command = "-m", "tests.helpers.terminals.still_client", str(tmp_path / "game.sgf"), theme
        terminal = EmulatedTerminal(
            sys.executable,
            *command,
            environment=plain | environment,
            size=SIZES[0],
            is_wide=is_wide,
            **options,
        )
        terminals.append(terminal)
        return terminal

    yield opened
    for terminal in terminals:
        terminal.close()


@pytest.mark.parametrize(
    ("kind", "board"), [*((kind, board) for kind in KINDS for board in (9, 19)), ("truecolor", 13)]
)
def test_the_screen_is_the_kept_one_at_all_sizes(request, opened, kind, board):
    rewrite = request.config.getoption("--rewrite-screens")
    terminal = opened(kind, board)
    terminal.wait_for("komi")
    terminal.type("graph\r\x1b[A")
    for columns, rows in SIZES:
        terminal.resize(columns, rows)
        terminal.read(0.6)
        text = terminal.text()
        assert f"{board}x{board}" in text
        assert "T" in text if board == 19 else "A" in text
        if kind == "wide":
            assert narrow_text(text) == text
        if kind == "linux":
            assert console_text(text) == text
        if kind == "none":
            assert "\x1b[0;3" not in terminal.coloured()
            assert "\x1b[0;4" not in terminal.coloured()
        path = GOLDEN / f"{kind}-{board}-{columns}x{rows}.txt"
        if rewrite:
            path.parent.mkdir(exist_ok=True)
            path.write_text(terminal.coloured())
        assert terminal.coloured() == path.read_text(), f"{path}: --rewrite-screens accepts it"


def test_a_light_terminal_has_a_light_screen(opened):
    terminal = opened("xterm-256color", 9, ground="ffff/ffff/ffff")
    terminal.wait_for("komi")
    ground = terminal.screen.buffer[0][60].bg
    assert int(ground[:2], 16) > 200


@pytest.mark.parametrize("theme", ["wood", "nowhere"])
def test_a_theme_that_cannot_be_used_is_said_before_there_is_a_screen(opened, theme):
    terminal = opened("xterm", 9, theme)
    terminal.wait_for("UserError: theme")
    assert "wants 256 colours" in terminal.text() or "wanted auto" in terminal.text()


@pytest.mark.parametrize("kind", ["wide", "linux"])
def test_dialogs_stand_straight_where_their_borders_are_missing(opened, kind):
    terminal = opened(kind, 9)
    terminal.wait_for("komi")
    terminal.type("\x1bOQ")  # F2
    terminal.wait_for("Handicap stones")
    text = terminal.text()
    assert (narrow_text if kind == "wide" else console_text)(text) == text
    side = "|" if kind == "wide" else "│"
    edges = {line.rindex(side) for line in text.splitlines() if side + " " in line and "Ha" in line}
    edges |= {line.rindex(side) for line in text.splitlines() if "Komi" in line}
    assert len(edges) == 1


def test_a_wheel_and_clicks_come_through_a_real_terminal(opened):
    terminal = opened("xterm-256color", 9)
    terminal.wait_for("move 7")
    terminal.type("\x1b[<64;10;10M")  # the wheel, up
    terminal.wait_for("move 6 of 7")
    terminal.type("\x1b[<65;10;10M")
    terminal.wait_for("move 7, E6")
