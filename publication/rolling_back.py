"""Going back to an earlier release, in the ledger like every other change."""

from datetime import datetime
from pathlib import Path

from publication.errors import PublicationError
from publication.ledger import append
from publication.recovery import recover
from publication.released_files import release_problems
from publication.releases import Release, current, release_named
from publication.switching import announce, point_to, writer


def rollback(home: Path, release_id: str, *, at: datetime) -> Release:
    """Make an earlier release current at ``at`` (now, in UTC); its files are re-hashed first.

    Raises ``UnknownRelease``, or ``PublicationError`` when its files are not what was
    published.
    """
    with writer(home) as places:
        recover(places, at)
        before, wanted = current(home), release_named(home, release_id)
        problems = release_problems(places, release_id)
        if problems:
            raise PublicationError(f"release {release_id} is damaged: {problems[0].told()}")
        if not wanted.is_current:
            announce(places, release_id, at)
            line = append(places.ledger, "rolled_back", release_id, at, {"from": before.id})
            point_to(places, line)
            places.intent.unlink()
        return release_named(home, release_id)
