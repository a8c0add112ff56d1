"""A model's SQL without dbt, for properties that need hundreds of small runs on DuckDB."""

from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

PROJECT = Path(__file__).parents[2] / "dbt_project"
MODELS = PROJECT / "models"
# The macros that the survey models call.
MACROS = (
    "intervals",
    "metric_dates",
    "metric_intervals",
    "metric_note",
    "survey_figure",
    "surveys",
    "times",
)
DRIVERS = (
    "communication",
    "salary_transparency",
    "feedback_quality",
    "speed",
    "role_fit",
    "understood_needs",
)


class _DuckDB:
    @staticmethod
    @pass_context
    def dispatch(context: Context, name: str) -> Any:
        """The macro's implementation for DuckDB."""
        return context.vars[f"duckdb__{name}"]


@cache
def rendered(model: str, as_of_date: str = "2026-06-30") -> str:
    """The SQL of a model; ``ref`` is the bare name of a table."""
    (path,) = MODELS.glob(f"**/{model}.sql")
    macros = [(PROJECT / "macros" / f"{name}.sql").read_text() for name in MACROS]
    variables = {"as_of_date": as_of_date, "suppression_k": 5, "agency_timezone": "UTC"}
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=False)
    template = environment.from_string("\n".join([*macros, path.read_text()]))
    return template.render(
        adapter=_DuckDB,
        ref=lambda name: name,
        var=lambda name, default=None: variables.get(name, default),
        driver_refs=lambda: list(DRIVERS),
    )


def build(connection: duckdb.DuckDBPyConnection, *models: str) -> None:
    """Make each model a table, in this order."""
    for model in models:
        connection.execute(f"create or replace table {model} as {rendered(model)}")
