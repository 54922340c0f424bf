"""What stands between the network and the pages: who may ask, which session, and the clean-up.

`streamlit run app.py` finds these by the `st.App` in `app.py`. Streamlit by itself lets every
`Origin` in that equals the `Host`, whatever they are, and looks up its own public address to judge
one that does not. Here both are compared with what the settings say, before Streamlit sees them.
"""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.web.server.server_util import get_url

from oi_geo.errors import OiGeoError
from oi_geo.pipeline import default_inputs
from oi_geo.ui.answers import carrying_answers
from oi_geo.ui.cache import area_of
from oi_geo.ui.reader_folders import remove_stale
from oi_geo.ui.reading import READERS
from oi_geo.ui.sessions import FRESH, cookie_name, is_key, remove_expired

REFUSED = "Deze app is alleen te openen op het adres dat in de instellingen staat."
# The cookie outlives the session, so that the app can say that a session is gone.
COOKIE_SECONDS = 400 * 24 * 3600
SWEEP_SECONDS = 600.0


def key_in(cookies: str) -> str | None:
    """Return the key in a `Cookie` header, None without one that has its form."""
    with suppress(CookieError):
        found = SimpleCookie(cookies).get(cookie_name())
        if found is not None and is_key(found.value):
            return found.value
    return None


def allowed_host(host: str) -> bool:
    """Tell whether the app may be asked for under this name (a `Host` header)."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name is not None and name.rstrip(".") in {
        str(allowed).strip().lower() for allowed in config.get_option("server.allowedHosts")
    }


def allowed_origin(origin: str | None, host: str) -> bool:
    """Tell whether a page of this origin may ask: one of the app itself, or one in the settings.

    Programs that are no browser send none.
    """
    if origin is None or origin in config.get_option("server.corsAllowedOrigins"):
        return True
    return urlsplit(origin).netloc.lower() == host.lower()


class Guard:
    """Lets in who asks for this app by its own name, and gives each browser a session."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not (allowed_host(host) and allowed_origin(headers.get("origin"), host)):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008, "reason": ""})
            else:
                await PlainTextResponse(REFUSED, status_code=403)(scope, receive, send)
            return
        if scope["type"] == "http" and _asks_for_a_page(scope, headers):
            send = _with_cookie(send, headers, secure=scope["scheme"] == "https")
        elif scope["type"] == "websocket":
            receive = carrying_answers(receive)
        await self.app(scope, receive, send)


def _asks_for_a_page(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "GET" and "text/html" in headers.get("accept", "")


def _with_cookie(send: Send, headers: Headers, *, secure: bool) -> Send:
    """Add the key of the session to the answer: the one the browser has, or a new one."""
    key = key_in(headers.get("cookie", "")) or FRESH.hand_out()
    cookie = f"{cookie_name()}={key}; Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_SECONDS}" + (
        "; Secure" if secure else ""
    )

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            more: MutableMapping[str, Any] = dict(message)
            more["headers"] = [*message.get("headers", ()), (b"set-cookie", cookie.encode())]
            message = more
        await send(message)

    return sending


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Say where the server is; remove what is expired at its start and every ten minutes.

    Meanwhile it makes what the first visitor sees, while the browser of that visitor gets ready.
    """
    await asyncio.to_thread(_clean_up)
    address = get_url(config.get_option("server.address") or "localhost")
    print(f"De app draait op {address} en stopt met Ctrl+C.", flush=True)
    tasks = [asyncio.create_task(asyncio.to_thread(_warm_up)), asyncio.create_task(_sweep())]
    yield
    for task in tasks:
        task.cancel()


def _warm_up() -> None:
    """Read the example region where that is what is opened first; then start a reader of files.

    What goes wrong here goes wrong again, with a sentence, for who asks for it.
    """
    with suppress(OiGeoError, OSError):
        inputs = default_inputs()
        if inputs.is_example:
            area_of(inputs)
        READERS.warm()


async def _sweep() -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        await asyncio.to_thread(_clean_up)


def _clean_up() -> None:
    """Remove expired sessions, and what readers of servers that were killed left behind."""
    remove_expired()
    remove_stale()
