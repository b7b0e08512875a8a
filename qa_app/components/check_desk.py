"""The check desk: one piece of one audit at a time, its checklist, what the records propose, and where to look."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qa_app import session
from qa_app.components import audit_words
from qa_app.core.access import Action
from qa_app.session import _
from scorecards import audit_queries, audits, words
from scorecards.audit_queries import Audit, DrawnPiece
from scorecards.auditing import AuditKind, AuditStep, Item, Proposal, Result
from scorecards.audits import Given

SAVE_KEY, PROPOSED_KEY = "Ctrl+Enter", "P"


def check_part() -> None:
    """The audit that is chosen, and of it the first piece that is not checked whole."""
    waiting = [one for one in session.read(audit_queries.audits) if one.state in (AuditStep.DRAWN, AuditStep.CHECKING)]
    if not waiting:
        st.success(_("No drawn audit waits to be checked."), icon=":material/done_all:")
        return
    named = st.query_params.get("audit", "")
    ids = [one.id for one in waiting]
    index = ids.index(int(named)) if named.isdecimal() and int(named) in ids else 0
    titles = {one.id: f"{one.number} · {_(words.AUDIT_KINDS[one.kind])} · {one.purpose[:60]}" for one in waiting}
    chosen = st.selectbox(_("Audit"), ids, index=index, format_func=titles.__getitem__, key="check.audit")
    audit = next(one for one in waiting if one.id == chosen)
    st.query_params["audit"] = str(audit.id)
    pieces = session.read(audit_queries.pieces, audit.id)
    left = [one for one in pieces if _open_items(audit, one)]
    st.progress(1 - len(left) / max(1, len(pieces)),
                _("{done} of {all} pieces checked", done=len(pieces) - len(left), all=len(pieces)))  # fmt: skip
    own = session.current().user_id
    mine = [one for one in left if one.person_id != own]
    if audit.kind is AuditKind.INSPECTORS:
        _blind(audit, mine)
        mine = [one for one in mine if one.evaluation_id is not None]
    if not left:
        st.success(_("Everything was checked. Report the audit on its own page."), icon=":material/done_all:")
    elif mine:
        _piece(audit, mine[0])
    elif audit.kind is not AuditKind.INSPECTORS:
        st.info(_("What is left is your own work; somebody else of the monitoring group checks it."))


def _open_items(audit: Audit, piece: DrawnPiece) -> tuple[Item, ...]:
    return tuple(one for one in audit.checklist.asked_of(piece.tags) if one.code not in piece.checks)


def _blind(audit: Audit, left: Sequence[DrawnPiece]) -> None:
    """The calls that are still to be scored blind; the inspectors' answers stay hidden until then."""
    waiting = [one for one in left if one.evaluation_id is None]
    if not waiting:
        return
    st.info(
        _("{n} calls are still to be scored blind: neither the inspector's answers nor the machine's are shown until "
          "yours are submitted.", n=len(waiting)), icon=":material/visibility_off:",
    )  # fmt: skip
    if st.button(_("Score the next call blind"), type="primary", icon=":material/play_arrow:", shortcut="N"):
        call = session.act(audits.claim, session.now(), audit.id)
        if call is not None:
            st.switch_page("views/review.py", query_params={"call": str(call)})
        st.info(_("Nothing is left that you may score: the rest is in other hands or scored by yourself."))


def _piece(audit: Audit, piece: DrawnPiece) -> None:
    who = audit_words.names({piece.person_id} if piece.person_id else set()).get(piece.person_id or 0, "")
    units = audit_words.unit_names()
    st.subheader(" · ".join(part for part in (piece.label, str(piece.day), who, units.get(piece.unit_id, "")) if part))
    asked = audit.checklist.asked_of(piece.tags)
    proposed = {item: one for item, one in piece.proposals.items() if item not in piece.checks}
    with st.container(horizontal=True):
        _look(piece)
        if proposed:
            st.button(_("Take over what the records propose"), icon=":material/auto_awesome:", shortcut=PROPOSED_KEY,
                      on_click=_take_over, args=(piece.id, proposed), key=f"propose.{piece.id}")  # fmt: skip
    refused = st.container()  # above the form, where it is seen without scrolling
    with st.form(f"check.{piece.id}", border=False):
        given = {item.code: _item(piece, item) for item in asked}
        pressed = st.form_submit_button(_("Confirm and go on"), type="primary", shortcut=SAVE_KEY)
    if pressed:
        answers = {code: one for code, one in given.items() if one is not None and _is_new(piece, code, one)}
        if not answers:
            refused.warning(_("Answer at least one item."))
            return
        _made, refusal = session.attempt(audits.check, session.now(), piece.id, answers)
        if refusal:
            refused.error(refusal)
        else:
            st.session_state["message"] = ("done", _("Kept."))
            st.rerun()


def _is_new(piece: DrawnPiece, item: str, given: Given) -> bool:
    """Whether an answer differs from the one that stands."""
    before = piece.checks.get(item)
    return before is None or (before.result, before.words, before.evidence) != (
        given.result, given.words.strip(), given.evidence.strip(),
    )  # fmt: skip


def _take_over(piece_id: int, proposed: dict[str, Proposal]) -> None:
    """Fill in what is proposed; it counts once the person has confirmed the form."""
    for item, one in proposed.items():
        st.session_state[f"result.{piece_id}.{item}"] = one.result
        if one.result is Result.NOT_MET:
            st.session_state[f"words.{piece_id}.{item}"] = audit_words.proposed(item, one)
            st.session_state[f"evidence.{piece_id}.{item}"] = _("the system's records")


def _look(piece: DrawnPiece) -> None:
    """Where the piece is to be looked at or heard."""
    sees_case = piece.case_id is not None and session.may(Action.SEE_CASES)
    if sees_case and st.button(_("Open the case"), icon=":material/assignment:", key=f"case.{piece.id}"):
        st.switch_page("views/cases.py", query_params={"case": str(piece.case_id)})
    hears = piece.call_pk is not None and session.may(Action.LISTEN)
    if hears and st.button(_("Hear and read"), icon=":material/play_circle:", key=f"call.{piece.id}"):
        st.switch_page("views/review.py", query_params={"call": str(piece.call_pk)})


def _item(piece: DrawnPiece, item: Item) -> Given | None:
    """One question with its answer; the two fields beside it are needed where it is not met."""
    language, before = session.language(), piece.checks.get(item.code)
    told = [item.judge.in_language(language)]
    if (found := piece.proposals.get(item.code)) is not None:
        said = _("The records propose: {proposed}", proposed=audit_words.proposed(item.code, found))
        told.append(f":material/auto_awesome: {said}")
    st.markdown(f"**{item.question.in_language(language)}**")
    st.caption(" · ".join(told))
    result_key, words_key, evidence_key = (f"{name}.{piece.id}.{item.code}" for name in ("result", "words", "evidence"))
    if before is not None:
        for key, value in ((result_key, before.result), (words_key, before.words), (evidence_key, before.evidence)):
            st.session_state.setdefault(key, value)
    answer, wrong, seen = st.columns([2, 3, 3], vertical_alignment="center")
    result = answer.segmented_control(item.code, list(Result), format_func=lambda one: _(words.RESULTS[one]),
                                      key=result_key, label_visibility="collapsed")  # fmt: skip
    said_wrong = wrong.text_input(_("What is wrong"), key=words_key, autocomplete="off",
                                  placeholder=_("What is wrong"), label_visibility="collapsed")  # fmt: skip
    where = seen.text_input(_("Where it is seen"), key=evidence_key, autocomplete="off",
                            placeholder=_("Where it is seen"), label_visibility="collapsed")  # fmt: skip
    return None if result is None else Given(result, said_wrong, where)
