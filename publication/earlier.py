"""The verdict on what readers see, as proof enough to carry results over from it."""

from pathlib import Path

from expectations.carried import Earlier
from expectations.errors import VerdictUnreadable
from expectations.files import content_sha256, file_sha256
from expectations.verdict import read_verdict
from publication.errors import NoCurrentRelease
from publication.ledger import read_ledger
from publication.places import MANIFEST, VERDICT, Places
from publication.releases import current, live_lines


def earlier(home: Path) -> Earlier | None:
    """The current release's verdict; None when there is none, or it is not the ledger's.

    Verdict and manifest must be the very ones whose hashes stand in the ledger, and the verdict
    must be about the files that the manifest lists.
    """
    try:
        release = current(home)
        verdict = read_verdict(release.folder / VERDICT)
        files = release.manifest()["files"]
        sealed = {
            "verdict_sha256": file_sha256(release.folder / VERDICT),
            "manifest_sha256": file_sha256(release.folder / MANIFEST),
        }
    except (NoCurrentRelease, VerdictUnreadable, OSError):
        return None
    lines = live_lines(read_ledger(Places(home).ledger).lines)
    line = next(line for line in lines if line.release == release.id)
    parquet = {name: digest for name, digest in files.items() if name.endswith(".parquet")}
    is_sealed = all(line.details.get(name) == digest for name, digest in sealed.items())
    if not is_sealed or content_sha256(parquet.items()) != verdict.candidate_sha256:
        return None
    return Earlier(release.id, verdict, parquet)
