"""How a metric mart says what of it may reveal people: ``config.meta.suppression``."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from publication.errors import MartDeclarationError

Revisions = Literal["held", "shown"]
WHOLE = "all"


@dataclass(frozen=True, slots=True)
class SuppressionRule:
    """One mart's declaration; every field but the last three must be given.

    ``series`` are the columns that tell one series from another, ``cut`` those that divide
    it (``all`` in each is the whole), ``people`` the column that counts whom a row rests
    on, ``figures`` what is withheld. ``counts`` are further columns that count people, such
    as promoters. Rows that differ only in ``shared`` rest on the same records and are
    withheld together. ``revisions: shown`` says that figures also move without anybody
    joining or leaving (late bills, passing time), so that such a move reveals nobody.
    """

    series: tuple[str, ...]
    cut: tuple[str, ...]
    people: str
    figures: tuple[str, ...]
    counts: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    revisions: Revisions = "held"

    @property
    def withheld(self) -> tuple[str, ...]:
        """The columns that a hidden row leaves empty."""
        return (*self.figures, *self.counts)


def suppression_rule(mart: str, meta: Mapping[str, Any], columns: set[str]) -> SuppressionRule:
    """The rule as declared. Raises ``MartDeclarationError`` when it cannot be applied."""
    known = {"series", "cut", "people", "figures", "counts", "shared", "revisions"}
    missing = {"series", "cut", "people", "figures"} - meta.keys()
    if missing or meta.keys() - known:
        raise MartDeclarationError(
            f"{mart}: config.meta.suppression needs series, cut, people and figures, and may "
            f"have counts, shared and revisions; {sorted(missing | (meta.keys() - known))} "
            "is missing or unknown"
        )
    rule = SuppressionRule(
        series=tuple(meta["series"]),
        cut=tuple(meta["cut"]),
        people=meta["people"],
        figures=tuple(meta["figures"]),
        counts=tuple(meta.get("counts") or ()),
        shared=tuple(meta.get("shared") or ()),
        revisions=meta.get("revisions", "held"),
    )
    named = {*rule.series, *rule.cut, *rule.withheld, *rule.shared, rule.people}
    unknown = sorted(({*named, "period", "period_start", "is_suppressed", "note"}) - columns)
    if unknown or rule.revisions not in ("held", "shown"):
        raise MartDeclarationError(
            f"{mart}: config.meta.suppression names {unknown or rule.revisions}, which the mart "
            "does not have"
        )
    return rule


def rule_from_json(document: Mapping[str, Any] | None) -> SuppressionRule | None:
    """The inverse of ``asdict``; None for a mart without one."""
    if document is None:
        return None
    return SuppressionRule(
        series=tuple(document["series"]),
        cut=tuple(document["cut"]),
        people=document["people"],
        figures=tuple(document["figures"]),
        counts=tuple(document["counts"]),
        shared=tuple(document["shared"]),
        revisions=document["revisions"],
    )
