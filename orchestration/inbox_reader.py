"""The inbox, opened so that nothing in it can be changed or made."""

from pathlib import Path

from sqlalchemy import NullPool, create_engine, make_url

from ingestion.inbox import Inbox


def reading(url: str) -> Inbox | None:
    """The inbox behind the URL; None while there is no file, or an empty one.

    PostgreSQL is opened with read-only transactions.
    """
    found = make_url(url)
    if found.get_backend_name() != "sqlite":
        return Inbox(create_engine(found, execution_options={"postgresql_readonly": True}))
    path = Path(found.database or "")
    if not path.exists() or not path.stat().st_size:
        return None
    # A reader that keeps its connection keeps SQLite's log from being folded in.
    return Inbox(
        create_engine(f"sqlite+pysqlite:///file:{path}?mode=ro&uri=true", poolclass=NullPool)
    )
