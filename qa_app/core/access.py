"""Who may do what, and where: one table that services, pages, routes and the matrix test all read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qa_app.core.errors import Forbidden


class Role(StrEnum):
    """The roles of DESIGN section 1."""

    INSPECTOR = "inspector"
    SUPERVISOR = "supervisor"
    CASE_DESK = "case_desk"
    SURVEYOR = "surveyor"
    MANAGER = "manager"
    MONITOR = "monitor"
    SHOPPER = "shopper"
    AGENT = "agent"
    QA_LEAD = "qa_lead"
    HANDLER = "handler"
    ADMIN = "admin"


class Action(StrEnum):
    """What can be done. A name is added here together with the service that checks it."""

    SEE_CALLS = "see_calls"
    LISTEN = "listen"
    IMPORT_RECORDINGS = "import_recordings"
    RETRY_RECORDING = "retry_recording"
    SEE_EVALUATIONS = "see_evaluations"
    SCORE_CALL = "score_call"
    RECHECK_FATAL = "recheck_fatal"
    RESCORE = "rescore"
    SEE_SAMPLING = "see_sampling"
    DRAW_SAMPLE = "draw_sample"
    CONTEST_EVALUATION = "contest_evaluation"
    DECIDE_DISPUTE = "decide_dispute"
    DECIDE_SECOND_DISPUTE = "decide_second_dispute"
    COACH = "coach"
    SEE_COACHING = "see_coaching"
    ACKNOWLEDGE_COACHING = "acknowledge_coaching"
    TRAIN = "train"
    SEE_PERFORMANCE = "see_performance"
    PRAISE = "praise"
    SHOP = "shop"
    MANAGE_SHOPPING = "manage_shopping"
    SEE_SHOPPING = "see_shopping"
    SEE_LIBRARY = "see_library"
    ADD_TO_LIBRARY = "add_to_library"
    CONSENT_TO_CLIP = "consent_to_clip"
    CONFIRM_LIBRARY = "confirm_library"
    DRAFT_SCORECARD = "draft_scorecard"
    BACKTEST_SCORECARD = "backtest_scorecard"
    PUBLISH_SCORECARD = "publish_scorecard"
    REGISTER_CASE = "register_case"
    IMPORT_CASES = "import_cases"
    SEE_CASES = "see_cases"
    HANDLE_CASE = "handle_case"
    RETURN_CASE = "return_case"
    CALL_BACK = "call_back"
    REPLY_ACCOUNTABLE = "reply_accountable"
    ARCHIVE_CASE = "archive_case"
    GRANT_REMEDY = "grant_remedy"
    APPROVE_CLOSE = "approve_close"
    REVEAL_CONTACT = "reveal_contact"
    SEE_PATTERNS = "see_patterns"
    SEE_ANALYSIS = "see_analysis"
    SEE_SATISFACTION = "see_satisfaction"
    MANAGE_SURVEYS = "manage_surveys"
    CHECK_ANSWERS = "check_answers"
    REGISTER_EVENT = "register_event"
    CORRECT = "correct"
    SEE_CORRECTIVE_ACTIONS = "see_corrective_actions"
    OPEN_CORRECTIVE_ACTION = "open_corrective_action"
    ANSWER_CORRECTIVE_ACTION = "answer_corrective_action"
    VERIFY_CORRECTIVE_ACTION = "verify_corrective_action"
    SEE_AUDITS = "see_audits"
    AUDIT = "audit"
    REPLY_FINDING = "reply_finding"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_RULES = "manage_rules"
    MANAGE_INTERFACES = "manage_interfaces"
    MANAGE_PEOPLE = "manage_people"
    SEE_JOURNAL = "see_journal"


class Scope(StrEnum):
    """How far a permission reaches: one's own calls, the subtree of the unit it was given in, or everything."""

    OWN = "own"
    UNIT = "unit"
    ALL = "all"


_R, _S = Role, Scope
PERMISSIONS: dict[Action, dict[Role, Scope]] = {
    Action.SEE_CALLS: {
        _R.INSPECTOR: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT,
        _R.MANAGER: _S.UNIT, _R.AGENT: _S.OWN,
    },
    Action.LISTEN: {
        _R.INSPECTOR: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT,
        _R.MANAGER: _S.UNIT, _R.CASE_DESK: _S.UNIT, _R.AGENT: _S.OWN,
    },
    Action.IMPORT_RECORDINGS: {_R.ADMIN: _S.ALL, _R.QA_LEAD: _S.UNIT},
    Action.RETRY_RECORDING: {_R.ADMIN: _S.ALL, _R.QA_LEAD: _S.UNIT},
    Action.SEE_EVALUATIONS: {
        _R.INSPECTOR: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT,
        _R.MANAGER: _S.UNIT, _R.AGENT: _S.OWN,
    },
    Action.SCORE_CALL: {_R.INSPECTOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.RECHECK_FATAL: {_R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.SEE_SAMPLING: {_R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT, _R.MANAGER: _S.UNIT, _R.ADMIN: _S.ALL},
    Action.DRAW_SAMPLE: {_R.QA_LEAD: _S.UNIT},
    Action.CONTEST_EVALUATION: {_R.AGENT: _S.OWN},
    Action.DECIDE_DISPUTE: {_R.QA_LEAD: _S.UNIT},
    Action.DECIDE_SECOND_DISPUTE: {_R.MONITOR: _S.UNIT},
    Action.COACH: {_R.SUPERVISOR: _S.UNIT},
    Action.SEE_COACHING: {_R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.MANAGER: _S.UNIT, _R.AGENT: _S.OWN},
    Action.ACKNOWLEDGE_COACHING: {_R.AGENT: _S.OWN},
    Action.TRAIN: {_R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT},
    Action.SEE_PERFORMANCE: {_R.SUPERVISOR: _S.UNIT, _R.MANAGER: _S.UNIT, _R.AGENT: _S.OWN},
    Action.PRAISE: {
        _R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.INSPECTOR: _S.UNIT, _R.MANAGER: _S.UNIT, _R.MONITOR: _S.UNIT,
    },
    Action.SHOP: {_R.SHOPPER: _S.OWN},
    Action.MANAGE_SHOPPING: {_R.MONITOR: _S.UNIT},
    Action.SEE_SHOPPING: {_R.MONITOR: _S.UNIT, _R.MANAGER: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.AGENT: _S.OWN},
    Action.SEE_LIBRARY: {role: _S.ALL for role in _R if role is not _R.SHOPPER},
    Action.ADD_TO_LIBRARY: {_R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.INSPECTOR: _S.UNIT},
    Action.CONSENT_TO_CLIP: {_R.AGENT: _S.OWN},
    Action.CONFIRM_LIBRARY: {_R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.RESCORE: {_R.ADMIN: _S.ALL, _R.QA_LEAD: _S.UNIT},
    Action.DRAFT_SCORECARD: {_R.ADMIN: _S.ALL, _R.QA_LEAD: _S.ALL, _R.MONITOR: _S.ALL},
    Action.BACKTEST_SCORECARD: {_R.ADMIN: _S.ALL, _R.QA_LEAD: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.PUBLISH_SCORECARD: {_R.ADMIN: _S.ALL},
    Action.REGISTER_CASE: {role: _S.ALL for role in _R if role is not _R.SHOPPER},
    Action.IMPORT_CASES: {_R.ADMIN: _S.ALL, _R.CASE_DESK: _S.UNIT},
    Action.SEE_CASES: {
        _R.CASE_DESK: _S.UNIT, _R.HANDLER: _S.UNIT, _R.SURVEYOR: _S.UNIT, _R.SUPERVISOR: _S.UNIT,
        _R.MANAGER: _S.UNIT, _R.MONITOR: _S.UNIT, _R.AGENT: _S.OWN,
    },
    Action.HANDLE_CASE: {_R.CASE_DESK: _S.UNIT},
    Action.RETURN_CASE: {_R.HANDLER: _S.UNIT},
    Action.CALL_BACK: {_R.SURVEYOR: _S.UNIT, _R.CASE_DESK: _S.UNIT},
    Action.REPLY_ACCOUNTABLE: {
        _R.CASE_DESK: _S.UNIT, _R.HANDLER: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.AGENT: _S.OWN,
    },
    Action.ARCHIVE_CASE: {_R.CASE_DESK: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.GRANT_REMEDY: {_R.CASE_DESK: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.MANAGER: _S.UNIT},
    Action.APPROVE_CLOSE: {_R.SUPERVISOR: _S.UNIT, _R.MANAGER: _S.UNIT},
    Action.REVEAL_CONTACT: {_R.CASE_DESK: _S.UNIT, _R.HANDLER: _S.UNIT, _R.SURVEYOR: _S.UNIT},
    Action.SEE_PATTERNS: {_R.SUPERVISOR: _S.UNIT, _R.MANAGER: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.SEE_ANALYSIS: {_R.MANAGER: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.SEE_SATISFACTION: {_R.MANAGER: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.MANAGE_SURVEYS: {_R.MANAGER: _S.UNIT, _R.ADMIN: _S.ALL},
    Action.CHECK_ANSWERS: {_R.MONITOR: _S.UNIT},
    Action.REGISTER_EVENT: {_R.CASE_DESK: _S.UNIT, _R.MANAGER: _S.UNIT},
    Action.CORRECT: {_R.INSPECTOR: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.QA_LEAD: _S.UNIT},
    Action.SEE_CORRECTIVE_ACTIONS: {
        _R.HANDLER: _S.UNIT, _R.SUPERVISOR: _S.UNIT, _R.CASE_DESK: _S.UNIT, _R.MANAGER: _S.UNIT, _R.MONITOR: _S.UNIT,
    },
    Action.OPEN_CORRECTIVE_ACTION: {_R.MANAGER: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.ANSWER_CORRECTIVE_ACTION: {_R.HANDLER: _S.UNIT, _R.SUPERVISOR: _S.UNIT},
    Action.VERIFY_CORRECTIVE_ACTION: {_R.MANAGER: _S.UNIT, _R.MONITOR: _S.UNIT},
    Action.SEE_AUDITS: {_R.MONITOR: _S.UNIT, _R.MANAGER: _S.UNIT},
    Action.AUDIT: {_R.MONITOR: _S.UNIT},
    Action.REPLY_FINDING: {role: _S.OWN for role in _R if role is not _R.SHOPPER},
    Action.MANAGE_CALENDAR: {_R.ADMIN: _S.ALL},
    Action.MANAGE_RULES: {_R.ADMIN: _S.ALL},
    Action.MANAGE_INTERFACES: {_R.ADMIN: _S.ALL},
    Action.MANAGE_PEOPLE: {_R.ADMIN: _S.ALL},
    Action.SEE_JOURNAL: {_R.MONITOR: _S.ALL, _R.ADMIN: _S.ALL},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held in a unit; `units` is that unit with everything below it."""

    role: Role
    units: frozenset[int]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person with their grants, or the system itself (user_id None)."""

    user_id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    language: str = "zh"
    system: bool = False

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)


SYSTEM = Actor(user_id=None, name="system", system=True)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which rows an actor's permission covers: all, those of some units, and perhaps one's own."""

    everything: bool
    units: frozenset[int]
    own_user_id: int | None


def allowed(actor: Actor, action: Action) -> bool:
    """Whether any of the actor's roles allows the action anywhere."""
    return actor.system or any(role in PERMISSIONS[action] for role in actor.roles)


def reach(actor: Actor, action: Action) -> Reach:
    """How far the actor may do this; raises Forbidden if nowhere."""
    if actor.system:
        return Reach(everything=True, units=frozenset(), own_user_id=None)
    scoped = [(PERMISSIONS[action][grant.role], grant) for grant in actor.grants if grant.role in PERMISSIONS[action]]
    if not scoped:
        raise Forbidden("{name} may not do this ({action}); an administrator can grant a role that may.",
                        name=actor.name, action=action.value)  # fmt: skip
    units = frozenset[int]().union(*(grant.units for scope, grant in scoped if scope is Scope.UNIT))
    own = actor.user_id if any(scope is Scope.OWN for scope, _ in scoped) else None
    return Reach(any(scope is Scope.ALL for scope, _ in scoped), units, own)


def require(actor: Actor, action: Action) -> None:
    """Raise Forbidden unless the actor may do this somewhere."""
    reach(actor, action)


def covers(found: Reach, unit_id: int | None, agent_ids: frozenset[int]) -> bool:
    """Whether a row of this unit and these agents lies within the reach."""
    return (
        found.everything or unit_id in found.units or (found.own_user_id is not None and found.own_user_id in agent_ids)
    )
