"""A survey answered now, by somebody whom the store knows."""

from datetime import datetime
from typing import Any

from sandbox.agency.cast import Person
from sandbox.agency.dice import Dice
from sandbox.agency.events import Answer
from sandbox.agency.opinions import CANDIDATE_DRIVERS, CLIENT_DRIVERS, COMMENTS, band_of, ratings
from sandbox.agency.typeform_records import form_record, response
from sandbox.store import Store

# Added by Typeform's Responses API, and not part of what its webhooks send.
_LISTED_ONLY = ("landing_id", "response_id", "response_type", "metadata")


def answer(store: Store, dice: Dice, now: datetime, score: int, is_client: bool) -> dict[str, Any]:
    """A response as stored: ``{"form_id", "response"}``."""
    entity = "client_contacts" if is_client else "candidates"
    who = dice.one([one for one in store["bullhorn", entity] if _can_be_asked(one)])
    trigger = "relationship_client" if is_client else "relationship_candidate"
    ids = {"candidate_id": str(who["id"])}
    if is_client:
        ids = {"contact_id": str(who["id"]), "company_id": str(who["clientCorporation"]["id"])}
    audience = "client" if is_client else "candidate"
    given = Answer(
        token=dice.token(),
        form=trigger,
        trigger=trigger,
        audience=audience,
        person=Person(who["id"], who["firstName"], who["lastName"], who["email"], None, now, now),
        submitted=now,
        score=score,
        drivers=ratings(dice, CLIENT_DRIVERS if is_client else CANDIDATE_DRIVERS, score),
        hidden={"respondent_kind": audience, **ids, "trigger": trigger, "email": who["email"]},
        event="",
        comment=dice.one(COMMENTS[band_of(score)]),
    )
    return {"form_id": trigger, "response": response(given)}


def pushed(record: dict[str, Any]) -> dict[str, Any]:
    """The ``form_response`` of a webhook: the form's definition with it, less what only lists have.

    Source: typeform.com/developers/webhooks/example-payload.
    """
    form = form_record(record["form_id"])
    kept = {name: x for name, x in record["response"].items() if name not in _LISTED_ONLY}
    fields = [
        {name: field[name] for name in ("id", "title", "type", "ref", "properties")}
        for field in form["fields"]
    ]
    definition = {"id": form["id"], "title": form["title"], "fields": fields}
    return {"form_id": form["id"], **kept, "definition": definition}


def _can_be_asked(person: dict[str, Any]) -> bool:
    is_there = not person["isDeleted"] and not person.get("isAnonymized")
    return bool(is_there and person["email"])
