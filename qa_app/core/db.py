"""Engine, sessions and column types, the same for SQLite (embedded) and PostgreSQL (production)."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Table,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_S = 30
T = TypeVar("T")


class Base(DeclarativeBase):
    """All tables of all slices hang on this one metadata."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own form


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a moment without time zone cannot be stored: {value!r}"
            raise ValueError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def by_value(kind: type[enum.StrEnum]) -> Enum:
    """A column type that stores a StrEnum's values and lets the database refuse any other."""
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        name=kind.__name__.lower(),
        length=40,
    )


def make_engine(url: str) -> Engine:
    """An engine for the address; SQLite gets WAL, foreign keys and explicit transactions."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # the driver's own BEGIN comes too late and breaks savepoints
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer that starts as a reader fails at once when another writer got in between: take the lock first.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def insert_for(session: Session) -> Callable[[Any], sqlite.Insert]:
    """An insert that may say what happens where a row is there already (ON CONFLICT), for the session's database."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert if is_postgres else sqlite.insert  # type: ignore[return-value]  # of one mind in what we use


def table_of(row: type[Base]) -> Table:
    """The table of a mapped class."""
    return Base.metadata.tables[row.__tablename__]


def free_ids(session: Session, row: type[Base], count: int) -> list[int]:
    """So many keys for new rows, nobody else's: from the sequence, or on SQLite, where one writes, the next ones."""
    table = table_of(row)
    if session.get_bind().dialect.name != "postgresql":
        last = session.scalar(select(func.max(table.c.id))) or 0
        return list(range(last + 1, last + 1 + count))
    drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return list(session.scalars(drawn, {"name": f'"{table.name}"', "count": count}))


def write_many(session: Session, row: type[Base], values: Sequence[Mapping[str, Any]]) -> None:
    """Write many rows whose values name the same columns; on PostgreSQL by COPY, where inserts take far longer."""
    connection, table = session.connection(), table_of(row)
    if not values:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), list(values))
        return
    dialect, names = connection.dialect, list(values[0])
    dress: list[Any] = [
        table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or (lambda value: value) for name in names
    ]
    quote = dialect.identifier_preparer.quote
    into = f"COPY {quote(table.name)} ({', '.join(quote(name) for name in names)}) FROM STDIN"
    cursor: Any = connection.connection.cursor()  # psycopg's, which has copy
    with cursor, cursor.copy(into) as copy:
        for one in values:
            copy.write_row([put(one[name]) for name, put in zip(names, dress, strict=True)])


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One action, one transaction: committed at the end, rolled back whole on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session for reads only; on SQLite it never waits for a writer."""
    with engine.connect().execution_options(reading=True) as connection, Session(connection) as session:
        yield session


def batches(ids: Iterable[T], size: int = 5000) -> Iterator[list[T]]:
    """Ids in lists that one statement can take: a database allows some 32,000 to 65,000 parameters."""
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch
