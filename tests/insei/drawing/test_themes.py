"""Themes: those that come with insei, a user's own, and which fits a terminal."""

import itertools

import pytest

from insei.client.drawing.terminal import TRUE_COLOUR, Terminal
from insei.client.drawing.theme import SHIPPED, blend, find_theme, theme_for, theme_names
from insei.system.errors import UserError

NAMES = sorted(path.stem for path in SHIPPED.glob("*.yaml"))


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The folder of the user's themes."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    folder = tmp_path / "insei" / "themes"
    folder.mkdir(parents=True)
    return folder


def luminance(colour):
    return sum(
        share * int(colour[at : at + 2], 16) for share, at in ((0.299, 1), (0.587, 3), (0.114, 5))
    )


def in_256(colour):
    from rich.color import Color, ColorSystem

    return Color.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor().hex


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shade", [lambda colour: colour, in_256], ids=["exact", "in_256"])
def test_stones_differ_from_each_other_and_from_the_board(own, name, shade):
    theme = find_theme(name)
    if theme.colours == 0:
        return
    colours = [theme.black, theme.ground, theme.white]
    if theme.colours == 16:
        assert len({*colours, theme.last, theme.cursor}) == 5
        return
    levels = [luminance(shade(colour)) for colour in colours]
    assert all(above - below >= 30 for below, above in itertools.pairwise(levels)), levels


def test_a_theme_of_your_own_hides_one_that_comes_with_insei(own):
    (own / "mine.yaml").write_text('ground: "#102030"\n')
    (own / "wood.yaml").write_text('ground: "#ffeedd"\n')
    assert find_theme("mine").ground == "#102030"
    assert find_theme("wood").ground == "#ffeedd"
    assert {"mine", "wood", "plain"} <= set(theme_names())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ground: brown", "mine.yaml: ground: 'brown', wanted a colour such as '#d9a860'"),
        ("grund: '#ffffff'", "mine.yaml: unknown key grund: did you mean ground?"),
        ("colours: 8", "mine.yaml: colours: 8, wanted 0, 16 or 256"),
        ("colours: 16", "mine.yaml: ground: '#dcb168', wanted one of black, "),
        ("around: nowhere", "mine.yaml: around: 'nowhere', wanted one of textual-dark, "),
        ("line: 5", "mine.yaml: line: 5, wanted text"),
        ("[1]", "mine.yaml: list, wanted keys and values"),
    ],
)
def test_what_is_wrong_with_a_theme_is_said_in_one_line(own, text, said):
    (own / "mine.yaml").write_text(text)
    with pytest.raises(UserError) as error:
        find_theme("mine")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["walnut", "../wood", "", "wood.yaml"])
def test_an_unknown_theme_names_the_known_ones(own, name):
    with pytest.raises(UserError, match=r"wanted auto, night, paper, plain, sixteen, wood$"):
        find_theme(name)


@pytest.mark.parametrize(
    ("terminal", "name"),
    [
        (Terminal(0), "plain"),
        (Terminal(16), "sixteen"),
        (Terminal(16, is_light=True), "sixteen"),
        (Terminal(256), "wood"),
        (Terminal(TRUE_COLOUR, is_light=True), "paper"),
    ],
)
def test_the_theme_fits_the_terminal(own, terminal, name):
    assert theme_for("auto", terminal) == find_theme(name)


def test_a_theme_that_wants_more_colours_than_there_are_is_refused(own, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(UserError, match=r"theme wood: wants 256 colours.* has 16: TERM=xterm"):
        theme_for("wood", Terminal(16))
    with pytest.raises(UserError, match="shows none"):
        theme_for("sixteen", Terminal(0))
    assert theme_for("plain", Terminal(0)).colours == 0


def test_colours_mix_and_names_do_not():
    assert blend("#000000", "#ffffff", 0.5) == "#808080"
    assert blend("#102030", "#ffffff", -1) == "#102030"
    assert blend("yellow", "red", 0.55) == "red"
    assert blend("yellow", "red", 0.4) == "yellow"
