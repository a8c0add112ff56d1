"""Progress on a terminal: the packages log, and this shows it; elsewhere nothing changes."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.status import Status

_STAGES = {"vouch.pull": "pull", "vouch.drop": "drop", "vouch.build": "build"}


class _Shown(logging.Handler):
    """INFO and above become lines, DEBUG the moving last line."""

    def __init__(self, console: Console, status: Status) -> None:
        super().__init__(logging.DEBUG)
        self._console = console
        self._status = status
        self._started = time.monotonic()

    def emit(self, record: logging.LogRecord) -> None:
        stage = _STAGES.get(record.name, record.name.removeprefix("vouch."))
        text = f"{time.monotonic() - self._started:6.1f} s  {stage:8} {record.getMessage()}"
        if record.levelno > logging.DEBUG:
            style = "yellow" if record.levelno >= logging.WARNING else None
            self._console.print(text, style=style, highlight=False, markup=False)
        self._status.update(text.replace("[", r"\["))


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Show what the packages report while the block runs."""
    logger = logging.getLogger("vouch")
    before = logger.level, logger.propagate
    with console.status("starting") as status:
        handler = _Shown(console, status)
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.level, logger.propagate = before
