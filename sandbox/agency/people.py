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


def phone(dice: Dice) -> str:
    """A number of the range Ofcom keeps for drama."""
    return f"+44 7700 900{dice.between(0, 999):03d}"


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
        phone=phone(dice),
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
