"""Results that are carried over: a check is a function of the bytes it reads.

Where the Parquet files that a rule reads, the rule's code, the day and the limits are those of the
verdict on the current release, the rule would end as it did then. It is not evaluated again, and
its check says whose verdict it is from. Only what passed is carried over. So it is with a
comparison to landing, whose landed files must be the same too. That the database holds the rows of
these files is checked anew each time; what a file of the same bytes holds is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from expectations.names import suite_check_name
from expectations.rules import Rule
from expectations.verdict import Check, Verdict


@dataclass(frozen=True, slots=True)
class Earlier:
    """A verdict on released bytes; ``files`` are their hex hashes by name."""

    release: str
    verdict: Verdict
    files: Mapping[str, str]


def carried(
    suites: Mapping[str, Sequence[Rule]],
    files: Mapping[str, str],
    basis: str,
    earlier: Earlier | None,
) -> dict[str, list[Check]]:
    """Checks by mart, of the marts whose rules need not be evaluated.

    Args:
        suites: all rules, by the mart they are about.
        files: the candidate's Parquet files and their hex hashes.
        basis: what decides besides the bytes; see ``Verdict``.
        earlier: the verdict to carry from, None if there is none.
    """
    if earlier is None or not basis or earlier.verdict.basis != basis:
        return {}
    known = {check.name: check for check in earlier.verdict.checks if check.status == "passed"}
    found = {}
    for mart, rules in suites.items():
        names = [suite_check_name(mart, rule.name) for rule in rules]
        read = {mart} | {other for other in suites if any(other in repr(rule) for rule in rules)}
        if all(name in known for name in names) and all(
            _same(f"{name}.parquet", files, earlier.files) for name in read
        ):
            found[mart] = [_from(known[name], earlier.release) for name in names]
    return found


def carried_comparison(name: str, read: str, basis: str, earlier: Earlier | None) -> Check | None:
    """A comparison to landing that passed on the same files.

    Args:
        name: of its check.
        read: names what it reads; see ``Check``.
        basis: what decides besides; see ``Verdict``.
        earlier: the verdict to carry from, None if there is none.
    """
    if earlier is None or not basis or earlier.verdict.basis != basis:
        return None
    for check in earlier.verdict.checks:
        if check.name == name and check.status == "passed" and check.read == read:
            return _from(check, earlier.release)
    return None


def carried_reads(basis: str, earlier: Earlier | None) -> dict[str, str]:
    """What checks that passed have read, by name; see ``Check``."""
    if earlier is None or not basis or earlier.verdict.basis != basis:
        return {}
    return {check.name: check.read for check in earlier.verdict.checks if check.status == "passed"}


def _same(name: str, files: Mapping[str, str], before: Mapping[str, str]) -> bool:
    return name in files and files[name] == before.get(name)


def _from(check: Check, release: str) -> Check:
    """The release that first had the check evaluated is named, however often it is carried."""
    return replace(check, carried_from=check.carried_from or release)
