"""Generated agencies as tenants of one landing: what a pull of each would land, without HTTP.

Tests and benchmarks need hundreds of agencies in one warehouse; a server each would take hours.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.envelope import ENVELOPE, Delivery, Record, records_table
from sandbox.agency import AgencyPlan, generate
from sandbox.agency.generate import Records
from sandbox.protocol import fields
from sandbox.protocol.bullhorn_rest import ENTITIES
from sandbox.protocol.xero import LISTS


class Entity(Protocol):
    """What is needed of an ingestion entity; the vendors themselves are the caller's to know."""

    @property
    def name(self) -> str:
        """Landing entity."""

    @property
    def pages(self) -> Callable[[Any, datetime | None], Iterator[list[bytes]]]:
        """Asks the client for everything."""

    @property
    def identify(self) -> Callable[[bytes], Record]:
        """Reads id, version and operation out of a record."""


@dataclass(frozen=True)
class Tenant:
    """One agency of a shared landing; ``tag`` sets its ids and sources apart from others'."""

    tag: str
    plan: AgencyPlan

    @property
    def id(self) -> str:
        """``seed-007``."""
        return f"seed-{self.tag}"

    def source(self, vendor: str) -> str:
        """``bullhorn-007``: accounts of two tenants must not share the ids of their records."""
        return f"{vendor}-{self.tag}"

    def records(self) -> Records:
        """What its vendors hold, by vendor and landing entity."""
        return generate(self.plan).records


def by_seed(plan: AgencyPlan) -> Tenant:
    """The tenant named for its plan's seed."""
    return Tenant(f"{plan.seed:03d}", plan)


def land(
    landing_root: Path,
    vendors: Mapping[str, Sequence[Entity]],
    tenants: Iterable[Tenant],
    received_at: datetime = datetime(2026, 11, 1, 5, tzinfo=UTC),
) -> int:
    """Write every tenant's agency into one complete load per vendor; the records landed.

    Raises:
        msgspec.ValidationError: a generated record that ingestion would reject.
    """
    load_id = f"{received_at.timestamp():.1f}"
    landed = 0
    writers: dict[tuple[str, str], pq.ParquetWriter] = {}
    for tenant in tenants:
        answers = _Answers(tenant.records())
        for vendor, entities in vendors.items():
            for entity in entities:
                delivery = Delivery(
                    tenant.id, tenant.source(vendor), entity.name, received_at, load_id, "pull"
                )
                table = _delivered(entity, answers, delivery)
                place = (vendor, entity.name)
                if place not in writers:
                    writers[place] = _writer(landing_root, place, load_id)
                writers[place].write_table(table)
                landed += table.num_rows
    for writer in writers.values():
        writer.close()
    for vendor in vendors:
        _mark_complete(landing_root, vendor, load_id)
    return landed


def _delivered(entity: Entity, answers: "_Answers", delivery: Delivery) -> pa.Table:
    records = [entity.identify(payload) for page in entity.pages(answers, None) for payload in page]
    return records_table(records, delivery)


def _writer(root: Path, place: tuple[str, str], load_id: str) -> pq.ParquetWriter:
    folder = root.joinpath(*place)
    folder.mkdir(parents=True, exist_ok=True)
    return pq.ParquetWriter(folder / f"{load_id}.tenants.parquet", ENVELOPE, compression="zstd")


def _mark_complete(root: Path, vendor: str, load_id: str) -> None:
    """dlt's own marker: from here on readers of landing see the load."""
    folder = root / vendor / "_dlt_loads"
    folder.mkdir(parents=True, exist_ok=True)
    marker = {"load_id": load_id, "schema_name": vendor, "status": 0}
    path = folder / f"{vendor}__{load_id}.jsonl"
    path.write_text(json.dumps(marker) + "\n", encoding="utf-8")


class _Answers:
    """What the vendors' servers would answer to one agency's pull, everything in one page."""

    def __init__(self, records: Mapping[tuple[str, str], list[dict[str, Any]]]) -> None:
        self._records = records

    def paginate(
        self, path: str, params: Mapping[str, Any] | None = None, **paging: Any
    ) -> Iterator[list[bytes]]:
        """Stands in for dlt's client; filters and paginators have nothing to do here."""
        kind, _, name = path.partition("/")
        if kind in ("search", "query"):
            yield self._bullhorn(name, str((params or {})["fields"]), kind == "search")
        elif kind == "forms":
            yield self._typeform(name)
        else:
            yield _encoded(self._records["xero", LISTS[path][0]])

    def _bullhorn(self, name: str, asked: str, is_search: bool) -> list[bytes]:
        selection = fields.parse(asked)
        extra = b'"_score":1.0' if is_search else b""
        rows = _encoded(self._records["bullhorn", ENTITIES[name]])
        return [fields.cut(row, selection, extra) for row in rows]

    def _typeform(self, name: str) -> list[bytes]:
        forms = self._records["typeform", "forms"]
        form, _, answered = name.partition("/")
        if not answered:
            return _encoded(one for one in forms if form in ("", one["id"]))
        responses = self._records["typeform", "responses"]
        return _encoded(one["response"] for one in responses if one["form_id"] == form)


def _encoded(rows: Iterable[Mapping[str, Any]]) -> list[bytes]:
    return [msgspec.json.encode(row) for row in rows]
