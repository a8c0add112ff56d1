"""The current release in PostgreSQL, for BI that reads a server.

Schema ``marts`` holds a view per public mart. The rows lie in ``vouch_serving``: a table per mart,
each row with the number of the released file that it is from, so that a mart which did not change
is there once. A view shows the rows of the file that the release named by ``vouch_serving.current``
has for its mart. A statement sees one release, whole, however many marts it joins, and neither
waits for the other (docs/decisions/0013-postgresql.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from publication.errors import ServingFailed
from publication.places import Places
from publication.postgresql_rows import ServedFile, is_equal, load, served_file
from publication.released_files import Problem
from publication.releases import Release, current, read_pointer
from publication.rows import quoted
from publication.switching import writer

_DRIVER = "postgresql+pg8000"
_CONNECT_SECONDS = 10
# New columns of a mart ask for a lock that a reader's statement can hold; nothing else does.
_LOCK_TIMEOUT = "30s"
_TABLES = """
create schema if not exists marts;
create schema if not exists vouch_serving;
create table if not exists vouch_serving.files (
    file integer generated always as identity primary key,
    mart text not null,
    sha256 text not null,
    relation text not null,
    unique (mart, sha256, relation)
);
create table if not exists vouch_serving.released (
    release_id text, mart text, file integer not null, primary key (release_id, mart)
);
create table if not exists vouch_serving.views (mart text primary key, relation text not null);
create table if not exists vouch_serving.current (
    release_id text not null,
    since timestamptz not null,
    is_the_only boolean primary key default true check (is_the_only)
);
"""


def serve(home: Path, url: str) -> str:
    """Make PostgreSQL show the release that ``current.json`` names; its id.

    Nothing is done where it does already. What a killed call left is used or removed by the next.
    ``url`` is ``postgresql+pg8000://user:password@host/database``; the user may create schemas
    there. One home to a database.

    Raises:
        NoCurrentRelease: there is nothing to show.
        ServingFailed: the server cannot be reached or refuses, or a released file was altered.
    """
    with writer(home), _connected(url, home) as engine:
        release = current(home)
        with engine.begin() as connection:
            connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('vouch serving'))")
            connection.exec_driver_sql(_TABLES)
            if _shown(connection) == release.id:
                return release.id
        files = _files(release)
        numbers = {file.mart: load(engine, file) for file in files}
        with engine.begin() as connection:
            _switch(connection, release, files, numbers)
        with engine.begin() as connection:
            _tidy(connection, release)
        return release.id


def served_problems(home: Path, url: str) -> list[Problem]:
    """Where what BI reads in PostgreSQL is not what was released; reads every row.

    Raises:
        ServingFailed: the server cannot be read.
    """
    if read_pointer(home) is None:
        return []
    release = current(home)
    with _connected(url, home) as engine, engine.begin() as connection:
        # One snapshot for all marts.
        connection.exec_driver_sql("set transaction isolation level repeatable read, read only")
        shown = _shown(connection)
        if shown != release.id:
            return [Problem("PostgreSQL", f"shows {shown or 'no release'}, not {release.id}")]
        return [
            Problem(f"PostgreSQL marts.{file.mart}", f"holds other rows than {release.id}")
            for file in _files(release)
            if not is_equal(connection, file)
        ]


@contextmanager
def _connected(url: str, home: Path) -> Iterator[Engine]:
    try:
        address = make_url(url)
        if address.drivername != _DRIVER:
            raise ArgumentError(address.drivername)
        engine = create_engine(address, connect_args={"timeout": _CONNECT_SECONDS})
    except (ArgumentError, NoSuchModuleError) as error:
        # The address may hold a password, so it is not repeated.
        raise ServingFailed(
            f"[serving] postgresql is not {_DRIVER}://user:password@host/database; mend it"
        ) from error
    try:
        yield engine
    except (SQLAlchemyError, OSError, duckdb.Error) as error:
        raise ServingFailed(
            f"{address.render_as_string(hide_password=True)} could not be asked to show the current"
            f" release, and shows what it showed before: {getattr(error, 'orig', None) or error}."
            f" The release is in {Places(home).serving}. Mend the server or [serving] postgresql:"
            " the next run tries again"
        ) from error
    finally:
        engine.dispose()


def _shown(connection: Connection) -> str | None:
    there = connection.exec_driver_sql("select to_regclass('vouch_serving.current')").scalar()
    if there is None:
        return None
    found = connection.exec_driver_sql("select release_id from vouch_serving.current").scalar()
    return None if found is None else str(found)


def _files(release: Release) -> list[ServedFile]:
    manifest = release.manifest()
    return [served_file(release, manifest, mart["name"]) for mart in manifest["marts"]]


def _switch(
    connection: Connection,
    release: Release,
    files: Sequence[ServedFile],
    numbers: Mapping[str, int],
) -> None:
    """All that readers notice, in one transaction: one row, and views whose columns are new."""
    connection.exec_driver_sql(f"set local lock_timeout = '{_LOCK_TIMEOUT}'")
    named = {"release": release.id}
    connection.execute(
        text("delete from vouch_serving.released where release_id = :release"), named
    )
    connection.execute(
        text("insert into vouch_serving.released values (:release, :mart, :file)"),
        [{**named, "mart": mart, "file": file} for mart, file in numbers.items()],
    )
    _set_views(connection, files)
    connection.execute(
        text(
            "insert into vouch_serving.current (release_id, since) values (:release, now())"
            " on conflict (is_the_only)"
            " do update set release_id = excluded.release_id, since = excluded.since"
        ),
        named,
    )


def _set_views(connection: Connection, files: Sequence[ServedFile]) -> None:
    rows = connection.exec_driver_sql("select mart, relation from vouch_serving.views").fetchall()
    there = {row[0]: row[1] for row in rows}
    wanted = {file.mart: file for file in files}
    for mart in sorted({*there, *wanted}):
        file = wanted.get(mart)
        if file is not None and there.get(mart) == file.relation:
            continue
        connection.exec_driver_sql(f"drop view if exists marts.{quoted(mart)}")
        connection.execute(
            text("delete from vouch_serving.views where mart = :mart"), {"mart": mart}
        )
        if file is None:
            continue
        connection.exec_driver_sql(
            f"create view marts.{quoted(mart)} as select {file.columns}"
            f" from vouch_serving.{quoted(file.relation)} where file = ("
            "select released.file from vouch_serving.released join vouch_serving.current"
            f" using (release_id) where released.mart = '{mart}')"
        )
        connection.execute(
            text("insert into vouch_serving.views values (:mart, :relation)"),
            {"mart": mart, "relation": file.relation},
        )


def _tidy(connection: Connection, release: Release) -> None:
    """Take out what no view shows any more; a statement that still reads it keeps its rows."""
    connection.execute(
        text("delete from vouch_serving.released where release_id <> :release"),
        {"release": release.id},
    )
    gone = connection.exec_driver_sql(
        "delete from vouch_serving.files where file not in"
        " (select file from vouch_serving.released) returning relation, file"
    ).fetchall()
    for relation, file in gone:
        connection.execute(
            text(f"delete from vouch_serving.{quoted(relation)} where file = :file"),
            {"file": file},
        )
