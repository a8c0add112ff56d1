"""Where things lie below VOUCH_HOME."""

from dataclasses import dataclass
from pathlib import Path

DATABASE = "serving.duckdb"
MANIFEST = "manifest.json"
VERDICT = "verdict.json"
CANDIDATE = "candidate.json"


@dataclass(frozen=True, slots=True)
class Places:
    """Paths only; nothing is created here."""

    home: Path

    @property
    def candidates(self) -> Path:
        """One folder per candidate that is not (yet) released."""
        return self.home / "candidates"

    @property
    def bare(self) -> Path:
        """The metric marts of candidates before they were protected; nobody's to read but ours."""
        return self.home / "unprotected"

    @property
    def serving(self) -> Path:
        """All that BI may look at."""
        return self.home / "serving"

    @property
    def releases(self) -> Path:
        """One immutable folder per release."""
        return self.serving / "releases"

    @property
    def pointer(self) -> Path:
        """Says which release is current."""
        return self.serving / "current.json"

    @property
    def copy(self) -> Path:
        """Convenience copy of the current release's database, under a fixed name."""
        return self.serving / DATABASE

    @property
    def copy_stamp(self) -> Path:
        """Says of which release ``copy`` is."""
        return self.serving / "serving.json"

    @property
    def intent(self) -> Path:
        """Names the release being published, until it is; left behind by a crash."""
        return self.serving / "publishing.json"

    @property
    def lock(self) -> Path:
        """Held by whoever changes releases, pointer or ledger."""
        return self.serving / ".lock"

    @property
    def ledger(self) -> Path:
        """One line per publication, rollback and pruning."""
        return self.home / "ledger.jsonl"
