"""The sandbox as a running server on the loopback interface, in a thread."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.credentials import Credentials
from sandbox.faults import Faults
from sandbox.injection import Injection
from sandbox.limits import Limits
from sandbox.live import Announcer, Happenings, Live, Living
from sandbox.protocol.bullhorn_events import Subscriptions
from sandbox.protocol.bullhorn_login import Login
from sandbox.protocol.bullhorn_rest import Rest
from sandbox.protocol.typeform import Typeform
from sandbox.protocol.xero import Xero
from sandbox.store import Store

HOST = "127.0.0.1"
_START_SECONDS = 20


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that answers at ``base_url``.

    Attributes:
        base_url: without a trailing slash; vendors live under /bullhorn, /typeform, /xero.
        bullhorn, xero: their ``expire()`` times all tokens out at once.
        subscriptions: Bullhorn's event queues; ``announce()`` puts an event into them.
        live: makes things happen, where the agency lives on.
        injection: its ``requests`` are (method, path, status) of the latest requests.
    """

    base_url: str
    store: Store
    faults: Faults
    credentials: Credentials
    bullhorn: Login
    xero: Xero
    subscriptions: Subscriptions
    injection: Injection
    live: Live | None = None


def assemble(
    store: Store,
    base_url: str,
    limits: Limits,
    faults: Faults,
    living: Living | None = None,
) -> Sandbox:
    """The vendors' application over the store; ``injection`` is what a server runs."""
    credentials = Credentials()
    login = Login(credentials, limits)
    xero = Xero(store, credentials, limits)
    subscriptions = Subscriptions(login, limits)
    bullhorn = [*login.routes(), *Rest(store, login, limits).routes(), *subscriptions.routes()]
    live = None if living is None else _live(store, subscriptions, living)
    app = Starlette(
        routes=[
            Mount("/bullhorn", routes=bullhorn),
            Mount("/typeform", routes=[*Typeform(store, credentials, limits).routes()]),
            Mount("/xero", routes=[*xero.routes()]),
            *([] if live is None else [Mount("/live", routes=[*live.routes()])]),
        ]
    )
    injection = Injection(app, faults)
    return Sandbox(
        base_url, store, faults, credentials, login, xero, subscriptions, injection, live
    )


def _live(store: Store, subscriptions: Subscriptions, living: Living) -> Live:
    announcer = Announcer(store, subscriptions, living)
    happenings = Happenings(store, living.seed, living.clock)
    return Live(happenings, announcer, living.per_minute, living.begin_with)


@contextmanager
def running(
    store: Store,
    port: int = 0,
    limits: Limits | None = None,
    faults: Faults | None = None,
    living: Living | None = None,
) -> Iterator[Sandbox]:
    """The sandbox on a port of 127.0.0.1 (0: any free one), in a thread of this process.

    Raises:
        OSError: the port is taken.
        TimeoutError: the server did not start within 20 s.
    """
    with socket.create_server((HOST, port)) as listening:
        sandbox = assemble(
            store,
            f"http://{HOST}:{listening.getsockname()[1]}",
            limits or Limits(),
            faults or Faults(),
            living,
        )
        server = _server(sandbox)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            _await_start(server)
            if sandbox.live is not None:
                sandbox.live.start()
            yield sandbox
        finally:
            if sandbox.live is not None:
                sandbox.live.close()
            server.should_exit = True
            thread.join(timeout=10)


def _server(sandbox: Sandbox) -> uvicorn.Server:
    config = uvicorn.Config(
        sandbox.injection,
        log_level="critical",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _await_start(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the sandbox did not start within {_START_SECONDS} s")
        time.sleep(0.01)
