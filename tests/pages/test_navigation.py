"""Which pages each role gets, in both languages, and that none of them fails."""

import pytest
from opened import say, words

from qa_app import session as page
from qa_app.core.access import PERMISSIONS, Action, Role
from qa_app.core.db import reading

pytest_plugins = ["opened"]


OF_ONE_ACTION = {
    Action.RETURN_CASE: "returns", Action.ARCHIVE_CASE: "archive", Action.SEE_ANALYSIS: "analysis",
    Action.SEE_CORRECTIVE_ACTIONS: "corrective_actions", Action.MANAGE_RULES: "settings",
    Action.CALL_BACK: "callbacks", Action.SEE_SATISFACTION: "satisfaction", Action.MANAGE_SURVEYS: "surveys",
    Action.DRAFT_SCORECARD: "scorecards", Action.MANAGE_PEOPLE: "people", Action.SEE_JOURNAL: "journal",
    Action.CHECK_ANSWERS: "answers", Action.SEE_SAMPLING: "quality", Action.SEE_COACHING: "coaching",
    Action.SEE_PERFORMANCE: "performance", Action.SEE_AUDITS: "audits", Action.SEE_LIBRARY: "library",
    Action.CORRECT: "corrections",
}  # fmt: skip
TITLES = {
    "register_case": "Register a case", "dispatch": "Dispatch desk", "analysis": "Complaint analysis",
    "corrective_actions": "Corrective actions", "callbacks": "Callback desk",
    "answers": "Callback checks", "quality": "QA desk", "shopping": "Mystery shopping",
    "library": "Case library",
}  # fmt: skip


def pages_of(role):
    """The pages that the permission table grants a role."""
    wanted = {"today"}
    if role in PERMISSIONS[Action.SEE_CALLS]:
        wanted |= {"calls", "review"}
    if role in PERMISSIONS[Action.REGISTER_CASE]:
        wanted.add("register_case")
    if role in PERMISSIONS[Action.SEE_CASES]:
        wanted |= {"cases", "due"}
    if role in PERMISSIONS[Action.HANDLE_CASE] or role in PERMISSIONS[Action.APPROVE_CLOSE]:
        wanted.add("dispatch")
    for action, place in OF_ONE_ACTION.items():
        if role in PERMISSIONS[action]:
            wanted.add(place)
    if role in PERMISSIONS[Action.SHOP] or role in PERMISSIONS[Action.SEE_SHOPPING]:
        wanted.add("shopping")
    contests = (Action.CONTEST_EVALUATION, Action.DECIDE_DISPUTE, Action.DECIDE_SECOND_DISPUTE)
    if any(role in PERMISSIONS[action] for action in contests):
        wanted.add("disputes")
    return wanted


def offered(monkeypatch):
    """Notes what the entry script hands to the navigation."""
    import streamlit as st

    shown = []
    real = st.navigation

    def noting(pages, **options):
        shown[:] = [one.url_path or "today" for one in pages]
        return real(pages, **options)

    monkeypatch.setattr(st, "navigation", noting)
    return shown


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_its_pages_and_none_of_them_fails(busy, sign_in, monkeypatch, role, language):
    shown = offered(monkeypatch)
    app = sign_in(role, language)
    assert set(shown) == pages_of(role)
    assert not app.exception
    for place in sorted(pages_of(role)):
        app = sign_in(role, language, place)
        assert not app.exception
        assert not app.error
        if place != "review":
            title = TITLES.get(place, place.title())
            assert app.title[0].value == say(app, title)


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.AGENT, Role.ADMIN, Role.SHOPPER])
def test_an_empty_installation_says_so(staffed, sign_in, role):
    for place in sorted(pages_of(role)):
        app = sign_in(role, "zh", place)
        assert not app.exception
        expected = {
            ("inspector", "today"): "Nothing waits. Well done.",
            ("inspector", "calls"): "No call matches. Clear a filter, or import recordings with: huiting import FOLDER",
            ("inspector", "review"): "Nothing waits for a review.",
            ("agent", "cases"): "No case matches. Clear a filter, or register one under “Register a case”.",
            ("agent", "today"): "There are no calls yet.",
            ("shopper", "today"): "No mystery visit waits for you.",
            ("shopper", "shopping"): "No visit was assigned to you yet.",
        }.get((role.value, place))
        assert expected is None or say(app, expected) in words(app)


def test_a_browser_without_a_session_is_offered_the_login_and_nothing_else(busy, sign_in, monkeypatch):
    app = sign_in(Role.ADMIN)
    monkeypatch.setattr(page, "token", lambda: None)
    app.run()
    assert [element.value for element in app.info] == [say(app, "You are signed out.")]
    assert not app.title
    assert not app.sidebar.button


def test_signing_out_ends_the_session_at_once(busy, sign_in, installed):
    app = sign_in(Role.INSPECTOR)
    token = page.token()
    next(button for button in app.sidebar.button if button.label == "Sign out").click().run()
    assert [element.value for element in app.info] == ["You are signed out."]
    with reading(installed.engine) as session:
        from qa_app.core import login

        assert login.signed_in(session, page.now(), token) is None


def test_the_chosen_language_is_kept_for_the_next_login(busy, sign_in, installed):
    app = sign_in(Role.INSPECTOR, "en")
    assert app.title[0].value == "Today"
    app.sidebar.segmented_control(key="language").set_value("zh").run()
    assert app.title[0].value == "今日"
    assert page.actor().language == "zh"


def test_an_inspector_is_told_of_the_own_unit_alone(busy, sign_in):
    """Five calls in all; one belongs to the other team."""
    assert "4 calls" in words(sign_in(Role.INSPECTOR, "en", "calls"))
    app = sign_in(Role.INSPECTOR, "en", "review", call=busy["elsewhere"])
    assert app.error[0].value == f"There is no call {busy['elsewhere']} that you may see."


def test_a_bug_on_a_page_is_told_in_our_own_sentence_and_without_details(busy, sign_in, monkeypatch, caplog):
    from qa_app import joins
    from qa_app.asgi import on_script_error

    def fail(*_args, **_options):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(joins, "calls_with_scores", fail)
    told = []
    monkeypatch.setattr("qa_app.asgi.st.error", told.append)
    assert sign_in(Role.INSPECTOR, "en", "calls").exception
    assert on_script_error(RuntimeError("secret detail"))
    assert told == [
        page._("This page failed because of a bug; what you saved is kept. Tell your administrator when it was.")
    ]
    assert "a page failed" in caplog.text
