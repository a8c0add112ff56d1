"""One published home made of payloads that nobody here wrote; a run takes about a minute."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from published_examples import Published
from vendor_examples import Records, bullhorn_records, without_id, xero_records

from sandbox.store import Key
from tests.conftest import REPOSITORY, UNPACED, Vouch

# The examples' organisation keeps its books in New Zealand dollars. They hold no answers to
# surveys, no placements and no sources, so the marts of those may be empty; and the
# documents' customers are not among the contacts, so no revenue has a company.
CONFIG = """
tenant = "examples"
reporting_currency = "NZD"

[gate]
max_rejected_records = {rejected}
max_unknown_values = 0
max_unknown_channel_share = 0.0
max_unmapped_spend_share = 0.0
max_unresolved_respondent_share = 0.0
max_unconverted_rows_share = 0.0
max_revenue_without_company_share = 1.0
min_headline_rows = 0
min_touchpoints = 0
min_survey_responses = 0

[sources.bullhorn]
url = "{url}/bullhorn"
username = "vouch.sandbox"
password = "sandbox"
client_id = "sandbox-client"
client_secret = "sandbox-secret"

[sources.xero]
url = "{url}/xero"
identity_url = "{url}/xero"
organisation = "sandbox-org"
client_id = "sandbox-client"
client_secret = "sandbox-secret"

"""


@pytest.fixture(scope="session")
def xero_examples() -> Records:
    """Xero's example records by landing entity."""
    return xero_records()


@pytest.fixture(scope="session")
def bullhorn_examples() -> Records:
    """Bullhorn's example records by landing entity."""
    return bullhorn_records()


@pytest.fixture(scope="session")
def published(
    xero_examples: Records,
    bullhorn_examples: Records,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Published]:
    """The outcome of ``vouch run`` over the examples, served over HTTP."""
    folder = tmp_path_factory.mktemp("real_input")
    records = {("xero", entity): lines for entity, lines in xero_examples.items()}
    records |= {("bullhorn", entity): lines for entity, lines in bullhorn_examples.items()}
    _record(folder / "recordings", records)
    refused = sum(len(set(without_id(lines))) for lines in bullhorn_examples.values())
    with _replayed(folder / "recordings") as url:
        config = folder / "vouch.toml"
        config.write_text(CONFIG.format(url=url, rejected=refused) + UNPACED)
        vouch = Vouch(folder / "home", {"VOUCH_CONFIG": str(config)})
        done = vouch("run", "--day", "2019-06-30")
        yield Published(vouch, records, done.returncode, done.stdout + done.stderr)


def _record(folder: Path, records: Mapping[Key, list[bytes]]) -> None:
    """Write ``<vendor>/<entity>.jsonl``, one vendor record a line."""
    for (vendor, entity), lines in records.items():
        path = folder / vendor / f"{entity}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(line + b"\n" for line in lines))


@contextmanager
def _replayed(recordings: Path) -> Iterator[str]:
    """The address of ``python -m sandbox --replay``, at the vendors' own rate limits."""
    command = [sys.executable, "-m", "sandbox", "--replay", str(recordings), "--port", "0"]
    with subprocess.Popen(
        [*command, "--with-parent"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        # Leaving closes its standard input, at which it ends.
        assert process.stdout is not None
        told = process.stdout.readline()
        assert " at http" in told, told
        yield told.rsplit(" at ", 1)[1].strip()
