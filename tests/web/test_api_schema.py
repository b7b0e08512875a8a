"""The interface driven from its own description: whatever is sent, it answers as it says it does."""

import pytest
import schemathesis
from conftest import Centre
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from interface import CASE, client, headers, key
from schemathesis.checks import CHECKS, load_all_checks

from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import transaction
from qa_app.core.settings import Settings
from qa_app.runtime import Runtime
from qa_app.web.api import create_app
from transcription.storage import Store

pytestmark = pytest.mark.slow
EXAMPLES = 60
load_all_checks()
LEFT_OUT = [
    CHECKS.get_one("positive_data_acceptance"),  # rules beyond any description refuse too: a number nobody has, a class
    CHECKS.get_one("negative_data_rejection"),  # an unknown query parameter is passed over
]


@pytest.fixture
def driven(sqlite_engine, tmp_path):
    """The interface, a key with every scope, and a case whose number is known."""
    live = Runtime(Settings(folder=tmp_path / "kept", database_url=str(sqlite_engine.url)), sqlite_engine,
                   Store(tmp_path / "kept"))  # fmt: skip
    with transaction(live.engine) as session:
        centre = Centre(session)
        desk = centre.ids[Role.CASE_DESK]
        roles = [(role, centre.centre) for role in (Role.CASE_DESK, Role.QA_LEAD, Role.HANDLER, Role.MANAGER)]
        people.set_roles(session, SYSTEM, utc_now(), desk, roles)
    token = key(live, desk)
    for number in range(3):
        made = client(live).post("/api/v1/cases", headers=headers(token, f"k{number}"), json=CASE)
        assert made.status_code == 201
    return live, token, made.json()["number"]


ROUTES = [
    (method.upper(), path)
    for path, methods in sorted(create_app().openapi()["paths"].items())
    for method in sorted(methods)
]  # fmt: skip
TRIED = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


def made_up(live, method, path):
    """Requests as the description allows them, and as it does not."""
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(live))
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    return st.one_of([described[path][method].as_strategy(generation_mode=mode) for mode in modes])


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_answer_is_one_that_the_description_names(driven, method, path):
    live, token, number = driven

    @TRIED
    @given(made_up(live, method, path), st.booleans())
    def drive(case, known):
        if known and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = number
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=LEFT_OUT)

    drive()


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if "receipts" not in route[1]])
def test_without_a_key_every_route_refuses(driven, method, path):
    live, _token, _number = driven

    @settings(TRIED, max_examples=10)
    @given(made_up(live, method, path))
    def drive(case):
        assert case.call(headers={"Authorization": "Bearer huiting_none"}).status_code in (400, 401, 422)

    drive()
