"""The surveys as Typeform returns them: forms with typed fields, answers that point at them."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.agency.events import Answer
from sandbox.agency.opinions import CANDIDATE_DRIVERS, CLIENT_DRIVERS
from sandbox.agency.surveys import CSAT_FORM
from sandbox.agency.world import World

Record = dict[str, Any]
HIDDEN = [
    "respondent_kind",
    "candidate_id",
    "contact_id",
    "company_id",
    "placement_id",
    "job_submission_id",
    "trigger",
    "email",
]
TITLES = {
    "application": "Your application",
    "interview": "Your interview",
    "rejection": "After our decision",
    "placement_start": "Your first week",
    "placement_90d": "Your first 90 days",
    "job_close": "How did we do on this role?",
    "relationship_client": "Working with us",
    "relationship_candidate": "A year on",
    CSAT_FORM: "One quick question",
}
CLIENT_FORMS = ("job_close", "relationship_client", CSAT_FORM)
# Asked as an 11-step opinion scale, which is NPS as much as the field of that name.
OPINION_SCALE_FORMS = ("relationship_client",)
TOLD = ["A friend or colleague", "Someone you placed", "Job board", "LinkedIn", "Event", "Other"]


def records(world: World) -> dict[str, list[Record]]:
    """Forms, and responses as ``{"form_id", "response"}``, in order of submission."""
    answers = sorted(world.answers, key=lambda answer: (answer.submitted, answer.token))
    return {
        "forms": [form_record(form) for form in TITLES],
        "responses": [{"form_id": a.form, "response": response(a)} for a in answers],
    }


def form_record(form: str) -> Record:
    """A form with its fields."""
    return {
        "id": form,
        "type": "quiz",
        "title": TITLES[form],
        "created_at": "2023-11-02T09:00:00Z",
        "last_updated_at": "2023-12-15T10:00:00Z",
        "hidden": HIDDEN,
        "settings": {"language": "en", "is_public": True},
        "fields": [_field(form, ref) for ref in _refs(form)],
    }


def _refs(form: str) -> list[str]:
    if form == CSAT_FORM:
        return ["csat", "comment"]
    drivers = CLIENT_DRIVERS if form in CLIENT_FORMS else CANDIDATE_DRIVERS
    told = ["who_told_you"] if form == "placement_start" else []
    return ["nps", *drivers, *told, "comment"]


def _field_id(form: str, ref: str) -> str:
    return f"{form[:1]}{form[-3:]}{ref.replace('_', '')[:8]}".ljust(12, "x")


def _field(form: str, ref: str) -> Record:
    properties: Record = {}
    if ref == "nps":
        properties = {"steps": 11, "start_at_one": False}
    elif ref == "who_told_you":
        properties = {"choices": [{"ref": f"told_{i}", "label": x} for i, x in enumerate(TOLD)]}
    elif ref != "comment":
        properties = {"steps": 5, "start_at_one": True}
    return {
        "id": _field_id(form, ref),
        "ref": ref,
        "title": ref.replace("_", " ").capitalize(),
        "type": _type(form, ref),
        "properties": properties,
        "validations": {"required": False},
    }


def _type(form: str, ref: str) -> str:
    if ref == "nps":
        return "opinion_scale" if form in OPINION_SCALE_FORMS else "nps"
    return {"comment": "long_text", "who_told_you": "multiple_choice"}.get(ref, "opinion_scale")


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def response(answer: Answer) -> Record:
    """A response as the Responses API lists it."""
    return {
        "landing_id": answer.token,
        "token": answer.token,
        "response_id": answer.token,
        "response_type": "completed",
        "landed_at": _instant(answer.submitted - timedelta(seconds=95)),
        "submitted_at": _instant(answer.submitted),
        "metadata": {
            "user_agent": "Mozilla/5.0",
            "platform": "other",
            "referer": f"https://agency.typeform.com/to/{answer.form}",
            "network_id": answer.token[:10],
            "browser": "default",
        },
        "hidden": answer.hidden,
        "calculated": {"score": 0},
        "answers": _answers(answer),
    }


def _answers(answer: Answer) -> list[Record]:
    given: list[Record] = []

    def add(ref: str, kind: str, value: Any) -> None:
        field = {
            "id": _field_id(answer.form, ref),
            "ref": ref,
            "type": _type(answer.form, ref),
        }
        given.append({"field": field, "type": kind, kind: value})

    if answer.score is not None:
        add("nps", "number", answer.score)
    if answer.csat is not None:
        add("csat", "number", answer.csat)
    for ref, value in answer.drivers.items():
        add(ref, "number", value)
    if answer.who_told_you:
        add("who_told_you", "choice", {"label": answer.who_told_you})
    if answer.comment:
        add("comment", "text", answer.comment)
    return given
