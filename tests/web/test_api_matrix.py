"""Every route of the interface as every role: refused exactly where core.access says nobody may."""

import pytest
from interface import CASE, client, headers, key
from made_calls import write_wav

from qa_app.core.access import PERMISSIONS, Action, Role

CASES = "/api/v1/cases"


def register(api, token, _number, _wav):
    return api.post(CASES, json=CASE | {"words": "另一件"}, headers=headers(token, "own"))


def read_all(api, token, _number, _wav):
    return api.get(CASES, headers=headers(token))


def read_one(api, token, number, _wav):
    return api.get(f"{CASES}/{number}", headers=headers(token))


def note(api, token, number, _wav):
    body = {"kind": "noted", "facts": {"words": "已联系"}}
    return api.post(f"{CASES}/{number}/steps", json=body, headers=headers(token, "note"))


def solve(api, token, number, _wav):
    body = {"kind": "solved_on_the_spot", "facts": {"solution": "退费"}}
    return api.post(f"{CASES}/{number}/steps", json=body, headers=headers(token, "solve"))


def hand_in(api, token, _number, wav):
    facts = {"call_id": "M-1", "agent": "A012", "started_at": "2026-11-09T10:00:00+08:00"}
    with wav.open("rb") as file:
        return api.post("/api/v1/recordings", headers=headers(token), data=facts, files={"file": ("M-1.wav", file)})


def ask_after(api, token, _number, _wav):
    return api.get("/api/v1/recordings/C-7", headers=headers(token))


ROUTES = {
    register: (Action.REGISTER_CASE,), read_all: (Action.SEE_CASES,), read_one: (Action.SEE_CASES,),
    note: (Action.SEE_CASES,), solve: (Action.SEE_CASES, Action.HANDLE_CASE),
    hand_in: (Action.IMPORT_RECORDINGS,), ask_after: (Action.SEE_CALLS,),
}  # fmt: skip
"""The rights that each route takes, all of them."""


@pytest.fixture
def ground(live, centre, tmp_path):
    """A case whose first asked is the agent, and a recording of the agent's."""
    api = client(live)
    number = api.post(CASES, json=CASE, headers=headers(key(live, centre.ids[Role.AGENT]), "first")).json()["number"]
    facts = {"call_id": "C-7", "agent": "A012", "started_at": "2026-11-09T10:00:00+08:00"}
    with write_wav(tmp_path / "C-7.wav", seed=7).open("rb") as file:
        sent = api.post("/api/v1/recordings", headers=headers(key(live, centre.ids[Role.QA_LEAD])), data=facts,
                        files={"file": ("C-7.wav", file)})  # fmt: skip
    assert sent.status_code == 200
    return api, number, write_wav(tmp_path / "M-1.wav", seed=8)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_no_further_over_the_interface_than_on_the_screen(ground, live, centre, role):
    api, number, wav = ground
    token = key(live, centre.ids[role])
    answered = {route.__name__: route(api, token, number, wav).status_code for route in ROUTES}
    expected = {route.__name__: all(role in PERMISSIONS[one] for one in needed) for route, needed in ROUTES.items()}
    assert {name: status < 300 for name, status in answered.items()} == expected
    assert {status for name, status in answered.items() if not expected[name]} <= {403, 404}
