"""Alembic: every change of the database's shape, from the first table."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from qa_app.core.errors import Conflict

HERE = Path(__file__).parent


def configuration() -> Config:
    """Alembic's configuration without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to the revision, in one transaction.

    On SQLite foreign keys are off while tables are rebuilt (batch mode drops a table, and ON DELETE would
    empty its children unseen) and checked before the commit.
    """
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise Conflict("The upgrade would break links between rows; nothing was changed. Report this as a bug.")
        connection.commit()
        if sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")
            connection.exec_driver_sql("BEGIN")


def current(engine: Engine) -> tuple[str | None, str | None]:
    """The database's revision and the newest one this program knows."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found, ScriptDirectory.from_config(configuration()).get_current_head()
