"""The dashboard's real entry script, run for one signed-in person over a real database (PYTEST_DONT_REWRITE).

A plugin, so that both test modules share its fixtures.
"""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from conftest import NOW, PASSWORD, Centre
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from qa_app import session as page
from qa_app.core import login, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.i18n import translate
from qa_app.runtime import runtime
from scorecards.machine import score_call
from scorecards.publishing import publish_shipped
from transcription.files import transcript_from_dict
from transcription.manifest import CallFacts
from transcription.service import FirstLook, ImportPlan, import_file, keep_transcript, quarantine

ROOT = Path(__file__).resolve().parents[2]
MAIN = ROOT / "qa_app" / "main.py"
GOLDEN = ROOT / "tests" / "golden" / "scores"
BROKEN = "The file is damaged or no audio; export it again."


@pytest.fixture
def installed(sqlite_template, tmp_path, monkeypatch):
    """An empty installation in a folder of its own, and the process's handles on it."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "huiting.db")
    monkeypatch.setenv("HUITING_FOLDER", str(folder))
    runtime.cache_clear()
    page._journal_grant.clear()
    page.outside.clear()
    yield runtime()
    runtime().engine.dispose()
    runtime.cache_clear()


@pytest.fixture
def staffed(installed):
    """One person for each role, and no call."""
    with transaction(installed.engine) as session:
        publish_shipped(session, SYSTEM, NOW)
        return Centre(session)


@pytest.fixture
def busy(installed, staffed, tmp_path):
    """Four calls of the team's agent: two transcribed and scored, one waiting, one set aside; one of another team."""
    calls = {}
    for number, (name, golden, code, queue) in enumerate(
        (
            ("good-zh", "good_zh", "A012", "资费"),
            ("good-en", "good_en", "A012", "宽带"),
            ("waiting", None, "A012", "资费"),
            ("broken", None, "A012", "宽带"),
            ("elsewhere", "bad_zh", "A099", "资费"),
        )
    ):
        file = tmp_path / f"{name}.wav"
        file.write_bytes(name.encode())
        facts = CallFacts(name, (code,), started_at=NOW - timedelta(hours=number), queue=queue)
        plan = ImportPlan(installed.store, lambda _file: FirstLook(80.0, "pcm_s16le", 8000, 2))
        with transaction(installed.engine) as session:
            import_file(session, SYSTEM, NOW, file, facts, plan)
            calls[name] = number + 1
            if golden:
                body = json.loads((GOLDEN / f"{golden}.transcript.json").read_text(encoding="utf-8"))
                score_call(session, NOW, keep_transcript(session, NOW, number + 1, transcript_from_dict(body)))
            if name == "broken":
                quarantine(session, NOW, number + 1, "corrupt", BROKEN)
    return calls


@pytest.fixture
def sign_in(installed, monkeypatch):
    """Opens the dashboard as somebody, in a language, on a page with a query."""

    in_run = page.language

    def opened(who, language="en", place=None, **query):
        with transaction(installed.engine) as session:
            name = who.value if isinstance(who, Role) else who
            user = people.user_by_login(session, name)
            people.set_language(session, people.actor_for(session, user), language)
            policy = login.LoginPolicy(8, timedelta(minutes=15), timedelta(hours=1))
            token = login.sign_in(session, utc_now(), name, PASSWORD, "127.0.0.1", policy).token
        monkeypatch.setattr(page, "token", lambda: token)
        # A widget that a test sets asks for its words outside of any run, where nobody's language is known.
        monkeypatch.setattr(
            page, "language", lambda: in_run() if get_script_run_ctx(suppress_warning=True) else language
        )
        app = AppTest.from_file(str(MAIN), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = str(value)
        app.language = language
        if place:
            app.switch_page(f"views/{place}.py")
        app.run()
        return app

    return opened


def say(app, message, **values):
    """A message of the screen in the language of the one who reads it."""
    text = translate(app.language, message)
    return text.format(**values) if values else text


def in_address(app, key):
    """One parameter of the address as text, empty if it is not there."""
    value = app.query_params.get(key, "")
    return value[0] if isinstance(value, list) else value


def words(app):
    """Everything the page says in plain elements."""
    plain = (app.title, app.subheader, app.caption, app.markdown, app.text)
    kinds = (*plain, app.info, app.success, app.warning, app.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)
