"""What can go wrong in the gate itself. A figure that fails is a verdict, not an error."""


class ExpectationsError(Exception):
    """Base of this package's errors; the message says what, where and what to do."""


class VerdictUnreadable(ExpectationsError):
    """The stored verdict is missing or is not a verdict."""


class CandidateChanged(ExpectationsError):
    """The candidate's bytes changed while they were being judged."""
