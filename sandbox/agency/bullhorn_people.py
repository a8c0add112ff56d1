"""People and companies as Bullhorn returns them."""

from sandbox.agency.bullhorn_values import Record, to
from sandbox.agency.calendar import epoch_ms
from sandbox.agency.cast import Candidate, Client, Contact, Lead, Person, Recruiter


def _named(person: Person) -> Record:
    return {
        "id": person.id,
        "firstName": person.first,
        "lastName": person.last,
        "email": person.email,
    }


def user(user: Recruiter) -> Record:
    """A recruiter."""
    return {
        **_named(user),
        "enabled": user.enabled,
        "isDeleted": not user.enabled,
        "dateLastModified": epoch_ms(user.modified),
    }


def candidate(candidate: Candidate) -> Record:
    """A candidate; a merged one points at the survivor."""
    return {
        **_named(candidate),
        "phone": candidate.phone,
        "mobile": candidate.phone,
        "status": candidate.status,
        "source": candidate.source,
        "referredBy": candidate.referred_by,
        "referredByPerson": to(candidate.referrer_id),
        "owner": to(candidate.owner.id),
        "occupation": candidate.occupation,
        "isDeleted": candidate.is_deleted,
        "isAnonymized": candidate.is_anonymised,
        "linkedPerson": to(candidate.linked_id),
        "dateAdded": epoch_ms(candidate.added),
        "dateLastModified": epoch_ms(candidate.modified),
    }


def corporation(client: Client) -> Record:
    """A client company."""
    return {
        "id": client.id,
        "name": client.name,
        "companyURL": f"https://www.{client.domain}",
        "status": client.status,
        "parentClientCorporation": to(client.parent_id),
        "externalID": client.code,
        # A percentage here, a fraction on the placement: Bullhorn's own habit.
        "feeArrangement": round(client.fee * 100, 2),
        "dateAdded": epoch_ms(client.added),
        "dateLastModified": epoch_ms(client.modified),
    }


def contact(contact: Contact) -> Record:
    """A person at a client."""
    return {
        **_named(contact),
        "phone": contact.phone,
        "clientCorporation": to(contact.client.id),
        "source": contact.source,
        "referredByPerson": to(contact.referrer_id),
        "owner": to(contact.owner.id),
        "occupation": contact.title,
        "status": "Active",
        "isDeleted": contact.is_deleted,
        "isAnonymized": False,
        "linkedPerson": to(contact.linked_id),
        "dateAdded": epoch_ms(contact.added),
        "dateLastModified": epoch_ms(contact.modified),
    }


def lead(lead: Lead) -> Record:
    """A possible client."""
    return {
        **_named(lead),
        "companyName": lead.company,
        "clientCorporation": to(lead.client.id if lead.client else None),
        "leadSource": lead.source,
        "campaignSource": lead.campaign,
        "conversionSource": lead.conversion,
        "referredByPerson": to(lead.referrer_id),
        "owner": to(lead.owner.id),
        "status": lead.status,
        "isDeleted": lead.is_deleted,
        "dateAdded": epoch_ms(lead.added),
        "dateLastModified": epoch_ms(lead.modified),
    }
