"""The processes that make up Vouch on one machine, and how each says that it is ready.

How they are kept running: ``supervision.py``. The deployed form (``deploy/``) has the same ones.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from orchestration import ports
from orchestration.settings import REPOSITORY, Settings
from orchestration.supervision import Process
from orchestration.worker import address
from publication.places import Places

LOCATION = "orchestration.definitions"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Ports, ``sandbox`` None when there is none of ours; only ``web`` may be on another host."""

    web: int
    receiver: int
    sandbox: int | None
    host: str = ports.LOOPBACK

    @staticmethod
    def url(port: int) -> str:
        """A port as an address to type."""
        return f"http://{ports.LOOPBACK}:{port}"


def environment(settings: Settings, addresses: Addresses, dagster_home: Path) -> dict[str, str]:
    """What all of them get: one home, one file of settings, one sandbox."""
    given = {
        **os.environ,
        "DAGSTER_HOME": str(dagster_home),
        "VOUCH_HOME": str(settings.home),
        "VOUCH_CONFIG": str(settings.config),
        "PYTHONUNBUFFERED": "1",
    }
    if addresses.sandbox is not None:
        given["VOUCH_SANDBOX_URL"] = Addresses.url(addresses.sandbox)
    return given


def processes(
    settings: Settings, addresses: Addresses, dagster_home: Path, sockets: Path
) -> list[Process]:
    """All of them, in the order they are started in.

    ``sockets`` is a folder with a short name that is only ours: the code server listens there,
    and a socket's name may have 107 bytes at most.
    """
    given = environment(settings, addresses, dagster_home)

    def process(
        name: str,
        command: list[str],
        is_ready: Callable[[], bool],
        *after: str,
        is_quiet: bool = False,
    ) -> Process:
        started = [sys.executable, *command]
        return Process(name, started, given, REPOSITORY, is_ready, after, is_quiet)

    code = sockets / "code"
    workspace = _workspace(sockets, code)
    level = ["--log-level", "warning"]
    found = [
        process(
            "code",
            ["-m", "dagster", "api", "grpc", "-m", LOCATION, "--socket", str(code), *level],
            partial(ports.listens, str(code)),
            # dbt's lines and each run's: vouch watch and the web interface show runs better.
            is_quiet=True,
        ),
        process(
            "worker",
            ["-m", "orchestration", "worker"],
            partial(address.is_there, settings.home),
        ),
        process(
            "receiver",
            ["-m", "orchestration", "receive", "--port", str(addresses.receiver)],
            partial(_serves, f"{Addresses.url(addresses.receiver)}/health"),
        ),
        process(
            "daemon",
            ["-m", "dagster._daemon", "run", "-w", str(workspace), *level],
            lambda: True,
            "code",
        ),
        process(
            "web",
            # Its own --log-level is uvicorn's.
            [
                *("-m", "dagster_webserver", "-h", addresses.host, "-p", str(addresses.web)),
                *("-w", str(workspace), "--dagster-log-level", "warning", *level),
            ],
            partial(_serves, f"{Addresses.url(addresses.web)}/server_info"),
            "code",
        ),
    ]
    if addresses.sandbox is not None:
        receiver = ["--receiver", Addresses.url(addresses.receiver)]
        # The first release first: what happens before it would be pulled with the rest.
        released = ["--begin-with", str(Places(settings.home).pointer)]
        live = process(
            "sandbox",
            ["-m", "sandbox", "--live", "--port", str(addresses.sandbox), *receiver, *released],
            partial(ports.answers, addresses.sandbox),
        )
        found.insert(0, live)
    return found


def _workspace(folder: Path, socket: Path) -> Path:
    """Where web interface and daemon find the code: one server for both."""
    path = folder / "workspace.yaml"
    # JSON is YAML.
    location = {"grpc_server": {"socket": str(socket), "location_name": LOCATION}}
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({"load_from": [location]}), encoding="utf-8")
    # Parts that start at the same time write the same, and none reads half of it.
    fresh.replace(path)
    return path


def _serves(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, OSError):
        return False
