"""Records told apart by their vendor's rules, and those that cannot be."""

import msgspec

from ingestion.envelope import Record, Reject, payload_sha256
from ingestion.vendor import Entity


def identified(entity: Entity, payload: bytes, place: str) -> Record | Reject:
    """The record with its id, version and operation, or why it has none.

    Args:
        entity: whose rules.
        payload: the vendor's bytes.
        place: where it stood in the answer, for a reject without an id.
    """
    try:
        return entity.identify(payload)
    except msgspec.ValidationError as error:
        return _reject(payload, entity.id_path, str(error), place)


def _reject(payload: bytes, id_path: tuple[str, ...], reason: str, place: str) -> Reject:
    """Known by its id, so that its repair is recognised, or else by its bytes.

    Its place would be another one at the next pull.
    """
    known = _id_at(payload, id_path)
    if known is not None:
        return Reject(known, payload, reason)
    return Reject(f"sha256:{payload_sha256(payload)[:16]}", payload, f"{reason} ({place})")


def _id_at(payload: bytes, path: tuple[str, ...]) -> str | None:
    found = msgspec.json.decode(payload)
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return str(found) if isinstance(found, int | str) and found != "" else None
