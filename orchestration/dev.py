"""``vouch dev``: everything on this machine, as one tree of processes with one end."""

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout
from rich.console import Console
from rich.text import Text

import publication
from orchestration import first_release, home, ports, settings
from orchestration.processes import Addresses, processes
from orchestration.run import dagster_home
from orchestration.settings import Settings
from orchestration.supervision import Supervisor

_COLOURS = {
    "sandbox": "magenta",
    "receiver": "cyan",
    "code": "blue",
    "worker": "yellow",
    "daemon": "bright_blue",
    "web": "green",
    "release": "bold",
}
_WIDTH = max(len(name) for name in _COLOURS)
_WHOLE_WAY = "whole_way"
# A sandbox that nobody starts; what is pointed at it is pointed at ours.
_PLACE = "http://127.0.0.1:1/sandbox"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for; a port of 0 takes a free one."""

    port: int
    receiver_port: int
    sandbox_port: int
    no_sandbox: bool


def serve(wanted: Wanted, out: Console) -> None:
    """Start everything, and keep it running until Ctrl-C or SIGTERM.

    Raises:
        PortTaken, HomeBusy, HomeUnusable, SettingsError: before anything was started.
    """
    found = settings.load()
    with _alone(found.home):
        addresses = _addresses(wanted)
        if addresses.sandbox is not None:
            os.environ["VOUCH_SANDBOX_URL"] = Addresses.url(addresses.sandbox)
            found = settings.load()
        with (
            tempfile.TemporaryDirectory(prefix="vouch-") as folder,
            (found.home / "dev.log").open("w", encoding="utf-8") as log,
        ):
            _serve(found, addresses, Path(folder), _Told(out, log))


def _serve(found: Settings, addresses: Addresses, folder: Path, told: "_Told") -> None:
    wanted = processes(found, addresses, dagster_home(found.home, found.dagster_instance), folder)
    supervisor = Supervisor(wanted, told.line)
    over = threading.Event()
    signals = 0

    def asked_to_end(*_: object) -> None:
        nonlocal signals
        signals += 1
        over.set()
        if signals > 1:
            supervisor.kill()

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, asked_to_end)
    told.say(f"starting {', '.join(process.name for process in wanted)} over {found.home}")
    supervisor.start()
    following = threading.Thread(
        target=_introduce, args=(found, addresses, supervisor, told, over), daemon=True
    )
    following.start()
    # Event.wait() without a timeout does not return for a signal handler on every platform.
    while not over.wait(1.0):
        pass
    told.say("ending; press Ctrl-C again to kill")
    supervisor.stop()
    following.join(timeout=5)
    told.say("ended")


def _introduce(
    found: Settings,
    addresses: Addresses,
    supervisor: Supervisor,
    told: "_Told",
    over: threading.Event,
) -> None:
    """Say where everything is once it is there, and make a first release where there is none."""
    names = ["worker", "receiver", "daemon", "web", *(["sandbox"] if addresses.sandbox else [])]
    if not all(supervisor.wait_ready(name) for name in names):
        return
    web = Addresses.url(addresses.web)
    told.say(f"Dagster's web interface: {web}")
    told.say(f"receiver:                {Addresses.url(addresses.receiver)}/webhooks/ACCOUNT")
    if addresses.sandbox is not None:
        told.say(f"sandbox:                 {Addresses.url(addresses.sandbox)}")
    if not publication.releases(found.home):
        told.say("nothing is published yet: making a first release, a minute or two")
        try:
            _first_release(web, told, over)
        except (first_release.NotLaunched, OSError) as error:
            told.say(f"{error}")
        if not publication.releases(found.home) and not over.is_set():
            told.say("no first release: see above, then type `vouch run` in another terminal")
            return
    if over.is_set():
        return
    if addresses.sandbox is not None:
        told.say("make something happen:   " + trigger(addresses.sandbox))
    told.say("see figures move:        vouch watch   (in another terminal)")


def trigger(sandbox: int) -> str:
    """The line to type for an event: a client that would not recommend the agency."""
    return f"curl -X POST '{Addresses.url(sandbox)}/live/detractor'"


def _first_release(web: str, told: "_Told", over: threading.Event) -> None:
    tags = {"vouch/trigger": "vouch dev: the first release"}
    run = first_release.launch(web, _WHOLE_WAY, tags, over.is_set)
    for line in first_release.followed(web, run, over.is_set):
        told.line("release", line.text, is_news=line.is_failure)
        if line.is_failure:
            told.line("release", f"look at {web}/runs/{run}", is_news=True)


class _Told:
    """Lines of all processes on one terminal and in one log, each with the name of whose it is."""

    def __init__(self, out: Console, log: TextIO) -> None:
        self._out = out
        self._log = log
        self._lock = threading.Lock()

    def line(self, name: str, text: str, *, is_news: bool, is_quiet: bool = False) -> None:
        """A line of a process, or news about it."""
        colour = _COLOURS.get(name, "white")
        shown = Text.assemble((f"{name:>{_WIDTH}} ", colour), Text.from_ansi(text))
        if is_news:
            shown.stylize("bold", _WIDTH + 1)
        with self._lock:
            self._log.write(f"{datetime.now(UTC):%H:%M:%S} {shown.plain}\n")
            self._log.flush()
            if not is_quiet:
                self._out.print(shown, highlight=False)

    def say(self, text: str) -> None:
        """A line of our own."""
        self.line("vouch", text, is_news=True)


def _addresses(wanted: Wanted) -> Addresses:
    return Addresses(
        web=ports.claimed("--port", wanted.port),
        receiver=ports.claimed("--receiver-port", wanted.receiver_port),
        sandbox=(
            ports.claimed("--sandbox-port", wanted.sandbox_port)
            if not wanted.no_sandbox and _reads_a_sandbox_of_ours()
            else None
        ),
    )


def _reads_a_sandbox_of_ours() -> bool:
    """Whether any account is pointed at ``VOUCH_SANDBOX_URL``, and nobody has set that."""
    if "VOUCH_SANDBOX_URL" in os.environ:
        return False
    pointed = settings.load({**os.environ, "VOUCH_SANDBOX_URL": _PLACE})
    return any(_PLACE in repr(account.settings) for account in pointed.accounts)


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """One ``vouch dev`` per home: two daemons over one history would start runs twice."""
    lock = FileLock(state / "dev.lock")
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise home.HomeBusy(
            f"a `vouch dev` is already at work over {state}. End it, or set VOUCH_HOME to another"
            " folder."
        ) from error
    except OSError as error:
        raise home.HomeUnusable(
            f"VOUCH_HOME {state} cannot be written ({error.strerror}). Make it writable, or set"
            " VOUCH_HOME to a folder that is."
        ) from error
    try:
        yield
    finally:
        lock.release()
