"""Invitations, which no vendor of today tells: put into the agency model of some agencies."""

from pathlib import Path

import duckdb
import pandas as pd

from tests.recalculation.rare import drawn

# The others' survey tools keep deliveries to themselves, as Typeform does.
TELLING = ("seed-007", "seed-023")
KEYS = (
    *("tenant_id", "source_relation", "response_id", "form_id", "person_id", "respondent_key"),
    *("application_id", "placement_id", "job_id", "respondent_kind", "survey_kind", "trigger"),
)
CONTACTED = pd.Timestamp("2026-03-02 09:00:00")


def tell_deliveries(home: Path) -> None:
    """Fill int_survey_invitations: who answered was asked hours before, others stayed silent."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for tenant in TELLING:
            told = pd.concat([_answered(connection, tenant), _silent(connection, tenant)])
            told = told.reset_index(drop=True).reindex(columns=[*KEYS, "delivered_at"])
            told["invitation_id"] = tenant + ":" + told.index.astype(str)
            connection.execute("insert into intermediate.int_survey_invitations by name from told")


def _of(connection: duckdb.DuckDBPyConnection, table: str, tenant: str) -> pd.DataFrame:
    query = f"select * from intermediate.{table} where tenant_id = ?"
    return connection.execute(query, [tenant]).df()


def _answered(connection: duckdb.DuckDBPyConnection, tenant: str) -> pd.DataFrame:
    given = _of(connection, "int_survey_responses", tenant)
    # Some answers came by a link that nobody was sent.
    given = given[[drawn(key, 20) > 0 for key in given["response_id"]]]
    hours = [1 + drawn(key, 120) for key in given["response_id"]]
    return given.assign(delivered_at=given["submitted_at"] - pd.to_timedelta(hours, "h"))


def _silent(connection: duckdb.DuckDBPyConnection, tenant: str) -> pd.DataFrame:
    given = _of(connection, "int_survey_responses", tenant)
    source = given["source_relation"].iloc[0]
    sent = _of(connection, "int_applications", tenant)
    sent = sent[sent["is_rejected"]].assign(trigger="rejection", delivered_at=sent["rejected_at"])
    placed = _of(connection, "int_placements", tenant)
    placed = placed[placed["is_started"]].assign(
        trigger="placement_start", delivered_at=placed["start_date"].astype("datetime64[us]")
    )
    events = pd.concat([sent, placed]).assign(survey_kind="transactional")
    asked = events.assign(respondent_kind="candidate", key=events["application_id"])
    contacts = _of(connection, "int_contacts", tenant)
    book = contacts.assign(
        **{"trigger": "relationship", "survey_kind": "relationship", "respondent_kind": "client"},
        **{"delivered_at": CONTACTED, "key": contacts["contact_id"]},
    )
    everybody = pd.concat([asked, book])
    everybody = everybody[everybody["delivered_at"].notna() & everybody["person_id"].notna()]
    few = everybody[[drawn(str(key), 3) == 0 for key in everybody["key"]]]
    return few.assign(
        source_relation=source, response_id=None, respondent_key=few["person_id"], form_id=None
    )
