"""The interface for other programs: keys, scopes, reach, the same request twice, refusals in one form."""

from datetime import timedelta

import pytest
from conftest import PASSWORD
from interface import CASE, client, headers, key
from made_calls import write_wav
from sqlalchemy import func, select

from qa_app.core import people, tokens
from qa_app.core.access import SYSTEM, Role
from qa_app.core.clock import utc_now
from qa_app.core.db import reading, transaction
from qa_app.core.tables import ApiTokenRow
from qa_app.core.tokens import Scope
from surveys.tables import CaseRow


@pytest.fixture
def api(live):
    return client(live)


@pytest.fixture
def desk(live, centre):
    return key(live, centre.ids[Role.CASE_DESK])


def registered(api, token, once="one", **changes):
    return api.post("/api/v1/cases", json=CASE | changes, headers=headers(token, once))


def test_a_case_is_registered_read_and_led_on(api, desk):
    made = registered(api, desk)
    assert (made.status_code, made.json()["earlier"]) == (201, [])
    number = made.json()["number"]
    told = api.get(f"/api/v1/cases/{number}", headers=headers(desk)).json()
    assert (told["state"], told["phone"], told["words"]) == ("registered", "138****8000", CASE["words"])
    assert {one["clock"] for one in told["deadlines"]} == {"register", "first_result_simple", "answer", "close"}
    step = api.post(f"/api/v1/cases/{number}/steps", headers=headers(desk, "two"),
                    json={"kind": "solved_on_the_spot", "facts": {"solution": "退费"}})  # fmt: skip
    assert (step.status_code, step.json()) == (201, {"number": 2, "state": "solved"})
    page = api.get("/api/v1/cases", params={"state": "solved"}, headers=headers(desk)).json()
    assert [line["number"] for line in page["cases"]] == [number]
    assert "fees/wrong_bill" in [one["code"] for one in api.get("/api/v1/classes", headers=headers(desk)).json()]
    assert api.get("/api/v1/me", headers=headers(desk)).json()["roles"] == ["case_desk"]


def test_the_same_request_twice_does_nothing_twice_and_is_answered_the_same(api, live, desk):
    first, again = registered(api, desk), registered(api, desk)
    assert first.json() == again.json()
    assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
    other = registered(api, desk, words="另一件事")
    assert (other.status_code, "was used for another request" in other.json()["detail"]) == (409, True)
    with reading(live.engine) as session:
        assert session.scalar(select(func.count()).select_from(CaseRow)) == 1


def test_a_refused_request_keeps_no_answer_and_may_be_mended_under_the_same_key(api, desk):
    assert registered(api, desk, customer_phone="12").status_code == 422
    assert registered(api, desk).status_code == 201


@pytest.mark.parametrize("sent", [None, "Bearer huiting_wrong", "Basic eDp5", "Bearer "])
def test_without_a_valid_key_nothing_is_told(api, desk, sent):
    found = api.get("/api/v1/cases", headers={"Authorization": sent} if sent else {})
    assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")
    assert found.headers["content-type"] == "application/problem+json"


def test_a_key_ends_when_it_is_revoked_or_its_time_is_over_or_its_person_disabled(api, live, centre):
    token = key(live, centre.ids[Role.CASE_DESK])
    with transaction(live.engine) as session:
        made = session.scalars(select(ApiTokenRow)).one()
        assert token not in (made.token_hash, made.name)
        made.expires_at = utc_now() - timedelta(seconds=1)
    assert api.get("/api/v1/cases", headers=headers(token)).status_code == 401
    second = key(live, centre.ids[Role.CASE_DESK])
    with transaction(live.engine) as session:
        tokens.revoke(session, SYSTEM, utc_now(), tokens.tokens(session, SYSTEM)[0].id)
    assert api.get("/api/v1/cases", headers=headers(second)).status_code == 401
    third = key(live, centre.ids[Role.CASE_DESK])
    with transaction(live.engine) as session:
        admin = people.NewUser("second.admin", "", centre.company, PASSWORD, (Role.ADMIN,))
        people.add_user(session, SYSTEM, utc_now(), admin)
        people.set_active(session, SYSTEM, utc_now(), centre.ids[Role.CASE_DESK], active=False)
    assert api.get("/api/v1/cases", headers=headers(third)).status_code == 401


def test_a_key_goes_no_further_than_its_scopes_and_its_person(api, live, centre):
    reader = key(live, centre.ids[Role.CASE_DESK], (Scope.CASES_READ,))
    assert "lacks the scope cases:write" in registered(api, reader).json()["detail"]
    shopper = key(live, centre.ids[Role.SHOPPER])
    assert registered(api, shopper).status_code == 403
    assert api.get("/api/v1/cases", headers=headers(shopper)).status_code == 403


def test_a_case_out_of_reach_is_not_there(api, live, centre, desk):
    number = registered(api, desk).json()["number"]
    with transaction(live.engine) as session:
        new = people.NewUser("far", "", centre.other_team, PASSWORD, (Role.CASE_DESK,))
        far = people.add_user(session, SYSTEM, utc_now(), new)
    token = key(live, far)
    assert api.get(f"/api/v1/cases/{number}", headers=headers(token)).status_code == 404
    step = api.post(f"/api/v1/cases/{number}/steps", headers=headers(token, "x"), json={"kind": "noted"})
    assert step.status_code == 404
    assert api.get("/api/v1/cases", headers=headers(token)).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"{", 400, "no JSON"),
        (b'{"words": "x"}', 422, "customer_phone"),
        (b'{"words": "x", "customer_phone": "13800138000", "colour": "red"}', 422, "colour"),
        (b'{"words": "x", "customer_phone": "13800138000", "class_code": "moon"}', 422, "no class"),
        (b'{"words": "x", "customer_phone": "13800138000", "unit_id": 999999}', 422, "no unit 999999"),
        (b'{"words": "x", "customer_phone": "13800138000", "received_at": "0001-01-01T00:00:00Z"}', 422, "between"),
        (b'{"words": "' + b"x" * (1 << 20) + b'"}', 413, "larger"),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_in_one_form(api, desk, body, status, told):
    sent = headers(desk, "k") | {"Content-Type": "application/json"}
    found = api.post("/api/v1/cases", content=body, headers=sent)
    assert (found.status_code, found.headers["content-type"]) == (status, "application/problem+json")
    assert told in found.json()["detail"]


def test_a_body_that_hides_its_length_is_cut_off_too(api, desk):
    def pieces():
        for _ in range(20):
            yield b"x" * (1 << 17)

    found = api.post("/api/v1/cases", content=pieces(), headers=headers(desk, "k"))
    assert found.status_code == 413


def test_what_changes_something_needs_a_fresh_name(api, desk):
    assert "Idempotency-Key" in api.post("/api/v1/cases", json=CASE, headers=headers(desk)).json()["detail"]


def test_a_recording_is_handed_in_once(api, live, centre, tmp_path):
    lead = key(live, centre.ids[Role.QA_LEAD])
    wav = write_wav(tmp_path / "C-9.wav", seed=3)
    facts = {"call_id": "C-9", "agent": "A012", "started_at": "2026-11-09T10:00:00+08:00"}

    def hand_in(**changes):
        with wav.open("rb") as file:
            return api.post("/api/v1/recordings", headers=headers(lead), data=facts | changes,
                            files={"file": ("../C-9.wav", file)})  # fmt: skip

    assert hand_in().json() == {"outcome": "imported", "call_id": "C-9", "reason": ""}
    assert hand_in().json()["outcome"] == "duplicate"
    told = api.get("/api/v1/recordings/C-9", headers=headers(lead)).json()
    assert (told["state"], told["call_id"]) == ("queued", "C-9")
    assert api.get("/api/v1/recordings/C-8", headers=headers(lead)).status_code == 404
    assert "started_at" in hand_in(started_at="yesterday").json()["detail"]
    agent = key(live, centre.ids[Role.AGENT])
    with wav.open("rb") as file:
        refused = api.post("/api/v1/recordings", headers=headers(agent), files={"file": ("a.wav", file)})
    assert refused.status_code == 403


def test_old_answers_are_forgotten(api, live, desk):
    registered(api, desk)
    with transaction(live.engine) as session:
        tokens.forget_answers(session, utc_now() + timedelta(hours=47))
    assert "idempotency-replayed" in registered(api, desk).headers
    with transaction(live.engine) as session:
        tokens.forget_answers(session, utc_now() + timedelta(hours=49))
    assert "idempotency-replayed" not in registered(api, desk).headers


def test_the_dashboards_process_carries_the_interface_beside_its_login(web, web_live, web_centre):
    assert web.get("/api/v1/openapi.json").json()["info"]["title"] == "Huiting"
    assert web.get("/api/v1/cases", headers={"Accept": "text/html"}).status_code == 401
    token = key(web_live, web_centre.ids[Role.CASE_DESK])
    assert registered(web, token).status_code == 201


def test_a_method_that_is_not_taken_names_those_that_are(api):
    found = api.put("/api/v1/cases")
    assert (found.status_code, set(found.headers["allow"].split(", ")) & {"GET", "POST"} != set()) == (405, True)


@pytest.mark.parametrize("sent", [{}, {"Authorization": "Bearer huiting_none"}])
def test_a_recording_from_a_stranger_is_refused_before_it_is_read(api, centre, sent):
    read = []

    def pieces():
        for piece in range(1000):
            read.append(piece)
            yield b"x" * (1 << 20)

    sent = sent | {"Content-Type": "multipart/form-data; boundary=b"}
    assert api.post("/api/v1/recordings", content=pieces(), headers=sent).status_code == 401
    assert len(read) <= 1


@pytest.mark.parametrize(
    ("kind", "facts"),
    [("assigned", {"to": 10**30}), ("assigned", {"to": 2**40}), ("dispatched", {"unit": 2**40}),
     ("delay_told", {"reason": "r", "promised_at": "9999-12-31T23:59:59+00:00", "by": "sms"})],
)  # fmt: skip
def test_a_fact_beyond_all_bounds_is_refused_and_no_bug(api, desk, kind, facts):
    number = registered(api, desk).json()["number"]
    found = api.post(f"/api/v1/cases/{number}/steps", json={"kind": kind, "facts": facts}, headers=headers(desk, "f"))
    assert found.status_code == 422


def test_a_recording_is_found_however_many_are_named_like_it(api, live, centre, tmp_path):
    lead = key(live, centre.ids[Role.QA_LEAD])
    for number in range(60):
        wav = write_wav(tmp_path / f"C-1{number or ''}.wav", seed=number)
        with wav.open("rb") as file:
            sent = {"call_id": f"C-1{number or ''}", "agent": "A012", "rating": "7",
                    "started_at": f"2026-11-09T10:{number:02d}:00+08:00"}  # fmt: skip
            assert api.post("/api/v1/recordings", headers=headers(lead), data=sent,
                            files={"file": ("a.wav", file)}).json()["outcome"] == "imported"  # fmt: skip
    assert api.get("/api/v1/recordings/C-1", headers=headers(lead)).status_code == 200
