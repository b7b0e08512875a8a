"""The QA lead's desk: periods of sampling with progress and proof, the queue, workload, what was overturned."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from qa_app import sampling_frame, session
from qa_app.components import parts, quality_words
from qa_app.core import people
from qa_app.core.access import Action
from qa_app.session import _
from scorecards import contesting, disputes, drawing, draws, regimes, words, work, workload
from scorecards.contesting import Rules
from scorecards.disputes import By
from scorecards.draws import Period
from scorecards.regime import Regime
from scorecards.sampling import Outcome, Pool
from surveys import queries as complaints
from transcription import queries as calls


def regime() -> Regime:
    """The quality regime in force."""
    return session.read(lambda database, _actor: regimes.regime(database, session.now()))


def rules() -> Rules:
    """The windows of disputes and the calendar that they run by."""
    days = session.read(lambda database, _actor: complaints.working_days(database, session.office().zone))
    return Rules(regime().disputes, days)


def sampling_part() -> None:
    """Each period: what was drawn and scored of it, what its random picks say, and the proof of its draws."""
    found = session.read(draws.periods, session.office().vault)
    units = session.read(lambda database, _actor: {one.id: one.name for one in people.units(database)})
    if session.may(Action.DRAW_SAMPLE):
        _open_next(found)
    if not found:
        st.info(_("No sampling period is open. Open next month's: its seed is sealed before its first call."),
                icon=":material/casino:")  # fmt: skip
    for one in found:
        with st.container(border=True):
            of_queue = f" · {one.queue}" if one.queue else ""
            st.markdown(f"**{one.name}** · {units.get(one.unit_id, one.unit_id)}{of_queue} · {one.first} – {one.last}")
            _progress(one)
            _proof(one)


def _open_next(found: list[Period]) -> None:
    """Next month in one press: of all queues, or of one, as long as no other period has its calls."""
    unit, office, now = session.read(people.own_unit), session.office(), session.now()
    everything = sampling_frame.next_month(office, now, unit)
    beside = [one for one in found if one.unit_id == unit and one.first == everything.first]
    if any(not one.queue for one in beside):
        return
    queues = [one for one in session.read(calls.queues) if one not in {period.queue for period in beside}]
    free = queues if beside else ["", *queues]
    if not free:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        queue = free[0]
        if len(free) > 1:
            queue = st.selectbox(_("Of which queue"), free, width=220,
                                 format_func=lambda one: one or _("all queues"))  # fmt: skip
        new = sampling_frame.next_month(office, now, unit, queue)
        if st.button(_("Open {month}", month=new.name), type="primary", icon=":material/lock:"):
            done = _("{month} is open; the hash of its seed stands in the journal.", month=new.name)
            session.act(drawing.open_period, now, office.vault, new, done=done)
            st.rerun()


def _progress(one: Period) -> None:
    rows = [
        {_("Pool"): _(words.POOLS[pool]), _("Picked"): one.picked.get(pool, 0),
         _("Scored calls"): one.scored.get(pool, 0)}
        for pool in Pool if one.picked.get(pool)
    ]  # fmt: skip
    if not rows:
        st.caption(_("Nothing was drawn yet; the first draw is made when its first day is over."))
        return
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Progress"), key=f"progress.{one.id}")
    rate = session.read(draws.quality_rate, one.id)
    if rate is None:
        st.caption(_("No random call was scored yet."))
        return
    low, high = rate.share.low or 0.0, rate.share.high or 1.0
    st.caption(
        _("Passed: {value:.1%} of all calls ({low:.1%} to {high:.1%}), from {n} of {drawn} random calls; others never "
          "count here.", value=rate.share.value, low=low, high=high, n=rate.n, drawn=rate.drawn)
    )  # fmt: skip


def _proof(one: Period) -> None:
    with st.expander(_("Proof of the draw")):
        st.markdown(f"SHA-256: `{one.commitment}` · {session.moment(one.opened_at)}")
        if not one.seed:
            st.caption(_("The seed stays sealed until {day}; then anybody may run the draws again.", day=one.last))
            return
        st.markdown(f"{_('Seed')}: `{one.seed}`")
        if st.button(_("Run the draws again"), key=f"verify.{one.id}"):
            found = session.read(draws.verified, session.office().vault, one.id)
            wrong = [(part, said) for part, said in found if said.outcome is not Outcome.AGREES]
            if wrong:
                part, said = wrong[0]
                st.error(_("Draw {part} does not agree: {why}.", part=part, why=_(words.OUTCOMES[said.outcome])))
            else:
                st.success(_("All {n} draws agree with seed and frames.", n=len(found)), icon=":material/verified:")


def workload_part() -> None:
    """Who has how much, and the open calls, each of which can be handed to somebody else."""
    since = session.midnight().replace(day=1)
    loads = session.read(workload.loads, session.now(), since)
    items = session.read(work.queue)
    names = _names(loads, items)
    called = session.read(calls.call_ids, [one.call_pk for one in items])
    if loads:
        table = pd.DataFrame(
            {
                _("Inspector"): [names.get(one.inspector_id, "–") for one in loads],
                _("Capacity"): [one.capacity or _("away") for one in loads],
                _("Not ended"): [one.open for one in loads],
                _("In hand"): [one.claimed for one in loads],
                _("Done this month"): [one.done for one in loads],
                _("Median seconds"): [one.median_s for one in loads],
            }
        )
        st.dataframe(table.astype({_("Capacity"): str}), hide_index=True, alt=_("Workload"), placeholder="–")
    _capacity(loads)
    if st.button(_("Give out what nobody has"), icon=":material/balance:"):
        given = session.act(work.assign, session.now())
        if given is not None:
            st.success(_("{given} calls given out; {nobody} may be scored by nobody here.", given=given[0],
                         nobody=given[1]))  # fmt: skip
    if not items:
        st.info(_("The queue is empty."), icon=":material/inbox:")
        return
    table = pd.DataFrame(
        {
            _("Call"): [called.get(one.call_pk, str(one.call_pk)) for one in items],
            _("Pool"): [_(words.POOLS[one.pool]) for one in items],
            _("Why"): [quality_words.why(one.pool, one.why) for one in items],
            _("Agent"): [names.get(one.agent_id, "–") for one in items],
            _("Inspector"): [names.get(one.inspector_id or 0, "–") for one in items],
            _("Since"): [session.moment(one.created_at) for one in items],
        }
    )
    event = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="queue",
                         alt=_("Queue"))  # fmt: skip
    picked = event.selection.rows
    others = {one.inspector_id: names.get(one.inspector_id, "–") for one in loads}
    if picked and others:
        one = items[picked[0]]
        to = st.selectbox(_("Hand to"), list(others), format_func=others.__getitem__, key="hand.to", width=260)
        if st.button(_("Hand over")):
            session.act(work.hand_over, session.now(), one.id, to, done=_("The call was handed over."))
            st.rerun()


def _capacity(loads: list[workload.Load]) -> None:
    """Who takes more or fewer calls than the others, and who is away."""
    known = session.read(workload.inspectors)
    with st.expander(_("Capacity of an inspector")), st.form("capacity", border=False):
        held = {one.inspector_id: one.capacity for one in loads}
        who = st.selectbox(
            _("Inspector"), list(known), format_func=lambda one: f"{known[one]} · {held.get(one, work.USUAL)}"
        )
        most = st.number_input(_("Calls beside the others (0: away)"), 0, workload.MOST, work.USUAL, width=260)
        if st.form_submit_button(_("Keep")) and who is not None:
            parts.settle(session.attempt(workload.set_capacity, session.now(), who, int(most)))


def _names(loads: list[workload.Load], items: list[work.Item]) -> dict[int, str]:
    ids = {one.inspector_id for one in loads} | {one.agent_id for one in items}
    ids |= {one.inspector_id for one in items if one.inspector_id}
    return session.read(lambda database, _actor: people.names_of(database, ids))


def overturned_part() -> None:
    """Which decisions of scoring were overturned, by criterion and by inspector, each with its n."""
    found = session.read(contesting.decisions)
    if not found:
        st.info(_("No dispute was decided yet."), icon=":material/gavel:")
        return
    people_ids = {one.inspector for one in found if one.inspector is not None}
    names = session.read(lambda database, _actor: people.names_of(database, people_ids))
    for by, title in ((By.CRITERION, _("Criterion")), (By.INSPECTOR, _("Inspector")), (By.CHECK, _("Check"))):
        rates = disputes.overturn_rates(found, by)
        if not rates:
            continue
        table = pd.DataFrame(
            [
                {title: names.get(key, key) if by is By.INSPECTOR and isinstance(key, int) else str(key),
                 _("Decided"): one.n, _("Overturned"): one.overturned, _("Changed in part"): one.partly,
                 _("Share changed"): f"{one.share.value:.0%}",
                 _("95 % interval"): f"{one.share.low or 0:.0%} – {one.share.high or 1:.0%}",
                 _("Enough to say"): _("no, too few") if one.is_small else _("yes")}
                for key, one in rates.items()
            ]
        )  # fmt: skip
        st.dataframe(table, hide_index=True, alt=title, key=f"overturned.{by.value}")
