"""uvicorn around the application: one process, which finishes what it accepted when told to end."""

import logging
import signal
import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from ingestion.receiver.protocol import careful

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


def configured(app: Starlette) -> uvicorn.Config:
    """How uvicorn is run around an application made by ``receiver``."""
    return uvicorn.Config(
        app,
        http=careful(app.state.count_refused),
        ws="none",
        # Lines about requests are the application's own, by reason and without addresses.
        access_log=False,
        log_config=None,
        lifespan="on",
        server_header=False,
        # Nothing here depends on the sender's address.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        backlog=_QUEUED_CONNECTIONS,
    )


def serve(app: Starlette, on: socket.socket, started: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; what was accepted is stored and answered first.

    Args:
        app: made by ``receiver``.
        on: an open socket; it is closed at the end.
        started: called when connections are taken.
    """
    server = _Server(configured(app), started)
    # What is not HTTP is counted; a line for each would let anybody fill the disk.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
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
