"""Ports on the loopback interface: one that is asked for must be free, 0 takes any."""

import os
import socket

LOOPBACK = "127.0.0.1"


class PortTaken(Exception):
    """Another program listens there; the message says what to do."""


def claimed(option: str, port: int) -> int:
    """The port, or a free one for 0. It is not held: the program that gets it binds it soon.

    Raises:
        PortTaken: something listens on it, or the system does not let us use it.
    """
    try:
        with socket.create_server((LOOPBACK, port)) as listening:
            return int(listening.getsockname()[1])
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise PortTaken(
            f"port {port} on {LOOPBACK} cannot be used ({why}). Another `vouch dev`, or another"
            f" program, may listen there; {option} names another port, {option} 0 takes a"
            " free one."
        ) from error


def answers(port: int) -> bool:
    """Whether somebody accepts connections on the port."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1):
            return True
    except OSError:
        return False


def listens(path: str) -> bool:
    """Whether somebody accepts connections on the socket of this name."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        return client.connect_ex(path) == 0
