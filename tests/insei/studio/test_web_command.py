"""`insei studio RUN --web` from its start to its end: a page is opened, a key edits a label."""

import asyncio
import re
import signal
import subprocess
import sys
from importlib.util import find_spec

import aiohttp
import psutil
import pyte
import pytest

from insei.selfplay.data import load
from tests.helpers.command import hear_interrupts
from tests.helpers.paths import ROOT

SECONDS = 90.0  # at most, for a program that starts on a busy machine


@pytest.fixture
def server(made, tmp_path):
    """The command, and the line that it printed first."""
    words = ["studio", str(made[0]), "--web", "--player", "search:go5,visits=4"]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "insei", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
        preexec_fn=hear_interrupts,
    ) as program:
        try:
            yield program, program.stdout.readline()
        finally:
            program.kill()


class Page:
    """What an open page shows."""

    def __init__(self, socket):
        self.socket = socket
        self.screen = pyte.Screen(100, 34)
        self.stream = pyte.ByteStream(self.screen)

    async def until(self, shown):
        while shown not in "\n".join(self.screen.display):
            message = await self.socket.receive(SECONDS)
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
            if message.type == aiohttp.WSMsgType.BINARY:
                self.stream.feed(message.data)


async def mark_by_a_key(url):
    """Open the page, and press the key that takes a row out."""
    async with aiohttp.ClientSession() as session:
        address = url.replace("http", "ws") + "ws?width=100&height=34"
        async with session.ws_connect(address) as socket:
            page = Page(socket)
            await page.until("1 of ")
            await socket.send_json(["stdin", "m"])
            await page.until("weight 0")


@pytest.mark.slow
@pytest.mark.skipif(not find_spec("textual_serve"), reason="textual-serve is not installed")
@pytest.mark.parametrize(
    ("ending", "status", "said"),
    [(signal.SIGTERM, 143, "insei: ended by SIGTERM\n"), (signal.SIGINT, 0, "")],
)
def test_a_label_is_edited_in_a_page_and_nothing_stays_behind(server, made, ending, status, said):
    program, line = server
    url = re.match(r"http://127\.0\.0\.1:\d+/[\w-]{20,}/", line)
    assert url, line
    asyncio.run(mark_by_a_key(url[0]))
    assert (load(made[0]).rows().weight == 0).sum() == 1
    children = psutil.Process(program.pid).children(recursive=True)
    program.send_signal(ending)
    assert program.wait(SECONDS) == status
    assert not psutil.wait_procs(children, SECONDS)[1]
    assert program.stderr.read() == said
