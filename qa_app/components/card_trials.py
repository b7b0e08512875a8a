"""Before publishing: what the linter finds, a draft tried on one call and on the stored calls, what would change."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from qa_app import charts, session
from qa_app.components import tables
from qa_app.components.card_desk import OpenDraft
from qa_app.components.card_form import TAG_NAMES, VERDICT_NAMES
from qa_app.core.access import Action
from qa_app.session import N_, _
from scorecards import cards, publishing
from scorecards.agreement import Estimate
from scorecards.backtest import Backtest, CriterionChange, Example, GroupChange, Side, backtest
from scorecards.editing import changes
from scorecards.linting import Level, LintFinding, blocks, lint
from scorecards.model import Answer, Quote, Scorecard, Span, Tag, Verdict
from scorecards.score_file import score_transcript
from transcription import queries as calls
from transcription.queries import CallFilter

LEVEL_NAMES = {
    Level.ERROR: ("⛔", N_("error")),
    Level.WARNING: ("⚠", N_("warning")),
    Level.HINT: ("·", N_("hint")),
}
STEPS_SHOWN = 100


def findings(card: Scorecard) -> None:
    """Everything the linter finds, held against the newest stored calls."""
    found, stored = _linted(card)
    st.caption(_("Held against {n} stored calls.", n=stored))
    if not found:
        st.success(_("Nothing to mend."), icon=":material/done_all:")
        return
    counts = {level: sum(one.level is level for one in found) for level in Level}
    st.markdown(
        _("**{errors}** errors block publishing, **{warnings}** warnings, **{hints}** hints.",
          errors=counts[Level.ERROR], warnings=counts[Level.WARNING], hints=counts[Level.HINT])
    )  # fmt: skip
    titles = _titles(card)
    for one in found:
        if one.level is not Level.HINT:
            _finding(one, titles)
    hints = [one for one in found if one.level is Level.HINT]
    if hints:
        with st.expander(_("Hints ({total})", total=len(hints)), expanded=len(hints) == len(found)):
            for one in hints:
                _finding(one, titles)


def _titles(card: Scorecard) -> dict[str, str]:
    """The criteria's titles by id, in the reader's language."""
    return {criterion.id: criterion.title.in_language(session.language()) for _section, criterion in card.criteria}


def _finding(one: LintFinding, titles: dict[str, str]) -> None:
    """A finding on two lines: where and what, then what to do."""
    sign, level = LEVEL_NAMES[one.level]
    name = titles.get(one.place.partition(".")[0], "")
    says, mend = one.says.in_language(session.language()), one.mend.in_language(session.language())
    st.markdown(f"{sign} **{_(level)}** · {name} `{one.place}`  \n{says}  \n:gray[→ {mend}]")


def _linted(card: Scorecard) -> tuple[list[LintFinding], int]:
    history = session.read(cards.history, card)
    newest = session.read(lambda database, _actor: cards.newest_version(database, card.name))
    return lint(card, history, newest), len(history)


def on_one_call(draft: OpenDraft, card: Scorecard) -> None:
    """The draft's answers to one stored call, each with what it rests on."""
    if not session.may(Action.SEE_CALLS):
        st.info(_("Your role may not open calls; try the draft on the stored calls instead."))
        return
    page = session.read(calls.calls_page, CallFilter(state="transcribed", language=card.language))
    lines = {line.id: line for line in page.lines}
    if not lines:
        st.info(_("There is no transcribed call in the scorecard's language yet."), icon=":material/inbox:")
        return
    chosen = st.selectbox(
        _("Call"), list(lines), key=f"card.{draft.id}.call", width=420,
        format_func=lambda call: f"{lines[call].call_id} · {session.moment(lines[call].started_at)}",
    )  # fmt: skip
    heard = session.read(calls.call_story, chosen).transcript
    if heard is None:
        return
    evaluation = score_transcript(card, heard, session.outside())
    score = "–" if evaluation.score_pct is None else f"{evaluation.score_pct:.1f}"
    st.metric(_("Score by the draft"), score)
    titles = _titles(card)
    asked = [answer for answer in evaluation.answers if answer.check]
    table = pd.DataFrame(
        {
            _("Criterion"): [titles[answer.criterion] for answer in asked],
            _("Answer"): [_(VERDICT_NAMES[answer.verdict]) for answer in asked],
            _("Points"): [f"{answer.points:.1f} / {answer.possible:.1f}" for answer in asked],
            _("Words"): ["; ".join(_words(answer)) for answer in asked],
            _("Open"): [_address(chosen, _second(answer)) for answer in asked],
            _("Reason"): [answer.reason for answer in asked],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Answers"), column_config={_("Open"): _link(), _("Words"): _wide(260)})


def on_stored_calls(draft: OpenDraft, card: Scorecard) -> None:
    """The draft on the last stored calls against the version in force; the result stays until the text changes."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        last = st.number_input(
            _("Last calls"), 1, cards.MOST_CALLS, cards.LAST_CALLS, step=100, width=140, key=f"card.{draft.id}.last"
        )
        run = st.button(_("Try on stored calls"), icon=":material/play_arrow:", type="primary")
    place = f"card.{draft.id}.trial"
    if run:
        trial, refusal = session.attempt(cards.begin_trial, session.now(), draft.body, int(last))
        if trial is None:
            st.error(refusal or "")
            return
        total = len(trial.calls)
        bar = st.progress(0.0, _("{done} of {total} calls tried", done=0, total=total))

        def show(done: int) -> None:
            if done % max(1, total // STEPS_SHOWN) == 0 or done == total:
                bar.progress(done / total, _("{done} of {total} calls tried", done=done, total=total))

        found = backtest(trial.draft, trial.in_force, trial.calls, show, session.outside())
        st.session_state[place] = draft.revision, found
        bar.empty()
    revision, found = st.session_state.get(place, (None, None))
    if found is None:
        st.info(_("Nothing is changed by trying: it only says what publishing would do."))
        return
    if revision != draft.revision:
        st.warning(_("The text has changed since this trial; try it again."), icon=":material/update:")
    _result(found, _titles(card))


def _result(found: Backtest, titles: dict[str, str]) -> None:
    if not found.calls:
        st.info(_("There is no stored call in the scorecard's language within your reach."), icon=":material/inbox:")
        return
    names = _("in force"), _("draft")
    before, after = found.before, found.after
    with st.container(horizontal=True):
        st.metric(_("Calls tried"), found.calls)
        if before is not None:
            st.metric(_("Another score or result"), found.changed)
        st.metric(
            _("Mean score"), _score(after.mean_pct),
            _change(before.mean_pct if before else None, after.mean_pct), delta_color="off",
        )  # fmt: skip
        st.metric(_("Passed"), _rate(after.pass_rate), _of(before, after), delta_color="off", delta_arrow="off")
    if found.pass_change is not None:
        st.markdown(
            _("Pass rate of the same {n} calls: {change} points; {gained} pass only with the draft, {lost} only today.",
              n=found.paired, change=_points(found.pass_change), gained=found.gained, lost=found.lost)
        )  # fmt: skip
    _accuracies(after)
    bands = charts.score_bands(before.bands if before else None, after.bands, names)
    st.altair_chart(charts.scores_before_after(bands, names, (_("Score"), _("Number of calls"))), width="stretch")
    if before is None:
        st.caption(_("No version is in force yet: only the draft's results are shown."))
        return
    st.subheader(_("Answers that would change"))
    _flips(found.criteria, titles)
    left, right = st.columns(2)
    with left:
        _groups(_("Agent"), found.agents)
    with right:
        _groups(_("Team"), found.teams)


def _accuracies(side: Side) -> None:
    """The three accuracies by the draft, one line."""
    told = [
        f"{_(TAG_NAMES[Tag(one.tag)])} {_rate(one.accuracy)} (n={one.n}, {_('open')} {one.open_calls})"
        for one in side.accuracies
    ]
    if told:
        st.markdown(_("Free of errors by the draft: {accuracies}", accuracies=" · ".join(told)))


def _flips(criteria: Sequence[CriterionChange], titles: dict[str, str]) -> None:
    flipped = sorted((one for one in criteria if one.flips), key=lambda one: -one.flips)
    if not flipped:
        st.success(_("No answer changes."), icon=":material/done_all:")
        return
    table = pd.DataFrame(
        {
            _("Criterion"): [titles.get(one.criterion, one.criterion) for one in flipped],
            _("Changed"): [one.flips for one in flipped],
            _("of"): [one.n for one in flipped],
            _("From and to"): [
                "; ".join(
                    f"{_verdict(old)} → {_verdict(new)}: {count}" for old, new, count in one.moves if old is not new
                )
                for one in flipped
            ],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Answers that would change"))
    examples = [(titles.get(one.criterion, one.criterion), example) for one in flipped for example in one.examples]
    st.caption(_("Up to three examples each; a link opens the call at the second."))
    table = pd.DataFrame(
        {
            _("Criterion"): [name for name, _example in examples],
            _("Call"): [example.call_id for _name, example in examples],
            _("From and to"): [
                f"{_verdict(example.before)} → {_verdict(example.after)}" for _name, example in examples
            ],
            _("Open"): [_example_address(example) for _name, example in examples],
            _("Words"): [example.words for _name, example in examples],
            _("Reason"): [example.reason for _name, example in examples],
        }
    )
    st.dataframe(table, hide_index=True, alt=_("Examples"), column_config={_("Open"): _link(), _("Words"): _wide(200)})


def _groups(title: str, groups: Sequence[GroupChange]) -> None:
    table = pd.DataFrame(
        {
            title: [one.name for one in groups],
            _("Number of calls"): [one.n for one in groups],
            _("Changed"): [one.changed for one in groups],
            _("Mean before"): [one.mean_before for one in groups],
            _("Mean after"): [one.mean_after for one in groups],
            _("Passed before"): [one.passed_before for one in groups],
            _("Passed after"): [one.passed_after for one in groups],
        }
    )
    number = st.column_config.NumberColumn(format="%.1f")
    st.dataframe(table, hide_index=True, alt=title, column_config={_("Mean before"): number, _("Mean after"): number})


def publishing_part(draft: OpenDraft, card: Scorecard) -> None:
    """What publishing would change, and the button for who may press it."""
    before = session.read(lambda database, _actor: cards.in_force(database, card))
    said = changes(before, card)
    st.markdown(
        "\n".join(f"- {one.in_language(session.language())}" for one in said)
        or _("Nothing differs from what is in force.")
    )
    if before is not None and before.name != card.name:
        st.info(_("{name} stays published beside it; the newest published one is used.", name=before.name))
    found, _stored = _linted(card)
    if errors := blocks(found):
        st.error(
            _("{n} errors block publishing; see the findings: {first}", n=len(errors),
              first=errors[0].says.in_language(session.language()))
        )  # fmt: skip
    if not session.may(Action.PUBLISH_SCORECARD):
        st.info(_("An administrator publishes; your draft is kept."), icon=":material/lock:")
        return
    sure = st.checkbox(
        _("Publish {name} version {version}: it never changes afterwards, and new calls are scored on it.",
          name=card.name, version=card.version),
        key=draft.key("sure"),
    )  # fmt: skip
    if st.button(_("Publish"), type="primary", icon=":material/publish:", disabled=not sure or bool(errors)):
        done = _("{name} version {version} is published.", name=card.name, version=card.version)
        made = session.act(publishing.publish_draft, session.now(), draft.id, draft.revision, done=done)
        if made is not None:
            st.query_params.clear()
        st.rerun()


def _verdict(verdict: Verdict | None) -> str:
    return _(VERDICT_NAMES[verdict]) if verdict else _("not on the card")


def _words(answer: Answer) -> list[str]:
    quotes = [item.quote for item in answer.evidence if isinstance(item, Quote)]
    return quotes + [f"{item.measure} {item.value:g}" for item in answer.evidence if isinstance(item, Span)]


def _second(answer: Answer) -> float | None:
    return next((item.start_s for item in answer.evidence if isinstance(item, Quote | Span)), None)


def _example_address(example: Example) -> str | None:
    return _address(example.call_pk, example.second) if example.may_open else None


def _address(call_pk: int, second: float | None) -> str:
    """The call in the Review page, at a second where there is one."""
    at = f"&at={second:.1f}" if second is not None else ""
    return f"/review?call={call_pk}{at}#{tables.clock(second) or '▶'}"


def _link() -> ColumnConfig:
    """A link column whose text is what stands behind the # of its address."""
    return st.column_config.LinkColumn(display_text=r"#(.+)$", width=70)


def _wide(pixels: int) -> ColumnConfig:
    return st.column_config.TextColumn(width=pixels)


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _change(before: float | None, after: float | None) -> str | None:
    return None if before is None or after is None else f"{after - before:+.1f}"


def _rate(rate: Estimate | None) -> str:
    return "–" if rate is None else f"{rate.value:.1%}"


def _of(before: Side | None, after: Side) -> str:
    """The interval and n of the draft's pass rate, and the rate in force."""
    rate = after.pass_rate
    interval = f"{rate.low:.0%}–{rate.high:.0%}, n={after.decided}" if rate and rate.low is not None else ""
    return interval + (f"; {_('in force')} {_rate(before.pass_rate)}" if before else "")


def _points(change: Estimate) -> str:
    low, high = (change.low or 0.0) * 100, (change.high or 0.0) * 100
    return f"{change.value * 100:+.1f} ({low:+.1f} … {high:+.1f})"
