"""Where the ``vouch`` command prints, and the options that several of its commands have."""

import sys
from typing import Annotated

import typer
from rich.console import Console

# Piped into a file there is no width to fit into; 80 columns would cut ids off.
_WIDTH = 160
out = Console(soft_wrap=True, width=None if sys.stdout.isatty() else _WIDTH)
err = Console(stderr=True, soft_wrap=True, width=None if sys.stderr.isatty() else _WIDTH)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait while another run holds VOUCH_HOME.")]
