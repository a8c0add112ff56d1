"""uvicorn around the application: one process, which finishes what it accepted when told to end."""

import signal
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

# Longer than a body may take, so that what is being received is still answered.
_GRACE_SECONDS = 20
_QUEUED_CONNECTIONS = 2048


class CannotListen(Exception):
    """The address cannot be listened on; the message says which and what to do."""


def listening(host: str, port: int) -> socket.socket:
    """A socket on ``host``; port 0 takes a free one.

    Raises:
        CannotListen: it is in use, not ours, or no address of this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_QUEUED_CONNECTIONS)
    except OSError as error:
        raise CannotListen(
            f"cannot listen on {host} port {port}: {error.strerror or error}. Choose another by "
            "--host and --port, or [receiver] in vouch.toml."
        ) from error


def serve(app: ASGIApp, on: socket.socket, started: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; what was accepted is stored and answered first.

    Args:
        app: the application.
        on: an open socket; it is closed at the end.
        started: called when connections are taken.
    """
    config = uvicorn.Config(
        app,
        # Lines about requests are the application's own, by reason and without addresses.
        access_log=False,
        log_config=None,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        backlog=_QUEUED_CONNECTIONS,
    )
    server = _Server(config, started)
    # uvicorn raises the signal again when it has ended; being told to end is no failure.
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda number, frame: None)
    server.run(sockets=[on])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._tell()
