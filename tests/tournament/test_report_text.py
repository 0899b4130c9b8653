"""Names and reasons in reports: shown, and read as nothing else."""

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

from insei.tournament.cost import PlayerCost
from insei.tournament.markdown import code, escaped
from insei.tournament.match import play_game
from insei.tournament.provenance import Session
from insei.tournament.report import Facts, write_report
from tests.helpers.hostile.text import HOSTILE, MARKUP, steering
from tests.helpers.tournaments import CONFIG, JOB, Scripted

CELL = "a|b\n# c <script> `d` [e](f) *g* _h_ i_j"


def test_markdown_escapes_what_it_would_read():
    assert escaped(CELL) == r"a\|b # c \<script\> \`d\` \[e\](f) \*g\* \_h\_ i_j"
    assert escaped(3.5) == 3.5
    assert escaped(code("a`b\nc|d")) == "a'b c|d"
    assert not steering(str(escaped(HOSTILE)))


def test_a_report_shows_hostile_names_and_reasons_as_text(tmp_path):
    name = f"gtp:{HOSTILE}{MARKUP}\n\n# heading"
    players = ("random", name)
    config = replace(CONFIG, players=players)
    game = replace(
        play_game(replace(JOB, black="random", white=name), Scripted(9), Scripted(9)),
        result="B+F",
        winner=1,
        reason=f"failed: {HOSTILE}{MARKUP}\n- item",
    )
    session = Session(
        began=HOSTILE, command=f"insei `{MARKUP}`", insei="1", commit=MARKUP, python="3",
        libraries={MARKUP: HOSTILE}, machine=MARKUP, players=dict.fromkeys(players, MARKUP),
    )  # fmt: skip
    facts = Facts(dict.fromkeys(players, PlayerCost("moves", 0, 0, 0)), sessions=[session])
    write_report(tmp_path, config, [game], facts)
    page = (tmp_path / "report.html").read_text()
    text = (tmp_path / "report.md").read_text()
    chart = (tmp_path / "chart.svg").read_text()
    names = "".join(ElementTree.fromstring(chart).itertext())
    assert not steering(chart)
    assert "<script" not in chart
    assert "random" in names
    assert not steering(page)
    assert not steering(text)
    assert page.count("</script>") == page.count("<script") == 2
    assert "<script>alert" not in page
    outside_code = re.sub(r"`[^`\n]*`", "", re.sub(r"\\.", "", text))
    assert "<script" not in outside_code
    assert "](javascript" not in outside_code
    assert "\n# heading" not in text
    assert "\n- item" not in text
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({row.replace("\\|", "").count("|") for row in table.splitlines()}) == 1, table
