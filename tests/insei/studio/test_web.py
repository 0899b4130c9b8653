"""The studio's server: who has the address comes in, nobody else; by real requests."""

import asyncio
import re

import aiohttp
import pytest
from aiohttp import web

pytest.importorskip("textual_serve")
from textual_serve.app_service import AppService

from insei.studio.web import StudioServer, listen
from insei.system.errors import UserError

TOKEN = "a-token-of-the-test"
PROGRAM = ["head", "-c", "1"]  # which draws nothing, and ends when it is told to


def served(ask, token=TOKEN):
    """What `ask` finds, given a server, its address without the token, and an HTTP session."""
    programs = []
    start_program = AppService._open_app_process

    async def start_and_keep(service, *size):
        programs.append(await start_program(service, *size))
        return programs[-1]

    async def run():
        server = StudioServer(PROGRAM, listen(0), token)
        runner = web.AppRunner(await server._make_app(), shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, server.listening).start()
        try:
            async with aiohttp.ClientSession() as session:
                return await ask(server, f"http://{server.address}", session)
        finally:
            await runner.cleanup()
            # An open pipe of a loop that has ended would fail whatever test runs next.
            while not all(program._transport.is_closing() for program in programs):
                await asyncio.sleep(0.01)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AppService, "_open_app_process", start_and_keep)
        return asyncio.run(run())


async def status_of(session, url, **options):
    async with session.get(url, allow_redirects=False, **options) as answer:
        return answer.status


def test_only_requests_with_the_token_are_answered():
    async def ask(server, base, session):
        paths = ["", "static/js/textual.js", "static/css/xterm.css"]
        inside = [await status_of(session, f"{base}/{TOKEN}/{path}") for path in paths]
        refused = [f"{base}/{path}" for path in [*paths, "ws", TOKEN[:-1], f"x/{TOKEN}/"]]
        refused += [f"{base}/{TOKEN}x/", f"{base}/?token={TOKEN}", f"{base}//{TOKEN}/"]
        outside = [await status_of(session, url) for url in refused]
        return inside, outside

    inside, outside = served(ask)
    assert inside == [200, 200, 200]
    assert set(outside) == {403}


def test_requests_that_other_pages_send_are_refused():
    async def ask(server, base, session):
        url = f"{base}/{TOKEN}/"
        return [
            await status_of(session, url, headers=headers)
            for headers in (
                {"Origin": base},
                {"Origin": "http://evil.example"},
                {"Origin": "null"},
                {"Host": "evil.example"},
                {"Host": f"localhost:{server.port}"},
            )
        ]

    assert served(ask) == [200, 403, 403, 403, 403]


def test_a_websocket_opens_with_the_token_alone():
    async def ask(server, base, session):
        async with session.ws_connect(f"{base}/{TOKEN}/ws") as opened:
            is_open = not opened.closed
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{base}/ws")
        return is_open, refused.value.status

    assert served(ask) == (True, 403)


def test_the_page_leads_to_this_server_and_may_fetch_from_no_other():
    async def ask(server, base, session):
        async with session.get(f"{base}/{TOKEN}/") as answer:
            return base, await answer.text(), answer.headers

    base, text, headers = served(ask)
    assert f'data-session-websocket-url="{base.replace("http", "ws")}/{TOKEN}/ws"' in text
    assert f"{base}/{TOKEN}/static/js/textual.js" in text
    policy = headers["Content-Security-Policy"]
    assert re.findall(r"https?://|\*", policy) == []
    assert "default-src 'self'" in policy
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_port_that_is_taken_is_one_line_and_the_server_is_this_machine_s_alone():
    listening = listen(0)
    host, port = listening.getsockname()
    try:
        assert host == "127.0.0.1"
        with pytest.raises(UserError, match=f"port {port}: ") as refused:
            listen(port)
        assert "\n" not in str(refused.value)
    finally:
        listening.close()
