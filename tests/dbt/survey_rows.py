"""Survey records, each there for one rule of scale or of who answered."""

from datetime import datetime, timedelta
from typing import Any

from warehouse import NOON, Delivery

SCALE_OF_11 = {"steps": 11, "start_at_one": False}


def form(form_id: str, kind: str, properties: dict[str, Any]) -> Delivery:
    """A form with one question of that kind."""
    field = {"id": f"{form_id}-q", "ref": "q", "type": kind, "properties": properties}
    return Delivery("typeform", "forms", form_id, {"id": form_id, "fields": [field]})


def answer(form_id: str, kind: str, number: float, ref: str = "q") -> dict[str, Any]:
    """A number given to a question."""
    return {
        "type": "number",
        "number": number,
        "field": {"id": f"{form_id}-{ref}", "type": kind, "ref": ref},
    }


def response(token: str, form_id: str, answers: list[dict[str, Any]], **hidden: str) -> Delivery:
    """A response with hidden fields."""
    item = {
        "token": token,
        "submitted_at": "2026-03-01T09:00:00Z",
        "hidden": {"respondent_kind": "candidate", "trigger": "interview", **hidden},
        "answers": answers,
    }
    return Delivery("typeform", "responses", token, {"form_id": form_id, "response": item})


def nps(score: float) -> list[dict[str, Any]]:
    """An answer of Typeform's own NPS type."""
    return [answer("nps", "nps", score)]


def own(answer_id: str, score: int | str | None, at: datetime, op: str = "upsert") -> Delivery:
    """An answer that a tool of the agency's own pushed, as its vendor module lands it."""
    data = {
        "id": answer_id,
        "respondent_email": "both@mail.example",
        "score": score,
        "submitted_at": "2026-03-02T10:00:00+01:00",
        "company_key": "c-1",
    }
    said = {"type": f"survey_answer.{op}d", "timestamp": at.isoformat(), "data": data}
    return Delivery("own", "answers", answer_id, said, version=at, op=op)


TOLD = {
    "type": "choice",
    "choice": {"label": "A friend or colleague"},
    "field": {"id": "told", "ref": "who_told_you", "type": "multiple_choice"},
}
SAID = {"type": "text", "text": "so-so", "field": {"id": "c", "ref": "comment", "type": "text"}}
EFFORT = Delivery(
    "typeform",
    "forms",
    "effort",
    {
        "id": "effort",
        "fields": [
            {
                "id": "effort-ces",
                "ref": "ces",
                "type": "opinion_scale",
                "properties": {"steps": 7, "start_at_one": True},
            }
        ],
    },
)
SURVEYS = [
    form("nps", "nps", {}),
    form("eleven", "opinion_scale", SCALE_OF_11),
    form("from_one", "opinion_scale", {"steps": 11, "start_at_one": True}),
    form("five", "opinion_scale", {"steps": 5, "start_at_one": True}),
    EFFORT,
    response("nine", "nps", [*nps(9), TOLD, SAID], candidate_id="1"),
    response("eleven", "eleven", [answer("eleven", "opinion_scale", 0)], candidate_id="7"),
    response("from-one", "from_one", [answer("from_one", "opinion_scale", 9)], candidate_id="1"),
    response("five", "five", [answer("five", "opinion_scale", 5, "csat")], candidate_id="1"),
    response("five-as-nps", "five", [answer("five", "opinion_scale", 5, "nps")], candidate_id="1"),
    response("effort", "effort", [answer("effort", "opinion_scale", 7, "ces")], candidate_id="1"),
    response("five-as-ces", "five", [answer("five", "opinion_scale", 5, "ces")], candidate_id="1"),
    response("skipped", "nps", [answer("nps", "opinion_scale", 4, "speed")], candidate_id="1"),
    response("too-high", "nps", nps(11), candidate_id="1"),
    response("between", "nps", nps(8.5), candidate_id="1"),
    response("rating-six", "nps", [answer("nps", "opinion_scale", 6, "speed")], candidate_id="1"),
    response("by-mail", "nps", nps(7), email="BOTH@mail.example"),
    response("shared", "nps", nps(7), email="hr@shared.example", respondent_kind="client"),
    response(
        "known-in-shared",
        "nps",
        nps(7),
        email="hr@shared.example",
        contact_id="3",
        respondent_kind="client",
        trigger="relationship_client",
    ),
    response("nobody", "nps", nps(7), email="stranger@mail.example", trigger="novelty"),
    response("alumna", "nps", nps(7), respondent_kind="alumna"),
    Delivery(
        "files",
        "survey_answers",
        "f" * 16 + ":1",
        {
            "respondent_email": "both@mail.example",
            "score": "10",
            "comment": "",
            "submitted_at": "2026-03-02",
            "company_key": "c-1",
        },
        version=None,
    ),
    Delivery("files", "survey_answers", "f" * 16 + ":2", {"score": "ten"}, version=None),
    own("a-1", 9, at=NOON),
    own("a-1", 3, at=NOON + timedelta(minutes=1)),
    own("a-2", 8, at=NOON),
    own("a-2", None, at=NOON + timedelta(minutes=1), op="delete"),
    own("a-3", "ten", at=NOON),
]
