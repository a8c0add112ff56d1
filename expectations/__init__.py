"""The gate: suites, reconciliation and verdicts. It knows no dbt, no Dagster, no release."""

from expectations.candidate import JudgedCandidate, LandingFile
from expectations.dbt_results import DbtResult
from expectations.errors import CandidateChanged, ExpectationsError, VerdictUnreadable
from expectations.expected import expected_check_names
from expectations.gate import judge
from expectations.thresholds import Thresholds
from expectations.verdict import Check, Verdict, read_verdict, write_verdict
from expectations.warming import warm

__all__ = [
    "CandidateChanged",
    "Check",
    "DbtResult",
    "ExpectationsError",
    "JudgedCandidate",
    "LandingFile",
    "Thresholds",
    "Verdict",
    "VerdictUnreadable",
    "expected_check_names",
    "judge",
    "read_verdict",
    "warm",
    "write_verdict",
]
