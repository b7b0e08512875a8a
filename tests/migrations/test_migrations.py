"""Databases of every released shape are brought up to date and then used; models and migrations say the same."""

import re
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, inspect, text
from sqlalchemy.exc import IntegrityError

from qa_app import joins, migrations
from qa_app.core import journal, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import make_engine, reading, transaction
from qa_app.core.tables import GrantRow
from qa_app.schema import metadata
from scorecards import queries as scoring
from transcription import queries as calls
from transcription.queries import CallFilter

GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "databases").glob("*.sqlite.sql"))
TABLES = sorted(metadata.tables)


@pytest.fixture
def golden(request, tmp_path):
    """A released database, loaded from its dump, not yet upgraded."""
    path = tmp_path / "golden.db"
    database = sqlite3.connect(path)
    database.executescript(request.param.read_text(encoding="utf-8"))
    database.close()
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


def counted(engine):
    with engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        return {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names}  # noqa: S608 - ours


def released(test):
    return pytest.mark.parametrize("golden", GOLDEN, indirect=True, ids=lambda path: path.name)(test)


@released
def test_a_released_database_keeps_every_row_on_its_way_to_today(golden):
    before = counted(golden)
    assert all(before.values()), "a golden database has a row in every table"
    migrations.upgrade(golden)
    found, newest = migrations.current(golden)
    assert found == newest
    after = counted(golden)
    assert {name: after[name] for name in before if name in after} == before


@released
def test_a_released_database_is_used_after_its_upgrade(golden):
    migrations.upgrade(golden)
    with reading(golden) as session:
        inspector = people.actor_for(session, people.user_by_login(session, "inspector"))
        rows, total = joins.calls_with_scores(session, inspector, CallFilter())
        by_name = {row.line.call_id: row for row in rows}
        assert total == 3
        assert (by_name["C-1"].person_pct, by_name["C-1"].line.customer) == (0.0, "138****8000")  # a fatal error stands
        assert by_name["C-2"].unfit == "noise"
        assert by_name["C-3"].line.state == "quarantined"
        opened = joins.open_review(session, inspector, by_name["C-1"].line.id)
        assert (len(opened.records), opened.story.transcript.language) == (2, "en")
        assert opened.machine.answers[0].criterion == "greeting"
        lead = people.actor_for(session, people.user_by_login(session, "qa_lead"))
        assert scoring.draft(session, lead, by_name["C-1"].line.id).body["answers"]
        assert journal.verify(session).fault is None
        admin = people.actor_for(session, people.user_by_login(session, "admin"))
        assert {"admin", "inspector", "qa_lead", "agent"} <= {one.login for one in people.people(session, admin)}
    with transaction(golden) as session:
        people.add_user(session, SYSTEM, utc_now(), people.NewUser("fresh", "", people.root_unit(session)))


@released
def test_an_upgraded_database_has_the_shape_of_today_s_models(golden):
    migrations.upgrade(golden)
    assert differences(golden) == []


def test_every_revision_has_its_golden_database():
    revisions = {path.stem for path in (Path(migrations.HERE) / "versions").glob("*.py")}
    numbers = {re.match(r"\d+", name).group() for name in revisions if name[0].isdigit()}
    assert numbers == {path.name.partition(".")[0] for path in GOLDEN}


def differences(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)


def test_models_and_migrations_agree(engine):
    assert differences(engine) == []
    with engine.connect() as connection:
        assert set(TABLES) <= set(inspect(connection).get_table_names())


def test_an_upgrade_run_twice_changes_nothing(engine, centre):
    before = counted(engine)
    migrations.upgrade(engine)
    assert counted(engine) == before


def test_a_rebuilt_table_keeps_the_rows_that_hang_on_it(sqlite_engine, tmp_path, monkeypatch):
    """Batch mode drops the old table; with foreign keys on, that would fail or empty its children."""
    with transaction(sqlite_engine) as session:
        unit = people.root_unit(session)
        people.add_user(session, SYSTEM, utc_now(), people.NewUser("kept", "", unit, None, (Role.AGENT,), ("A1",)))
    before = counted(sqlite_engine)

    def rebuild(config, _revision):
        operations = Operations(MigrationContext.configure(config.attributes["connection"]))
        for table in ("user", "unit"):
            with operations.batch_alter_table(table, recreate="always") as batch:
                batch.add_column(Column("shade", Integer(), nullable=True))

    monkeypatch.setattr(migrations.command, "upgrade", rebuild)
    migrations.upgrade(sqlite_engine)
    assert counted(sqlite_engine) == before
    with pytest.raises(IntegrityError), transaction(sqlite_engine) as session:
        session.add(GrantRow(user_id=10**6, role=Role.AGENT, unit_id=1))


def test_an_upgrade_that_would_tear_rows_apart_is_taken_back(sqlite_engine, monkeypatch):
    with transaction(sqlite_engine) as session:
        unit = people.root_unit(session)
        people.add_user(session, SYSTEM, utc_now(), people.NewUser("kept", "", unit, None, (Role.AGENT,)))
    before = counted(sqlite_engine)

    def lose(config, _revision):
        config.attributes["connection"].execute(text("DELETE FROM unit"))

    monkeypatch.setattr(migrations.command, "upgrade", lose)
    with pytest.raises(migrations.Conflict, match="would break links between rows; nothing was changed"):
        migrations.upgrade(sqlite_engine)
    assert counted(sqlite_engine) == before
    with reading(sqlite_engine) as session:
        assert calls.calls_page(session, SYSTEM, CallFilter()).total == 0
