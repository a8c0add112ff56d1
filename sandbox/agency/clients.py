"""Client companies: how they are won, and how long they keep buying."""

from datetime import datetime

from sandbox.agency.calendar import SPAN_END, SPAN_START, after, capped
from sandbox.agency.cast import Client, Lead
from sandbox.agency.dice import Dice
from sandbox.agency.events import Opportunity
from sandbox.agency.names import COMPANY, TRADE
from sandbox.agency.people import add_contact, address, name, phone
from sandbox.agency.plan import CLIENT_STAYS, UNDERSTOOD_SHARE, UNDERSTOOD_STAYS, AgencyPlan
from sandbox.agency.world import World

SOURCES = ("Referral", "LinkedIn", "Event", "Google Ads", "Direct", "Database")
SOURCE_WEIGHTS = (0.34, 0.16, 0.12, 0.12, 0.16, 0.10)
BANDS = ("promoter", "passive", "detractor")


def win_client(world: World, dice: Dice, plan: AgencyPlan, won: datetime) -> Client:
    """A client with contacts; most came as a lead and an opportunity before."""
    number = world.next_id("client", 501)
    word = f"{dice.one(COMPANY)} {dice.one(TRADE)}"
    band = dice.weighted(BANDS, (0.42, 0.33, 0.25))
    is_understood = dice.chance(UNDERSTOOD_SHARE[band])
    client = Client(
        id=number,
        name=f"{word} {'Ltd' if dice.chance(0.7) else 'Group'}",
        domain=f"{word.replace(' ', '-').lower()}-{number}.example",
        code=f"C-{number:05d}",
        currency="EUR" if dice.chance(0.22) else "GBP",
        fee=dice.one((0.15, 0.18, 0.20, 0.20, 0.22, 0.25)),
        band=band,
        source=dice.weighted(SOURCES, SOURCE_WEIGHTS),
        added=won,
        modified=won,
        active_until=_last_day(dice, _stays(plan, band, is_understood), won),
        owner=dice.one(world.recruiters[:-1]),
        is_understood=is_understood,
    )
    if client.source == "Referral":
        client.referrer_id = _advocate(world, dice, won)
    if world.clients and dice.chance(0.06):
        client.parent_id = dice.one(world.clients).id
    world.clients.append(client)
    for _ in range(dice.weighted((1, 2, 3), (0.25, 0.5, 0.25))):
        add_contact(world, dice, client, won)
    client.contacts[0].referrer_id = client.referrer_id
    if won > SPAN_START:
        _deal(world, dice, client)
    return client


def _stays(plan: AgencyPlan, band: str, is_understood: bool) -> float:
    """Probability of still buying a year on."""
    stays = CLIENT_STAYS[band if plan.effects.promoting_clients_return else "unplanted"]
    if plan.effects.understood_clients_stay:
        stays += UNDERSTOOD_STAYS[is_understood]
    return min(stays, 0.97)


def _last_day(dice: Dice, stays: float, won: datetime) -> datetime:
    last = won
    while dice.chance(stays) and last < SPAN_END:
        last = after(last, 365)
    return capped(after(last, dice.between(60, 300)))


def _advocate(world: World, dice: Dice, before: datetime) -> int | None:
    placed = [c for c in world.candidates if c.placed_from and c.placed_from < before]
    contacts = [c for c in world.contacts if c.added < before]
    people = [person.id for person in (*placed, *contacts)]
    return dice.one(people) if people else None


def _deal(world: World, dice: Dice, client: Client) -> None:
    contact = client.contacts[0]
    first_seen = after(client.added, -dice.between(20, 70))
    lead = Lead(
        id=world.person_id(),
        first=contact.first,
        last=contact.last,
        email=contact.email,
        phone=contact.phone,
        added=first_seen,
        modified=client.added,
        company=client.name,
        client=client,
        source=client.source,
        campaign=f"{first_seen.year} outreach" if dice.chance(0.3) else None,
        conversion="Opportunity",
        referrer_id=client.referrer_id,
        owner=client.owner,
        status="Converted",
    )
    world.leads.append(lead)
    world.same_person.append(
        (f"bullhorn.leads:{lead.id}", f"bullhorn.client_contacts:{contact.id}")
    )
    world.opportunities.append(
        Opportunity(
            id=world.next_id("opportunity", 301),
            title=f"{client.name} preferred supplier",
            client=client,
            contact=contact,
            lead=lead,
            source=client.source if dice.chance(0.85) else None,
            status="Closed-Won",
            value=float(dice.between(10, 60) * 1000),
            owner=client.owner,
            added=after(first_seen, 7),
            modified=client.added,
            closed=client.added,
        )
    )


def lose_lead(world: World, dice: Dice, seen: datetime) -> None:
    """A lead that came to nothing."""
    first, last = name(dice)
    person_id = world.person_id()
    source = dice.weighted(SOURCES, SOURCE_WEIGHTS)
    word = f"{dice.one(COMPANY)} {dice.one(TRADE)}"
    domain = f"{word.replace(' ', '-').lower()}-p{person_id}.example"
    world.leads.append(
        Lead(
            id=person_id,
            first=first,
            last=last,
            email=address(first, last, person_id, domain),
            phone=phone(dice, person_id),
            added=seen,
            modified=capped(after(seen, 30)),
            company=f"{word} Ltd",
            source=source,
            referrer_id=_advocate(world, dice, seen) if source == "Referral" else None,
            owner=dice.one(world.recruiters[:-1]),
            status=dice.one(("New Lead", "Contacted", "Disqualified")),
        )
    )
