"""``vouch serve PART``: one of the long-lived processes, as services run them.

The receiver has a command of its own; ``vouch dev`` keeps all of them running at once.
"""

import os
from pathlib import Path

from orchestration.parts import Part
from orchestration.processes import Addresses, processes
from orchestration.run import dagster_home
from orchestration.settings import Settings, SettingsError

# What the operating system allows a socket's name, less the longest name of ours.
_LONGEST_FOLDER = 107 - len("/worker")


def serve(settings: Settings, part: Part, host: str, port: int, sockets: Path | None) -> None:
    """Become the part.

    Args:
        settings: of the home that all parts share.
        part: which.
        host: address of the web interface; the others listen on no network.
        port: of the web interface.
        sockets: folder by which the parts find each other; ``VOUCH_HOME/run`` unless said.

    Raises:
        SettingsError: the folder's name is too long for a socket in it.
    """
    folder = (sockets or settings.home / "run").absolute()
    if len(os.fsencode(folder)) > _LONGEST_FOLDER:
        raise SettingsError(
            f"{folder} is too long a name for a socket in it (at most {_LONGEST_FOLDER} bytes);"
            " give a shorter one with --sockets, the same to all parts"
        )
    folder.mkdir(parents=True, exist_ok=True)
    home = dagster_home(settings.home, settings.dagster_instance)
    addresses = Addresses(web=port, receiver=settings.receiver.port, sandbox=None, host=host)
    (found,) = (
        process
        for process in processes(settings, addresses, home, folder)
        if process.name == part.value
    )
    os.chdir(found.folder)
    os.execve(found.command[0], list(found.command), dict(found.environment))
