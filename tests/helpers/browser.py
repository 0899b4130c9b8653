"""Chromium, as tests drive it: a page with a script of the test's own, and what that found."""

import html
import json
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
DARK, LIGHT = 0, 1  # Blink's numbers of the colour schemes

WATCH = """<script>
const errors = [];
window.addEventListener("error", event => errors.push(event.message));
const complain = console.error;
console.error = (...words) => { errors.push(words.join(" ")); complain(...words); };
</script>"""
TELL = """<script>
(async () => {
  let found;
  try { found = await (async () => { %s })(); } catch (error) { errors.push(String(error)); }
  parent.postMessage(JSON.stringify({found, errors}), "*");
})();
</script>"""
# A window is 500 pixels wide at least; a frame may be narrower.
FRAME = """<!doctype html><meta name="color-scheme" content="light dark"><body>
<script>
addEventListener("message", event => {
  const told = document.createElement("pre");
  told.id = "probe";
  told.textContent = event.data;
  document.body.append(told);
});
</script>
<iframe src="probed.html" width="%d" height="900" style="border: 0"></iframe>"""


def probed(page, script, folder, *, width=1280, scheme=LIGHT, library=""):
    """What a script returns when it runs at the end of a page.

    Args:
        page: the file.
        script: JavaScript, the body of an async function.
        folder: to write in.
        library: JavaScript that comes before it.
    """
    altered = folder / "probed.html"
    text = page.read_text().replace("<head>", "<head>" + WATCH)
    added = (f"<script>{library}</script>" if library else "") + TELL % script
    altered.write_text(text.replace("</body>", added + "</body>"))
    outside = folder / "frame.html"
    outside.write_text(FRAME % width)
    done = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder / 'profile'}",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--window-size={width + 50},950",
            f"--blink-settings=preferredColorScheme={scheme}",
            "--virtual-time-budget=20000",
            "--dump-dom",
            outside.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=180,
    )
    found = re.search(r'<pre id="probe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    told = json.loads(html.unescape(found[1]))
    assert told["errors"] == []
    return told["found"]


def axe_script():
    """axe-core's source, as the package axe-core-python holds it; None if that is not installed."""
    spec = find_spec("axe_core_python")
    if spec is None or spec.origin is None:
        return None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8")
