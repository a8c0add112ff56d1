"""How a run ended, as a person and a shell should hear it."""

from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from orchestration.exit_codes import BUSY, OTHER, REFUSED, SOURCE


class GateRefused(Exception):
    """The checks did not pass; the current release stays."""


# Exception class names, because Dagster hands over errors as text.
_EXIT_CODES = {
    "SourceError": SOURCE,
    "GateRefused": REFUSED,
    "PublicationRefused": REFUSED,
    "DagsterAssetCheckFailedError": REFUSED,
    "HomeBusy": BUSY,
    "HomeUnusable": OTHER,
    "SeedsInvalid": OTHER,
    "ServingFailed": OTHER,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One step that failed: exit code of its kind, the step, and what to tell the operator."""

    exit_code: int
    step: str
    message: str
    expected: bool


def failures(events: list[dg.DagsterEvent]) -> list[Failure]:
    """What failed in a run, innermost reason first; skipped steps are not failures."""
    found: list[Failure] = []
    for event in events:
        error = getattr(event.event_specific_data, "error", None)
        if event.is_failure and error is not None:
            found.append(_failure(event.step_key or "run", list(_chain(error))))
    return list(dict.fromkeys(found))


def exit_code(found: list[Failure]) -> int:
    """One code for the run: a source's failure first, because the rest may follow from it."""
    codes = [failure.exit_code for failure in found]
    return next((code for code in (BUSY, SOURCE, REFUSED) if code in codes), OTHER)


def _chain(error: object) -> Iterator[tuple[str, str]]:
    current = error
    while current is not None:
        name = str(getattr(current, "cls_name", ""))
        text = str(getattr(current, "message", ""))
        yield name, text.removeprefix(name).split(": ", 1)[-1].strip()
        current = getattr(current, "cause", None) or getattr(current, "context", None)


def _failure(step: str, chain: list[tuple[str, str]]) -> Failure:
    for name, message in chain:
        if name in _EXIT_CODES:
            return Failure(_EXIT_CODES[name], step, message, expected=True)
    # The innermost error is what happened; Dagster's own wrapping around it is not.
    name, message = chain[-1]
    return Failure(OTHER, step, f"{name}: {message}", expected=False)
