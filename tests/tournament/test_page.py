"""The report's page in a real browser: it renders, a game replays, nothing fails or is fetched."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from insei.engine.rules import Rules
from tests.helpers.tournaments import CONFIG, hold

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")

WATCH = """<script>
const errors = [];
window.addEventListener("error", event => errors.push(event.message));
const complain = console.error;
console.error = (...words) => { errors.push(words.join(" ")); complain(...words); };
</script>"""

PROBE = """<script>
{
const said = () => document.getElementById("said").textContent;
const stones = () => document.querySelectorAll("#board circle.black, #board circle.white").length;
const seen = [[said(), stones()]];
for (let i = 0; i < 3; i++) document.getElementById("next").click();
seen.push([said(), stones()]);
document.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowLeft", bubbles: true}));
seen.push([said(), stones()]);
document.getElementById("last").click();
seen.push([said(), stones()]);
const select = document.getElementById("game");
select.value = "5";
select.dispatchEvent(new Event("change"));
seen.push([said(), stones()]);
const lines = [];
for (const option of select.options) {
  select.value = option.value;
  select.dispatchEvent(new Event("change"));
  const shown = document.getElementById("graph").style.display !== "none";
  lines.push(shown ? document.querySelectorAll("#graph path").length : 0);
}
const tables = document.querySelectorAll("table").length;
const fetched = performance.getEntriesByType("resource").map(one => one.name);
const result = document.createElement("pre");
result.id = "probe";
const counts = {lines, tables, games: select.options.length};
result.textContent = JSON.stringify({seen, errors, fetched, ...counts});
document.body.append(result);
}
</script>"""


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="wants chromium (apt-get install chromium)")
def test_the_page_renders_and_replays_games_in_a_browser(tmp_path):
    players = ("random", "capture", "alphabeta:depth=1")  # the last one gives win rates
    config = replace(
        CONFIG, players=players, rules=Rules(6, 4, 3.5)
    )  # a rectangle shows rows taken for columns
    report = hold(tmp_path, config)
    page = tmp_path / "probed.html"
    text = report.read_text().replace("<head>", "<head>" + WATCH)
    page.write_text(text.replace("</body>", PROBE + "</body>"))
    done = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--virtual-time-budget=5000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    probe = json.loads(html.unescape(found[1]))
    assert probe["errors"] == []
    assert probe["fetched"] == []
    assert probe["games"] == 12
    assert sorted(probe["lines"]) == [0] * 4 + [1] * 8  # of both players' games one saw its chances
    assert probe["tables"] == 4  # ratings, crosstable, costs, versions
    games = [json.loads(line) for line in (report.parent / "games.jsonl").read_text().splitlines()]
    first = min(games, key=lambda game: game["number"])
    length = len(first["moves"])
    start, third, second, last, other = probe["seen"]
    assert start == [f"move 0 of {length}; {first['result']}, {first['reason']}", 0]
    assert third[0].startswith(f"move 3 of {length}")
    assert second[0].startswith(f"move 2 of {length}")
    assert second[1] == 2  # the opening's two stones
    from insei.engine.position import Position

    end = Position(config.rules).play_all(first["moves"])
    assert last[1] == (end.board != 0).sum()  # captures and all
    assert other[0].startswith("move 0 of ")
