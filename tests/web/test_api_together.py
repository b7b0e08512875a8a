"""Two programs at once on one PostgreSQL: every case has its own number, one request is done once, one step wins."""

import threading
from collections import Counter

import pytest
from conftest import Centre
from interface import CASE, client, headers, key
from starlette.testclient import TestClient

from qa_app.core.access import Role
from qa_app.core.db import transaction
from qa_app.core.settings import Settings
from qa_app.runtime import Runtime
from transcription.storage import Store

pytestmark = pytest.mark.postgres
EACH = 40


@pytest.fixture
def live(postgres_engine, tmp_path):
    url = postgres_engine.url.render_as_string(hide_password=False)
    settings = Settings(folder=tmp_path / "kept", database_url=url)
    assert settings.secret  # made before two threads ask for it
    return Runtime(settings, postgres_engine, Store(settings.folder))


@pytest.fixture
def tokens(live):
    with transaction(live.engine) as session:
        centre = Centre(session)
    return [key(live, centre.ids[role]) for role in (Role.CASE_DESK, Role.CASE_DESK)]


@pytest.fixture
def clients(live):
    """Makes clients of one application that has answered before: FastAPI builds its routes at the first request."""
    app = client(live).app
    assert TestClient(app).get("/api/v1/openapi.json").status_code == 200
    return lambda: TestClient(app, raise_server_exceptions=False)


def together(*works):
    start, failures = threading.Barrier(len(works)), []

    def run(work):
        start.wait()
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_two_programs_register_at_once_and_no_number_is_given_twice(clients, tokens):
    numbers = []

    def register(token):
        api = clients()
        for number in range(EACH):
            made = api.post("/api/v1/cases", headers=headers(token, f"{token[-5:]}-{number}"),
                            json=CASE | {"customer_phone": f"139{number:08d}"})  # fmt: skip
            assert made.status_code == 201, made.text
            numbers.append(made.json()["number"])

    together(*(lambda token=token: register(token) for token in tokens))
    assert len(set(numbers)) == len(numbers) == 2 * EACH
    assert sorted(int(number[-5:]) for number in numbers) == list(range(1, 2 * EACH + 1))


def test_the_same_request_at_the_same_instant_is_done_once(clients, tokens):
    answers = []
    for round_ in range(5):
        together(*[lambda name=f"r{round_}": answers.append(
            clients().post("/api/v1/cases", headers=headers(tokens[0], name), json=CASE))] * 3)  # fmt: skip
    assert Counter(answer.status_code for answer in answers) == {201: 15}
    assert len({answer.json()["number"] for answer in answers}) == 5


def test_of_two_who_take_the_same_step_one_wins(clients, tokens):
    number = clients().post("/api/v1/cases", headers=headers(tokens[0], "x"), json=CASE).json()["number"]
    answers = []

    def solve(token):
        answers.append(
            clients().post(
                f"/api/v1/cases/{number}/steps",
                headers=headers(token, "solve"),
                json={"kind": "solved_on_the_spot", "facts": {"solution": "退费"}},
            )
        )

    together(*(lambda token=token: solve(token) for token in tokens))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    told = clients().get(f"/api/v1/cases/{number}", headers=headers(tokens[0])).json()
    assert [step["number"] for step in told["steps"]] == [1, 2]
