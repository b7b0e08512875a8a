"""Other systems are told what happened: one signed message for each, to a real server, again until it is taken."""

import json
import re
import runpy
import threading
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner
from complaint_desk import OFFICE, Desk
from conftest import NOW
from sqlalchemy import select, text

from qa_app import webhook_jobs
from qa_app.core import queue, webhooks
from qa_app.core.access import SYSTEM, Role
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from qa_app.core.errors import Conflict, Forbidden, Invalid, NotFound
from qa_app.core.queue import Backoff
from qa_app.core.tables import JobRow, JobState, JournalRow, WebhookRow
from qa_app.core.webhooks import Event
from qa_app.interface_commands import webhook as webhook_group
from qa_app.webhook_jobs import Unanswered

VAULT, LEASE = OFFICE.vault, timedelta(minutes=1)
BACKOFF = Backoff(3, timedelta(seconds=30))
GUIDE = Path(__file__).parents[2] / "docs" / "api.md"
REFUSES_NOBODY = "http://127.0.0.1:9/"  # kept as an address only; nothing is sent there
network = pytest.mark.enable_socket


class Subscriber:
    """A real HTTP server on this machine: keeps what is posted, answers the statuses it is told in turn, then 200."""

    def __init__(self):
        self.requests, self.answers, self.url = [], [], ""

    def take(self, path, headers, body):
        self.requests.append((path, headers, body))
        return self.answers.pop(0) if self.answers else 200


@contextmanager
def served(subscriber):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            status = subscriber.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            if status is None:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Location", f"{subscriber.url}elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    subscriber.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield subscriber
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def subscriber():
    with served(Subscriber()) as running:
        yield running


@pytest.fixture
def desk(engine, centre):
    return Desk(engine, centre)


def subscribed(engine, url=REFUSES_NOBODY, events=tuple(Event), name="crm"):
    with transaction(engine) as session:
        return webhooks.subscribe(session, SYSTEM, NOW, VAULT, name, url, events)


def announced(engine, event=Event.CASE_STEP, key="TS1:2", **body):
    with transaction(engine) as session:
        webhooks.announce(session, NOW, event, key, body or {"case": "TS1"})


def due(engine):
    """The messages in the queue: (job's name, state, what is told)."""
    with reading(engine) as session:
        rows = session.scalars(select(JobRow).where(JobRow.kind == webhooks.CALL).order_by(JobRow.id)).all()
        return [(row.subject, row.state, json.loads(row.payload["body"])) for row in rows]


def claimed(engine, now=NOW):
    with transaction(engine) as session:
        return queue.claim(session, now, "w", LEASE, (webhooks.CALL,))


def work(engine, now=NOW):
    """What the worker does with one due message; returns the sentence of a failure."""
    job = claimed(engine, now)
    assert job is not None
    try:
        webhook_jobs.deliver(engine, lambda: now, job, VAULT)
    except Unanswered as error:
        with transaction(engine) as session:
            queue.fail(session, now, job, str(error), BACKOFF)
        return str(error)
    return None


def guide_check():
    """`is_from_huiting` as docs/api.md gives it to the programmer of the other system."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if "def is_from_huiting" in block]
    return block


@pytest.fixture(scope="module")
def is_from_huiting(tmp_path_factory):
    file = tmp_path_factory.mktemp("guide") / "receiver.py"
    file.write_text(guide_check(), encoding="utf-8")
    return runpy.run_path(str(file))["is_from_huiting"]


def test_the_signature_is_the_hmac_of_moment_and_body():
    # printf '1700000000.{"case":"TS1"}' | openssl dgst -sha256 -hmac secret
    digest = "cecac397f751593d214caccbf8297af954110d35198b6afa3f33940b91201b58"
    assert webhooks.signature("secret", 1_700_000_000, b'{"case":"TS1"}') == f"t=1700000000,v1={digest}"


def test_the_check_of_the_guide_takes_what_was_signed_and_nothing_else(is_from_huiting):
    body, moment = '{"case": "TS1", "words": "多扣"}'.encode(), 1_700_000_000
    header = webhooks.signature("secret", moment, body)
    assert is_from_huiting("secret", header, body, moment + 299)
    forged = [
        ("other", header, body, moment), ("secret", header, body + b" ", moment),
        ("secret", header.replace("t=17", "t=18"), body, moment), ("secret", header[:-1] + "é", body, moment),
        ("secret", header, body, moment + 301), ("secret", header, body, moment - 301), ("secret", "", body, moment),
        ("secret", "t=,v1=", body, moment), ("secret", "nonsense", body, moment),
    ]  # fmt: skip
    assert [is_from_huiting(*one) for one in forged] == [False] * len(forged)


def test_the_guide_s_check_is_ten_lines():
    lines = [line for line in guide_check().splitlines() if line.strip()]
    assert len(lines) <= 12, "ten lines beside the imports"


def test_a_subscription_keeps_its_secret_sealed_and_shows_it_once(engine, centre):
    number, secret = subscribed(engine)
    with reading(engine) as session:
        kept = repr([session.execute(text(f"SELECT * FROM {table}")).all() for table in ("webhook", "journal")])  # noqa: S608
        found = webhooks.target(session, VAULT, number)
        (shown,) = webhooks.webhooks(session, SYSTEM)
    assert secret not in kept
    assert (found.url, found.secret) == (REFUSES_NOBODY, secret)
    assert secret not in repr(found)
    assert secret not in repr(shown)
    assert (shown.name, shown.events, shown.ended_at) == ("crm", ("case.registered", "case.step"), None)


NO_ADDRESSES = [
    "", "crm.example.com", "ftp://crm.example.com/", "file:///etc/passwd", "https://", "http:///x",
    "https://user:pass@crm.example.com/", "https://crm.example.com/a b", "javascript:alert(1)",
    "https://crm.example.com/" + "x" * 500,
]  # fmt: skip


def test_what_is_no_address_is_refused(engine, centre):
    for url in NO_ADDRESSES:
        with pytest.raises(Invalid, match="is no address"):
            subscribed(engine, url)


@pytest.mark.parametrize(
    ("changes", "told"), [({"name": " "}, "Give the subscriber a name"), ({"events": ()}, "at least one event")]
)
def test_a_subscription_without_name_or_event_is_refused(engine, centre, changes, told):
    with pytest.raises(Invalid, match=told):
        subscribed(engine, **changes)


def test_only_an_administrator_manages_subscriptions(engine, centre):
    number, _ = subscribed(engine)
    acts = (
        lambda session, actor: webhooks.subscribe(session, actor, NOW, VAULT, "n", REFUSES_NOBODY, tuple(Event)),
        webhooks.webhooks,
        lambda session, actor: webhooks.end(session, actor, NOW, number),
    )
    for role, act in product(Role, acts):
        expected = nullcontext() if role is Role.ADMIN else pytest.raises(Forbidden, match="may not do this")
        with expected, transaction(engine) as session:
            act(session, centre.actor(session, role))


def test_each_subscriber_of_an_event_is_told_once(engine, centre):
    first, _ = subscribed(engine)
    second, _ = subscribed(engine, events=(Event.CASE_STEP,))
    third, _ = subscribed(engine)
    with transaction(engine) as session:
        webhooks.end(session, SYSTEM, NOW, third)
    announced(engine, Event.CASE_STEP, "TS1:2")
    announced(engine, Event.CASE_STEP, "TS1:2")
    announced(engine, Event.CASE_REGISTERED, "TS2:1")
    assert [name for name, _, _ in due(engine)] == [
        f"webhook:{first}:TS1:2", f"webhook:{second}:TS1:2", f"webhook:{first}:TS2:1",
    ]  # fmt: skip


def test_what_was_rolled_back_is_told_to_nobody(engine, centre):
    subscribed(engine)
    with pytest.raises(Invalid), transaction(engine) as session:
        webhooks.announce(session, NOW, Event.CASE_STEP, "TS1:2", {"case": "TS1"})
        raise Invalid("The step was refused.")
    assert due(engine) == []


def test_a_case_tells_its_number_step_and_state_and_nothing_of_its_customer(desk):
    subscribed(desk.engine)
    made = desk.register()
    desk.step(made.case_id, "solved_on_the_spot", solution="退费20元")
    told = {name.rpartition(":")[2]: body for name, _, body in due(desk.engine)}
    assert told["1"] == {"event": "case.registered", "at": NOW.isoformat(), "id": f"{made.number}:1",
                         "case": made.number}  # fmt: skip
    assert told["2"] == {"event": "case.step", "at": desk.now.isoformat(), "id": f"{made.number}:2",
                         "case": made.number, "step": "solved_on_the_spot", "state": "solved"}  # fmt: skip
    with reading(desk.engine) as session:
        kept = session.execute(text("SELECT payload FROM job WHERE kind = 'webhook'")).all()
    assert not re.search("13800138000|张伟|多扣|退费", json.dumps(repr(kept), ensure_ascii=False))


@network
def test_a_message_arrives_signed_and_the_guide_s_check_takes_it(desk, subscriber, is_from_huiting):
    _, secret = subscribed(desk.engine, subscriber.url + "huiting?from=qa", (Event.CASE_REGISTERED,))
    made = desk.register()
    assert work(desk.engine) is None
    ((path, headers, body),) = subscriber.requests
    assert (path, headers["content-type"]) == ("/huiting?from=qa", "application/json; charset=utf-8")
    assert json.loads(body)["case"] == made.number
    assert is_from_huiting(secret, headers["huiting-signature"], body, NOW.timestamp())
    assert not is_from_huiting(secret, headers["huiting-signature"], body.replace(b"TS", b"XX"), NOW.timestamp())
    assert [state for _, state, _ in due(desk.engine)] == [JobState.DONE]
    assert claimed(desk.engine) is None


@network
@pytest.mark.parametrize(
    ("trouble", "told"),
    [(500, "answers 500"), (404, "answers 404"), (429, "answers 429"), (302, "answers 302"), (None, "does not answer")],
)
def test_what_is_not_taken_is_sent_again_after_a_pause_with_the_same_body(engine, centre, subscriber, trouble, told):
    _, secret = subscribed(engine, subscriber.url)
    announced(engine)
    subscriber.answers = [trouble]
    failure = work(engine)
    assert told in failure
    assert secret not in failure
    assert claimed(engine, NOW + timedelta(seconds=29)) is None
    assert work(engine, NOW + timedelta(seconds=30)) is None
    first, second = subscriber.requests
    assert (first[0], first[2]) == (second[0], second[2])
    assert second[0] == "/", "no redirect was followed"
    assert first[1]["huiting-signature"] != second[1]["huiting-signature"], "each try is signed with its own moment"


@network
def test_after_the_last_try_a_message_is_given_up_and_the_next_one_still_goes_out(engine, centre, subscriber):
    subscribed(engine, subscriber.url)
    announced(engine)
    subscriber.answers = [500] * BACKOFF.attempts
    at = NOW
    for _ in range(BACKOFF.attempts):
        assert "answers 500" in work(engine, at)
        at += timedelta(hours=1)
    assert claimed(engine, at) is None
    announced(engine, key="TS1:3")
    assert work(engine, at) is None
    assert [state for _, state, _ in due(engine)] == [JobState.FAILED, JobState.DONE]


@network
def test_410_ends_the_subscription_and_what_waited_is_not_sent(engine, centre, subscriber):
    number, _ = subscribed(engine, subscriber.url)
    announced(engine)
    announced(engine, key="TS1:3")
    subscriber.answers = [410]
    assert (work(engine), work(engine)) == (None, None)
    announced(engine, key="TS1:4")
    assert len(subscriber.requests) == 1
    assert [state for _, state, _ in due(engine)] == [JobState.DONE, JobState.DONE]
    with reading(engine) as session:
        assert session.get_one(WebhookRow, number).ended_at == NOW
        ended = session.scalars(select(JournalRow.actor_name).where(JournalRow.action == "webhook.end")).all()
    assert ended == ["system"]


@network
def test_an_ended_subscription_is_told_nothing_that_was_still_due(engine, centre, subscriber):
    number, _ = subscribed(engine, subscriber.url)
    announced(engine)
    with transaction(engine) as session:
        webhooks.end(session, SYSTEM, NOW, number)
    assert work(engine) is None
    assert subscriber.requests == []


@network
def test_nobody_listening_there_is_a_sentence_and_another_try(engine, centre, subscriber):
    number, _ = subscribed(engine, "http://127.0.0.1:1/")
    announced(engine)
    assert work(engine) == f"The subscriber of webhook {number} does not answer (ConnectError)."
    assert [state for _, state, _ in due(engine)] == [JobState.WAITING]


@network
def test_a_subscriber_that_hangs_is_left_after_the_time_limit(engine, centre, subscriber, monkeypatch):
    monkeypatch.setattr(webhook_jobs, "TIMEOUT_S", 0.2)
    released = threading.Event()
    subscriber.take = lambda *_request: released.wait(10) and 200
    subscribed(engine, subscriber.url)
    announced(engine)
    try:
        assert "ReadTimeout" in work(engine)
    finally:
        released.set()


@network
def test_a_worker_that_lost_its_claim_ends_nothing(engine, centre, subscriber):
    number, _ = subscribed(engine, subscriber.url)
    announced(engine)
    subscriber.answers = [410, 200]
    slow, quick = claimed(engine), claimed(engine, NOW + LEASE)
    with pytest.raises(Conflict, match="Another worker has taken this job over"):
        webhook_jobs.deliver(engine, lambda: NOW, slow, VAULT)
    with reading(engine) as session:
        assert session.get_one(WebhookRow, number).ended_at is None
    webhook_jobs.deliver(engine, lambda: NOW, quick, VAULT)
    assert [state for _, state, _ in due(engine)] == [JobState.DONE]


def test_an_unknown_subscription_cannot_be_ended(engine, centre):
    with pytest.raises(NotFound, match="no webhook 77"), transaction(engine) as session:
        webhooks.end(session, SYSTEM, NOW, 77)


def run(live, *arguments):
    done = CliRunner().invoke(webhook_group, arguments, obj=lambda: live)
    return done.exit_code, done.stdout.strip()


def test_the_command_prints_the_secret_once_and_ends_the_subscription(live, centre):
    code, secret = run(live, "add", REFUSES_NOBODY, "--name", "CRM", "--event", "case.step")
    assert (code, len(secret)) == (0, 43)
    with reading(live.engine) as session:
        (kept,) = webhooks.webhooks(session, SYSTEM)
        assert webhooks.target(session, Vault(live.settings.secret), kept.id).secret == secret
    assert run(live, "list")[1] == f"{kept.id}\tCRM\t{REFUSES_NOBODY}\tcase.step\t-"
    assert run(live, "end", str(kept.id))[0] == 0
    assert run(live, "list")[1].endswith("\tended")
    assert run(live, "add", REFUSES_NOBODY, "--name", "CRM", "--event", "case.lost")[0] == 2


@network
@pytest.mark.parametrize("url", ["http://a:b/", "http://xn--/", "http://../"])
def test_an_address_that_cannot_be_is_a_sentence_too(engine, centre, url):
    subscribed(engine, url)
    announced(engine)
    assert "does not answer" in work(engine)


@network
def test_the_environment_s_proxy_is_not_asked(engine, centre, subscriber, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    subscribed(engine, subscriber.url)
    announced(engine)
    assert work(engine) is None
