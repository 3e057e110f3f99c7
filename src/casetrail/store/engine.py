"""Run relations on DuckDB and keep what ran. No engine message leaves this module: it can quote a record."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from casetrail.errors import CasetrailError, IntegrityError, OutputError, StoreError
from casetrail.figures import RelationRun
from casetrail.store.relation import Relation


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of a relation and how they came about."""

    table: pa.Table
    run: RelationRun

    def rows(self) -> list[dict[str, object]]:
        """Rows as dicts. Sums come from the engine as 128-bit decimals and leave as integers."""
        return [
            {key: int(value) if isinstance(value, Decimal) else value for key, value in row.items()}
            for row in self.table.to_pylist()
        ]


def _wrapped(failure: duckdb.Error, doing: str) -> CasetrailError:
    """The engine's error without the engine's words, which may quote a cell or a whole row."""
    text = str(failure).lower()
    if "no space left" in text or "disk is full" in text or "max_temp_directory_size" in text:
        return OutputError(
            "The disc is full while the trail was being built.",
            where=doing,
            todo="Free space, or name a `work` folder on another disc in the inquiry file, and run again.",
            code="disc_full",
        )
    if isinstance(failure, duckdb.OutOfMemoryException):
        return StoreError(
            "The engine ran out of memory.",
            where=doing,
            todo="Close other programs, or run on fewer sources at a time.",
            code="out_of_memory",
        )
    return StoreError(
        f"The engine could not finish ({type(failure).__name__}); its message is withheld, it can quote a record.",
        where=doing,
        todo="Run the command again; if it stays, report the relation named here.",
        code="engine",
    )


@contextmanager
def _guard(doing: str) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as failure:
        raise _wrapped(failure, doing) from None


class Engine:
    """One connection to one database file. Not shared between threads."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def flush(self) -> None:
        """Write everything to the file now. Closing does it too, but says nothing when the disc is full."""
        with _guard("writing the snapshot"):
            self._connection.execute("checkpoint").fetchall()

    def limit(self, *, memory: str | None = None, threads: int | None = None) -> None:
        """Cap memory ("8GB") and threads of this connection."""
        with _guard("setting limits"):
            if memory is not None:
                self._connection.execute("set memory_limit = $m", {"m": memory}).fetchall()
            if threads is not None:
                self._connection.execute("set threads = $t", {"t": threads}).fetchall()

    def store_quickly(self) -> None:
        """Store large tables at the least cost; reading them costs the same.

        Rows that no relation orders may be stored in any order, so writers need not wait for each other. Whole
        numbers are bit-packed without trying every compression on every column first: a tenth of the time of a
        build, for a file a seventh larger.
        """
        with _guard("setting how tables are stored"):
            self._connection.execute("set preserve_insertion_order = false").fetchall()
            self._connection.execute("set force_compression = 'bitpacking'").fetchall()

    def attach(self, path: Path, name: str) -> None:
        """Attach another snapshot read-only as schema `name`; its tables are then seen without a prefix."""
        quoted = str(path).replace("'", "''")
        with _guard(f"attaching the snapshot {path.name}"):
            # Connections of one process to one file share an instance: another may have attached it already.
            self._connection.execute(f"attach if not exists '{quoted}' as {name} (read_only)").fetchall()
            self._connection.execute(
                f"set search_path = '{self._own_name()},{name}'",
            ).fetchall()

    def _own_name(self) -> str:
        found = self._connection.execute("select current_database()").fetchall()
        return str(found[0][0])

    def load(self, name: str, table: pa.Table) -> None:
        """Store an Arrow table under `name`."""
        with _guard(f"loading the table {name}"):
            self._connection.register("incoming", table)
            try:
                self._connection.execute(f"create table {name} as select * from incoming").fetchall()
            finally:
                self._connection.unregister("incoming")

    def materialise(
        self,
        relation: Relation,
        parameters: Mapping[str, object] | None = None,
        *,
        name: str | None = None,
        append: bool = False,
    ) -> RelationRun:
        """Store the rows of a relation as a table of the relation's name (or `name`), or add them to it."""
        target = name or relation.name
        put = f"insert into {target}" if append else f"create table {target} as"
        with _guard(f"relation {relation.name}"):
            self._connection.execute(f"{put}\n{relation.text}", dict(parameters or {})).fetchall()
            found = self._connection.sql(f"select * from {target} limit 0").columns
        self._check_columns(relation, found)
        return planned_run(relation, parameters)

    def query(self, relation: Relation, parameters: Mapping[str, object] | None = None) -> Result:
        """Run a relation and return its rows. Raises StoreError; IntegrityError on a column not declared."""
        with _guard(f"relation {relation.name}"):
            table = self._connection.sql(relation.text, params=dict(parameters or {})).to_arrow_table()
        self._check_columns(relation, table.column_names)
        return Result(table, planned_run(relation, parameters))

    def tables(self) -> frozenset[str]:
        """Names of the tables this connection sees."""
        with _guard("listing tables"):
            found = self._connection.execute("select table_name from duckdb_tables()").fetchall()
        return frozenset(str(row[0]) for row in found)

    @staticmethod
    def _check_columns(relation: Relation, found: list[str]) -> None:
        if tuple(found) != relation.columns:
            raise IntegrityError(f"The relation '{relation.name}' does not return the columns its header names.")


def planned_run(relation: Relation, parameters: Mapping[str, object] | None) -> RelationRun:
    """What `explain` shows of a relation run with these parameters."""
    return RelationRun(
        name=relation.name,
        sha256=relation.sha256,
        sql=relation.text,
        inputs=relation.inputs,
        parameters=tuple(sorted((parameters or {}).items())),
    )


def open_snapshot(path: Path | None, *, read_only: bool = True, temporary: Path | None = None) -> Engine:
    """Open a snapshot file, or an in-memory database when `path` is None.

    `temporary` is the folder for data that does not fit in memory. Raises StoreError, OutputError.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if temporary is not None:
        settings["temp_directory"] = str(temporary)
    where = "memory" if path is None else path.name
    try:
        connection = duckdb.connect(
            ":memory:" if path is None else str(path), read_only=read_only and path is not None, config=settings
        )
    except duckdb.Error as failure:
        raise _wrapped(failure, f"opening {where}") from None
    except OSError as failure:
        raise OutputError(
            f"The snapshot cannot be opened ({errno.errorcode.get(failure.errno or 0, 'OSError')}).", where=where
        ) from None
    with _guard("settings"):
        connection.execute("set enable_progress_bar = false").fetchall()
    return Engine(connection)


_PATIENCE_SECONDS = 600
_PAUSE_SECONDS = 0.2


@contextmanager
def exclusive(path: Path, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold a lock file while a run builds; wait for another process that holds it. A killed process lets go.

    Raises StoreError when the other one has not finished after ten minutes.
    """
    lock, mended = None, False
    for _ in range(int(_PATIENCE_SECONDS / _PAUSE_SECONDS)):
        try:
            lock = duckdb.connect(str(path))
            break
        except duckdb.Error as failure:
            if not is_in_use(path):
                # Nobody holds it: a full disc or a kill left it half-written. It holds nothing; make it anew, once.
                path.unlink(missing_ok=True)
                if mended:
                    raise _wrapped(failure, path.name) from None
                mended = True
                continue
            if waiting is not None:
                waiting()
            time.sleep(_PAUSE_SECONDS)
    if lock is None:
        raise StoreError(
            "Another run is at work on this inquiry.", where=path.name, todo="Wait for it, then run again."
        )
    try:
        yield
    finally:
        lock.close()


def is_in_use(path: Path) -> bool:
    """True when a process, this one or another, holds the database file open for writing."""
    try:
        duckdb.connect(str(path), read_only=True).close()
    except duckdb.ConnectionException:
        return True  # held by this very process
    except duckdb.IOException as failure:
        # The whole phrase, because the engine's text also names the file, which may be called anything.
        text = str(failure).lower()
        return "could not set lock" in text or "being used by another process" in text
    except duckdb.Error:
        return False
    return False
