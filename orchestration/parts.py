"""The long-lived processes by name; the receiver has a command of its own."""

from enum import StrEnum


class Part(StrEnum):
    """What can be served."""

    CODE = "code"
    DAEMON = "daemon"
    WEB = "web"
