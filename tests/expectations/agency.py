"""A tiny agency as its warehouse, dbt manifest and landing files: what gate and releases read."""

import copy
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from expectations import DbtResult, LandingFile

AS_OF = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PERSON = "0123456789abcdef0123456789abcdef"
TEST = "test.vouch.unique_placement_id"

SOURCED = "'t' as tenant_id, 'bullhorn' as source_relation"
METRIC = """'t' as tenant_id, 'all' as period, date '2026-01-01' as period_start,
    {value}::double as value, {num}::double as numerator, {den}::double as denominator,
    {low}::double as ci_low, {high}::double as ci_high, {n}::bigint as n,
    false as is_suppressed, null::varchar as note"""

# What is withheld of a mart where the gate's rules of small groups are tried.
SUPPRESSION: dict[str, dict[str, Any]] = {
    "metric_nps": {
        "series": ["metric"],
        "cut": ["cut_by", "cut"],
        "people": "n",
        "figures": ["value", "numerator", "denominator", "ci_low", "ci_high"],
    },
    "fct_claims": {
        "series": ["claim", "measure"],
        "cut": [],
        "people": "n",
        "figures": ["verdict", "estimate", "ci_low", "ci_high"],
        "counts": ["n_a", "n_b"],
    },
}

# Name: (grain, explain, query). Columns are those of the real marts that the rules name.
MARTS: dict[str, tuple[list[str], list[dict[str, Any]], str]] = {
    "dim_people": (
        ["person_id"],
        [],
        f"select '{PERSON}' as person_id, 't' as tenant_id",
    ),
    "dim_companies": (["company_id"], [], "select 'c1' as company_id, 'Acme' as company_name"),
    "dim_channels": (["channel"], [], "select 'referral' as channel"),
    "fct_placements": (
        ["placement_id"],
        [
            {
                "model": "int_placements",
                "mart_key": ["placement_id"],
                "model_key": ["placement_id"],
            },
            {"model": "fct_revenue", "mart_key": ["placement_id"], "model_key": ["placement_id"]},
        ],
        f"""select 'bullhorn:1' as placement_id, 't' as tenant_id, '{PERSON}' as person_id,
            true as is_started, false as is_falloff, 50 as retention_days,
            'bullhorn:7' as job_id, 'bullhorn:70' as company_id, 'approved' as status,
            1000.0000::decimal(18, 4) as gross_fee_amount,
            -100.0000::decimal(18, 4) as deducted_amount,
            900.0000::decimal(18, 4) as net_fee_amount,
            date '2026-01-10' as start_date, date '2026-04-10' as guarantee_end_date""",
    ),
    "fct_revenue": (
        ["revenue_line_id"],
        [
            {
                "model": "int_invoice_lines",
                "mart_key": ["revenue_line_id"],
                "model_key": ["invoice_line_id"],
            }
        ],
        """select * from (values
            ('xero:i1:1', 'xero:i1', 'c1', 'bullhorn:1', 'invoice', 'GBP', 'GBP',
                1000.0000::decimal(18, 4), 1000.0000::decimal(18, 4), false, date '2026-01-20'),
            ('xero:c1:1', 'xero:c1', 'c1', 'bullhorn:1', 'credit_note', 'GBP', 'GBP',
                -100.0000::decimal(18, 4), -100.0000::decimal(18, 4), false, date '2026-02-20')
        ) as t(revenue_line_id, document_id, company_id, placement_id, document_type,
            currency, reporting_currency, amount, reporting_amount, is_unconverted,
            document_date)""",
    ),
    "fct_costs": (
        ["cost_line_id", "channel"],
        [
            {
                "model": "int_vendor_costs",
                "mart_key": ["cost_line_id"],
                "model_key": ["vendor_cost_id"],
            }
        ],
        """select 'xero:b1:1' as cost_line_id, 'referral' as channel, 'bill' as document_type,
            'job_boards' as cost_category, 'GBP' as currency, 'GBP' as reporting_currency,
            250.0000::decimal(18, 4) as line_amount, 250.0000::decimal(18, 4) as amount,
            250.0000::decimal(18, 4) as reporting_amount, false as is_unconverted,
            date '2026-01-05' as document_date""",
    ),
    "fct_survey_responses": (
        ["response_id"],
        [
            {
                "model": "int_survey_responses",
                "mart_key": ["response_id"],
                "model_key": ["response_id"],
            }
        ],
        f"""select 'typeform:r' || i as response_id, 't' as tenant_id,
            'typeform:f' as form_id, '{PERSON}' as person_id, false as is_shared_mailbox,
            'promoter' as band, 10 as score, date '2026-01-15' as submitted_date,
            timestamp '2026-01-15 10:00:00' as submitted_at
            from range(1, 7) as t(i)""",
    ),
    "fct_touchpoints": (
        ["touchpoint_id"],
        [],
        f"""select 'p:1' as touchpoint_id, 'referral' as channel,
            '{PERSON}' as referrer_person_id, timestamp '2026-01-01 10:00:00' as touched_at""",
    ),
    "fct_attribution": (
        ["attribution_model", "conversion_id", "touchpoint_id"],
        [],
        f"""select model as attribution_model, 'placement:1' as conversion_id,
            'p:1' as touchpoint_id, '{PERSON}' as referrer_person_id,
            1.0::decimal(18, 12) as credit, 900.0000::decimal(18, 4) as credited_revenue,
            date '2026-01-10' as converted_date
            from (values ('linear'), ('referral_first')) as t(model)""",
    ),
    "metric_nps": (
        ["tenant_id", "metric", "period", "period_start", "cut_by", "cut"],
        [
            {
                "model": "fct_survey_responses",
                "mart_key": ["tenant_id"],
                "model_key": ["tenant_id"],
                "model_date": "submitted_date",
            }
        ],
        "select 'nps' as metric, 'all' as cut_by, 'all' as cut, "
        + METRIC.format(value=100, num=6, den=6, low=40, high=100, n=6),
    ),
    "metric_drivers": (
        ["tenant_id", "metric", "period", "period_start", "driver"],
        [],
        "select 'driver_rating' as metric, 'speed' as driver, "
        + METRIC.format(value=4, num=24, den=6, low=3.5, high=4.5, n=6),
    ),
    "metric_cost_per_hire": (
        ["tenant_id", "metric", "period", "period_start", "channel", "basis", "timing"],
        [],
        "select 'cost_per_hire_external_gross' as metric, 'all' as channel, "
        "'fully_loaded' as basis, 'same_month' as timing, "
        + METRIC.format(value=250, num=250, den=1, low="null", high="null", n=1),
    ),
    "metric_referral_share": (
        ["tenant_id", "metric", "period", "period_start", "attribution_model"],
        [],
        "select 'referral_share' as metric, 'referral_first' as attribution_model, "
        + METRIC.format(value=0.5, num=3, den=6, low=0.2, high=0.8, n=6),
    ),
    "fct_claims": (
        ["tenant_id", "claim", "measure", "period", "period_start", "adjustment"],
        [],
        """select 't' as tenant_id, claim, claim as measure, 'all' as period,
            date '2026-01-01' as period_start, 'crude' as adjustment, claim_text,
            'higher' as direction, 'referred' as side_a, 'not referred' as side_b,
            'days' as unit, verdict, estimate, ci_low, ci_high, null::double as value_a,
            null::double as value_b, n_a + n_b as n, n_a, n_b, is_suppressed,
            null::varchar as note
            from (values
                ('stay', 'They stay', 'supported', 32.5::double, 2.5::double, 62.5::double,
                    40::bigint, 50::bigint, false),
                ('grow', 'They grow', 'suppressed', null, null, null, 4, 30, true)
            ) as t(claim, claim_text, verdict, estimate, ci_low, ci_high, n_a, n_b,
                is_suppressed)""",
    ),
}

# Name: (source entity, key column, record ids, further columns).
EVIDENCE: dict[str, str] = {
    "int_placements": "select 'bullhorn:1' as placement_id, 'bullhorn.placements' as entity, '1'",
    "int_invoice_lines": """select * from (values
        ('xero:i1:1', 'xero.invoices', 'i1'), ('xero:c1:1', 'xero.credit_notes', 'c1'))""",
    "int_vendor_costs": "select 'xero:b1:1', 'xero.invoices', 'b1'",
    "int_survey_responses": """select 'typeform:r' || i, 'typeform.responses', 'r' || i
        from range(1, 7) as t(i)""",
}
KEYS = {
    "int_placements": "placement_id",
    "int_invoice_lines": "invoice_line_id",
    "int_vendor_costs": "vendor_cost_id",
    "int_survey_responses": "response_id",
}

PAYLOADS: dict[tuple[str, str], dict[str, dict[str, Any]]] = {
    ("bullhorn", "placements"): {"1": {"id": 1, "status": "Approved"}},
    ("xero", "invoices"): {
        "i1": {"Type": "ACCREC", "Status": "PAID", "CurrencyCode": "GBP", "SubTotal": 1000.00},
        "b1": {"Type": "ACCPAY", "Status": "AUTHORISED", "CurrencyCode": "GBP", "SubTotal": 250},
        "d1": {"Type": "ACCREC", "Status": "DRAFT", "CurrencyCode": "GBP", "SubTotal": 999},
    },
    ("xero", "credit_notes"): {
        "c1": {"Type": "ACCRECCREDIT", "Status": "PAID", "CurrencyCode": "GBP", "SubTotal": 100},
    },
    ("typeform", "responses"): {
        f"r{i}": {
            "form_id": "f",
            "response": {"answers": [{"number": 10, "field": {"id": "q", "type": "nps"}}]},
        }
        for i in range(1, 7)
    },
}


@dataclass(frozen=True)
class Agency:
    """Where the tiny agency lies, and what dbt says of it."""

    home: Path
    warehouse: Path
    manifest: Mapping[str, Any]
    results: tuple[DbtResult, ...]
    landing: tuple[LandingFile, ...]

    def change(self, *statements: str) -> None:
        """Run SQL in the warehouse, as a build with other data would."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for statement in statements:
                connection.execute(statement)


def found(root: Path) -> Agency:
    """Create the agency below ``root``."""
    landing = tuple(_land(root, vendor, entity) for vendor, entity in PAYLOADS)
    warehouse = root / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema marts; create schema intermediate")
        for mart, (_, _, query) in MARTS.items():
            connection.execute(f"create table marts.{mart} as {query}")
        for model in EVIDENCE:
            connection.execute(f"create table intermediate.{model} as {_evidence(model)}")
        connection.execute(
            "create table intermediate.int_rejected_records (source_relation varchar, "
            "source_entity varchar, source_record_id varchar, payload_sha256 varchar, "
            "reason varchar, stage varchar)"
        )
        connection.execute(
            "create table intermediate.int_unknown_values (source_relation varchar, "
            "source_entity varchar, source_record_id varchar, field varchar)"
        )
        connection.execute(
            "create table intermediate.survey_exclusions (tenant_id varchar, form_id varchar, "
            "reason varchar, answers bigint)"
        )
        connection.execute(
            "create table intermediate.uncounted_costs (vendor_cost_id varchar, "
            "currency varchar, amount decimal(18, 4))"
        )
        connection.execute("create table intermediate.int_record_accounting (landed bigint)")
        manifest = _manifest(connection)
    results = tuple(DbtResult(node, "success") for node in manifest["nodes"])
    return Agency(root, warehouse, manifest, results, landing)


def moved(agency: Agency, root: Path) -> Agency:
    """A copy below ``root`` that may be changed; founding one takes much longer."""
    shutil.copytree(agency.home, root, dirs_exist_ok=True)
    landing = tuple(
        replace(file, path=root / file.path.relative_to(agency.home)) for file in agency.landing
    )
    warehouse = root / agency.warehouse.name
    return replace(
        agency,
        home=root,
        warehouse=warehouse,
        manifest=copy.deepcopy(agency.manifest),
        landing=landing,
    )


def payload(vendor: str, entity: str, record: str) -> str:
    """One record's payload, verbatim."""
    return json.dumps(PAYLOADS[vendor, entity][record])


def sha256(text: str) -> str:
    """Hex hash of a payload."""
    return hashlib.sha256(text.encode()).hexdigest()


def _evidence(model: str) -> str:
    hashes = ", ".join(
        f"('{vendor}.{entity}', '{record}', '{sha256(payload(vendor, entity, record))}')"
        for (vendor, entity), records in PAYLOADS.items()
        for record in records
    )
    return f"""
        select 't' as tenant_id, rows.key as {KEYS[model]}, rows.entity as source_entity,
            split_part(rows.entity, '.', 1) as source_relation,
            rows.record as source_record_id, hashes.sha256 as payload_sha256,
            true as is_posted, 'GBP' as currency, 250.0000::decimal(18, 4) as amount
        from ({EVIDENCE[model]}) as rows(key, entity, record)
        join (values {hashes}) as hashes(entity, record, sha256) using (entity, record)
    """


def _land(root: Path, vendor: str, entity: str) -> LandingFile:
    path = root / "landing" / vendor / entity / "load1.0.parquet"
    path.parent.mkdir(parents=True)
    rows = ", ".join(
        f"('t', '{vendor}', '{entity}', '{record}', timestamptz '2026-01-01 00:00:00+00', "
        f"'upsert', '{payload(vendor, entity, record)}', "
        f"'{sha256(payload(vendor, entity, record))}', "
        "timestamptz '2026-02-01 00:00:00+00', 'load1', 'pull')"
        for record in PAYLOADS[vendor, entity]
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * from (values {rows}) as t(tenant_id, source, entity, record_id, "
            "version, op, payload, payload_sha256, received_at, load_id, via)) "
            f"to '{path}' (format parquet)"
        )
    return LandingFile(vendor, entity, path)


def _manifest(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    nodes: dict[str, Any] = {
        TEST: {"resource_type": "test", "name": "unique_placement_id", "config": {}}
    }
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name <> 'main'"
    ).fetchall()
    for schema, table in tables:
        columns = connection.execute(
            "select column_name, data_type from duckdb_columns() where table_name = $name",
            {"name": table},
        ).fetchall()
        grain, explain, _ = MARTS.get(table, ([], [], ""))
        meta: dict[str, Any] = {"grain": grain, "explain": explain}
        if table in SUPPRESSION:
            meta["suppression"] = SUPPRESSION[table]
        nodes[f"model.vouch.{table}"] = {
            "resource_type": "model",
            "name": table,
            "alias": table,
            "schema": schema,
            "access": "public" if table in MARTS else "protected",
            "config": {"materialized": "table", "meta": meta},
            "columns": {name: {"name": name, "data_type": kind} for name, kind in columns},
        }
    return {"nodes": nodes}
