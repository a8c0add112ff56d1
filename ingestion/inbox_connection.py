"""How the inbox's database is opened, and what its errors mean to who runs the receiver."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import (
    ArgumentError,
    InvalidatePoolError,
    NoSuchModuleError,
    SQLAlchemyError,
)

from ingestion.inbox_tables import metadata

# A reader holds SQLite's write lock for milliseconds (a position moved). Longer means trouble,
# and whoever sends is told to come again instead of waiting: Xero waits 5 s for an answer.
_BUSY_SECONDS = 3
_CONNECT_SECONDS = 3


class InboxUnavailable(Exception):
    """The inbox cannot be written or read; the message says what to do.

    ``reason`` can be counted: ``inbox_full``, ``inbox_unwritable``, ``inbox_busy``,
    ``inbox_unreachable``.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


def connected(url: str) -> Engine:
    """The database, opened, with its tables.

    Raises:
        InboxUnavailable: the address is not one of the two kinds, or it cannot be opened.
    """
    try:
        address = make_url(url)
        engine = _opened(address)
    except (ArgumentError, NoSuchModuleError) as error:
        # The address may hold a password, so it is not repeated.
        raise InboxUnavailable(
            f"[inbox] url is not an address: {_KINDS}", "inbox_unreachable"
        ) from (error)
    try:
        _make_tables(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise explained(error, f"open {address.render_as_string(hide_password=True)}") from error
    return engine


def _make_tables(engine: Engine) -> None:
    with engine.begin() as connection:
        found = inspect(connection)
        if all(found.has_table(name) for name in metadata.tables):
            return
        # Receiver and worker of a new installation come at the same instant.
        connection.exec_driver_sql(_ALONE[engine.dialect.name])
        metadata.create_all(connection)


def explained(error: SQLAlchemyError | OSError, purpose: str) -> InboxUnavailable:
    """What the database said, in words that say what to do."""
    said = str(getattr(error, "orig", None) or error)
    for sign, reason, remedy in _SIGNS:
        if sign in said:
            return InboxUnavailable(f"the inbox could not {purpose}: {said}. {remedy}", reason)
    return InboxUnavailable(
        f"the inbox could not {purpose}: {said}. Look at the database's own log.",
        "inbox_unreachable",
    )


_ALONE = {
    "sqlite": "begin immediate",
    "postgresql": "select pg_advisory_xact_lock(hashtext('vouch inbox'))",
}
_KINDS = "sqlite:////absolute/path/inbox.sqlite or postgresql+pg8000://user:password@host/database"
_FREE = "Make room on its disk; senders are told to come again until there is."
_WRITABLE = "Make its folder and files writable for the user who runs this."
_SIGNS = (
    ("database or disk is full", "inbox_full", _FREE),
    ("No space left on device", "inbox_full", _FREE),
    ("readonly database", "inbox_unwritable", _WRITABLE),
    ("unable to open database file", "inbox_unwritable", _WRITABLE),
    ("disk I/O error", "inbox_unwritable", "Look at its disk; copy the file away before all else."),
    ("malformed", "inbox_unwritable", "Restore it from a backup, or move it away to begin anew."),
    ("not a database", "inbox_unwritable", "[inbox] url points at a file that is none; mend it."),
    (
        "database is locked",
        "inbox_busy",
        f"Somebody has held it for {_BUSY_SECONDS} s; end what else has it open.",
    ),
    ("create a connection", "inbox_unreachable", "Start PostgreSQL, or mend [inbox] url."),
    ("password authentication", "inbox_unreachable", "Mend user and password in [inbox] url."),
)


def _opened(address: URL) -> Engine:
    if address.get_backend_name() == "sqlite" and address.database not in {None, "", ":memory:"}:
        return _sqlite(address)
    if address.drivername == "postgresql+pg8000":
        return _postgresql(address)
    raise ArgumentError(_KINDS)


def _sqlite(address: URL) -> Engine:
    folder = Path(str(address.database)).parent
    try:
        # A URI of SQLite's names its file in its own way.
        if not str(address.database).startswith("file:"):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InboxUnavailable(
            f"the inbox's folder {folder} cannot be made ({error.strerror}). {_WRITABLE}",
            "inbox_unwritable",
        ) from error
    engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        # FULL: the log is on the disk before a commit returns. NORMAL would lose the last
        # commits when the power goes.
        cursor.execute("pragma journal_mode = wal")
        cursor.execute("pragma synchronous = full")
        cursor.close()

    return engine


def _postgresql(address: URL) -> Engine:
    engine = create_engine(address, connect_args={"timeout": _CONNECT_SECONDS})

    # SQLAlchemy's own pre-ping knows errors of the driver only, and pg8000 lets those of the
    # socket through.
    @event.listens_for(engine, "checkout")
    def ping(connection: Any, _record: Any, _proxy: Any) -> None:
        try:
            cursor = connection.cursor()
            cursor.execute("select 1")
            cursor.close()
            connection.rollback()
        except (OSError, engine.dialect.loaded_dbapi.Error) as error:
            # One gone is all gone: the server was started anew.
            raise InvalidatePoolError from error

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("show synchronous_commit")
        # A server may be set up to acknowledge what it could still lose.
        if cursor.fetchone()[0] in {"off", "local"}:
            cursor.execute("set synchronous_commit to on")
        connection.commit()
        cursor.close()

    return engine
