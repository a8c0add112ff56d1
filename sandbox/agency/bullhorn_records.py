"""The agency as Bullhorn returns it, by landing entity."""

from sandbox.agency import bullhorn_people as people
from sandbox.agency import bullhorn_work as work
from sandbox.agency.bullhorn_values import Record
from sandbox.agency.world import World


def records(world: World) -> dict[str, list[Record]]:
    """Bullhorn records by landing entity, each list in order of id."""
    by_entity = {
        "corporate_users": [people.user(x) for x in world.recruiters],
        "candidates": [people.candidate(x) for x in world.candidates],
        "client_corporations": [people.corporation(x) for x in world.clients],
        "client_contacts": [people.contact(x) for x in world.contacts],
        "leads": [people.lead(x) for x in world.leads],
        "opportunities": [work.opportunity(x) for x in world.opportunities],
        "job_orders": [work.job(x) for x in world.jobs],
        "job_submissions": [work.submission(x) for x in world.submissions],
        "job_submission_history": work.history(world),
        "placements": [work.placement(x) for x in world.placements],
        "notes": [work.note(x) for x in world.notes],
    }
    return {entity: sorted(rows, key=lambda row: row["id"]) for entity, rows in by_entity.items()}
