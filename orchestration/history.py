"""Dagster's run history in SQLite, with connections that stay open.

Dagster opens and closes a connection, and waits for the disk, three times per event. A run has
several hundred events: measured 25 s of a run that built 37 models in 12. Here a connection stays
open per file, and the disk is waited for at checkpoints: after a power cut the last events of a
run may be missing from the history, nothing of a release is kept there. Dagster also asks with each
event which tables and columns there are, in case of a migration; once they are there, they stay.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes.config_class import ConfigurableClassData
from sqlalchemy import Connection, Engine, StaticPool, create_engine, event

# Shards are one per run: the daemon and the web interface look at many.
_OPEN = 8


class History(SqliteEventLogStorage):
    """As Dagster's, and as its files; configured in ``dagster.yaml``."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._process = os.getpid()
        self._found: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "History":
        """Dagster's way of making one."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def has_table(self, table_name: str) -> bool:
        """Whether the file for all runs has the table."""
        return self._is_found(table_name, lambda: super(History, self).has_table(table_name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._is_found(f"column {column_name}", lambda: ask(conn, column_name))

    def _is_found(self, name: str, ask: Callable[[], bool]) -> bool:
        if name not in self._found and ask():
            self._found.add(name)
        return name in self._found

    def dispose(self) -> None:
        """Close what is open; Dagster calls this when its instance ends."""
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()
        super().dispose()

    def _engine(self, shard: str) -> Engine:
        if self._process != os.getpid():
            # A fork's copies of connections are not to be used, nor to be closed.
            self._engines, self._process = OrderedDict(), os.getpid()
        engine = self._engines.pop(shard, None)
        if engine is None:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            event.listen(engine, "connect", _relaxed)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
        self._engines[shard] = engine
        if len(self._engines) > _OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return engine


def _relaxed(connection: Any, _: object) -> None:
    connection.execute("pragma synchronous = normal")
