"""The leader's inbox on the first page: what waits for a decision, what is late first, one press from where it is."""

from __future__ import annotations

import streamlit as st

from qa_app import inbox, session
from qa_app.core.access import Action, allowed
from qa_app.session import N_, _

KINDS = {
    "disputes": (N_("Disputes to decide"), "views/disputes.py", {}),
    "second_disputes": (N_("Disputes of the second level to decide"), "views/disputes.py", {}),
    "closes": (N_("Closes that ask for approval"), "views/dispatch.py", {"desk": "to_approve"}),
    "differences": (N_("Callbacks whose recording says something else"), "views/answers.py", {}),
    "proofs": (N_("Proofs of corrective actions to check"), "views/corrective_actions.py", {}),
    "alerts": (N_("Open alerts of batch complaints"), "views/dispatch.py", {}),
    "visits": (N_("Mystery visits to validate"), "views/shopping.py", {"part": "visits"}),
    "findings": (N_("Audit findings whose proof is late"), "views/audits.py", {"part": "findings"}),
    "corrections": (N_("Corrections of which the customer was not told in time"), "views/corrections.py", {}),
    "training": (N_("Training tasks to confirm"), "views/coaching.py", {"part": "training"}),
    "certificates": (N_("Certificates that expire within 30 days"), "views/coaching.py", {"part": "certificates"}),
    "coaching": (N_("Coaching sessions to hold"), "views/coaching.py", {"part": "sessions"}),
    "consents": (N_("Clips of your calls that ask for your consent"), "views/library.py", {"part": "asked"}),
    "library": (N_("Library entries to confirm"), "views/library.py", {"part": "confirm"}),
}  # fmt: skip


LEADERS = {action for action, _count in inbox.WAITS} - {Action.CONSENT_TO_CLIP, Action.CORRECT}


def to_decide() -> None:
    """The inbox; that it is empty is told to leaders only, for whom deciding is a daily task."""
    found = session.read(inbox.inbox, session.now(), session.office())
    if not found and not any(allowed(session.current(), action) for action in LEADERS):
        return
    st.subheader(_("To decide today ({n})", n=sum(one.n for one in found)))
    if not found:
        st.success(_("Nothing waits for your decision."), icon=":material/done_all:")
        return
    with st.container(horizontal=True):
        for one in found:
            title, page, query = KINDS[one.kind]
            told = f"{_(title)} ({one.n})"
            told += " · " + _("{late} late", late=one.late) if one.late else ""
            told += " · " + _("since {when}", when=session.moment(one.since)) if one.since else ""
            icon = ":material/priority_high:" if one.late else ":material/inbox:"
            if st.button(told, key=f"inbox.{one.kind}", icon=icon):
                st.switch_page(page, query_params=query)
