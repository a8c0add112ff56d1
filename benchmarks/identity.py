"""How well records of one person or company are found: pairwise precision and recall.

The sandbox knows whose records are whose (``Truth.same_person``, ``same_company``); the
warehouse says what the rules made of them.
"""

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import duckdb

from benchmarks.outcome import BenchmarkFailed, Figure, Outcome
from benchmarks.process import run
from orchestration.settings import REPOSITORY
from sandbox.agency import Agency, AgencyPlan, generate
from sandbox.limits import Limits
from sandbox.server import running
from sandbox.store import Store

SEEDS = (7, 8, 9)
_VOUCH = str(Path(sys.executable).parent / "vouch")
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs found, those of them that are right, and pairs there are."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Share of the found pairs that are right; 1 when none is found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the true pairs that are found; 1 when there is none."""
        return self.right / self.true if self.true else 1.0

    def __add__(self, other: "Score") -> "Score":
        return Score(self.found + other.found, self.right + other.right, self.true + other.true)


@dataclass(frozen=True, slots=True)
class Identity:
    """Scores of one warehouse.

    Attributes:
        people: pairs of candidate, contact and lead records. True pairs with an anonymised
            record are left out: it must not be joined to anything.
        unmerged: the same without pairs that the ATS itself merged.
        companies: pairs of a corporation and a billing contact.
        answers: survey answers with the right respondent among those with any.
        missed: true pairs of people that were not found.
    """

    people: Score
    unmerged: Score
    companies: Score
    answers: Score
    missed: tuple[tuple[str, str], ...]


def score(found: Pairs, true: Pairs) -> Score:
    """The two sets of pairs against each other."""
    return Score(len(found), len(found & true), len(true))


def pairs(groups: Iterable[Collection[str]]) -> Pairs:
    """Every two members of each group, in order of their names."""
    return frozenset(pair for group in groups for pair in combinations(sorted(set(group)), 2))


def joined(groups: Iterable[Collection[str]]) -> list[set[str]]:
    """Groups that share a member are one."""
    group_of: dict[str, set[str]] = {}
    for group in groups:
        whole = set(group).union(*(group_of.get(member, set()) for member in group))
        group_of.update(dict.fromkeys(whole, whole))
    return list({id(whole): whole for whole in group_of.values()}.values())


def identity(warehouse: Path, agency: Agency) -> Identity:
    """The scores of a warehouse that was built from the agency."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        people = _groups(connection, _PEOPLE)
        merged = _groups(connection, _MERGED)
        anonymised = {key for (key,) in connection.execute(_ANONYMISED).fetchall()}
        companies = _groups(connection, _COMPANIES)
        answers = dict(connection.execute(_ANSWERS).fetchall())
    true = frozenset(
        pair for pair in pairs(joined(agency.truth.same_person)) if not anonymised & set(pair)
    )
    known = pairs(joined(merged.values()))
    found = pairs(people.values())
    kept = frozenset(pair for pair in found if not (pair in known and anonymised & set(pair)))
    person_of = {key: person for person, keys in people.items() for key in keys}
    right = sum(
        answers.get(answer.token) == person_of[answer.person]
        for answer in agency.truth.answers
        if answer.person in person_of and answers.get(answer.token)
    )
    return Identity(
        people=score(kept, true),
        unmerged=score(kept - known, true - known),
        companies=score(pairs(companies.values()), _company_pairs(agency)),
        answers=Score(
            sum(person is not None for person in answers.values()),
            right,
            len(agency.truth.answers),
        ),
        missed=tuple(sorted(true - found)),
    )


def measure(work: Path, seeds: Collection[int] = SEEDS) -> Outcome:
    """Build one small agency per seed, and add their scores up.

    Raises:
        BenchmarkFailed: a run did not publish.
    """
    scores = [_built(work / str(seed), seed) for seed in seeds]
    people = sum((each.people for each in scores), Score(0, 0, 0))
    unmerged = sum((each.unmerged for each in scores), Score(0, 0, 0))
    companies = sum((each.companies for each in scores), Score(0, 0, 0))
    answers = sum((each.answers for each in scores), Score(0, 0, 0))
    return Outcome(
        "identity",
        (
            *_figures("people", people, 0.9),
            *_figures("people the ATS has not merged", unmerged, 0.88),
            *_figures("companies", companies, 1.0),
            *_figures("respondents", answers, 0.97),
        ),
        {
            "seeds": list(seeds),
            "missed": {
                str(seed): [list(pair) for pair in each.missed]
                for seed, each in zip(seeds, scores, strict=True)
            },
        },
    )


def _figures(name: str, found: Score, floor: float) -> tuple[Figure, Figure]:
    precision, recall = round(found.precision, 4), round(found.recall, 4)
    return (
        Figure(f"{name}: precision", precision, "", "1", found.precision == 1),
        Figure(f"{name}: recall", recall, "", f">= {floor:g}", found.recall >= floor),
    )


def _built(folder: Path, seed: int) -> Identity:
    agency = generate(AgencyPlan(seed=seed))
    folder.mkdir(parents=True)
    home = folder / "home"
    with running(Store(agency.records), limits=Limits.off()) as sandbox:
        environment = {"VOUCH_HOME": str(home), "VOUCH_SANDBOX_URL": sandbox.base_url}
        ran = run([_VOUCH, "run"], environment, REPOSITORY)
    if ran.exit_code != 0:
        raise BenchmarkFailed(f"seed {seed} ended with {ran.exit_code}:\n{ran.stderr}")
    return identity(home / "warehouse.duckdb", agency)


def _company_pairs(agency: Agency) -> Pairs:
    return pairs(agency.truth.same_company)


def _groups(connection: duckdb.DuckDBPyConnection, query: str) -> Mapping[str, list[str]]:
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for group, key in connection.execute(query).fetchall():
        groups[group].append(key)
    return groups


_PEOPLE = """
select members.person_id, records.record_key
from intermediate.int_person_members as members
join people.int_person_records as records using (person_record_id)
"""
_MERGED = """
select person_link_id, unnest([left_record, right_record])
from intermediate.int_person_links where rule = 'merged_record'
"""
_ANONYMISED = "select record_key from people.int_person_records where is_anonymised"
_COMPANIES = """
select company_id, source_entity || ':' || source_record_id
from intermediate.int_company_links
"""
_ANSWERS = """
select source_record_id, person_id from intermediate.int_survey_responses
where source_entity = 'typeform.responses'
"""
