"""Audits on the screen: the plan with its sample's size and power, the list, one whole with lot, rates and report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from qa_app import audit_frame, audit_report, charts, session
from qa_app.audit_report import Report, ac1_text, interval_text, share_text
from qa_app.components import audit_words, case_words, parts
from qa_app.core import journal
from qa_app.core.access import Action, Actor
from qa_app.session import _
from scorecards import audit_queries, auditing, audits, words
from scorecards.audit_queries import Audit
from scorecards.auditing import Aim, AuditKind, AuditStep
from scorecards.audits import NewAudit
from scorecards.sampling import Outcome

LONGEST_NUMBER, PART_KEY = 9, "audits.part"
USUAL_RATE_PCT, USUAL_CHANCE_PCT, DAYS_BACK = 5.0, 95, 30
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def chosen() -> int | None:
    """The audit that the address names."""
    named = st.query_params.get("audit", "")
    return int(named) if named.isdecimal() and len(named) <= LONGEST_NUMBER else None


def go_to(audit_id: int | None) -> None:
    """Open one, or the list."""
    if audit_id is None:
        st.query_params.pop("audit", None)
    else:
        st.query_params["audit"] = str(audit_id)
    st.rerun()


def audits_part() -> None:
    """The audit that the address names, else the form of a new one and the list."""
    named = chosen()
    if named is None:
        if session.may(Action.AUDIT):
            _new_audit()
        _list()
        return
    if st.button(_("All audits"), icon=":material/arrow_back:"):
        go_to(None)
    found, refusal = session.find(audit_report.gather, session.office(), named)
    if found is None:
        st.error(refusal or "")
    else:
        _whole(found)


def _new_audit() -> None:
    with st.expander(_("Plan an audit"), icon=":material/add:"):
        new = _form()
        if new is None:
            return
        _sample(new)
        if st.button(_("Plan it and seal the seed"), type="primary", icon=":material/lock:"):
            made = session.act(audits.plan, session.now(), session.office().vault, new,
                               done=_("The audit is planned; the hash of its seed stands in the journal."))  # fmt: skip
            if made is not None:
                go_to(made)
            else:
                session.show_message()


def _form() -> NewAudit | None:
    units = audit_words.audited_units()
    kind = st.segmented_control(_("What is audited"), list(AuditKind), default=AuditKind.PROCESS, required=True,
                                format_func=lambda one: _(words.AUDIT_KINDS[one]), key="audit.kind")  # fmt: skip
    purpose = st.text_input(_("Purpose"), key="audit.purpose", autocomplete="off")
    today = session.now().astimezone(session.office().zone).date()
    with st.container(horizontal=True):
        unit = st.selectbox(_("Unit"), list(units), format_func=units.__getitem__, key="audit.unit", width=320)
        first = st.date_input(_("From day"), value=today - timedelta(days=DAYS_BACK), key="audit.first", width=160)
        last = st.date_input(_("To day"), value=today, key="audit.last", width=160)
        code = _class() if kind is AuditKind.PROCESS else ""
    with st.container(horizontal=True):
        rate = st.number_input(_("Fault rate to be seen (%)"), 0.1, 99.0, USUAL_RATE_PCT, key="audit.rate", width=200)
        chance = st.number_input(_("Chance of seeing it (%)"), 50, 99, USUAL_CHANCE_PCT, key="audit.chance", width=200)
        wanted = st.number_input(_("Pieces (empty: as many as needed)"), 1, 10_000, None, key="audit.wanted", width=240)
    if unit is None or not (isinstance(first, date) and isinstance(last, date)):
        return None
    aim = Aim(rate / 100, chance / 100, int(wanted) if wanted else None)
    return NewAudit(kind or AuditKind.PROCESS, purpose, unit, first, last, aim, code)


def _class() -> str:
    codes = ["", *(one.code for one in session.taxonomy())]
    chosen_one: str = st.selectbox(_("Class"), codes, key="audit.class", width=260,
                                   format_func=lambda one: case_words.class_title(one) or _("all"))  # fmt: skip
    return chosen_one


def _sample(new: NewAudit) -> None:
    """How many pieces there are now, how many would be drawn, and the chance that these show a fault."""
    frame = _frame_size(session.current(), parts.reach_key(), replace(new, purpose="", aim=Aim(USUAL_RATE_PCT / 100)))
    if not frame:
        st.info(_("Nothing fits this filter now; the frame is fixed when the sample is drawn."))
        return
    n = auditing.size(new.aim, frame)
    st.markdown(
        _("**{n}** of **{frame}** pieces would be drawn: with a chance of **{chance:.1%}** at least one fault is seen "
          "where {rate:.1%} are faulty.", n=n, frame=frame, chance=auditing.power_at(new.aim, n, frame),
          rate=new.aim.rate)
    )  # fmt: skip
    sizes = sorted({max(1, round(frame * step / 40)) for step in range(1, 41)} | {n})
    table = pd.DataFrame({"n": sizes, "power": [auditing.power_at(new.aim, one, frame) for one in sizes]})
    titles = (_("Pieces drawn (n)"), _("Chance of seeing it"))
    st.altair_chart(charts.power(table, n, titles), alt=" · ".join(titles))
    parts.as_table(table.rename(columns={"n": titles[0], "power": titles[1]}), "audit.power")


@st.cache_data(ttl=60, max_entries=64, show_spinner=False)
def _frame_size(_actor: Actor, reach: str, new: NewAudit) -> int:  # noqa: ARG001 - the reach is part of the key
    """How many pieces a filter gives; read once a minute for all who audit the same units."""
    return session.read(audit_frame.size, new, session.office())


def _list() -> None:
    found = session.read(audit_queries.audits)
    if not found:
        st.info(_("No audit was planned yet."), icon=":material/policy:")
        return
    units = audit_words.unit_names()
    table = pd.DataFrame(
        {
            _("Audit number"): [one.number for one in found],
            _("What is audited"): [_(words.AUDIT_KINDS[one.kind]) for one in found],
            _("State"): [_(words.AUDIT_STEPS[one.state]) for one in found],
            _("Unit"): [units.get(one.unit_id, "–") for one in found],
            _("Period"): [f"{one.first} – {one.last}" for one in found],
            "n": [one.drawing.n if one.drawing else None for one in found],
            _("Purpose"): [one.purpose for one in found],
        }
    )
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="audits",
                         alt=_("Audits"), placeholder="–")  # fmt: skip
    st.caption(_("Tick a row to open it."))
    if event.selection.rows and event.selection.rows[0] < len(found):
        go_to(found[event.selection.rows[0]].id)


def _whole(found: Report) -> None:
    audit = found.audit
    st.subheader(f"{audit.number} · {_(words.AUDIT_KINDS[audit.kind])} · {_(words.AUDIT_STEPS[audit.state])}")
    st.text(audit.purpose)
    st.caption(
        " · ".join(
            [found.units.get(audit.unit_id, "–"), f"{audit.first} – {audit.last}",
             case_words.class_title(audit.class_code) or _("all classes"),
             _("fault rate to be seen {rate:.1%}, chance {chance:.0%}", rate=audit.aim.rate, chance=audit.aim.chance)]
        )
    )  # fmt: skip
    _lot(found)
    if audit.drawing is None:
        return
    st.markdown(f"**{_('Results by item')}**")
    _rates(found)
    if found.alike:
        _alike(found)
    if session.may(Action.AUDIT):
        _next_step(audit, found)
    if audit.conclusion:
        st.markdown(f"**{_('Conclusion')}**")
        st.text(audit.conclusion)
    _downloads(found)


def _lot(found: Report) -> None:
    audit = found.audit
    if audit.drawing is None:
        st.markdown(f"{_('hash of the seed')}: `{audit.commitment}`")
        st.caption(_("The seed stays sealed until the sample is drawn; its hash stands in the journal already."))
        if session.may(Action.AUDIT) and st.button(_("Draw the sample"), type="primary", icon=":material/casino:"):
            if session.act(audit_frame.draw, session.now(), session.office(), audit.id, done=_("Drawn.")) is not None:
                st.rerun()
            session.show_message()
        return
    lot = audit.drawing
    st.markdown(
        _("**{n}** of **{frame}** pieces drawn on {when}; chance of seeing a fault at that rate: **{power:.1%}**.",
          n=lot.n, frame=lot.frame_size, when=session.moment(lot.at), power=found.power or 0.0)
    )  # fmt: skip
    with st.expander(_("Proof of the draw")):
        st.markdown(f"{_('hash of the seed')}: `{audit.commitment}`")
        st.markdown(f"{_('Seed')}: `{lot.seed}`")
        st.markdown(f"{_('hash of the frame')}: `{lot.frame_sha256}`")
        st.caption(f"{_('Algorithm')}: {audit_report.ALGORITHM}")
        if st.button(_("Draw again and compare"), icon=":material/verified:"):
            said = session.read(audit_queries.verified, session.office().vault, audit.id)
            told = _(words.OUTCOMES[said.outcome])
            (st.success if said.outcome is Outcome.AGREES else st.error)(told)


def _rates(found: Report) -> None:
    table = pd.DataFrame(
        {
            _("Item"): [one.item.question.in_language(session.language()) for one in found.rates],
            "n": [one.n for one in found.rates],
            _("not met"): [one.not_met for one in found.rates],
            _("Share not met"): [share_text(one.share) for one in found.rates],
            _("95 % interval"): [interval_text(one.share) for one in found.rates],
            _("not applicable"): [one.not_applicable for one in found.rates],
            _("still open"): [one.unchecked for one in found.rates],
        }
    )
    judged = [one for one in found.rates if one.share is not None]
    if judged:
        shown = pd.DataFrame(
            [{"name": one.item.question.in_language(session.language()), "value": one.share.value,
              "low": one.share.low, "high": one.share.high, "n": one.n}
             for one in judged if one.share is not None]
        )  # fmt: skip
        title = _("Share not met, with its 95 % interval")
        st.altair_chart(charts.shares(shown, title), alt=title)
    st.dataframe(table, hide_index=True, alt=_("Results by item"), key="audit.rates")


def _alike(found: Report) -> None:
    st.markdown(f"**{_('Agreement with the blind re-score')}**")
    table = pd.DataFrame(
        {
            _("Inspector"): [found.names.get(one.inspector_id, "–") for one in found.alike],
            _("Criterion"): [one.criterion or _("all criteria") for one in found.alike],
            "n": [one.found.answered for one in found.alike],
            _("Same verdict"): [share_text(one.found.raw) for one in found.alike],
            _("95 % interval"): [interval_text(one.found.raw) for one in found.alike],
            "AC1 (Gwet)": [ac1_text(one.found.ac1) for one in found.alike],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Agreement with the blind re-score"), key="audit.alike")


def _next_step(audit: Audit, found: Report) -> None:
    left = sum(one.unchecked for one in found.rates)
    if audit.state in (AuditStep.DRAWN, AuditStep.CHECKING) and left:
        st.button(_("Go on checking ({left} answers open)", left=left), type="primary", icon=":material/checklist:",
                  on_click=_to_checks)  # fmt: skip
    elif audit.state is AuditStep.CHECKING:
        with st.form(f"report.{audit.id}", border=False):
            said = st.text_area(_("What the audit comes to"), height=90, key=f"conclusion.{audit.id}")
            if st.form_submit_button(_("Report it"), type="primary"):
                parts.settle(session.attempt(audits.report, session.now(), audit.id, said))
    elif audit.state is AuditStep.REPORTED and st.button(_("Close the audit"), icon=":material/done_all:"):
        parts.settle(session.attempt(audits.close, session.now(), audit.id))


def _to_checks() -> None:
    st.session_state[PART_KEY] = "check"


def _downloads(found: Report) -> None:
    """The report as two files, made when they are asked for; whoever takes one stands in the journal."""
    language, office, now = session.language(), session.office(), session.now()
    title = f"{_('Audit report')} {found.audit.number}"
    tables = partial(audit_report.tables, found, language, office, now)
    noted = partial(session.act, journal.note_export, now, found.audit.number, len(found.pieces))
    with st.container(horizontal=True):
        st.download_button(
            _("Report as DOCX"), lambda: audit_report.docx_bytes(tables(), title, now), f"{found.audit.number}.docx",
            DOCX, icon=":material/description:", on_click=noted,
        )  # fmt: skip
        st.download_button(
            _("Report as XLSX"), lambda: audit_report.xlsx_bytes(tables()), f"{found.audit.number}.xlsx", parts.XLSX,
            icon=":material/table:", on_click=noted,
        )  # fmt: skip
