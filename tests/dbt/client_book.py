"""The client models on a hand-made book of invoices, in memory. dbt compiles them, once."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from dbt.cli.main import dbtRunner
from warehouse import PROJECT

AS_OF = date(2026, 1, 1)
FIRST_YEAR = 2023
CHAIN = (
    "client_lives",
    "client_opinions",
    "fct_client_months",
    "client_cohorts",
    "metric_client_retention",
    "new_business_windows",
    "earned_growth_windows",
    "metric_earned_growth",
)
INPUTS = {
    "marts.dim_companies": "tenant_id varchar, company_id varchar, top_company_id varchar",
    "marts.fct_revenue": """tenant_id varchar, company_id varchar, document_id varchar,
        document_type varchar, document_date date, document_month date,
        reporting_amount decimal(18, 4), is_unconverted boolean""",
    "marts.fct_placements": """tenant_id varchar, company_id varchar, is_started boolean,
        start_date date, start_month date""",
    "marts.fct_attribution": """tenant_id varchar, company_id varchar, subject_kind varchar,
        attribution_model varchar, credit decimal(18, 12), channel varchar, is_referral boolean,
        is_referral_unknown boolean""",
    "marts.fct_survey_responses": """tenant_id varchar, company_id varchar, response_id varchar,
        form_id varchar, respondent_key varchar, audience varchar, survey_kind varchar,
        band varchar, submitted_month date, submitted_date date, submitted_at timestamp""",
    "intermediate.int_survey_responses": """tenant_id varchar, company_id varchar,
        response_id varchar, respondent_key varchar, respondent_kind varchar,
        survey_kind varchar, is_nps_scale boolean, score int, rating_understood_needs int,
        submitted_at timestamp""",
    "intermediate.period_months": """tenant_id varchar, period varchar, period_start date,
        period_end date, month_start date, is_finished boolean""",
}


@dataclass(frozen=True)
class Line:
    """A posted line: months are counted from January of FIRST_YEAR, which is 0."""

    client: str
    month: int
    amount: int
    is_invoice: bool = True
    tenant: str = "t"


def compiled(folder: Path, suppression_k: int) -> dict[str, str]:
    """The SQL of the client models by name, in the order in which they are built."""
    target = folder / "target"
    done = dbtRunner().invoke(
        [
            *("compile", "--quiet", "-s", *CHAIN, "--no-introspect", "--no-partial-parse"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(target), "--log-path", str(target), "--vars"),
            json.dumps({"as_of_date": AS_OF.isoformat(), "suppression_k": suppression_k}),
        ]
    )
    if done.exception is not None:
        raise done.exception
    models = target / "compiled" / "vouch" / "models" / "marts" / "clients"
    return {name: (models / f"{name}.sql").read_text() for name in CHAIN}


def month_start(month: int) -> date:
    """First day of a month that is counted from January of FIRST_YEAR."""
    return date(FIRST_YEAR + month // 12, month % 12 + 1, 1)


class Book:
    """The built marts over some lines; ``parents`` maps a company to its top company."""

    def __init__(
        self,
        models: dict[str, str],
        lines: list[Line],
        parents: dict[str, str] | None = None,
        referred: tuple[str, ...] = (),
        scores: tuple[tuple[str, int, int], ...] = (),
        periods: tuple[tuple[Any, ...], ...] = (),
    ) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'; attach ':memory:' as agency; use agency")
        self.connection.execute("create schema marts; create schema intermediate")
        for table, columns in INPUTS.items():
            self.connection.execute(f"create table {table} ({columns})")
        tops = {line.client: (line.tenant, line.client) for line in lines}
        for company, top in (parents or {}).items():
            tops[company] = (tops[company][0], top)
        self._fill("marts.dim_companies", [(t, name, top) for name, (t, top) in tops.items()])
        self._fill("marts.fct_revenue", [_revenue(n, line) for n, line in enumerate(lines)])
        self._fill("marts.fct_attribution", [_credit(tops[c][0], c) for c in referred])
        self._fill(
            "intermediate.int_survey_responses",
            [_answer(n, tops[c][0], c, month, score) for n, (c, month, score) in enumerate(scores)],
        )
        self._fill("intermediate.period_months", list(periods))
        for name, sql in models.items():
            schema = "marts" if name.startswith(("fct_", "metric_")) else "intermediate"
            self.connection.execute(f"create table {schema}.{name} as {sql}")

    def _fill(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            holes = f"({','.join('?' * len(rows[0]))})"
            values = ",".join([holes] * len(rows))
            flat = [value for row in rows for value in row]
            self.connection.execute(f"insert into {table} values {values}", flat)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a query; the connection stays open."""
        return self.connection.execute(query).fetchall()

    def retention(self, cut_by: str = "all") -> list[tuple[Any, ...]]:
        """(tenant, metric, period_start, cut, value, ci_low, ci_high, n), in order."""
        return self.rows(
            "select tenant_id, metric, period_start, cut, value, ci_low, ci_high, n"
            f" from marts.metric_client_retention where cut_by = '{cut_by}' order by all"
        )


def _revenue(number: int, line: Line) -> tuple[Any, ...]:
    kind = "invoice" if line.is_invoice else "credit_note"
    day = month_start(line.month)
    return (line.tenant, line.client, str(number), kind, day, day, line.amount, False)


def _credit(tenant: str, company: str) -> tuple[Any, ...]:
    return (tenant, company, "client", "referral_first", 1, "referral", True, False)


def _answer(number: int, tenant: str, company: str, month: int, score: int) -> tuple[Any, ...]:
    kinds = ("client", "relationship", True, score, None)
    return (tenant, company, str(number), str(number), *kinds, month_start(month))
