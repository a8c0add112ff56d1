"""Making one person, recruiter or contact. Who comes when is decided elsewhere."""

from datetime import datetime

from sandbox.agency.calendar import SPAN_START
from sandbox.agency.cast import Client, Contact, Recruiter
from sandbox.agency.dice import Dice
from sandbox.agency.names import CONTACT_TITLE, FIRST, LAST
from sandbox.agency.world import World


def name(dice: Dice) -> tuple[str, str]:
    """A first and a last name."""
    return dice.one(FIRST), dice.one(LAST)


def address(first: str, last: str, number: int, domain: str) -> str:
    """An e-mail address that no other person of the agency has."""
    return f"{first}.{last}{number}@{domain}".lower()


# Area codes, each with a block of a thousand numbers that Ofcom keeps for drama.
_DRAMA = (
    *("113 496 0", "114 496 0", "115 496 0", "116 496 0", "117 496 0", "118 496 0"),
    *("121 496 0", "131 496 0", "141 496 0", "151 496 0", "161 496 0", "191 498 0"),
    *("20 7946 0", "28 9649 6", "29 2018 0", "1632 960", "7700 900"),
)


def phone(dice: Dice, number: int) -> str:
    """A number that no other person of an agency of 17,000 has, written in one of four ways."""
    national = f"{_DRAMA[number // 1000 % len(_DRAMA)]}{number % 1000:03d}"
    written = (f"+44 {national}", f"0{national}", f"+44 (0){national}", f"0044 {national}")
    return written[dice.between(0, 999) % 4]


def hire_recruiters(world: World, dice: Dice, count: int) -> None:
    """The agency's own staff; the last one has left."""
    for number in range(count):
        person_id = world.person_id()
        first, last = name(dice)
        world.recruiters.append(
            Recruiter(
                id=person_id,
                first=first,
                last=last,
                email=address(first, last, person_id, "agency.example"),
                phone=None,
                added=SPAN_START,
                modified=SPAN_START,
                enabled=number < count - 1,
            )
        )


def add_contact(world: World, dice: Dice, client: Client, added: datetime) -> Contact:
    """A further contact of the client."""
    person_id = world.person_id()
    first, last = name(dice)
    contact = Contact(
        id=person_id,
        first=first,
        last=last,
        email=address(first, last, person_id, client.domain),
        phone=phone(dice, person_id),
        added=added,
        modified=added,
        client=client,
        owner=client.owner,
        title=dice.one(CONTACT_TITLE),
        source=client.source,
    )
    client.contacts.append(contact)
    world.contacts.append(contact)
    return contact
