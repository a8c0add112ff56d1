"""Macros of the dbt project as SQL text, rendered without dbt: for tests of arithmetic."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros"


def macro(file: str, name: str, *arguments: Any) -> str:
    """What a macro of a file that needs no other file expands to."""
    template = Environment(loader=FileSystemLoader(MACROS)).get_template(file)
    return str(getattr(template.module, name)(*arguments))
