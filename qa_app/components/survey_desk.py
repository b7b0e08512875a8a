"""Surveys on the screen: questionnaires as they are asked, what became of the tasks, campaigns, who is left alone."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path, PurePath

import pandas as pd
import streamlit as st

from qa_app import session, survey_intake
from qa_app.components import satisfaction, survey_words
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.runtime import runtime
from qa_app.session import N_, _
from surveys import campaigns, responses, rules
from surveys.campaigns import NewCampaign
from surveys.dispositions import Category
from surveys.model import Outcome
from surveys.questionnaires import Condition, Counted, Kind, Question, Questionnaire, filled
from surveys.satisfaction import METRICS

LARGEST_MB, MOST_SHOWN, MONTH_DAYS = 50, 20, 30
METRIC_OF = {Counted(one.slug): one.name for one in METRICS if one.slug in set(Counted)}
KINDS = {
    "scale": N_("scale"), "yes_no": N_("yes or no"), "choice": N_("one of several"), "multi": N_("several"),
    "text": N_("in words"),
}  # fmt: skip


def questionnaires() -> None:
    """One questionnaire as it is asked now, in the reader's language."""
    now, language = session.now(), session.language()
    codes = session.read(lambda database, _actor: rules.questionnaire_codes(database, now))
    asked = {code: _asked(code) for code in codes}
    code = st.selectbox(_("Questionnaire"), codes, format_func=lambda one: asked[one].title[language], width=320)
    one = asked[code]
    st.caption(_("Version {version}. A new one is published under Settings; answers stay with the one that was asked.",
                 version=one.version))  # fmt: skip
    st.markdown(f"> {filled(one.opening[language], _sample())}")
    table = pd.DataFrame(
        {
            "#": range(1, len(one.questions) + 1),
            _("Question"): [filled(each.text[language], _sample()) for each in one.questions],
            _("Kind"): [_kind(each) for each in one.questions],
            _("Counted as"): [
                _(METRIC_OF[each.counted]) if each.counted in METRIC_OF else "" for each in one.questions
            ],
            _("Asked if"): ["、".join(_condition(one, rule) for rule in each.show_if) for each in one.questions],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Questions"))
    st.caption(
        _("Counts as dissatisfied: {rules}", rules="、".join(_condition(one, rule) for rule in one.unhappy) or "–")
    )


def _asked(code: str) -> Questionnaire:
    """A questionnaire as it is asked now."""
    return session.read(lambda database, _actor: rules.questionnaire(database, code, session.now()))


def _sample() -> dict[str, str]:
    office = session.office()
    return {"company": office.company, "hotline": office.hotline, "number": "TS…", "received": "…", "words": "…"}


def _kind(one: Question) -> str:
    scale = f" {one.scale[0]}–{one.scale[1]}" if one.scale else ""
    return _(KINDS[one.kind.value]) + scale


def _condition(asked: Questionnaire, rule: Condition) -> str:
    """A condition as people read it: the question by its number, the answers by their words."""
    about = asked.question(rule.question)
    told = _("question {number}", number=asked.questions.index(about) + 1)
    if about.kind is Kind.YES_NO:
        return f"{told} = {_('yes') if rule.least else _('no')}"
    if rule.least is not None:
        told += f" ≥ {rule.least:g}"
    if rule.most is not None:
        told += f" ≤ {rule.most:g}"
    return f"{told} = {'/'.join(survey_words.answer(about, one) for one in rule.among)}" if rule.among else told


def progress() -> None:
    """What became of the last month's tasks, the rates of the ledger, and the quota cells of this month."""
    now = session.now()
    since = now - timedelta(days=MONTH_DAYS)
    found = session.read(campaigns.progress, since)
    table = pd.DataFrame(
        [
            {_("Kind"): _(survey_words.KINDS[one.kind]), _("Not ended"): one.open}
            | {_(survey_words.OUTCOMES[outcome]): one.ended.get(outcome, 0) for outcome in Outcome}
            for one in found
        ]
    )
    st.dataframe(table, hide_index=True, alt=_("Tasks"))
    rates = session.read(responses.ledger_rates, Action.MANAGE_SURVEYS, since, now)
    rows = [
        {_("Rate"): _(one.rate.name), _("Value"): "–" if one.value is None else f"{one.value:.1%}",
         _("95 % interval"): f"{one.low:.1%} – {one.high:.1%}" if one.n else "", "n": one.n,
         _("How it is reckoned"): one.rate.formula}
        for one in rates
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Rates"))
    groups = session.read(responses.groups, Action.MANAGE_SURVEYS, since, now)
    told = " · ".join(f"{group.value} {groups.get(group, 0)}" for group in Category)
    st.caption(_("Final dispositions by AAPOR group: {groups}", groups=told))
    _quotas()


def _quotas() -> None:
    zone = session.office().zone
    month = session.now().astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    plan = session.read(lambda database, _actor: rules.survey_plan(database, session.now()))
    cells = session.read(campaigns.cells_left, plan, month)
    st.caption(_("A share of {share:.0%} of closed cases is drawn.", share=plan.share))
    if cells:
        table = pd.DataFrame(
            {_("Cell"): [_cell(name, value) for name, value, _taken, _most in cells],
             _("Taken this month"): [taken for _name, _value, taken, _most in cells],
             _("Left"): [max(0, most - taken) for _name, _value, taken, most in cells]}
        )  # fmt: skip
        st.dataframe(table, hide_index=True, alt=_("Quotas"))


def _cell(dimension: str, value: str) -> str:
    return f"{_(satisfaction.DIMENSIONS[dimension])}: {satisfaction.value_names(dimension, [value]).get(value, value)}"


def campaign() -> None:
    """A survey of people without a case."""
    now, language = session.now(), session.language()
    codes = session.read(lambda database, _actor: rules.questionnaire_codes(database, now))
    titles = {code: _asked(code).title[language] for code in codes}
    with st.form("campaign", border=False):
        name = st.text_input(_("Name of the campaign"), autocomplete="off")
        code = st.selectbox(_("Questionnaire"), codes, format_func=titles.__getitem__,
                            index=codes.index("network_use") if "network_use" in codes else 0)  # fmt: skip
        numbers = st.text_area(_("Telephone numbers, one a line"), height=160)
        pressed = st.form_submit_button(_("Start"), type="primary", icon=":material/campaign:")
    if not pressed:
        return
    unit = session.read(people.own_unit)
    new = NewCampaign(name, code, tuple(campaigns.numbers_in(numbers)), unit, now)
    started = session.act(campaigns.start, now, session.office(), new)
    if started is not None:
        st.success(_("{asked} customers will be asked.", asked=started.asked), icon=":material/check_circle:")
        _left_out([(line, session.in_words(reason)) for line, reason in started.left_out])


def _left_out(rows: list[tuple[int, str]]) -> None:
    if rows:
        st.warning(_("{number} lines were left out.", number=len(rows)))
        table = pd.DataFrame({_("Line"): [line for line, _why in rows], _("Why"): [why for _line, why in rows]})
        st.dataframe(table.head(500), hide_index=True, alt=_("Left out"))


def barred() -> None:
    """The do-not-contact list, and one more."""
    found = session.read(campaigns.barred, session.office())
    if not found:
        st.caption(_("Nobody is on the list."))
    for one in found[:MOST_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            until = session.moment(one.until) if one.until else _("for good")
            st.markdown(f"{one.customer} {one.phone} · {one.reason} · {session.moment(one.at)} · {until}")
            why = st.text_input(_("Grounds"), key=f"why.{one.id}", label_visibility="collapsed",
                                placeholder=_("Grounds"), width=200)  # fmt: skip
            if st.button(_("Take off the list"), key=f"lift.{one.id}", type="tertiary"):
                session.act(campaigns.lift, session.now(), one.id, why, done=_("The customer may be contacted again."))
                st.rerun()
    with st.form("bar", border=False, clear_on_submit=True):
        number = st.text_input(_("Telephone number"), autocomplete="off")
        reason = st.text_input(_("Grounds"), autocomplete="off")
        if st.form_submit_button(_("Put on the list")):
            session.act(
                campaigns.bar,
                session.now(),
                session.office(),
                number,
                reason,
                done=_("The customer was put on the list."),
            )
            st.rerun()


def outside() -> None:
    """Answers of another survey: the file, which column is what, and what was kept."""
    name = st.text_input(_("Name of the survey"), key="outside.name", autocomplete="off")
    given = st.file_uploader(_("Answers (CSV or XLSX)"), type=["csv", "xlsx"], max_upload_size=LARGEST_MB)
    if given is None or not name.strip():
        st.caption(_("Give the survey a name and choose its file; the columns are guessed, and you correct them."))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"answers{PurePath(given.name).suffix.lower()}"
        file.write_bytes(given.getvalue())
        _mapped(file, name.strip())


def _mapped(file: Path, name: str) -> None:
    found, refusal = session.call(survey_intake.look, runtime(), session.current(), file, name)
    if found is None:
        st.error(refusal or "")
        return
    st.caption(
        _("This mapping was saved before.") if found.is_saved else _("Guessed from the headings: check every column.")
    )
    text = st.text_area(_("Which column is what"), value=found.text, height=320, key=f"outside.map.{name}")
    if not st.button(_("Take in"), type="primary", icon=":material/upload:"):
        return
    unit = session.read(people.own_unit)
    bar, done = st.progress(0.0, text=_("Importing …")), [0]

    def step(rows: int) -> None:
        done[0] += rows
        bar.progress(1 - 1 / (1 + done[0] / 5000), text=_("{rows} rows read", rows=done[0]))

    kept, refusal = session.call(survey_intake.take_in, runtime(), session.current(), file, name, unit, text, step)
    bar.empty()
    if kept is None:
        st.error(refusal or "")
        return
    st.success(_("{kept} answers were kept.", kept=kept.kept), icon=":material/check_circle:")
    _left_out([(row.line, session.in_words(row.reason)) for row in kept.refused])
