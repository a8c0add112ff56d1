"""What the gate is given: the candidate's folder and the landing files it was made from."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class JudgedCandidate:
    """A folder holding ``serving.duckdb``, ``<mart>.parquet`` and ``evidence/<model>.parquet``."""

    folder: Path

    @property
    def database(self) -> Path:
        """The file that BI would read; its schema ``marts`` holds the public marts."""
        return self.folder / "serving.duckdb"

    def mart(self, name: str) -> Path:
        """Parquet file of one mart."""
        return self.folder / f"{name}.parquet"

    def evidence(self, model: str) -> Path:
        """Parquet file of one model of the agency model."""
        return self.folder / "evidence" / f"{model}.parquet"


@dataclass(frozen=True, slots=True)
class LandingFile:
    """One complete Parquet file of envelopes."""

    vendor: str
    entity: str
    path: Path
