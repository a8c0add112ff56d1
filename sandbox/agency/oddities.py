"""Records at odds with each other, as every agency has them. Each is remarked for tests."""

from dataclasses import replace

from sandbox.agency.calendar import SPAN_END, after, capped
from sandbox.agency.cast import Candidate
from sandbox.agency.dice import Dice
from sandbox.agency.people import add_contact
from sandbox.agency.world import World


def plant(world: World, dice: Dice) -> None:
    """All oddities of Bullhorn."""
    placed = [
        c for c in world.candidates if c.placed_from and c.placed_from < after(SPAN_END, -200)
    ]
    quiet = [c for c in world.candidates if not c.placed_from and c.status == "New Lead"]
    several = max(2, len(placed) // 40)
    _merge(world, dice, dice.some(quiet, several) + dice.some(placed, several))
    _late_claim(world, dice, placed)
    _cross(world, dice, placed, several)
    _refer_to_themselves(world, [c for c in quiet if not c.referrer_id][:2])
    _share_mailbox(world, dice)
    _delete_softly(world, dice)
    _report_late(world, dice, quiet)
    _anonymise(world, dice.some(quiet, several) + placed[-several:])


def _duplicate(world: World, survivor: Candidate, days: float) -> Candidate:
    added = capped(after(survivor.added, days))
    duplicate = replace(
        survivor,
        id=world.person_id(),
        added=added,
        modified=capped(after(added, 9)),
        status="Archive",
        referrer_id=None,
        referred_by=None,
        is_deleted=True,
        linked_id=survivor.id,
        placed_from=None,
        band=None,
    )
    world.candidates.append(duplicate)
    keys = (f"bullhorn.candidates:{survivor.id}", f"bullhorn.candidates:{duplicate.id}")
    world.same_person.append(keys)
    return duplicate


def _merge(world: World, dice: Dice, survivors: list[Candidate]) -> None:
    for survivor in survivors:
        duplicate = _duplicate(world, survivor, dice.between(3, 60))
        world.remark("merged_candidate", f"bullhorn.candidates:{duplicate.id}")


def _late_claim(world: World, dice: Dice, placed: list[Candidate]) -> None:
    """A referral recorded after the conversion it would claim: earns nothing."""
    others = [c for c in placed if not c.is_referred]
    for survivor in others[:2]:
        assert survivor.placed_from is not None
        late = (after(survivor.placed_from, 20) - survivor.added).days
        duplicate = _duplicate(world, survivor, late)
        duplicate.referrer_id = dice.one([c for c in placed if c is not survivor]).id
        duplicate.source = "Referral"
        world.remark("referral_after_conversion", f"bullhorn.candidates:{duplicate.id}")
    old = [lead for lead in world.leads if lead.client and lead.client.source != "Referral"]
    for lead in old[:2]:
        again = replace(
            lead,
            id=world.person_id(),
            added=capped(after(lead.modified, 400)),
            modified=capped(after(lead.modified, 402)),
            source="Referral",
            referrer_id=dice.one(placed).id,
        )
        world.leads.append(again)
        keys = (f"bullhorn.leads:{lead.id}", f"bullhorn.leads:{again.id}")
        world.same_person.append(keys)
        world.remark("referral_after_conversion", f"bullhorn.leads:{again.id}")


def _cross(world: World, dice: Dice, placed: list[Candidate], count: int) -> None:
    """Placed candidates who now hire: a contact of their own, sometimes linked."""
    for number, candidate in enumerate(dice.some(placed, count)):
        assert candidate.placed_from is not None
        client = dice.one(world.clients)
        contact = add_contact(world, dice, client, capped(after(candidate.placed_from, 150)))
        contact.first, contact.last, contact.email = (
            candidate.first,
            candidate.last,
            candidate.email,
        )
        contact.linked_id = candidate.id if number % 2 == 0 else None
        keys = (f"bullhorn.candidates:{candidate.id}", f"bullhorn.client_contacts:{contact.id}")
        world.same_person.append(keys)
        world.remark("candidate_became_contact", keys[1])


def _refer_to_themselves(world: World, quiet: list[Candidate]) -> None:
    for candidate in quiet:
        candidate.referrer_id = candidate.id
        world.remark("self_referral", f"bullhorn.candidates:{candidate.id}")
    for later in world.candidates:
        first = next((c for c in world.candidates if c.id == later.referrer_id), None)
        if first is not None and first is not later and first.referrer_id is None:
            first.referrer_id = later.id
            world.remark("referral_cycle", f"bullhorn.candidates:{first.id}")
            return


def _share_mailbox(world: World, dice: Dice) -> None:
    """One address for two contacts; some of their answers name only the address."""
    shared = [client for client in world.clients if len(client.contacts) > 1][:3]
    for client in shared:
        for contact in client.contacts[:2]:
            contact.email = f"hr@{client.domain}"
            world.remark("shared_mailbox", f"bullhorn.client_contacts:{contact.id}")
    mailboxes = {contact.id for client in shared for contact in client.contacts[:2]}
    for answer in world.answers:
        if answer.person.id in mailboxes:
            answer.hidden["email"] = answer.person.email or ""
            if dice.chance(0.5):
                answer.hidden.pop("contact_id", None)
                world.remark("answer_of_shared_mailbox", f"typeform.responses:{answer.token}")


def _delete_softly(world: World, dice: Dice) -> None:
    rejected = [s for s in world.submissions if s.status == "Client Rejected"]
    for submission in dice.some(rejected, 2):
        submission.is_deleted = True
        world.remark("soft_deleted", f"bullhorn.job_submissions:{submission.id}")
    for job in [job for job in world.jobs if job.status == "Closed - Unfilled"][:2]:
        job.is_deleted = True
        world.remark("soft_deleted", f"bullhorn.job_orders:{job.id}")
    for note in world.notes[3:5]:
        note.is_deleted = True
        world.remark("soft_deleted", f"bullhorn.notes:{note.id}")


def _report_late(world: World, dice: Dice, quiet: list[Candidate]) -> None:
    """Old events that reach the ATS at the very end: a pull by date of event would miss them."""
    for candidate in quiet[-4:]:
        candidate.modified = after(SPAN_END, -dice.between(1, 3))
        world.remark("late_record", f"bullhorn.candidates:{candidate.id}")
    for placement in [p for p in world.placements if p.status == "Terminated"][:2]:
        placement.modified = after(SPAN_END, -1)
        world.remark("late_record", f"bullhorn.placements:{placement.id}")


def _anonymise(world: World, people: list[Candidate]) -> None:
    for candidate in people:
        candidate.first = candidate.last = "Anonymized"
        candidate.email = candidate.phone = candidate.referred_by = None
        candidate.is_anonymised = True
        candidate.modified = max(candidate.modified, capped(after(candidate.modified, 30)))
        world.remark("anonymised_candidate", f"bullhorn.candidates:{candidate.id}")
