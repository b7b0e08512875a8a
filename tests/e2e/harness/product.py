"""The product as its users meet it: a real server over really transcribed calls, and a real Chromium before it.

A plugin, so that all browser tests share one server; PYTEST_DONT_REWRITE, since they import from it first.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import PASSWORD, missing

from qa_app import cli, demo
from qa_app.core import journal, people
from qa_app.core.access import SYSTEM
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.settings import Settings
from qa_app.i18n import translate
from qa_app.intake import gather, plan_for, take_in
from qa_app.joins import calls_with_scores
from qa_app.runtime import open_runtime
from transcription.model_pack import PACK_NAME, is_complete, models_folder
from transcription.queries import CallFilter

pytest_plugins = ["harness.browser"]

ROOT = Path(__file__).resolve().parents[3]
SCORED, LOOKED_AT = "1008-20261102-0203", "1008-20261105-0136"
"""The shortest Mandarin and the shortest English call of the demo; one test scores the first, none the second."""
AGENT_OF = {SCORED: "A031", LOOKED_AT: "A038"}
DRAWN = "[data-testid=stMainBlockContainer] [data-testid=stElementContainer]"
PATIENCE_MS = 60_000  # a busy machine with two cores
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
MARKS = [
    pytest.mark.browser,
    pytest.mark.model,
    pytest.mark.enable_socket,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("browser"),
]


def wait_until(condition, what, timeout_s=60):
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    pytest.fail(f"waited {timeout_s} s in vain: {what}")


@dataclass
class Product:
    """A served installation: where it answers, what lies behind it."""

    address: str
    runtime: object
    log: Path

    def journal(self, action, subject, who=None):
        """The entries of one action on one thing, newest first."""
        with reading(self.runtime.engine) as session:
            found = journal.entries(session, SYSTEM, limit=1000)
        return [
            entry
            for entry in found
            if (entry.action, entry.subject) == (action, subject) and who in (None, entry.actor_name)
        ]

    def faults(self):
        return [line for line in self.log.read_text().splitlines() if "a page failed" in line or "Traceback" in line]


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    """Demo people and two demo calls, transcribed and scored by the product's own commands, then served."""
    models = models_folder().resolve()
    if not is_complete(models / PACK_NAME):
        missing("the speech model is not there (make models)")
    folder = tmp_path_factory.mktemp("product")
    environment = {"HUITING_FOLDER": str(folder / "data"), "HUITING_MODELS": str(models)}
    live = open_runtime(Settings(folder=folder / "data", models=models))
    _fill(live, folder / "recordings")
    command = [sys.executable, "-c", "from qa_app.cli import main; main()", "work", "--once", "--quiet"]
    subprocess.run(command, env=os.environ | environment, check=True, timeout=500, cwd=ROOT)
    with _serving(folder, environment) as address:
        yield Product(address, live, folder / "server.txt")
    live.engine.dispose()


def _fill(live, recordings):
    cli.prepare(live)
    demo.build(live)
    with transaction(live.engine) as session:
        for person in people.people(session, SYSTEM):
            people.set_password(session, SYSTEM, utc_now(), person.id, PASSWORD)
    recordings.mkdir()
    rows = (demo.CALLS / "manifest.csv").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if row.startswith(("file,", SCORED, LOOKED_AT))]
    for row in kept[1:]:
        name = row.partition(",")[0]
        shutil.copy(demo.CALLS / name, recordings / name)
    (recordings / "broken.wav").write_bytes(b"RIFF, but nothing of the kind")
    columns = kept[0].split(",")
    kept.append(
        ",".join({"file": "broken.wav", "call_id": "broken", "agent": "A031"}.get(name, "") for name in columns)
    )
    (recordings / "manifest.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    zone = ZoneInfo(live.settings.timezone)
    take_in(live, SYSTEM, gather([recordings], None, zone), plan_for(live), lambda _result: None)


@contextlib.contextmanager
def _serving(folder, environment):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "server.txt").open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "qa_app.asgi"],
            env=os.environ | environment | {"HUITING_PORT": str(port)},
            cwd=folder,
            stdout=output,
            stderr=output,
        )
        try:
            wait_until(lambda: _answers(f"{address}/health"), "the server to answer", 60)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


def _answers(url):
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310
        return reply.status == 200
    return False


@dataclass
class Visitor:
    """One person's browser: what they press, what went wrong on the page, whom it asked."""

    page: object
    address: str
    language: str = "zh"
    keystrokes: int = 0
    faults: list = field(default_factory=list)
    hosts: set = field(default_factory=set)

    def say(self, message, **values):
        """A message as this person reads it."""
        text = translate(self.language, message)
        return text.format(**values) if values else text

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        self.keystrokes += len(keys)

    def type(self, text):
        self.page.keyboard.type(text)
        self.keystrokes += len(text)

    def sign_in(self, login, password=PASSWORD):
        """By keyboard: the name's field has the focus, Tab goes on, Enter sends."""
        self.page.goto(self.address)
        self.page.wait_for_selector("#login:focus")  # the browser gives the focus a moment after the page is there
        self.type(login)
        self.press("Tab")
        self.type(password)
        self.press("Enter")
        self.page.wait_for_selector("[data-testid=stSidebar], [role=alert]:not(:empty)", state="attached")
        assert self.page.locator("#login").count() == 0, self.page.locator("[role=alert]").inner_text()
        return self

    def go(self, page_name, query=""):
        self.page.goto(f"{self.address}/{page_name}?{query}")
        self.page.wait_for_selector(DRAWN, state="attached")  # before its first run a page counts as run to its end
        self.settled()
        return self

    def settled(self):
        """Streamlit has run the page to its end."""
        self.page.wait_for_selector("[data-testid=stMainBlockContainer]")
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")

    def saw(self, text):
        """A text is there, and the page was drawn to its end: what is pressed before that may be lost."""
        self.page.get_by_text(text).first.wait_for()
        self.settled()

    def wide(self):
        """How far the page sticks out to the right, in pixels."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    def audio(self, expression):
        return self.page.locator("audio").evaluate(f"(audio) => audio.{expression}")

    def recording(self):
        """Address of the recording that the page plays."""
        return self.page.locator("audio").evaluate("(audio) => audio.src")


@pytest.fixture
def visitor(product, chromium):
    """Opens browsers that share nothing; at the end nothing has failed on a page and no other host was asked."""
    contexts, made = [], []

    def opened(login=None, **options):
        context = chromium.new_context(**({"viewport": DESKTOP, "locale": "zh-CN"} | options))
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        guest = Visitor(context.new_page(), product.address)
        guest.page.on("pageerror", lambda fault: guest.faults.append(str(fault)))
        guest.page.on("request", lambda request: guest.hosts.add(request.url.split("/")[2]))
        made.append(guest)
        return guest.sign_in(login) if login else guest

    yield opened
    for context in contexts:
        context.close()
    own = product.address.removeprefix("http://")
    assert [guest.faults for guest in made] == [[]] * len(made)
    assert {host for guest in made for host in guest.hosts if host} <= {own}
    assert product.faults() == []


def call_line(product, call_id):
    """What the Calls page knows of a call."""
    with reading(product.runtime.engine) as session:
        rows, _total = calls_with_scores(session, SYSTEM, CallFilter(words=call_id))
    return rows[0].line


def call_pk(product, call_id):
    """The number of a call in addresses."""
    return call_line(product, call_id).id
