"""Marts and evidence as stored in a candidate's or release's JSON, read back."""

from collections.abc import Mapping, Sequence
from typing import Any

from publication import unmapped
from publication.marts import Column, EvidenceModel, ExplainStep, PublicMart
from publication.suppression_rule import rule_from_json


def marts_from_json(documents: Sequence[Mapping[str, Any]]) -> tuple[PublicMart, ...]:
    """The inverse of ``asdict`` on each mart."""
    return tuple(
        PublicMart(
            name=document["name"],
            relation=document["relation"],
            grain=tuple(document["grain"]),
            columns=tuple(Column(**column) for column in document["columns"]),
            explain=_steps(document["explain"]),
            description=document["description"],
            suppression=rule_from_json(document.get("suppression")),
        )
        for document in documents
    )


def evidence_from_json(documents: Sequence[Mapping[str, Any]]) -> tuple[EvidenceModel, ...]:
    """The inverse of ``asdict`` on each evidence model."""
    return tuple(
        EvidenceModel(
            document["name"],
            document["relation"],
            _steps(document["explain"]),
            unmapped.rule_from_json(document.get("unmapped")),
        )
        for document in documents
    )


def _steps(documents: Sequence[Mapping[str, Any]]) -> tuple[ExplainStep, ...]:
    return tuple(
        ExplainStep(
            model=step["model"],
            mart_key=tuple(step["mart_key"]),
            model_key=tuple(step["model_key"]),
            model_date=step["model_date"],
        )
        for step in documents
    )
