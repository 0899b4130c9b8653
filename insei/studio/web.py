"""The studio in a browser on this machine: Textual's own server behind a secret address.

Whoever has the address may edit labels, so the server listens on this machine alone, and the
address holds a random token. A request without it is refused. The page's own links to other hosts
are blocked by a policy that the browser enforces.
"""

import asyncio
import hmac
import os
import secrets
import shlex
import socket
import time
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from textual_serve.server import Server

from insei.system.child_process import bound_to_us, python_environment, python_words
from insei.system.errors import UserError
from insei.system.shown import say
from insei.system.termination import was_asked

HOST = "127.0.0.1"
TOKEN_BYTES = 24
SHUTDOWN_SECONDS = 1.0  # for open pages
END_SECONDS = 10.0  # for their programs, which a busy machine ends late
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self' ws://{address}; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StudioServer(Server):
    """Serves a Textual program at an address that holds a token.

    Args:
        words: the program, which is started for each page that is opened.
        listening: where requests come in, on this machine.
        token: without which a request is refused.
    """

    def __init__(self, words: Sequence[str], listening: socket.socket, token: str) -> None:
        self.listening = listening
        self.token = token
        self.address = f"{HOST}:{listening.getsockname()[1]}"
        super().__init__(
            shlex.join(words),
            host=HOST,
            port=listening.getsockname()[1],
            title="insei studio",
            public_url=f"http://{self.address}",
        )

    @property
    def url(self) -> str:
        """The address to open."""
        return f"{self.public_url}/{self.token}/"

    async def _make_app(self) -> web.Application:
        """Everything of Textual's below the token; nothing beside it."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.check(request, handler)

        outer = web.Application(middlewares=[check])
        outer.add_subapp(f"/{self.token}", await super()._make_app())
        outer.on_response_prepare.append(self.add_headers)
        outer.on_cleanup.append(self.wait_for_programs)
        return outer

    async def wait_for_programs(self, app: web.Application) -> None:
        """Wait until the pages' programs have ended: asyncio complains of those that end later."""
        end = time.monotonic() + END_SECONDS
        while has_children() and time.monotonic() < end:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.02)  # their pipes are closed by then

    async def on_startup(self, app: web.Application) -> None:
        """Say the address."""
        say(f"{self.url}  (Ctrl-C ends it)", flush=True)

    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse requests without the token, and those that other pages send.

        Another host's name in a request is that of a page elsewhere that leads here.
        """
        given = request.path.removeprefix("/").partition("/")[0]
        is_ours = request.headers.get("Host") == self.address and (
            request.headers.get("Origin") in (None, self.public_url)
        )
        if not (hmac.compare_digest(given.encode(), self.token.encode()) and is_ours):
            raise web.HTTPForbidden(text="403: wanted the address that `insei studio` printed\n")
        return await handler(request)

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """What the browser must not do: fetch from elsewhere, tell the address, keep a copy."""
        for name, value in HEADERS.items():
            response.headers[name] = value.format(address=self.address)

    def serve(self, debug: bool = False) -> None:
        """Serve until Ctrl-C or SIGTERM."""
        web.run_app(
            self._make_app(),
            sock=self.listening,
            print=None,
            access_log=None,
            shutdown_timeout=SHUTDOWN_SECONDS,
            handle_signals=False,  # SIGTERM ends it as it ends every command
        )
        if was_asked.is_set():  # run_app took it for Ctrl-C
            raise KeyboardInterrupt


def has_children() -> bool:
    """Whether this process has started some that go on, or that nobody has waited for yet."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def listen(port: int) -> socket.socket:
    """Listen on a port of this machine; 0 for any that is free.

    Raises:
        UserError: another program has it.
    """
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise UserError(f"port {port}: {why}; wanted a free one, or 0 for any") from error


def serve_studio(words: Sequence[str], port: int) -> None:
    """Serve the studio in a browser until Ctrl-C.

    Args:
        words: of `insei studio`, as for the terminal.

    Raises:
        UserError: the port is taken.
    """
    paths = python_environment()["PYTHONPATH"]
    program = bound_to_us(python_words("-m", "insei", "studio", *words))
    command = ["env", f"PYTHONPATH={paths}", *program]
    StudioServer(command, listen(port), secrets.token_urlsafe(TOKEN_BYTES)).serve()
