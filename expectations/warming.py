"""Great Expectations, imported late: it takes 4 to 10 seconds and 250 MB."""

import importlib
import os
import threading
from types import ModuleType


def great_expectations() -> ModuleType:
    """The library, with its telemetry off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    return importlib.import_module("great_expectations")


def warm() -> threading.Thread:
    """Import the library in a thread, so that it is there when the gate starts."""
    thread = threading.Thread(target=great_expectations, name="warm-gate", daemon=True)
    thread.start()
    return thread
