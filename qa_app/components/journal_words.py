"""The journal's entries in the reader's words: what was done, on what, and the values kept with it."""

from __future__ import annotations

from collections.abc import Mapping

from qa_app.components.case_words import STEPS
from qa_app.session import N_, _

ACTIONS = {f"case.{kind.value}": words for kind, words in STEPS.items()} | {
    "agent.found": N_("agent seen for the first time"),
    "calendar.correct": N_("calendar corrected"),
    "call.unfit": N_("call set aside as not fit"),
    "case.join": N_("case joined to another"),
    "case.link_call": N_("call linked to a case"),
    "case.register": N_("case registered"),
    "cases.import": N_("cases imported"),
    "evaluation.recheck": N_("fatal error re-checked"),
    "evaluation.submit": N_("evaluation submitted"),
    "evaluations.rescore": N_("scored again by machine"),
    "login": N_("signed in"),
    "login.failed": N_("failed login"),
    "login.revoke": N_("signed out everywhere"),
    "recording.listen": N_("listened to a recording"),
    "recording.quarantine": N_("recording set aside"),
    "recording.retry": N_("recording tried again"),
    "recordings.import": N_("recordings imported"),
    "scorecard.archive": N_("scorecard archived"),
    "scorecard.backtest": N_("scorecard tried on stored calls"),
    "scorecard.discard": N_("scorecard draft discarded"),
    "scorecard.draft": N_("scorecard draft begun"),
    "scorecard.publish": N_("scorecard published"),
    "unit.add": N_("unit added"),
    "user.active": N_("user enabled or disabled"),
    "user.add": N_("user added"),
    "user.move": N_("user moved"),
    "user.password": N_("password set"),
    "user.roles": N_("roles changed"),
}
SUBJECTS = {
    "call": N_("Call"),
    "case": N_("Case"),
    "cases": N_("Cases"),
    "day": N_("Day"),
    "evaluation": N_("Evaluation"),
    "evaluations": N_("Evaluations"),
    "login": N_("Login"),
    "recording": N_("Recording"),
    "recordings": N_("Recordings"),
    "scorecard": N_("Scorecard"),
    "scorecard_draft": N_("Scorecard draft"),
    "unit": N_("Unit"),
    "user": N_("User"),
}
VALUES = {
    "active": N_("enabled"),
    "address": N_("from address"),
    "after": N_("after"),
    "base": N_("from version"),
    "before": N_("before"),
    "call": N_("call"),
    "calls": N_("calls"),
    "channel": N_("channel"),
    "code": N_("reason code"),
    "codes": N_("staff numbers"),
    "confirmed": N_("confirmed"),
    "criterion": N_("criterion"),
    "duplicate": N_("already known"),
    "evaluation": N_("evaluation"),
    "external_id": N_("staff number"),
    "failed": N_("failed"),
    "imported": N_("imported"),
    "kind": N_("kind"),
    "login": N_("login"),
    "name": N_("name"),
    "number": N_("number"),
    "parent": N_("below unit"),
    "passed": N_("passed"),
    "quarantined": N_("set aside"),
    "into": N_("into case"),
    "reason": N_("reason"),
    "refused": N_("left out"),
    "registered": N_("registered"),
    "replaces": N_("replaces"),
    "roles": N_("roles"),
    "score_pct": N_("score"),
    "sessions": N_("sessions"),
    "step": N_("step"),
    "transcripts": N_("transcripts"),
    "unit": N_("unit"),
    "version": N_("version"),
}


def done(action: str) -> str:
    """What was done; an action without words of its own stands as it is."""
    return _(ACTIONS[action]) if action in ACTIONS else action


def on_what(subject: str) -> str:
    """What it was done on, such as call 12."""
    kind, _colon, which = subject.partition(":")
    named = _(SUBJECTS[kind]) if kind in SUBJECTS else kind
    return f"{named} {which}".rstrip()


def with_what(detail: Mapping[str, object]) -> str:
    """The values kept with an entry, each with its name."""
    return "; ".join(
        f"{_(VALUES[name]) if name in VALUES else name}: {_shown(value)}" for name, value in detail.items()
    )


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_shown(each) for each in value) or "–"
    return str(value)
