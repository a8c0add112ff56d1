"""What commands print: text for people, one JSON document for programs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.tree import Tree

import publication
from expectations import VerdictUnreadable, read_verdict
from orchestration import in_words
from publication import Explanation, Release, Summary, Unmapped, VerificationReport
from publication.explained import ExplainedRow
from publication.places import VERDICT
from publication.summary import Claim, Figure

if TYPE_CHECKING:
    # Dagster takes seconds to import, and most commands do without it.
    from orchestration.as_known import AsKnown
    from orchestration.run import Run

_VERDICT_STYLES = {"supported": "green", "contradicted": "red", "inconclusive": "yellow"}


def now() -> datetime:
    """The clock of the command line, as a UTC instant."""
    return datetime.now(UTC)


def run(out: Console, home: Path, done: "Run", as_json: bool) -> None:
    """The end of a run: the headline figures, where the release is, how to ask it."""
    try:
        found: Summary | None = publication.summary(home)
    except publication.NoCurrentRelease:
        found = None
    if as_json:
        _json(
            out, {"run": done.id, "built": done.built, "failures": done.failures, "summary": found}
        )
        return
    if found is None:
        out.print("Nothing is published yet.")
        return
    out.print(_verdict(done, found), highlight=False)
    out.print(_figures(found.figures))
    if found.claims:
        out.print(_claims(found.claims))
    marts = ", ".join(f"{name} {rows:,}" for name, rows in found.rows.items())
    out.print(f"Rows: {marts}", highlight=False)
    _unmapped(out, found.unmapped)
    database = found.release.database
    out.print(f"Release: {found.release.folder}", highlight=False)
    out.print(
        f"Ask it: duckdb -readonly {database} 'select * from marts.metric_nps'\n"
        "Follow a row back: vouch explain fct_placements <placement_id>",
        highlight=False,
        markup=False,
    )


def as_known(out: Console, rebuilt: "AsKnown", as_json: bool) -> None:
    """Where the rebuilt marts are, and whether they are those of the release of then."""
    if as_json:
        _json(out, rebuilt)
        return
    known = f"{rebuilt.until:%Y-%m-%d %H:%M:%S} UTC"
    out.print(f"Marts of {rebuilt.day} as known at {known}: {rebuilt.folder}", highlight=False)
    if rebuilt.release is None:
        out.print("No release of that time is kept to compare with.")
    elif not rebuilt.differing:
        out.print(f"Bit for bit those of release {rebuilt.release}.", highlight=False)
    else:
        out.print(
            f"Differs from release {rebuilt.release} in {', '.join(rebuilt.differing)}.",
            highlight=False,
        )
    if rebuilt.loads_since:
        out.print(
            f"{rebuilt.loads_since} loads landed between that release and then: they count here."
        )
    if rebuilt.differing and not rebuilt.same_code:
        out.print(
            "That release was made by other code or mapping files: check out its commit to"
            " reproduce it."
        )
    out.print("The mapping files (dbt_project/seeds) are those of now.", highlight=False)


def refusal(out: Console, home: Path) -> None:
    """The checks that forbade publication, with counts; never with personal values."""
    try:
        candidate = publication.latest_candidate(home)
        folder = candidate.folder
        verdict = read_verdict(folder / VERDICT)
    except (publication.CandidateError, VerdictUnreadable):
        # dbt's own tests refused; they are listed with the step that failed.
        return
    table = Table("check", "", "observed", "expected", "why")
    for check in verdict.blocking:
        table.add_row(check.name, check.status, check.observed, check.expected, check.message)
    out.print(table)
    _unmapped(out, candidate.unmapped)
    out.print(f"The candidate is kept for a look: {folder}", highlight=False)


def releases(out: Console, found: list[Release], as_json: bool) -> None:
    """One line per release, oldest first."""
    if as_json:
        _json(out, found)
        return
    if not found:
        out.print("Nothing is published yet. Try `vouch demo`.")
        return
    table = Table(Column("release", no_wrap=True), "published", "content", "inbox", "")
    for release in found:
        mark = "current" if release.is_current else ""
        at = f"{release.published_at:%Y-%m-%d %H:%M:%S} UTC"
        table.add_row(release.id, at, release.candidate_sha256[:16], str(release.inbox), mark)
    out.print(table)


def verification(out: Console, report: VerificationReport, as_json: bool) -> None:
    """What was re-checked and what differs."""
    if as_json:
        _json(out, {"intact": report.intact, **asdict(report)})
        return
    out.print(
        f"{report.ledger_lines} ledger lines, {report.releases} releases, {report.files} files",
        highlight=False,
    )
    for note in report.notes:
        out.print(f"note: {note}", highlight=False, markup=False)
    for problem in report.problems:
        out.print(f"differs: {problem.told()}", style="red", highlight=False, markup=False)
    out.print("Everything is as it was published." if report.intact else "Something was altered.")


def explanation(out: Console, explained: Explanation, as_json: bool) -> None:
    """The tree below one row."""
    if as_json:
        _json(out, explained)
        return
    out.print(f"release {explained.release}, checks in {explained.verdict}", highlight=False)
    tree = Tree(escape(explained.root.model))
    _branch(tree, explained.root, explained)
    out.print(tree)
    for name in explained.missing:
        out.print(f"not in landing: {name}", style="red", highlight=False, markup=False)


def rejects(out: Console, rows: Iterable[Mapping[str, Any]], as_json: bool) -> None:
    """Vendor, entity, record and reason of each record that could not be used."""
    found = list(rows)
    if as_json:
        _json(out, found)
        return
    if not found:
        out.print("Every record could be used.")
        return
    table = Table("entity", "record", "stage", "reason")
    for row in found:
        table.add_row(
            *(str(row[name]) for name in ("source_entity", "source_record_id", "stage")),
            str(row["reason"]),
        )
    out.print(table)


def _unmapped(out: Console, lists: Iterable[Unmapped]) -> None:
    """What the mapping files lack, or sources send: how much, the first of it, what to do."""
    for each in lists:
        with_count = [f"{name} ({count:,})" if each.count else name for name, count in each.top]
        more = f" and {each.rows - len(each.top):,} more" if each.rows > len(each.top) else ""
        behind = f" with {each.behind:,} {each.count.replace('_', ' ')}" if each.count else ""
        where = f"For dbt_project/seeds/{each.seed}.csv" if each.seed else f"In {each.model}"
        out.print(
            f"{where}: {each.rows:,}{behind}: {', '.join(with_count)}{more}. {each.message}",
            highlight=False,
            markup=False,
        )


def _verdict(done: "Run", found: Summary) -> str:
    if done.failures:
        return f"Not published. Release {found.release.id} stays current."
    if not done.built:
        return f"Nothing new. Release {found.release.id} is current."
    return f"Release {found.release.id} is current."


def _figures(figures: Iterable[Figure]) -> Table:
    table = Table(
        *(Column(name, no_wrap=True) for name in ("figure", "of")),
        *(Column(name, no_wrap=True, justify="right") for name in ("value", "95 % interval")),
        Column("count", justify="right"),
    )
    for figure in figures:
        title, cut = in_words.title(figure.metric), in_words.cut(figure.dimensions)
        if figure.value is None:
            table.add_row(title, cut, "-", figure.note or "", str(figure.n))
            continue
        low, high = (in_words.value(figure.metric, end) for end in (figure.ci_low, figure.ci_high))
        interval = f"{low} to {high}" if low else ""
        value = in_words.value(figure.metric, figure.value)
        table.add_row(title, cut, value, interval, f"{figure.n:,}")
    return table


def _claims(claims: Iterable[Claim]) -> Table:
    table = Table(
        "claim",
        Column("difference", no_wrap=True, justify="right"),
        Column("95 % interval", no_wrap=True, justify="right"),
        Column("verdict", no_wrap=True),
        caption="Association, not cause. Crude, over all time; stratified in fct_claims.",
        caption_justify="left",
    )
    for claim in claims:
        numbers = ("-", "") if claim.estimate is None else _difference(claim)
        told = (
            f"{claim.text}\n  {claim.side_a} ({_count(claim.n_a)}) less {claim.side_b}"
            f" ({_count(claim.n_b)}), {claim.unit}"
        )
        style = _VERDICT_STYLES.get(claim.verdict, "dim")
        table.add_row(told, *numbers, f"[{style}]{claim.verdict}[/{style}]")
    return table


def _difference(claim: Claim) -> tuple[str, str]:
    digits = 3 if abs(claim.estimate or 0) < 1 else 1
    interval = (
        ""
        if claim.ci_low is None or claim.ci_high is None
        else f"{claim.ci_low:+,.{digits}f} to {claim.ci_high:+,.{digits}f}"
    )
    return f"{claim.estimate:+,.{digits}f}", interval


def _count(people: int | None) -> str:
    return "-" if people is None else f"{people:,}"


def _branch(tree: Tree, row: ExplainedRow, explained: Explanation) -> None:
    shown = ", ".join(f"{name}={value}" for name, value in row.row.items() if value is not None)
    branch = tree.add(f"[bold]{row.model}[/bold] {escape(shown)}")
    for landed in explained.landed.get(row.record, ()) if row.record else ():
        branch.add(
            f"landed {landed.name.source_entity} {landed.name.record_id} by {landed.via} at "
            f"{landed.received_at} in load {landed.load_id}, sha256 {landed.name.payload_sha256}"
            + ("" if landed.is_intact else " [red]and is not what was hashed[/red]")
        )
    for below in row.made_of:
        _branch(branch, below, explained)
    for model, count in row.unlisted.items():
        branch.add(f"and {count:,} more of {model}")


def _json(out: Console, document: Any) -> None:
    text = json.dumps(_keyed(document), default=_plain, indent=1)
    out.print(text, highlight=False, markup=False)


def _keyed(document: Any) -> Any:
    """Landed records by their payload's hash: JSON has no other keys than text."""
    if not isinstance(document, Explanation):
        return document
    landed = {name.payload_sha256: records for name, records in document.landed.items()}
    return {
        "release": document.release,
        "verdict": document.verdict,
        "root": document.root,
        "landed": landed,
        "missing": document.missing,
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
