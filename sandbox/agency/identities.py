"""People who are in the books more than once, and strangers who look alike.

What the ATS itself merged or linked is told in ``oddities``; here nobody has noticed yet.
"""

from dataclasses import replace

from sandbox.agency.calendar import after, capped
from sandbox.agency.cast import Candidate, Contact, Person
from sandbox.agency.dice import Dice
from sandbox.agency.people import add_contact, address, phone
from sandbox.agency.world import World

_MANNERS = ("email", "phone", "new_address", "nickname", "untraceable")


def double_some(world: World, dice: Dice) -> None:
    """All hard cases of identity, each remarked under its name."""
    told = {key for keys in (*world.same_person, *world.oddities.values()) for key in keys}
    quiet = [
        c
        for c in world.candidates
        if c.status == "New Lead" and not c.referred_by and _key(c) not in told
    ]
    # The tiniest agencies have few people nothing else has happened to.
    each = max(2 if len(quiet) >= 18 else 1, len(quiet) // 60)
    people = iter(dice.some(quiet, each * 9))
    for manner in _MANNERS:
        for _ in range(each if manner != "untraceable" else 1):
            _again(world, dice, next(people), manner)
    for _ in range(each):
        _marry(world, dice, next(people))
        _chain(world, dice, next(people))
        _share_home(world, next(people), next(people))
    _share_office(world)
    _bill_without_code(world)


def _key(person: Person) -> str:
    entity = "candidates" if isinstance(person, Candidate) else "client_contacts"
    return f"bullhorn.{entity}:{person.id}"


def _other_way(number: str | None) -> str | None:
    """The same number as somebody else would write it."""
    if number is None:
        return None
    digits = number.replace("+44 (0)", "0").replace("+44 ", "0").replace("0044 ", "0")
    return f"({digits[:4]}) {digits[4:].replace(' ', '-')}"


def _again(world: World, dice: Dice, known: Candidate, manner: str) -> Candidate:
    """A second record of a candidate, by what it has in common with the first."""
    person_id = world.person_id()
    added = capped(after(known.added, dice.between(20, 400)))
    moved = address(known.first, known.last, person_id, "post.example")
    again = replace(
        known,
        id=person_id,
        first=known.first.upper() if manner == "email" else known.first,
        email={"email": known.email, "new_address": moved, "untraceable": moved}.get(manner),
        phone=_other_way(known.phone),
        added=added,
        modified=max(added, known.modified),
        referrer_id=None,
    )
    if manner in ("email", "untraceable"):
        again.phone = phone(dice, person_id)
    if manner == "nickname":
        again.first = again.first[:2]
    world.candidates.append(again)
    world.same_person.append((_key(known), _key(again)))
    world.remark(f"unmerged_by_{manner}", _key(again))
    return again


def _contact_of(world: World, dice: Dice, known: Candidate) -> Contact:
    contact = add_contact(
        world, dice, dice.one(world.clients), capped(after(known.added, dice.between(30, 300)))
    )
    contact.first, contact.last = known.first, known.last
    world.same_person.append((_key(known), _key(contact)))
    return contact


def _marry(world: World, dice: Dice, known: Candidate) -> None:
    """A candidate comes back as a contact: the old address, a new surname."""
    contact = _contact_of(world, dice, known)
    contact.last = f"{known.last}-Lee"
    contact.email = known.email
    world.remark("new_surname", _key(contact))


def _chain(world: World, dice: Dice, known: Candidate) -> None:
    """Candidate, contact and candidate: the ends have nothing in common but the name."""
    contact = _contact_of(world, dice, known)
    assert known.email is not None
    contact.email = known.email.replace("@", "+work@")
    last = _again(world, dice, known, "new_address")
    world.oddities["unmerged_by_new_address"].remove(_key(last))
    last.phone = _other_way(contact.phone)
    for record in (known, contact, last):
        world.remark("chain_of_three", _key(record))


def _share_home(world: World, one: Candidate, other: Candidate) -> None:
    """Two people of one household: one address, one number, one surname."""
    other.last, other.email, other.phone = one.last, one.email, one.phone
    if other.first == one.first:
        other.first = f"{one.first}-Jo"
    for record in (one, other):
        world.remark("family_mailbox", _key(record))


def _share_office(world: World) -> None:
    """One number for everybody at a client."""
    told = {*world.oddities["chain_of_three"], *world.oddities["shared_mailbox"]}
    offices = [
        client
        for client in world.clients
        if len({(c.first, c.last) for c in client.contacts}) > 1
        and not any(_key(contact) in told for contact in client.contacts)
    ][:3]
    for client in offices:
        for contact in client.contacts:
            contact.phone = client.contacts[0].phone
            world.remark("office_phone", _key(contact))


def _bill_without_code(world: World) -> None:
    """Customers whose code nobody typed into the billing system: invoices name placements."""
    hiring = {placement.submission.job.client.id for placement in world.placements}
    for client in [c for c in world.clients if c.id in hiring][3:6]:
        client.is_coded_in_books = False
        world.remark("customer_without_code", f"bullhorn.client_corporations:{client.id}")
