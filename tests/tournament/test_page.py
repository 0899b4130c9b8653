"""The report's page in a real browser: it renders, a game replays, nothing fails or is fetched."""

import gzip
import json
from dataclasses import replace
from urllib.parse import unquote

import pytest

from insei.engine.position import Position
from insei.engine.rules import Rules
from insei.engine.sgf.record import read_sgf
from insei.system.configuration import build
from insei.system.plain_yaml import read_yaml
from insei.tournament.cost import cost_of_program
from insei.tournament.recorded import read_games
from insei.tournament.report import Facts, write_report
from insei.tournament.schedule import schedule
from insei.tournament.tournament_config import TournamentConfig
from tests.helpers.browser import BROWSER, DARK, LIGHT, axe_script, probed
from tests.helpers.paths import ROOT
from tests.helpers.tournaments import CONFIG, hold

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="wants chromium (apt-get install chromium)"),
]
PLAYERS = ("random", "capture", "alphabeta:depth=1")  # the last one gives win rates

READ = """
const said = () => document.getElementById("said").textContent;
const press = (key, where = document) =>
  where.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
const click = id => document.getElementById(id).click();
const choose = (id, value) => {
  const chosen = document.getElementById(id);
  chosen.value = value;
  chosen.dispatchEvent(new Event("input"));
  chosen.dispatchEvent(new Event("change"));
};
const rows = () => [...document.querySelectorAll("#rows tr")];
const listed = () => rows().map(row => [...row.cells].slice(1, 5).map(cell => cell.textContent));
const stones = () => document.querySelectorAll("#board circle.black, #board circle.white").length;
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A small tournament on a rectangle, which shows rows taken for columns."""
    folder = tmp_path_factory.mktemp("page")
    return hold(folder, replace(CONFIG, players=PLAYERS, rules=Rules(8, 7, 3.5)))


@pytest.fixture(scope="module")
def games(report):
    return [json.loads(line) for line in (report.parent / "games.jsonl").read_text().splitlines()]


def test_a_game_replays_by_buttons_keys_and_the_graph(report, games, tmp_path):
    script = (
        READ
        + """
    const seen = [[said(), stones()]];
    click("first"); seen.push([said(), stones()]);
    for (let i = 0; i < 3; i++) click("next");
    seen.push([said(), stones()]);
    press("ArrowLeft"); seen.push([said(), stones()]);
    press("End"); seen.push([said(), stones()]);
    press("Home"); press("PageDown"); seen.push([said(), stones()]);
    choose("ply", "1"); seen.push([said(), stones()]);
    let texts = [];
    const lines = rows().map(row => {
      row.click();
      if (document.getElementById("graph").style.display === "none") return 0;
      texts = [...document.querySelectorAll("#graph text")].map(text => text.textContent);
      return document.querySelectorAll("#graph path").length;
    });
    const fetched = performance.getEntriesByType("resource").map(one => one.name);
    const stars = document.querySelectorAll("#board .star").length;
    const letters = [...document.querySelectorAll("#board text")].map(text => text.textContent);
    return {seen, lines, texts, fetched, stars, letters};
    """
    )
    probe = probed(report, script, tmp_path)
    assert probe["fetched"] == []
    assert sorted(probe["lines"]) == [0] * 4 + [1] * 8  # of both players' games one saw its chances
    assert probe["texts"][:3] == ["0 %", "50 %", "100 %"]
    assert probe["stars"] == 4
    assert {*"ABCDEFGH", *"1234567"} == set(probe["letters"])
    held = report.read_text().split('type="application/json">')[1].split("</script>")[0]
    first = json.loads(held)["games"][0]
    moves = [int(first[6][at : at + 2], 36) for at in range(0, len(first[6]), 2)]
    assert any(moves == game["moves"] for game in games)
    end, start, third, second, last, tenth, one = probe["seen"]
    final = Position(Rules(8, 7, 3.5)).play_all(moves)
    assert end[1] == last[1] == (final.board != 0).sum()  # captures and all
    assert end[0].startswith(f"move {len(moves)} of {len(moves)}")
    assert (start[0].partition(" of")[0], start[1]) == ("move 0", 0)
    assert [each[0].partition(" of")[0] for each in (third, second, tenth, one)] == [
        "move 3",
        "move 2",
        "move 10",
        "move 1",
    ]
    assert second[1] == 2  # the opening's two stones


def test_the_list_filters_and_the_crosstable_opens_its_games(report, games, tmp_path):
    script = (
        READ
        + """
    const found = {all: listed()};
    const names = [...document.getElementById("player").options].map(option => option.textContent);
    choose("player", String(names.indexOf("capture") - 1));
    found.capture = listed();
    choose("result", "won"); found.won = listed();
    choose("result", "lost"); found.lost = listed();
    choose("result", "black"); found.black = listed();
    choose("result", ""); choose("shortest", "60"); found.long = listed();
    choose("shortest", ""); choose("longest", "59"); found.short = listed();
    document.getElementById("filter").reset();
    await new Promise(done => setTimeout(done, 50));
    found.again = listed();
    const cell = document.querySelector("a[data-row='0'][data-column='2']");
    cell.click();
    await new Promise(done => setTimeout(done, 50));
    found.cell = listed();
    found.order = [...document.querySelectorAll(".cross tbody th")].map(
      one => one.textContent.trim().replace(/^\\d+ /, ""));
    const before = document.querySelector("#rows [aria-current]");
    press("ArrowDown", before.querySelector("button"));
    found.below = before.nextElementSibling.hasAttribute("aria-current");
    found.focus = document.activeElement.textContent;
    found.links = rows().map(row => row.querySelector("a").href);
    return found;
    """
    )
    found = probed(report, script, tmp_path)
    assert len(found["all"]) == len(found["again"]) == 12
    played = {
        (name(game["black"]), name(game["white"]), game["result"], str(len(game["moves"])))
        for game in games
    }
    assert {tuple(row) for row in found["all"]} == played
    of_capture = {row for row in played if "capture" in row[:2]}
    assert {tuple(row) for row in found["capture"]} == of_capture
    won = {row for row in of_capture if row[0 if row[2][0] == "B" else 1] == "capture"}
    decided = {row for row in of_capture if row[2] != "0"}
    assert {tuple(row) for row in found["won"]} == won
    assert {tuple(row) for row in found["lost"]} == decided - won
    assert {tuple(row) for row in found["black"]} == {row for row in decided if row[2][0] == "B"}
    assert {tuple(row) for row in found["long"]} == {r for r in of_capture if int(r[3]) >= 60}
    assert {tuple(row) for row in found["short"]} == {r for r in of_capture if int(r[3]) < 60}
    best, _, worst = found["order"]
    assert {tuple(row) for row in found["cell"]} == {r for r in played if {*r[:2]} == {best, worst}}
    assert found["below"]
    records = [read_sgf(unquote(link.partition(",")[2])) for link in found["links"]]
    for row, record in zip(found["cell"], records, strict=True):
        assert [name(record.black), name(record.white), record.result] == row[:3]
        assert record.position.rules == Rules(8, 7, 3.5)
        assert str(record.position.num_moves) == row[3]
        assert record.notes == ()


def name(player):
    """As the page calls a player."""
    return {"alphabeta:depth=1": "alphabeta, depth 1"}.get(player, player)


@pytest.fixture(scope="module")
def large_report(tmp_path_factory):
    """A tournament of eleven players, as it was recorded."""
    folder = tmp_path_factory.mktemp("large")
    recorded = ROOT / "docs" / "results" / "contrast9"
    config = build(TournamentConfig, read_yaml(recorded / "config.yaml"))
    (folder / "games.jsonl").write_bytes(
        gzip.decompress((recorded / "games.jsonl.gz").read_bytes())
    )
    jobs = {job.id: job for job in schedule(config)}
    games = read_games(folder / "games.jsonl", jobs).values
    costs = {player: cost_of_program(player) for player in config.players}
    write_report(folder, config, games, Facts(costs))
    return folder / "report.html"


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", ["report", "large_report"])
def test_the_page_fits_its_width_and_axe_finds_nothing_serious(
    size, width, scheme, tmp_path, request
):
    report, axe = request.getfixturevalue(size), axe_script()
    if axe is None:
        pytest.skip("wants axe-core (pip install axe-core-python)")
    script = """
    const result = await axe.run(document, {resultTypes: ["violations"]});
    const wide = [...document.querySelectorAll(".fits table, figure svg, .viewer > *")]
      .filter(one => one.getBoundingClientRect().width)
      .filter(one => one.getBoundingClientRect().right > window.innerWidth);
    const whole = /^([-+\\d.,kMG\\u00a0]+|[BW]\\+.+|SGF)$/;
    const broken = [...document.querySelectorAll(".fits td, .rows td")].filter(cell => {
      const word = document.createRange();
      word.selectNodeContents(cell.querySelector("a, button") || cell);
      return whole.test(cell.textContent) && word.getClientRects().length > 1;
    });
    const named = one => `${one.id}: ${one.nodes[0].html}`;
    return {
      width: window.innerWidth,
      scrolls: document.documentElement.scrollWidth,
      broken: broken.map(cell => cell.textContent),
      wide: wide.map(one => one.outerHTML.slice(0, 80)),
      dark: matchMedia("(prefers-color-scheme: dark)").matches,
      passes: result.passes.length,
      bad: result.violations.filter(one => ["serious", "critical"].includes(one.impact)).map(named),
    };
    """
    found = probed(report, script, tmp_path, width=width, scheme=scheme, library=axe)
    assert found["width"] == width
    assert found["dark"] == (scheme == DARK)
    assert found["scrolls"] <= width
    assert found["wide"] == []
    assert found["broken"] == []  # no number stands on two lines
    assert found["passes"] > 20
    assert found["bad"] == []


def test_axe_finds_what_is_wrong(report, tmp_path):
    axe = axe_script()
    if axe is None:
        pytest.skip("wants axe-core (pip install axe-core-python)")
    spoilt = tmp_path / "spoilt.html"
    spoilt.write_text(report.read_text().replace(' aria-label="Move"', ""))
    script = "return (await axe.run(document)).violations.map(one => one.id);"
    assert "label" in probed(spoilt, script, tmp_path, library=axe)
