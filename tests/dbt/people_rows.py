"""Bullhorn records of people, each there for one rule of identity or referral."""

from datetime import timedelta
from typing import Any

from warehouse import NOON, Delivery


def ms(day: int) -> int:
    """Noon of the n-th day after 2026-01-01, in milliseconds."""
    return 1_767_268_800_000 + day * 86_400_000


def bullhorn(entity: str, record_id: int, **payload: Any) -> Delivery:
    """One Bullhorn record as of NOON."""
    return Delivery("bullhorn", entity, str(record_id), {"id": record_id, **payload})


def candidate(record_id: int, **payload: Any) -> Delivery:
    """A candidate with a name of its own."""
    named = {"firstName": "Cand", "lastName": str(record_id), "dateAdded": ms(record_id)}
    return bullhorn("candidates", record_id, **{**named, **payload})


def contact(record_id: int, **payload: Any) -> Delivery:
    """A contact of company 501."""
    named = {"firstName": "Cont", "lastName": str(record_id), "dateAdded": ms(record_id)}
    return bullhorn(
        "client_contacts", record_id, clientCorporation={"id": 501}, **{**named, **payload}
    )


def gone(record_id: int, into: int | None = None) -> Delivery:
    """A deleted candidate, merged into another when one is named."""
    linked = {"id": into} if into else None
    return candidate(record_id, isDeleted=True, linkedPerson=linked, email=f"{record_id}@old")


IDENTITY = [
    bullhorn("corporate_users", 90, firstName="Rae", lastName="Cruiter", enabled=True),
    candidate(1, email=" Both@Mail.example ", owner={"id": 90}),
    # The same person under a new surname.
    contact(2, firstName="Cand", lastName="Married", email="both@mail.example"),
    contact(3, email="hr@shared.example"),
    contact(4, email="hr@shared.example"),
    candidate(5, email="hr@shared.example"),
    gone(6, into=7),
    gone(7, into=8),
    candidate(8, email="eight@mail.example"),
    candidate(9, isAnonymized=True, firstName="Anonymized", lastName="Anonymized"),
    candidate(10, isAnonymized=True, firstName="Anonymized", lastName="Anonymized"),
    gone(11),
    candidate(12, linkedPerson={"id": 13}, email="a@mail.example"),
    contact(13, email="b@mail.example"),
    gone(14, into=15),
    gone(15, into=14),
    candidate(16, email="family@mail.example"),
    candidate(17, email="family@mail.example"),
    contact(18, email="family@mail.example"),
]


def ida(**payload: Any) -> dict[str, Any]:
    """One full name for several records."""
    return {"firstName": "Ida", "lastName": "O'Neil", **payload}


def ada(last: str, **payload: Any) -> dict[str, Any]:
    """A given name with one surname or another."""
    return {"firstName": "Ada", "lastName": last, **payload}


HARD_CASES = [
    # Nothing but the number tells that they are one.
    candidate(50, **ida(phone="+44 (0)113 496 0001", email="ida@mail.example")),
    candidate(51, **ida(lastName="ONEIL", phone="0113 496-0001", email="ida@work.example")),
    # An office's number, and one with an extension.
    contact(52, phone="0113 496 0002"),
    contact(53, phone="0113 496 0002"),
    candidate(64, **ida(phone="0113 496 0001 ext 5")),
    # A family's address.
    candidate(54, firstName="Fay", lastName="Home", email="home@mail.example"),
    contact(55, firstName="May", lastName="Home", email="home@mail.example"),
    # A chain of three: the address joins two, the number the third.
    candidate(56, firstName="Eve", lastName="Line", email="eve@mail.example"),
    contact(
        57, firstName="Eve", lastName="Line", email="eve+jobs@mail.example", phone="0113 496 0003"
    ),
    candidate(58, firstName="Eve", lastName="Line", phone="0044 113 496 0003"),
    # Through the contact two candidates of different names would be one.
    candidate(59, **ada("Old", email="ada@mail.example")),
    contact(60, **ada("New", email="ada@mail.example", phone="0113 496 0004")),
    candidate(61, **ada("New", phone="0113 496 0004")),
    candidate(62, isAnonymized=True, linkedPerson={"id": 63}),
    contact(63),
    bullhorn(
        "leads",
        65,
        firstName="Eve",
        lastName="Line",
        email="eve@mail.example",
        dateAdded=ms(2),
    ),
]

REFERRALS = [
    candidate(20, referredByPerson={"id": 20}),
    candidate(21, referredByPerson={"id": 2}, source="Referral"),
    candidate(22, referredByPerson={"id": 90}),
    candidate(23, referredBy="cand 8 "),
    candidate(24, referredBy="Sam Twice"),
    candidate(25, firstName="Sam", lastName="Twice"),
    candidate(26, firstName="Sam", lastName="Twice"),
    candidate(27, source="LinkedIn"),
    bullhorn(
        "leads",
        30,
        firstName="Cand",
        email="eight@mail.example",
        leadSource="Referral",
        dateAdded=ms(1),
    ),
]

EARLIER = NOON - timedelta(days=1)


def versions(record_id: int) -> list[Delivery]:
    """Three deliveries of one candidate: an old one that comes last, and a tie."""
    sent = {"id": record_id, "dateAdded": ms(0)}
    return [
        Delivery("bullhorn", "candidates", str(record_id), {**sent, "status": "new"}),
        Delivery(
            "bullhorn", "candidates", str(record_id), {**sent, "status": "tie"}, load_id="2.0"
        ),
        Delivery(
            "bullhorn",
            "candidates",
            str(record_id),
            {**sent, "status": "old"},
            version=EARLIER,
            received_at=NOON + timedelta(days=3),
            load_id="3.0",
        ),
    ]


HISTORY = [
    *versions(40),
    candidate(41, email="deleted@mail.example"),
    Delivery("bullhorn", "candidates", "41", {"id": 41}, op="delete", load_id="2.0"),
    Delivery("bullhorn", "candidates", "42", {"id": 42}, reject_reason="dateAdded: missing"),
    Delivery(
        "bullhorn",
        "candidates",
        "42",
        {"id": 42, "dateAdded": ms(0)},
        version=NOON + timedelta(days=1),
        received_at=NOON + timedelta(days=1),
        load_id="2.0",
    ),
    Delivery("bullhorn", "candidates", "43", {"id": 43}, reject_reason="id: not a number"),
    Delivery("bullhorn", "candidates", "sha256:ea1", {"x": 1}, reject_reason="id: missing"),
    Delivery("bullhorn", "candidates", "sha256:ea2", {"x": 2}, reject_reason="id: missing"),
]
PEOPLE = [*IDENTITY, *HARD_CASES, *REFERRALS, *HISTORY]
