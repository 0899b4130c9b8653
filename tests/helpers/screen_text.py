"""The client's whole screen as plain text, for golden files."""

from tests.helpers.paths import ROOT

GOLDEN = ROOT / "tests" / "insei" / "screens"


def screen_text(app):
    """What is on the screen, a line a row, blanks at the ends cut off."""
    strips = app.screen._compositor.render_strips()
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return "\n".join(lines) + "\n"


def check_screen(app, name, rewrite):
    """Compare the screen with tests/insei/screens/NAME.txt, or write that file."""
    path = GOLDEN / f"{name}.txt"
    text = screen_text(app)
    if rewrite:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text(), f"{path} shows another screen; --rewrite-screens accepts it"
