"""The form over a draft's text: the card's facts, weights with their live shares, and one criterion at a time."""

from __future__ import annotations

from typing import Any

import streamlit as st
import yaml

from qa_app import session
from qa_app.components.card_desk import OpenDraft, edit
from qa_app.core.errors import HuitingError, Invalid
from qa_app.i18n import sentence
from qa_app.session import N_, _
from scorecards import editing
from scorecards.checks.registry import KINDS
from scorecards.editing import Document
from scorecards.linting import PHRASE_KEYS
from scorecards.model import Fatal, Method, Tag, Verdict, Wording
from transcription.model import Kind

KIND_NAMES = {
    Kind.PHONE: N_("telephone calls"),
    Kind.CHAT: N_("text chats"),
    Kind.CASE_RECORD: N_("case records"),
}
VERDICT_NAMES = {
    Verdict.MET: N_("met"),
    Verdict.PARTLY_MET: N_("partly met"),
    Verdict.NOT_MET: N_("not met"),
    Verdict.NOT_APPLICABLE: N_("not applicable"),
    Verdict.ABSTAINED: N_("left to people"),
}
TAG_NAMES = {Tag.BUSINESS: N_("business"), Tag.CUSTOMER: N_("customer"), Tag.COMPLIANCE: N_("compliance")}
METHOD_NAMES = {Method.WEIGHTS: N_("by weights"), Method.DEDUCTION: N_("by deduction")}
FATAL_NAMES = {
    "": N_("no"),
    Fatal.SECTION.value: N_("sets the section to 0"),
    Fatal.CALL.value: N_("sets the call to 0"),
}
CHECK_NAMES = {
    "": N_("people only"),
    "phrases": N_("words that are said"),
    "response": N_("an answer to what was said"),
    "measure": N_("a measured value"),
    "outcome": N_("how the call ends"),
    "order": N_("steps in order"),
    "shape": N_("calmer or harsher over the call"),
    "learned": N_("a model learned from people"),
    "judge": N_("a language model"),
}
LIST_NAMES = {
    "any_of": N_("Any of these is said"),
    "all_of": N_("One of each group is said (empty line between groups)"),
    "partly_of": N_("Partly met by"),
    "none_of": N_("Forbidden"),
    "unless": N_("Not counted inside"),
    "triggers": N_("What has to be answered"),
    "answers": N_("Answers"),
}
LISTS = {
    "phrases": ("any_of", "all_of", "partly_of", "none_of", "unless"),
    "response": ("triggers", "answers", "partly_of"),
}
LIST_PX, EMPTY_PX = 190, 72
ANSWERED = (Verdict.MET, Verdict.PARTLY_MET, Verdict.NOT_MET, Verdict.NOT_APPLICABLE)


def form(draft: OpenDraft) -> None:
    """The whole form; nothing where the text cannot be shown in one, which is said above it."""
    try:
        document = editing.read_document(draft.body)
    except HuitingError:
        return
    if editing.loses_comments(draft.body):
        st.info(_("Saving here writes the text anew: its comments between the lines will be gone. Use the text instead "
                  "to keep them."))  # fmt: skip
    _weights(draft, document)
    _criterion(draft, document)
    left, right = st.columns(2, gap="large")
    with left:
        _new_criterion(draft, document)
    with right:
        _facts(draft, document)


def _title(item: Document) -> str:
    zh, en = editing.both_of(item.get("title"))
    return Wording(zh, en).in_language(session.language()) or str(item.get("id", ""))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _weights(draft: OpenDraft, document: Document) -> None:
    """Every weight with its share of the whole beside its name; each change is saved at once."""
    st.subheader(_("Weights"))
    weights = {one["id"]: _number(one.get("points")) for _section, one in editing.criteria_of(document)}
    shares = editing.shares(weights)
    for section in document["sections"]:
        own = [one for one in section["criteria"] if not one.get("fatal")]
        if not own:
            continue
        part = sum(shares.get(one["id"], 0.0) for one in own)
        st.caption(f"**{_title(section)}** · {part:.1%}")
        with st.container(horizontal=True):
            for one in own:
                key = draft.key(f"weight.{one['id']}")
                st.session_state.setdefault(key, weights[one["id"]])
                st.number_input(
                    f"{_title(one)} · {shares.get(one['id'], 0.0):.1%}", step=1.0, format="%g", width=180, key=key,
                    on_change=_save_weight, args=(draft, one["id"], key),
                )  # fmt: skip
    total = sum(weight for weight in weights.values() if weight > 0)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_("Sum **{total}**; shares always add up to 100 %.", total=f"{total:g}"))
        st.button(
            _("Make weights add up to 100"), icon=":material/balance:", disabled=abs(total - 100) < 1e-9 or not total,  # noqa: PLR2004 - what floats may be off
            on_click=_to_full, args=(draft, weights),
        )  # fmt: skip


def _save_weight(draft: OpenDraft, name: str, key: str) -> None:
    points = st.session_state[key]
    whole = int(points) if points == int(points) else points
    edit(draft, lambda text: editing.set_criteria(text, {name: {"points": whole}}), redraw=False)


def _to_full(draft: OpenDraft, weights: dict[str, float]) -> None:
    changed = {name: {"points": points} for name, points in editing.to_full_weight(weights).items() if points}
    edit(draft, lambda text: editing.set_criteria(text, changed))


def _criterion(draft: OpenDraft, document: Document) -> None:
    """One criterion, both languages side by side."""
    everything = {one["id"]: one for _section, one in editing.criteria_of(document)}
    st.subheader(_("Criterion"))
    place = f"card.{draft.id}.criterion"
    if (added := st.session_state.pop(f"card.{draft.id}.next", None)) in everything:
        st.session_state[place] = added
    if st.session_state.get(place) not in everything:
        st.session_state.pop(place, None)
    name = st.selectbox(
        _("Criterion"), list(everything), format_func=lambda name: f"{_title(everything[name])} ({name})", key=place,
        label_visibility="collapsed",
    )  # fmt: skip
    if name is None:
        return
    with st.container(horizontal=True):
        st.button(_("Move up"), icon=":material/arrow_upward:", on_click=_move, args=(draft, name, -1))
        st.button(_("Move down"), icon=":material/arrow_downward:", on_click=_move, args=(draft, name, 1))
        st.button(_("Remove"), icon=":material/delete:", on_click=_remove, args=(draft, name),
                  disabled=len(everything) == 1)  # fmt: skip
    found = everything[name]
    kind = _kind(draft, found)
    with st.form(draft.key(f"criterion.{name}.{kind}")):
        fields = _wordings(found) | _check(found, kind) | _rules(found, [one for one in everything if one != name])
        if st.form_submit_button(_("Save criterion"), type="primary"):
            try:
                changed = _settled(fields)
            except HuitingError as error:
                st.error(sentence(session.language(), error))
                return
            edit(draft, lambda text: editing.set_criteria(text, {name: changed}))
            st.rerun()


def _kind(draft: OpenDraft, found: Document) -> str:
    """Which kind of check answers; chosen outside of the form, since its fields depend on it."""
    given = str(found["check"].get("kind", "")) if isinstance(found.get("check"), dict) else ""
    kinds = ["", *KINDS, *([given] if given not in ("", *KINDS) else [])]
    return st.selectbox(
        _("Answered by"), kinds, index=kinds.index(given), key=draft.key(f"kind.{found['id']}"), width=260,
        format_func=check_name,
    )  # fmt: skip


def check_name(kind: str) -> str:
    """A kind of check as people call it; its own name where it has no other."""
    return _(CHECK_NAMES[kind]) if kind in CHECK_NAMES else kind


def _wordings(found: Document) -> Document:
    fields: Document = {}
    left, right = st.columns(2)
    titles, guidance = editing.both_of(found.get("title")), editing.both_of(found.get("guidance"))
    zh, en = left.text_input(_("Title, Chinese"), titles[0]), right.text_input(_("Title, English"), titles[1])
    fields["title"] = editing.wording_in(zh, en)
    zh = left.text_area(_("Guidance, Chinese"), guidance[0], height=90)
    en = right.text_area(_("Guidance, English"), guidance[1], height=90)
    fields["guidance"] = editing.wording_in(zh, en) if zh.strip() or en.strip() else None
    return fields


def _check(found: Document, kind: str) -> Document:
    """The check's phrases as editable lines, everything else of it as YAML."""
    if not kind:
        return {"check": None}
    given: Document = found["check"] if isinstance(found.get("check"), dict) else {}
    given = given if given.get("kind", kind) == kind else {}
    own = LISTS.get(kind, ())
    keys = [*own, *(key for key in PHRASE_KEYS if isinstance(given.get(key), list) and key not in own)]
    columns = st.columns(2)
    lists = {
        key: columns[at % 2].text_area(
            _(LIST_NAMES.get(key, key)), editing.lines_of(given.get(key)), height=_px(given.get(key))
        )
        for at, key in enumerate(keys)
    }
    rest = {key: value for key, value in given.items() if key not in ("kind", *keys)}
    shown = yaml.safe_dump(rest, allow_unicode=True, sort_keys=False) if rest else ""
    more = st.text_area(
        _("Other settings of the check, as YAML"),
        shown,
        height=100,
        placeholder="speaker: agent\nwindow: {first_s: 30}",
    )
    grouped = {key for key in keys if key == "all_of" or any(isinstance(one, list) for one in given.get(key) or ())}
    return {"check": (kind, lists, grouped, more)}


def _px(phrases: object) -> int:
    """Room for what is there: little where there is nothing yet."""
    return LIST_PX if phrases else EMPTY_PX


def _rules(found: Document, others: list[str]) -> Document:
    """When it applies, what a low answer must name, whom an error harms, and whether it is fatal."""
    left, right = st.columns(2)
    condition = found.get("applies_if") if isinstance(found.get("applies_if"), dict) else {}
    assert isinstance(condition, dict)  # noqa: S101 - the line before
    fields: Document = {}
    hangs_on = ["", *others]
    before = condition.get("criterion", "")
    fields["hangs_on"] = left.selectbox(
        _("Applies only if"), hangs_on, index=hangs_on.index(before) if before in hangs_on else 0,
        format_func=lambda one: one or _("always"),
    )  # fmt: skip
    fields["verdict"] = right.multiselect(
        _("is answered"),
        ANSWERED,
        _verdicts(condition.get("verdict")),
        format_func=_verdict_name,
        placeholder=_("none"),
    )
    fields["comment_required_on"] = left.multiselect(
        _("Comment needed on"),
        ANSWERED,
        _verdicts(found.get("comment_required_on")),
        format_func=_verdict_name,
        placeholder=_("none"),
    )
    fields["root_cause_required_on"] = right.multiselect(
        _("Root cause needed on"),
        ANSWERED,
        _verdicts(found.get("root_cause_required_on")),
        format_func=_verdict_name,
        placeholder=_("none"),
    )
    fields["root_causes"] = left.text_area(
        _("Root causes, one a line: id | Chinese | English"),
        editing.lines_of_causes(found.get("root_causes")),
        height=110,
    )
    tags = [tag for tag in Tag if tag in (found.get("tags") or ())]
    fields["tags"] = right.multiselect(
        _("An error harms"), list(Tag), tags, format_func=lambda tag: _(TAG_NAMES[tag]), placeholder=_("none"),
        help=_("Each tag has an accuracy of its own: the share of evaluations without such an error."),
    )  # fmt: skip
    fatal = list(FATAL_NAMES)
    fields["fatal"] = right.selectbox(
        _("Fatal error"), fatal, index=fatal.index(found.get("fatal", "") if found.get("fatal") in fatal else ""),
        format_func=lambda one: _(FATAL_NAMES[one]), help=_("People judge it: it has neither weight nor check."),
    )  # fmt: skip
    fields["allow_not_applicable"] = right.checkbox(
        _("May be not applicable"), bool(found.get("allow_not_applicable", True))
    )
    return fields


def _verdicts(given: object) -> list[Verdict]:
    return [verdict for verdict in ANSWERED if isinstance(given, list) and verdict.value in given]


def _verdict_name(verdict: Verdict) -> str:
    return _(VERDICT_NAMES[verdict])


def _settled(fields: Document) -> dict[str, Any]:
    """The form's fields as the file has them; None takes a line away."""
    settled: dict[str, Any] = {"title": fields["title"], "guidance": fields["guidance"]}
    settled["check"] = _settled_check(*fields["check"]) if fields["check"] else None
    if fields["hangs_on"]:
        verdicts = [verdict.value for verdict in fields["verdict"]]
        settled["applies_if"] = {"criterion": fields["hangs_on"], "verdict": verdicts}
    else:
        settled["applies_if"] = None
    for key in ("comment_required_on", "root_cause_required_on", "tags"):
        settled[key] = [one.value for one in fields[key]] or None
    settled["root_causes"] = editing.causes_in(fields["root_causes"])
    settled["fatal"] = fields["fatal"] or None
    settled["allow_not_applicable"] = None if fields["allow_not_applicable"] else False
    if fields["fatal"]:
        settled |= {"points": None, "check": None}
    return settled


def _settled_check(kind: str, lists: dict[str, str], grouped: set[str], more: str) -> Document:
    try:
        rest = yaml.safe_load(more) if more.strip() else {}
    except yaml.YAMLError as error:
        raise Invalid("The other settings of the check are not YAML ({error}). Mend them there.", error=error) from None
    if not isinstance(rest, dict):
        raise Invalid("The other settings of the check are a list of names and values, such as speaker: agent.")
    read = {key: (editing.groups_in if key in grouped else editing.phrases_in)(lines) for key, lines in lists.items()}
    return {"kind": kind, **rest, **{key: value for key, value in read.items() if value}}


def _move(draft: OpenDraft, name: str, places: int) -> None:
    edit(draft, lambda text: editing.move_criterion(text, name, places))


def _remove(draft: OpenDraft, name: str) -> None:
    edit(draft, lambda text: editing.remove_criterion(text, name))


def _new_criterion(draft: OpenDraft, document: Document) -> None:
    sections = {str(section.get("id")): _title(section) for section in document["sections"]}
    with st.expander(_("Add a criterion or a section")), st.form(draft.key("new"), border=False):
        section = st.selectbox(
            _("Section"), [*sections, ""], format_func=lambda one: sections.get(one, _("a new section"))
        )
        name = st.text_input(_("Id (small Latin letters, digits and _)"))
        zh, en = st.text_input(_("Title, Chinese")), st.text_input(_("Title, English"))
        if st.form_submit_button(_("Add")) and name.strip():
            title = Wording(zh.strip(), en.strip())
            if section:
                done = edit(draft, lambda text: editing.add_criterion(text, section, name.strip(), title))
            else:
                done = edit(draft, lambda text: editing.add_section(text, name.strip(), title))
            if done:
                st.session_state[f"card.{draft.id}.next"] = name.strip() if section else f"{name.strip()}_1"
            st.rerun()


def _facts(draft: OpenDraft, document: Document) -> None:
    """What stands at the top of the card."""
    titles = editing.both_of(document.get("title"))
    kinds, methods = list(Kind), list(Method)
    with st.expander(_("Title, pass mark, version")), st.form(draft.key("facts"), border=False):
        name = st.text_input(_("Name of the scorecard"), str(document.get("name", "")))
        zh, en = st.text_input(_("Title, Chinese"), titles[0]), st.text_input(_("Title, English"), titles[1])
        version = st.number_input(_("Version"), 1, step=1, value=max(1, int(_number(document.get("version")))))
        spoken = st.selectbox(
            _("Language of the calls"), ["zh", "en"], index=int(document.get("language") == "en"),
            format_func=lambda one: {"zh": _("Chinese"), "en": _("English")}[one],
        )  # fmt: skip
        given = document.get("for", Kind.PHONE)
        kind = st.selectbox(
            _("For"), kinds, index=kinds.index(Kind(given)) if given in kinds else 0,
            format_func=lambda one: _(KIND_NAMES[one]),
        )  # fmt: skip
        how = document.get("method", Method.WEIGHTS)
        method = st.selectbox(
            _("Scored"), methods, index=methods.index(Method(how)) if how in methods else 0,
            format_func=lambda one: _(METHOD_NAMES[one]),
        )  # fmt: skip
        passing = st.number_input(_("Pass mark (%)"), 0.0, 100.0, _number(document.get("pass_pct")), format="%g")
        if st.form_submit_button(_("Save"), type="primary"):
            facts = {
                "name": name.strip(), "title": editing.wording_in(zh, en), "version": int(version), "language": spoken,
                "for": None if kind is Kind.PHONE else kind.value, "method": method.value,
                "pass_pct": int(passing) if passing == int(passing) else passing,
            }  # fmt: skip
            edit(draft, lambda text: editing.set_facts(text, facts))
            st.rerun()
