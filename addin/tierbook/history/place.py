"""Where a ledger lies: a SQLite file on this machine's own disk, or a PostgreSQL database named by its URL.

SQLite keeps its rollback journal (not WAL: one file, nothing beside it between runs) and syncs fully; a writer takes
the file at once (BEGIN IMMEDIATE) and others wait for it. In PostgreSQL everything lies in the schema `tierbook`, and
an advisory lock makes writers stand in line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import LedgerError, UsageError
from . import migrations
from .shares import on_a_share
from .tables import VERSION, tables

if TYPE_CHECKING:
    import sqlalchemy as sa

WAIT = 60
"""Seconds a writer waits for another one."""
SCHEMA = "tierbook"
WRITES = "tierbook_writes"
_LOCK = 0x7469657262
"""Key of the advisory lock: letters of our name."""


def engine_of(place: str) -> sa.Engine:
    """An engine for a path or a URL; nothing is opened yet.

    Raises:
        UsageError: an address that is neither; no driver for PostgreSQL.
        LedgerError: a file on a share, or in a folder that cannot be made.
    """
    if "://" in place:
        return _postgres(place)
    return _sqlite(Path(place).expanduser().absolute())


def _sqlite(path: Path) -> sa.Engine:
    import sqlalchemy as sa

    if on_a_share(path):
        raise LedgerError("history.on_a_share", path=path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise LedgerError("history.cannot_open", place=path, problem=problem.strerror) from problem
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, connect_args={"timeout": WAIT})

    @sa.event.listens_for(engine, "connect")
    def ready(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # transactions are ours
        raw.execute("PRAGMA synchronous = FULL")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgres(place: str) -> sa.Engine:
    import sqlalchemy as sa

    try:
        url = sa.make_url(place)
    except (sa.exc.ArgumentError, ValueError) as problem:
        raise UsageError("history.unknown_place", place=place.partition("://")[0] + "://…") from problem
    if url.drivername.partition("+")[0] not in {"postgresql", "postgres"}:
        raise UsageError("history.unknown_place", place=url.render_as_string(hide_password=True))
    url = url.set(drivername="postgresql+pg8000", username=url.username or getuser())
    try:
        engine = sa.create_engine(url)
    except ImportError as problem:
        raise UsageError("history.no_driver") from problem
    return engine.execution_options(schema_translate_map={None: SCHEMA})


@contextmanager
def transaction(engine: sa.Engine, *, writes: bool = False) -> Iterator[sa.Connection]:
    """A connection in one transaction: committed at the end, or rolled back.

    Raises:
        LedgerError: the database refuses, and why.
    """
    import sqlalchemy as sa

    try:
        with engine.connect().execution_options(**{WRITES: writes}) as connection, connection.begin():
            if writes and engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{WAIT}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
    except sa.exc.DBAPIError as problem:
        raise refusal(engine, problem.orig or problem) from problem
    except sa.exc.SQLAlchemyError as problem:
        raise refusal(engine, problem) from problem


def shown(engine: sa.Engine) -> str:
    """Where a ledger lies, as people may see it."""
    if engine.dialect.name == "sqlite":
        return engine.url.database or ""
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=True)


def refusal(engine: sa.Engine, problem: BaseException) -> LedgerError:
    """What a database said, in our words; a password in the URL is not shown."""
    said = _said(problem)
    key = "history.cannot_open"
    if "database is locked" in said or "55P03" in said:
        key = "history.busy"
    elif "not a database" in said or "malformed" in said:
        key = "history.damaged"
    elif "disk is full" in said or "53100" in said:
        key = "history.disk_full"
    return LedgerError(key, place=shown(engine), problem=said)


def _said(problem: BaseException) -> str:
    """The driver's own words; pg8000 hands over a mapping with code and message."""
    told = problem.args[0] if problem.args else ""
    return f"{told.get('C', '')} {told.get('M', '')}".strip() if isinstance(told, dict) else str(told or problem)


def prepare(engine: sa.Engine) -> None:
    """Make the tables of a new ledger, or carry an older one over.

    Raises:
        LedgerError: made by a newer tierbook, somebody else's database, or damaged.
    """
    with transaction(engine) as connection:
        version = _version(engine, connection)
    if version == VERSION:
        return
    with transaction(engine, writes=True) as connection:
        version = _version(engine, connection)  # another one may have been first
        if version is None:
            _make(engine, connection)
            version = VERSION
        if version > VERSION:
            raise LedgerError("history.newer", place=shown(engine), version=version, known=VERSION)
        if version < VERSION:
            migrations.carry_over(connection, version)


def _version(engine: sa.Engine, connection: sa.Connection) -> int | None:
    """The version of the ledger's tables; None where there are none yet."""
    import sqlalchemy as sa

    inside = SCHEMA if engine.dialect.name == "postgresql" else None
    present = sa.inspect(connection).get_table_names(schema=inside)
    if "meta" not in present:
        if present:
            raise LedgerError("history.not_a_ledger", place=shown(engine))
        return None
    meta = tables().meta
    try:
        found = connection.execute(sa.select(meta.c.value).where(meta.c.name == "version")).scalar()
        return int(found or "")
    except (sa.exc.OperationalError, sa.exc.ProgrammingError, TypeError, ValueError) as problem:
        raise LedgerError("history.not_a_ledger", place=shown(engine)) from problem


def _make(engine: sa.Engine, connection: sa.Connection) -> None:
    if engine.dialect.name == "postgresql":
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    tables().all.create_all(connection)
    connection.execute(tables().meta.insert(), {"name": "version", "value": str(VERSION)})
