"""The journal's entries in the reader's words: what was done, on what, and the values kept with it."""

from __future__ import annotations

from collections.abc import Mapping

from qa_app.session import N_, _
from surveys.words import STEPS

ACTIONS = {f"case.{kind}": words for kind, words in STEPS.items()} | {
    "action.noted": N_("corrective action: note"),
    "action.opened": N_("corrective action opened"),
    "action.proof_given": N_("corrective action: proof given"),
    "action.proof_refused": N_("corrective action: proof refused"),
    "action.reopened": N_("corrective action opened again"),
    "action.verified": N_("corrective action verified"),
    "alarm.note": N_("alarm noted"),
    "alarms.raise": N_("deadlines called out"),
    "alert.close": N_("batch alert closed"),
    "alert.raise": N_("batch alert raised"),
    "attachment.add": N_("file attached"),
    "attachment.fetch": N_("file fetched"),
    "agent.found": N_("agent seen for the first time"),
    "calendar.correct": N_("calendar corrected"),
    "call.unfit": N_("call set aside as not fit"),
    "campaign.start": N_("campaign survey started"),
    "case.join": N_("case joined to another"),
    "case.link_call": N_("call linked to a case"),
    "case.register": N_("case registered"),
    "cases.import": N_("cases imported"),
    "answers.decide": N_("logged and spoken answer compared by a person"),
    "answers.differ": N_("logged and spoken answer differ"),
    "coaching.acknowledged": N_("coaching acknowledged by the agent"),
    "coaching.cancelled": N_("coaching cancelled"),
    "coaching.followed_up": N_("coaching followed up"),
    "coaching.held": N_("coaching held"),
    "coaching.plan": N_("coaching planned"),
    "customer.bar": N_("customer put on the do-not-contact list"),
    "response.finish": N_("survey answered"),
    "response.recording": N_("recording found for a callback"),
    "survey.import": N_("another survey's answers taken in"),
    "surveys.import": N_("answers taken in"),
    "task.claim": N_("callback taken in hand"),
    "task.end": N_("callback ended"),
    "task.log": N_("outcome of a call logged"),
    "task.release": N_("callback given back"),
    "task.unlogged": N_("call without a logged outcome counted as not answered"),
    "customer.unbar": N_("customer taken off the do-not-contact list"),
    "customer.reveal": N_("customer's number shown"),
    "event.register": N_("campaign or outage registered"),
    "evaluation.recheck": N_("fatal error re-checked"),
    "evaluation.submit": N_("evaluation submitted"),
    "evaluations.rescore": N_("scored again by machine"),
    "journal.export": N_("journal taken out for an auditor"),
    "login": N_("signed in"),
    "login.failed": N_("failed login"),
    "login.revoke": N_("signed out everywhere"),
    "notice.compose": N_("message composed"),
    "notice.receipt": N_("receipt of a message"),
    "recording.listen": N_("listened to a recording"),
    "recording.quarantine": N_("recording set aside"),
    "recording.retry": N_("recording tried again"),
    "recordings.import": N_("recordings imported"),
    "rule.publish": N_("rule set"),
    "dispute.decided": N_("quality dispute decided"),
    "dispute.disputed": N_("answer contested by the agent"),
    "dispute.second_decided": N_("quality dispute decided by the monitoring group"),
    "dispute.second_disputed": N_("decision contested by the agent"),
    "dispute.signed": N_("evaluation signed for"),
    "dispute.withdrawn": N_("quality dispute withdrawn"),
    "queue.assign": N_("calls given out to inspectors"),
    "queue.claim": N_("call taken from the queue"),
    "queue.hand_over": N_("call handed to another inspector"),
    "queue.release": N_("call given back to the queue"),
    "sample.draw": N_("calls drawn"),
    "sample.open": N_("sampling period opened under a sealed seed"),
    "sample.pick": N_("call picked by hand"),
    "sample.reveal": N_("seed of a sampling period made known"),
    "scorecard.archive": N_("scorecard archived"),
    "scorecard.backtest": N_("scorecard tried on stored calls"),
    "scorecard.discard": N_("scorecard draft discarded"),
    "scorecard.draft": N_("scorecard draft begun"),
    "scorecard.publish": N_("scorecard published"),
    "table.export": N_("table saved as a file"),
    "token.add": N_("key made for a program"),
    "token.revoke": N_("key ended"),
    "unit.add": N_("unit added"),
    "user.active": N_("user enabled or disabled"),
    "user.add": N_("user added"),
    "user.move": N_("user moved"),
    "user.password": N_("password set"),
    "user.roles": N_("roles changed"),
    "webhook.end": N_("webhook ended"),
    "webhook.subscribe": N_("webhook subscribed"),
}
SUBJECTS = {
    "action": N_("Corrective action"),
    "alarms": N_("Alarms"),
    "alert": N_("Alert"),
    "call": N_("Call"),
    "campaign": N_("Campaign survey"),
    "case": N_("Case"),
    "cases": N_("Cases"),
    "coaching": N_("Coaching"),
    "customer": N_("Customer"),
    "day": N_("Day"),
    "difference": N_("Difference"),
    "event": N_("Campaign or outage"),
    "evaluation": N_("Evaluation"),
    "evaluations": N_("Evaluations"),
    "journal": N_("Journal"),
    "login": N_("Login"),
    "notice": N_("Message"),
    "period": N_("Sampling period"),
    "queue": N_("Queue"),
    "recording": N_("Recording"),
    "recordings": N_("Recordings"),
    "response": N_("Answers"),
    "rule": N_("Rule"),
    "scorecard": N_("Scorecard"),
    "scorecard_draft": N_("Scorecard draft"),
    "survey": N_("Survey"),
    "surveys": N_("Surveys"),
    "table": N_("Table"),
    "task": N_("Callback"),
    "token": N_("Key"),
    "unit": N_("Unit"),
    "user": N_("User"),
    "webhook": N_("Webhook"),
}
SEEN = ("recording.listen", "customer.reveal", "attachment.fetch", "table.export", "journal.export")
"""What takes something out of its place: listened to, shown unmasked, fetched, exported."""
VALUES = {
    "active": N_("enabled"),
    "address": N_("from address"),
    "after": N_("after"),
    "base": N_("from version"),
    "before": N_("before"),
    "call": N_("call"),
    "calls": N_("calls"),
    "cases": N_("cases"),
    "always": N_("always checked"),
    "commitment": N_("hash of the seed"),
    "entries": N_("entries"),
    "first": N_("from"),
    "frame": N_("hash of the frame"),
    "inspector": N_("inspector"),
    "last": N_("until"),
    "manual": N_("by hand"),
    "nobody": N_("nobody may score them"),
    "part": N_("draw"),
    "pool": N_("pool"),
    "random": N_("by lot"),
    "recheck": N_("scored again"),
    "risk": N_("for a risk"),
    "rows": N_("rows"),
    "seed": N_("seed"),
    "channel": N_("channel"),
    "clock": N_("clock"),
    "code": N_("reason code"),
    "codes": N_("staff numbers"),
    "confirmed": N_("confirmed"),
    "criterion": N_("criterion"),
    "delivered": N_("delivered"),
    "effective_from": N_("in force from"),
    "disposition": N_("outcome"),
    "duplicate": N_("already known"),
    "evaluation": N_("evaluation"),
    "external_id": N_("staff number"),
    "failed": N_("failed"),
    "imported": N_("imported"),
    "kind": N_("kind"),
    "level": N_("level"),
    "login": N_("login"),
    "mode": N_("how it was answered"),
    "name": N_("name"),
    "number": N_("number"),
    "outcome": N_("outcome"),
    "parent": N_("below unit"),
    "passed": N_("passed"),
    "quarantined": N_("set aside"),
    "into": N_("into case"),
    "questionnaire": N_("questionnaire"),
    "questions": N_("questions"),
    "raised": N_("called out"),
    "reason": N_("reason"),
    "refused": N_("left out"),
    "registered": N_("registered"),
    "replaces": N_("replaces"),
    "roles": N_("roles"),
    "scopes": N_("scopes"),
    "sender": N_("medium"),
    "sha256": N_("check sum"),
    "template": N_("wording"),
    "title": N_("name"),
    "url": N_("address"),
    "user": N_("user"),
    "score_pct": N_("score"),
    "sessions": N_("sessions"),
    "step": N_("step"),
    "transcripts": N_("transcripts"),
    "unit": N_("unit"),
    "verdict": N_("verdict"),
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
