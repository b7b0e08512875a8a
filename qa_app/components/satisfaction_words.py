"""The lower parts of the satisfaction page: what goes along with low answers, words, trust, cases, the export."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from qa_app import felt, session
from qa_app.components.parts import downloads, reach_key
from qa_app.components.satisfaction import DIMENSIONS, SHOWN, Asked, openable, short, value_names
from qa_app.core.access import Action, Actor
from qa_app.core.db import reading
from qa_app.core.errors import HuitingError
from qa_app.runtime import runtime
from qa_app.session import _
from surveys import contradiction, drivers, figures, responses, rules, satisfaction, topics
from surveys.contradiction import Contradiction
from surveys.figures import Item
from surveys.model import Mode
from surveys.questionnaires import Kind

LEAST_WORDS, LEAST_SCORED, MOST_CONTRADICTED = 20, 200, 5


@st.cache_data(ttl=600, max_entries=16, show_spinner=False)
def _driven(table: pd.DataFrame, factors: tuple[str, ...], pooled: str) -> tuple[drivers.Drivers | None, str]:
    try:
        return drivers.drivers(table, "unhappy_now", factors, pooled=pooled), ""
    except HuitingError as error:
        return None, session.in_words(error)


def what_drives(asked: Asked, item: Item) -> None:
    """What goes along with low answers, with intervals; never called causes."""
    bad = ~figures.hit(asked.now, item)
    others = [one.column for one in asked.items if one.column != item.column and one.column in asked.now]
    factors = [*(name for name in ("class", "channel", "team", "region") if name in asked.now), *others]
    table = asked.now[factors].assign(unhappy_now=bad)[bad.notna()]
    table = table.assign(unhappy_now=table["unhappy_now"].astype(bool)).dropna()
    found, refusal = _driven(table, tuple(factors), _("other"))
    if found is None:
        st.caption(refusal)
        return
    st.caption(_(drivers.NOT_CAUSES))
    names = {name: value_names(name, [one.level for one in found.found]) for name in ("class", "channel")}
    labels = {one.column: short(one) for one in asked.items} | {name: _(words) for name, words in DIMENSIONS.items()}
    rows = [
        {_("Factor"): labels.get(one.factor, one.factor),
         _("Level"): names.get(one.factor, {}).get(one.level, one.level),
         _("Percentage points"): f"{one.effect:+.1f}",
         _("95 % interval"): f"{one.low:+.1f} – {one.high:+.1f}", "n": one.n,
         _("Stands out"): _("yes") if one.stands_out else _("no real difference")}
        for one in found.found[:SHOWN]
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Drivers"))
    st.caption(
        _("Told apart on unseen answers with AUC {auc:.2f} (0.5 is chance), n {n}.", auc=found.held_out_auc, n=found.n)
    )


def words(asked: Asked) -> None:
    """What customers say: topics with counts and quotes, and scores that the words contradict."""
    column = next((name for name in _text_columns(asked) if name in asked.now), None)
    said = asked.now[column].dropna().astype(str) if column else pd.Series(dtype=str)
    said = said[said.str.strip() != ""]
    if len(said) < LEAST_WORDS:
        st.caption(
            _("Too few customers have said something: {n}, topics need {least}.", n=len(said), least=LEAST_WORDS)
        )
        return
    for one in _topics(tuple(said), session.language()):
        named = "、".join(one.words[:5]) or _("other")
        with st.expander(f"{named} · {one.count} ({one.share:.0%})"):
            for place, quote in one.quotes:
                _quote(asked.now.loc[said.index[place]], quote)
    _contradicted(asked, said)


@st.cache_data(ttl=600, max_entries=16, show_spinner=False)
def _topics(said: tuple[str, ...], language: str) -> list[topics.Topic]:  # noqa: ARG001 - the answers decide, not the reader
    chinese = sum(any("\u4e00" <= sign <= "\u9fff" for sign in one) for one in said)
    return topics.topics(said, "zh" if chinese * 2 > len(said) else "en")


def _text_columns(asked: Asked) -> list[str]:
    now = session.now()
    mapping = session.read(lambda database, _actor: rules.outside_mapping(database, asked.survey, now))
    if mapping is not None:
        return [one.name for one in mapping.columns if one.role.value == "words"]
    try:
        found = session.read(lambda database, _actor: rules.questionnaire(database, asked.survey, now))
    except HuitingError:
        return []
    return [one.id for one in found.questions if one.kind is Kind.TEXT]


def _quote(row: pd.Series, quote: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"“{quote[:200]}”")
        open_case(row, f"quote.{row['response']}")


def open_case(row: pd.Series, key: str) -> None:
    """From an answer to its case, with the calls, their evaluations and the failed criteria."""
    if pd.notna(row.get("case_id")) and session.may(Action.SEE_CASES) and st.button(
        _("Open the case"), key=f"case.{key}", icon=":material/open_in_new:", type="tertiary"
    ):  # fmt: skip
        st.switch_page("views/cases.py", query_params={"case": str(int(row["case_id"]))})


@st.cache_data(ttl=600, max_entries=8, show_spinner=False)
def _contradictions(
    said: tuple[str, ...], scores: tuple[float, ...], bounds: tuple[float, float]
) -> list[Contradiction]:
    try:
        return contradiction.contradictions(said, scores, *bounds)
    except HuitingError:
        return []


def _contradicted(asked: Asked, said: pd.Series) -> None:
    item = next((one for one in asked.items if one.scale), None)
    if item is None or item.scale is None:
        return
    scores = asked.now.loc[said.index, item.column].dropna()
    if len(scores) < LEAST_SCORED:
        return
    found = _contradictions(tuple(said[scores.index]), tuple(scores.astype(float)), (item.scale[0], item.scale[1]))
    if found:
        st.markdown(f"**{_('Scores that the words contradict')}**")
    for one in found[:MOST_CONTRADICTED]:
        row = asked.now.loc[scores.index[one.index]]
        told = _("scored {score:g}, the words sound like {expected:.1f}", score=one.score, expected=one.expected)
        _quote(row, f"{said.loc[scores.index[one.index]]} — {told}")


def quality(asked: Asked) -> None:
    """How far the answers can be trusted: straight lines, scales that hang together, interviewers who differ."""
    scales = [one.column for one in asked.items if one.scale and one.column in asked.now]
    told: list[str] = []
    same = [one.column for one in asked.items if one.column in scales and one.scale == asked.items[0].scale]
    if len(same) >= satisfaction.LEAST_ITEMS:
        lines = satisfaction.straight_liners(asked.now[same])
        told.append(_("{share:.0%} gave the same answer to every scale (n {n})", share=lines.mean(), n=len(lines)))
        found = satisfaction.alpha(asked.now[same])
        if found.value is not None:
            told.append(_("Cronbach's alpha {value:.2f} ({low:.2f}–{high:.2f}, n {n})", value=found.value,
                          low=found.low,
                          high=found.high, n=found.n))  # fmt: skip
    for line in told:
        st.markdown(f"- {line}")
    differs = _interviewers(asked, scales)
    if not told and not differs:
        st.caption(_("Nothing speaks against these answers."))


def _interviewers(asked: Asked, scales: list[str]) -> bool:
    if not scales or "surveyor" not in asked.now:
        return False
    by_phone = asked.now[(asked.now["mode"] == Mode.PHONE.value) & (asked.now["surveyor"] != "")]
    found = [one for one in satisfaction.interviewer_effects(by_phone, "surveyor", scales[0]) if one.stands_out]
    names = value_names("surveyor", [one.interviewer for one in found])
    for one in found:
        st.warning(
            _("{name} logs {difference:+.2f} points beside the others ({low:+.2f} to {high:+.2f}, n {n}): listen to "
              "the recordings.", name=names.get(one.interviewer, one.interviewer), difference=one.difference,
              low=one.low, high=one.high, n=one.n),
            icon=":material/record_voice_over:",
        )  # fmt: skip
    return bool(found)


def criteria(asked: Asked, item: Item) -> None:
    """Quality beside satisfaction, criterion by criterion."""
    good = figures.hit(asked.now, item)
    known = asked.now[asked.now["case_id"].notna() & good.notna()]
    satisfied = {int(case): bool(is_good) for case, is_good in zip(known["case_id"], good[known.index], strict=True)}
    found = _felt(session.current(), reach_key(), satisfied) if session.may(Action.SEE_EVALUATIONS) else []
    if not found:
        st.caption(_("No call of these cases was scored by a person yet."))
        return
    rows = [
        {_("Criterion"): one.title.in_language(session.language()),
         _("Satisfied where met"): f"{one.met:.0%} (n {one.n_met})",
         _("Satisfied where not met"): f"{one.not_met:.0%} (n {one.n_not_met})",
         _("Felt by customers"): _is_felt(one)}
        for one in found
    ]  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Criteria"))


@st.cache_data(ttl=600, max_entries=16, show_spinner=False)
def _felt(_who: Actor, reach: str, satisfied: dict[int, bool]) -> list[felt.Felt]:  # noqa: ARG001 - reach is the key
    with reading(runtime().engine) as database:
        return felt.criteria_felt(felt.verdicts_of(database, _who, satisfied))


def _is_felt(one: felt.Felt) -> str:
    if one.low is None:
        return _("too few answers")
    return _("yes") if one.is_felt else _("not to be seen")


def lowest(asked: Asked) -> None:
    """The newest unhappy answers; a ticked row opens its case."""
    low = asked.now[asked.now["unhappy"].astype(bool)].sort_values("at", ascending=False).head(SHOWN)
    if low.empty:
        st.caption(_("Nobody was unhappy."))
        return
    openable(asked, low, "lowest", _("Unhappy answers"))


def export(asked: Asked) -> None:
    """The answers as a file that no spreadsheet runs."""
    downloads(responses.for_others(asked.now), asked.survey, ("csv", "xlsx"))
