"""The headline figures of a release, for the end of a run and for people in a hurry."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from publication.declared import evidence_from_json
from publication.releases import Release, current
from publication.rows import Row
from publication.unmapped import Unmapped, read_unmapped

# Over all time and all channels, where a figure has that, else its newest 12 months; every
# survey population on its own, they are never pooled.
_NEWEST = (
    "period_start = (select max(period_start) from marts.{0} as newest"
    " where newest.metric = {0}.metric and value is not null)"
)
HEADLINES = {
    "metric_nps": "metric = 'nps' and period = 'all' and cut_by = 'all'",
    "metric_cost_per_hire": (
        "metric in ('cost_per_hire_external_gross', 'cost_per_hire_gross', 'cost_per_hire_net',"
        " 'cost_per_hire_difference') and period = 'all' and channel = 'all'"
        " and basis = 'fully_loaded' and timing = 'same_month'"
    ),
    "metric_referral_share": "period = 'all' and attribution_model = 'referral_first'",
    "metric_placement_retention": (
        "metric = 'retention_365d' and period = 'all' and adjustment = 'crude'"
        " and cut_by in ('all', 'referral_status') and (value is not null or is_suppressed)"
    ),
    "metric_advocacy": "metric = 'advocacy_coefficient' and period = 'all' and cut_by = 'all'",
    "metric_client_retention": (
        "metric in ('logo_retention', 'nrr', 'grr') and cut_by = 'all' and "
        + _NEWEST.format("metric_client_retention")
    ),
    "metric_earned_growth": (
        "metric = 'earned_growth_rate' and " + _NEWEST.format("metric_earned_growth")
    ),
}
SHARED = ("metric", "value", "numerator", "denominator", "ci_low", "ci_high", "n")
NOT_DIMENSIONS = (*SHARED, "tenant_id", "period", "period_start", "is_suppressed", "note")


@dataclass(frozen=True, slots=True)
class Figure:
    """One published figure with its count and uncertainty; ``value`` is None if suppressed."""

    metric: str
    dimensions: Mapping[str, str]
    value: float | None
    numerator: float | None
    denominator: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    is_suppressed: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim over all time, crude: side a less side b, and what may be said of it."""

    text: str
    side_a: str
    side_b: str
    unit: str
    estimate: float | None
    ci_low: float | None
    ci_high: float | None
    n_a: int | None
    n_b: int | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a release says, and how many rows each mart has."""

    release: Release
    figures: tuple[Figure, ...]
    claims: tuple[Claim, ...]
    rows: Mapping[str, int]
    unmapped: tuple[Unmapped, ...] = ()


def summary(home: Path, release: Release | None = None) -> Summary:
    """A release's headlines, the current one's unless said. Raises ``NoCurrentRelease``."""
    release = release or current(home)
    manifest = release.manifest()
    marts = {mart["name"]: tuple(mart["grain"]) for mart in manifest["marts"]}
    figures: list[Figure] = []
    with duckdb.connect(str(release.database), read_only=True) as connection:
        for mart, where in HEADLINES.items():
            if mart in marts:
                figures += _figures(connection, mart, marts[mart], where)
        claims = _claims(connection) if "fct_claims" in marts else ()
    rows = {name: manifest["rows"][f"{name}.parquet"] for name in sorted(marts)}
    models = evidence_from_json(manifest["evidence"])
    lists = {model.name: model.unmapped for model in models if model.unmapped}
    return Summary(release, tuple(figures), claims, rows, read_unmapped(release.folder, lists))


def _figures(
    connection: duckdb.DuckDBPyConnection, mart: str, grain: tuple[str, ...], where: str
) -> list[Figure]:
    try:
        cursor = connection.execute(f"select * from marts.{mart} where {where} order by all")
    except duckdb.BinderException:
        # A release that was made before the mart had these columns, and is current again.
        return []
    names = [column[0] for column in cursor.description or ()]
    rows: list[Row] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    dimensions = [column for column in grain if column not in NOT_DIMENSIONS]
    return [
        Figure(
            dimensions={column: str(row[column]) for column in dimensions},
            is_suppressed=row["is_suppressed"],
            note=row["note"],
            **{name: row[name] for name in SHARED},
        )
        for row in rows
    ]


def _claims(connection: duckdb.DuckDBPyConnection) -> tuple[Claim, ...]:
    rows = connection.execute(
        "select claim_text, side_a, side_b, unit, estimate, ci_low, ci_high, n_a, n_b, verdict"
        " from marts.fct_claims where period = 'all' and adjustment = 'crude'"
        " order by claim, measure"
    ).fetchall()
    return tuple(Claim(*row) for row in rows)
