"""The Scorecards page: drafts written by form and by text, two people at one draft, checked, tried and published."""

import json
import re

import pytest
from conftest import NOW
from opened import in_address, say, words

from qa_app import intake
from qa_app.components import desk
from qa_app.core import people
from qa_app.core.access import SYSTEM, Role
from qa_app.core.db import reading, transaction
from qa_app.joins import calls_with_scores
from scorecards import cards, publishing
from scorecards.card_file import card_from_yaml, shipped_text
from scorecards.editing import TEMPLATE
from scorecards.machine import score_call
from scorecards.model import Tag, Verdict
from transcription.manifest import CallFacts
from transcription.queries import CallFilter, call_story
from transcription.service import import_file

pytest_plugins = ["opened"]
CARD = shipped_text("telecom-complaint-zh")
LATER = re.sub(r"(?m)^version: \d+", "version: 90", CARD)


def button(app, label):
    return next(one for one in app.button if one.label == label)


def field(app, kind, label):
    return next(one for one in getattr(app, kind) if one.label == label)


def begin(installed, body=TEMPLATE, role=Role.QA_LEAD):
    with transaction(installed.engine) as session:
        actor = people.actor_for(session, people.user_by_login(session, role.value))
        return publishing.start_draft(session, actor, NOW, body)


def text_of(installed, draft):
    with reading(installed.engine) as session:
        return cards.draft(session, SYSTEM, draft).body


def part(app, draft, name):
    app.segmented_control(key=f"card.{draft}.part").set_value(name).run()
    assert not app.exception
    return app


def typed(app, text):
    """What leaving the text's field with this in it does."""
    area = next(one for one in app.text_area if one.key and one.key.endswith(".text"))
    return area.set_value(text).run()


def test_the_list_shows_drafts_and_versions_and_a_ticked_row_opens(busy, installed, sign_in):
    draft = begin(installed)
    app = sign_in(Role.QA_LEAD, "en", "scorecards")
    assert list(app.dataframe[0].value["Scorecard"]) == ["new-card v1"]
    assert {"telecom-complaint-en", "telecom-complaint-zh"} <= set(app.dataframe[1].value["Scorecard"])
    app.session_state["drafts"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert in_address(app, "draft") == str(draft)
    assert f"new-card v1 · Draft {draft}" in words(app)


def test_an_empty_list_says_how_to_begin(installed, staffed, sign_in):
    app = sign_in(Role.ADMIN, "zh", "scorecards")
    assert say(app, "There is no draft. Begin one below, or from a version.") in words(app)
    button(app, say(app, "New scorecard")).click().run()
    assert "new-card v1" in words(app)
    assert not app.exception


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["edit", "text", "both", "check", "call", "calls", "publish"])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.MONITOR])
def test_no_part_of_a_draft_fails_in_either_language(busy, installed, sign_in, language, name, role):
    draft = begin(installed, LATER)
    app = part(sign_in(role, language, "scorecards", draft=draft), draft, name)
    assert not app.error


def test_a_version_reads_in_both_languages_and_the_next_one_is_begun_from_it(busy, installed, sign_in):
    app = sign_in(Role.QA_LEAD, "en", "scorecards")
    versions = app.dataframe[-1].value
    row = list(versions["Scorecard"]).index("telecom-complaint-zh")
    app.session_state["versions"] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()
    assert "Greets and says who is speaking" in words(app)
    assert "开头问候并自报身份" in words(app)
    assert not [one for one in app.button if one.label == "Archive it now"]  # an administrator's
    button(app, "Write the next version").click().run()
    draft = int(in_address(app, "draft"))
    version = card_from_yaml(CARD).version
    assert card_from_yaml(text_of(installed, draft)).version == version + 1


def test_what_is_typed_is_kept_even_where_it_cannot_be_read(busy, installed, sign_in):
    draft = begin(installed)
    app = part(sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft), draft, "text")
    typed(app, "name: [half a card")
    assert text_of(installed, draft) == "name: [half a card"
    assert "The text is kept, but it is not a scorecard yet" in app.warning[0].value
    part(app, draft, "edit")
    assert "this is not YAML (line 1, column 19: expected ',' or ']'" in app.warning[0].value
    button(app, "Mend it in the text").click().run()
    typed(app, TEMPLATE)
    assert not app.warning
    assert "(saving 3)" in words(app)


def test_a_weight_is_saved_as_soon_as_it_is_changed_and_shares_add_up(busy, installed, sign_in):
    draft = begin(installed, LATER)
    app = sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft)
    weights = [one for one in app.number_input if one.key and ".weight." in one.key]
    assert sum(float(one.label.rpartition("· ")[2].rstrip("%")) for one in weights) == pytest.approx(100, abs=0.5)
    greeting = next(one for one in weights if one.key.endswith(".greeting"))
    greeting.set_value(26.0).run()
    assert card_from_yaml(text_of(installed, draft)).sections[0].criteria[0].points == 26
    assert "Sum **120**" in words(app)
    button(app, "Make weights add up to 100").click().run()
    card = card_from_yaml(text_of(installed, draft))
    assert sum(criterion.points for _, criterion in card.criteria) == pytest.approx(100)
    assert "Sum **100**" in words(app)


def test_one_criterion_is_changed_by_the_form(busy, installed, sign_in):
    draft = begin(
        installed, TEMPLATE.replace("points: 100", "points: 100\n      - {id: other, title: 其他, points: 5}")
    )
    body = text_of(installed, draft).replace(
        "      - {id: other, title: 其他, points: 5}\n        check: {kind: phrases, speaker: agent, any_of: [您好]}\n",
        "        check: {kind: phrases, speaker: agent, any_of: [您好]}\n      - {id: other, title: 其他, points: 5}\n",
    )
    draft = begin(installed, body)
    app = sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft)
    field(app, "text_input", "Title, English").set_value("Says hello")
    field(app, "text_area", "Any of these is said").set_value("您好\n\n 早上好 \n")
    field(app, "text_area", "Forbidden").set_value("走开")
    field(app, "selectbox", "Applies only if").set_value("other")
    field(app, "multiselect", "is answered").set_value([Verdict.NOT_MET])
    field(app, "multiselect", "Root cause needed on").set_value([Verdict.NOT_MET])
    field(app, "text_area", "Root causes, one a line: id | Chinese | English").set_value("skill | 不会 | Cannot")
    field(app, "multiselect", "An error harms").set_value([Tag.CUSTOMER])
    button(app, "Save criterion").click().run()
    assert not app.exception
    assert not app.error
    changed = card_from_yaml(text_of(installed, draft)).sections[0].criteria[0]
    assert (changed.title.en, changed.tags) == ("Says hello", (Tag.CUSTOMER,))
    assert changed.check.parameters == {"speaker": "agent", "any_of": ["您好", "早上好"], "none_of": ["走开"]}
    assert (changed.applies_if.criterion, changed.applies_if.verdicts) == ("other", (Verdict.NOT_MET,))
    assert changed.root_causes[0].title.en == "Cannot"


def test_settings_of_a_check_that_are_no_yaml_are_refused_and_stay_on_the_screen(busy, installed, sign_in):
    draft = begin(installed)
    app = sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft)
    field(app, "text_area", "Other settings of the check, as YAML").set_value("window: {first_s")
    button(app, "Save criterion").click().run()
    assert "are not YAML" in app.error[0].value
    assert field(app, "text_area", "Other settings of the check, as YAML").value == "window: {first_s"
    assert text_of(installed, draft) == TEMPLATE


def test_criteria_are_added_moved_and_removed(busy, installed, sign_in):
    draft = begin(installed)
    app = sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft)
    field(app, "text_input", "Id (small Latin letters, digits and _)").set_value("closing")
    button(app, "Add").click().run()

    def order():
        return [criterion.id for _, criterion in card_from_yaml(text_of(installed, draft)).criteria]

    assert order() == ["greeting", "closing"]
    button(app, "Move up").click().run()
    assert order() == ["closing", "greeting"]
    button(app, "Remove").click().run()
    assert order() == ["greeting"]
    assert button(app, "Remove").disabled


def test_the_later_of_two_people_is_told_and_keeps_the_text(busy, installed, sign_in):
    draft = begin(installed)
    app = part(sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft), draft, "text")
    theirs, mine = TEMPLATE.replace("pass_pct: 80", "pass_pct: 70"), TEMPLATE.replace("pass_pct: 80", "pass_pct: 60")
    with transaction(installed.engine) as session:
        monitor = people.actor_for(session, people.user_by_login(session, "monitor"))
        publishing.save_draft(session, monitor, NOW, draft, 1, theirs)
    typed(app, mine)
    assert "Monitor has saved this draft since you opened it" in app.error[0].value
    assert text_of(installed, draft) == theirs
    assert app.code[0].value == mine.strip()
    part(app, draft, "edit")
    part(app, draft, "text")
    assert app.code[0].value == mine.strip(), "it outlives a look at another part"
    button(app, "Load the newest").click().run()
    area = next(one for one in app.text_area if one.key and one.key.endswith(".text"))
    assert area.value == theirs
    assert app.code[0].value == mine.strip()
    typed(app, mine)
    assert text_of(installed, draft) == mine
    assert not app.error
    assert not app.code


def test_findings_are_listed_with_what_to_do(busy, installed, sign_in):
    faulty = TEMPLATE.replace("any_of: [您好]", "any_of: [您好], none_of: [您好]")
    draft = begin(installed, faulty)
    app = part(sign_in(Role.QA_LEAD, "zh", "scorecards", draft=draft), draft, "check")
    assert "⛔ **错误** · 问候 `greeting.check.any_of`  \n既要求又禁止：您好" in words(app)
    part(app, draft, "publish")
    assert "处错误，暂不能发布" in app.error[0].value


def test_a_draft_is_tried_on_one_call_with_links_to_the_second(busy, installed, sign_in):
    draft = begin(installed, LATER)
    app = part(sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft), draft, "call")
    assert app.selectbox(key=f"card.{draft}.call").options[0].startswith("good-zh")
    answers = app.dataframe[0].value
    assert "met" in set(answers["Answer"])
    assert answers["Open"].iloc[0].startswith(f"/review?call={busy['good-zh']}")
    assert app.metric[0].label == "Score by the draft"


def test_an_administrator_without_calls_is_told_so_and_sees_figures_without_words(busy, installed, sign_in):
    draft = begin(installed, LATER.replace("您好, 你好", "某某某"))
    app = part(sign_in(Role.ADMIN, "en", "scorecards", draft=draft), draft, "call")
    assert "Your role may not open calls" in app.info[0].value
    part(app, draft, "calls")
    button(app, "Try on stored calls").click().run()
    assert not app.exception
    assert app.metric[0].value == "2"


def test_a_draft_is_tried_on_the_stored_calls_and_the_result_stays_until_the_text_changes(busy, installed, sign_in):
    changed = LATER.replace("欢迎致电", "某某某").replace("您好, 你好", "某某某")
    changed = changed.replace("pass_pct: 80", "pass_pct: 10")
    draft = begin(installed, changed)
    app = part(sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft), draft, "calls")
    button(app, "Try on stored calls").click().run()
    assert not app.exception
    assert (app.metric[0].label, app.metric[0].value) == ("Calls tried", "1")
    assert app.get("vega_lite_chart")
    with transaction(installed.engine) as session:
        lead = people.actor_for(session, people.user_by_login(session, "qa_lead"))
        publishing.save_draft(session, lead, NOW, draft, 1, changed.replace("pass_pct: 10", "pass_pct: 20"))
    app.run()
    button(app, "Load the newest").click().run()
    assert "The text has changed since this trial" in app.warning[0].value


def test_an_administrator_publishes_after_seeing_what_changes_and_others_cannot(busy, installed, sign_in):
    version = card_from_yaml(CARD).version + 1
    changed = CARD.replace(f"version: {version - 1}", f"version: {version}", 1).replace("pass_pct: 80", "pass_pct: 85")
    draft = begin(installed, changed)
    app = part(sign_in(Role.QA_LEAD, "en", "scorecards", draft=draft), draft, "publish")
    assert "Pass mark changed: 80 → 85" in words(app)
    assert "An administrator publishes" in words(app)
    assert not [one for one in app.button if one.label == "Publish"]
    app = part(sign_in(Role.ADMIN, "en", "scorecards", draft=draft), draft, "publish")
    assert button(app, "Publish").disabled
    app.checkbox[0].check().run()
    button(app, "Publish").click().run()
    assert not app.exception
    with reading(installed.engine) as session:
        assert cards.published(session, "telecom-complaint-zh") == card_from_yaml(changed)
        assert cards.drafts(session, SYSTEM) == []
    assert not in_address(app, "draft")


def test_an_administrator_archives_a_published_card(busy, installed, sign_in):
    with reading(installed.engine) as session:
        shown = next(one for one in cards.versions(session, SYSTEM) if one.name == "telecom-complaint-en")
    app = sign_in(Role.ADMIN, "en", "scorecards", card=shown.id)
    button(app, "Archive it now").click().run()
    with reading(installed.engine) as session:
        assert cards.published(session, "telecom-complaint-en") is None


@pytest.mark.parametrize("query", [{"draft": "999"}, {"card": "999"}, {"draft": "x"}, {"card": "-1"}])
def test_an_address_that_leads_nowhere_is_said_to(busy, sign_in, query):
    app = sign_in(Role.ADMIN, "en", "scorecards", **query)
    assert not app.exception
    assert app.error or app.dataframe


def test_a_text_chat_is_listed_and_reviewed_without_a_recording(busy, installed, sign_in, tmp_path):
    file = tmp_path / "chat-7.json"
    utterances = [
        {"speaker": "agent", "text": "您好，我是客服小李，请问是这个订单吗"},
        {"speaker": "customer", "text": "是"},
    ]
    file.write_text(json.dumps({"kind": "chat", "utterances": utterances}), encoding="utf-8")
    facts = CallFacts("chat-7", ("A012",), started_at=NOW)
    with transaction(installed.engine) as session:
        taken = import_file(session, SYSTEM, NOW, file, facts, intake.plan_for(installed))
        score_call(session, NOW, taken.transcript_id)
    app = sign_in(Role.INSPECTOR, "en", "calls", words="chat-7")
    assert list(app.dataframe[0].value["Call"]) == ["chat-7"]
    with reading(installed.engine) as session:
        rows, _total = calls_with_scores(session, SYSTEM, CallFilter(words="chat-7"))
    app = sign_in(Role.INSPECTOR, "en", "review", call=rows[0].line.id)
    assert not app.exception
    assert not app.error
    assert desk.header(session_story(installed, rows[0].line.id), lambda text, **_values: text).endswith("text chat")


def session_story(installed, call_pk):
    with reading(installed.engine) as session:
        return call_story(session, SYSTEM, call_pk)
