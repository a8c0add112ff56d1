"""The agency's mapping files (``dbt_project/seeds``), refused before a run touches anything."""

from pathlib import Path

from expectations.seeds import seed_problems
from ingestion.drop import DATASET
from ingestion.vendor import vendor_names
from orchestration.settings import REPOSITORY, SettingsError

SEEDS = REPOSITORY / "dbt_project" / "seeds"


class SeedsInvalid(SettingsError):
    """A mapping file cannot be used; the message lists every row and what to do."""


def check(folder: Path = SEEDS) -> None:
    """Raise ``SeedsInvalid`` unless every mapping file can be used as it is."""
    problems = seed_problems(folder, frozenset({*vendor_names(), DATASET}))
    if problems:
        count = f"{len(problems)} thing{'s' if len(problems) > 1 else ''}"
        listed = "\n".join(f"  {problem.told()}" for problem in problems)
        raise SeedsInvalid(
            f"{count} to mend in {folder}:\n{listed}\n"
            "Nothing was pulled or built, and the current release stays. Run again when it is done."
        )
