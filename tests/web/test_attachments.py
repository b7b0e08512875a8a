"""Files of mystery visits through the real route: downloads for their shopper and the monitoring group alone."""

from http.cookies import SimpleCookie

import pytest
from conftest import NOW, PASSWORD

from qa_app.core import journal, login, people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.contacts import Vault
from qa_app.core.db import reading, transaction
from scorecards import shopping_files, shopping_scenarios, shopping_visits
from scorecards.scenario_file import shipped_scenario_text
from scorecards.shopping_files import NewFile
from scorecards.shopping_visits import NewVisit


@pytest.fixture
def file(web_live, web_centre):
    """A file that the centre's shopper handed in; its id."""
    with transaction(web_live.engine) as session:
        second = people.NewUser("second", "", web_centre.team, PASSWORD, (Role.SHOPPER,))
        people.add_user(session, SYSTEM, NOW, second)
        scenario = shopping_scenarios.take_into_use(session, SYSTEM, NOW, shipped_scenario_text("unknown-charge-zh"))
        new = NewVisit(scenario, web_centre.ids[Role.SHOPPER], web_centre.team, NOW.date())
        visit = shopping_visits.assign(session, SYSTEM, NOW, new)
        shopper = web_centre.actor(session, Role.SHOPPER)
        ticket = NewFile("greeting", "小票.txt", b"<script>1</script>")
        folder, vault = web_live.settings.folder, Vault(web_live.settings.secret)
        return shopping_files.attach(session, shopper, NOW, folder, vault, visit, ticket)


def fetched(web, file, name):
    """The answer to somebody who asks for the file."""
    signed = web.post("/login", data={"login": name, "password": PASSWORD})
    web.cookies.clear()
    cookie = SimpleCookie(signed.headers["set-cookie"])[login.COOKIE].value
    return web.get(f"/visit-files/{file}", headers={"cookie": f"{login.COOKIE}={cookie}"})


@pytest.mark.parametrize("name", ["shopper", "monitor"])
def test_a_file_goes_to_its_shopper_and_the_monitoring_group_as_a_download(web, web_live, file, name):
    answer = fetched(web, file, name)
    assert (answer.status_code, answer.content) == (200, b"<script>1</script>")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]
    with reading(web_live.engine) as session:
        assert [one.actor_name for one in journal.entries(session, SYSTEM) if one.action == "attachment.fetch"] == [
            name.title()
        ]


@pytest.mark.parametrize(("name", "status"), [("second", 404), ("manager", 403), ("agent", 403), ("admin", 403)])
def test_nobody_else_gets_it(web, file, name, status):
    answer = fetched(web, file, name)
    assert answer.status_code == status
    assert b"script" not in answer.content


def test_nobody_gets_it_without_signing_in(web, file):
    assert web.get(f"/visit-files/{file}").status_code == 403
    assert fetched(web, file + 9, "shopper").status_code == 404
