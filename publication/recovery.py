"""Finishing, or undoing, what a crash interrupted. The ledger says which of the two."""

import shutil
from datetime import datetime

from expectations.files import sync
from publication.errors import LedgerDamaged
from publication.ledger import append, drop_torn_end, sound_ledger
from publication.places import DATABASE, Places
from publication.releases import last_switch, read_pointer
from publication.switching import announced, point_to, renew_copy


def recover(places: Places, at: datetime) -> None:
    """Bring folders, pointer and copy to what the ledger says; the caller holds the lock.

    Raises ``LedgerDamaged`` when the ledger lacks what the pointer was set to: no crash
    does that.
    """
    _mend_ledger(places, at)
    ledger = sound_ledger(places.ledger)
    published = {line.release for line in ledger.lines if line.event == "published"}
    pruned = {line.release for line in ledger.lines if line.event == "pruned"}
    begun = announced(places)
    if begun is not None and begun not in published:
        remove_release(places, begun)
    for release in sorted(pruned):
        remove_release(places, release)
    switch = last_switch(ledger)
    # A release that is gone (someone removed the folder) is replaced by the next one.
    if switch is not None and (places.releases / switch.release / DATABASE).is_file():
        pointer = read_pointer(places.home)
        if pointer is None or pointer.ledger_sha256 != switch.sha256:
            point_to(places, switch)
        else:
            renew_copy(places, switch.release)
    places.intent.unlink(missing_ok=True)


def _mend_ledger(places: Places, at: datetime) -> None:
    ledger = sound_ledger(places.ledger)
    pointer = read_pointer(places.home)
    known = {line.sha256 for line in ledger.lines}
    if pointer is not None and pointer.ledger_sha256 not in known:
        raise LedgerDamaged(
            f"{places.ledger} lacks the line that {places.pointer} was set to: lines were "
            "removed; restore the ledger from a backup"
        )
    if ledger.torn:
        drop_torn_end(places.ledger, ledger.torn)
        append(places.ledger, "repaired", "", at, {"dropped_bytes": str(len(ledger.torn))})


def remove_release(places: Places, release: str) -> None:
    """Remove a release's folder, if it is there; the caller holds the lock."""
    folder = places.releases / release
    if folder.exists():
        shutil.rmtree(folder)
        sync(places.releases)
