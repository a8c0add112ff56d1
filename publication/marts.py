"""Public marts as dbt's manifest declares them: grain, columns, and how a row is explained."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from expectations.expected import public_mart_names
from publication.errors import MartDeclarationError
from publication.suppression_rule import SuppressionRule, suppression_rule
from publication.unmapped import UnmappedRule, unmapped_rule

# The gate reads these whether or not a mart names them.
ALWAYS_EVIDENCE = (
    *("int_rejected_records", "int_record_accounting", "int_unknown_values"),
    *("survey_exclusions", "uncounted_costs"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a mart, as its contract says."""

    name: str
    data_type: str
    description: str


@dataclass(frozen=True, slots=True)
class ExplainStep:
    """Rows of ``model`` whose ``model_key`` equals the mart row's ``mart_key``.

    ``model_date`` is the date column that puts a row into a metric row's period.
    """

    model: str
    mart_key: tuple[str, ...]
    model_key: tuple[str, ...]
    model_date: str | None = None


@dataclass(frozen=True, slots=True)
class PublicMart:
    """A mart that is released; ``relation`` is its quoted name in the warehouse."""

    name: str
    relation: str
    grain: tuple[str, ...]
    columns: tuple[Column, ...]
    explain: tuple[ExplainStep, ...]
    description: str
    suppression: SuppressionRule | None = None


@dataclass(frozen=True, slots=True)
class EvidenceModel:
    """A model that goes with a release: for ``explain``, or as a list of what is unmapped."""

    name: str
    relation: str
    explain: tuple[ExplainStep, ...]
    unmapped: UnmappedRule | None = None


def public_marts(manifest: Mapping[str, Any]) -> tuple[PublicMart, ...]:
    """The marts to release, by name. Raises ``MartDeclarationError`` when one has no grain."""
    nodes = _models(manifest)
    names = public_mart_names(manifest)
    if not names:
        raise MartDeclarationError("dbt's manifest has no model with access: public")
    return tuple(_mart(nodes[name]) for name in names)


def evidence_models(manifest: Mapping[str, Any]) -> tuple[EvidenceModel, ...]:
    """The ``int_`` models that the public marts' explanations lead to, transitively, and
    every list of what is unmapped.
    """
    nodes = _models(manifest)
    wanted = [name for name in ALWAYS_EVIDENCE if name in nodes]
    wanted += [name for name, node in nodes.items() if _meta(node).get("unmapped")]
    marts = public_marts(manifest)
    public = {mart.name for mart in marts}
    wanted += [step.model for mart in marts for step in mart.explain]
    found: dict[str, EvidenceModel] = {}
    while wanted:
        name = wanted.pop()
        if name in found or name in public:
            continue
        found[name] = _evidence(nodes, name)
        wanted += [step.model for step in found[name].explain]
    return tuple(found[name] for name in sorted(found))


def _models(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    nodes: Iterable[Mapping[str, Any]] = manifest["nodes"].values()
    return {node["name"]: node for node in nodes if node["resource_type"] == "model"}


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return node["config"].get("meta") or {}


def _mart(node: Mapping[str, Any]) -> PublicMart:
    meta = _meta(node)
    columns = tuple(
        Column(column["name"], column.get("data_type") or "", column.get("description") or "")
        for column in node["columns"].values()
    )
    grain = tuple(meta.get("grain") or ())
    unknown = sorted(set(grain) - {column.name for column in columns})
    if not grain or unknown:
        raise MartDeclarationError(
            f"{node['name']}: config.meta.grain must list its key columns"
            + (f"; {unknown} are not columns of it" if unknown else "")
        )
    steps = _steps(node)
    return PublicMart(
        node["name"],
        _relation(node),
        grain,
        columns,
        steps,
        node.get("description") or "",
        _suppression(node["name"], meta, {column.name for column in columns}),
    )


def _suppression(mart: str, meta: Mapping[str, Any], columns: set[str]) -> SuppressionRule | None:
    declared = meta.get("suppression")
    return None if declared is None else suppression_rule(mart, declared, columns)


def _evidence(nodes: Mapping[str, Mapping[str, Any]], name: str) -> EvidenceModel:
    node = nodes.get(name)
    if node is None:
        raise MartDeclarationError(f"meta.explain names the model {name}, which dbt does not have")
    if node["schema"] == "people":
        raise MartDeclarationError(
            f"meta.explain names {name}, which is in schema people; direct identifiers are "
            "never released"
        )
    declared = _meta(node).get("unmapped")
    unmapped = unmapped_rule(name, declared, set(node["columns"])) if declared else None
    return EvidenceModel(name, _relation(node), _steps(node), unmapped)


def _steps(node: Mapping[str, Any]) -> tuple[ExplainStep, ...]:
    meta = _meta(node)
    steps = []
    for entry in meta.get("explain") or ():
        step = ExplainStep(
            model=entry["model"],
            mart_key=tuple(entry["mart_key"]),
            model_key=tuple(entry["model_key"]),
            model_date=entry.get("model_date"),
        )
        if len(step.mart_key) != len(step.model_key):
            raise MartDeclarationError(
                f"{node['name']}: meta.explain of {step.model} pairs {len(step.mart_key)} with "
                f"{len(step.model_key)} columns"
            )
        steps.append(step)
    return tuple(steps)


def _relation(node: Mapping[str, Any]) -> str:
    return f'"{node["schema"]}"."{node.get("alias") or node["name"]}"'
